//! What a carrier partner sends, read into the domain. What cannot be read is set aside for a person; it never stops
//! what comes after it.

use std::fmt::Display;
use std::str::FromStr;

use carrier_gateway_domain::{
    Capability, CapabilityTest, CarrierAnswer, Change, Page, PortOutNews, PortOutProgress, PortOutRequest,
    PortOutSnapbackAnswer, RawReason, Said, Unreadable, plain_words,
};
use jiff::Timestamp;
use portway_proto::carrier::v1 as wire;
use portway_proto::types::v1 as shared;
use service::stamp;
use types::{InvalidValue, Secret, Tn, Ver};

/// What a partner calls its answers and news.
const ID_CHARS_MAX: usize = 200;
/// More numbers or reasons than this in one message are a mistake: an order has up to 20,000 numbers, and each may have a
/// few reasons.
const ITEMS_MAX: usize = 100_000;

/// What is wrong with a field.
type Fault = String;

/// Reads changes that were pushed.
pub(crate) fn read_changes(changes: Vec<wire::Change>) -> Vec<Change> {
    changes.into_iter().map(read_change).collect()
}

pub(super) fn read_page(response: wire::ListChangesResponse) -> Page {
    Page {
        changes: read_changes(response.changes),
        next_cursor: response.next_cursor,
    }
}

fn read_change(change: wire::Change) -> Change {
    use wire::change::Change as Wire;
    match change.change {
        Some(Wire::Answer(answer)) => match read_answer(answer) {
            Ok(answer) => Change::Answer(answer),
            Err(unreadable) => Change::Unreadable(unreadable),
        },
        Some(Wire::PortOut(request)) => {
            let key = format!("{} {} {}", request.winning_spid, request.pon, request.ver);
            read_request(request)
                .map_or_else(|why| unreadable("port-out request", &key, why), Change::Request)
        }
        Some(Wire::PortOutProgress(progress)) => {
            let key = progress.progress_id.clone();
            read_progress(progress)
                .map_or_else(|why| unreadable("port-out progress", &key, why), Change::Progress)
        }
        Some(Wire::CapabilityTest(test)) => {
            let key = test.test_id.clone();
            read_test(test).map_or_else(|why| unreadable("capability test", &key, why), Change::Test)
        }
        Some(Wire::PortOutSnapback(answer)) => {
            let key = answer.answer_id.clone();
            read_port_out_snapback(answer).map_or_else(
                |why| unreadable("answer to a snapback", &key, why),
                Change::PortOutSnapback,
            )
        }
        None => unreadable(
            "change",
            "",
            "of a kind that this version does not know".to_owned(),
        ),
    }
}

fn unreadable(what: &'static str, key: &str, why: Fault) -> Change {
    Change::Unreadable(Unreadable {
        what,
        key: plain_words(key, []),
        why,
    })
}

/// Reads an answer, from the feed or by reference.
pub(super) fn read_answer(answer: wire::PortAnswer) -> Result<CarrierAnswer, Unreadable> {
    let key = answer.answer_id.clone();
    try_read_answer(answer).map_err(|why| Unreadable {
        what: "answer",
        key: plain_words(&key, []),
        why,
    })
}

fn try_read_answer(answer: wire::PortAnswer) -> Result<CarrierAnswer, Fault> {
    let said = match answer.kind() {
        wire::AnswerKind::Rejected => Said::Rejected,
        wire::AnswerKind::UpdateRequired => Said::UpdateRequired,
        wire::AnswerKind::Delayed => Said::Delayed,
        wire::AnswerKind::Foc => Said::Foc {
            at: required_time("foc_at", answer.foc_at)?,
        },
        wire::AnswerKind::Activated => Said::Activated {
            tns: tns(&answer.tns)?,
        },
        wire::AnswerKind::Cancelled => Said::Cancelled,
        wire::AnswerKind::ChangeRefused => Said::ChangeRefused,
        wire::AnswerKind::SnapbackConfirmed => Said::SnapbackConfirmed {
            tns: tns(&answer.tns)?,
        },
        wire::AnswerKind::SnapbackRefused => Said::SnapbackRefused {
            tns: tns(&answer.tns)?,
        },
        wire::AnswerKind::Unspecified => return Err("kind: not one that this version knows".to_owned()),
    };
    bounded("reasons", answer.reasons.len())?;
    Ok(CarrierAnswer {
        answer_id: id("answer_id", answer.answer_id)?,
        pon: parsed("pon", &answer.pon)?,
        ver: ver(answer.ver)?,
        said,
        reasons: answer.reasons.iter().map(reason).collect::<Result<_, _>>()?,
        answered_at: required_time("answered_at", answer.answered_at)?,
    })
}

fn reason(raw: &wire::RawReason) -> Result<RawReason, Fault> {
    Ok(RawReason {
        tn: if raw.tn.is_empty() {
            None
        } else {
            Some(parsed("reasons.tn", &raw.tn)?)
        },
        code: kept(&raw.code),
        text: kept(&raw.text),
    })
}

fn read_request(request: wire::PortOutRequest) -> Result<PortOutRequest, Fault> {
    if request.tns.is_empty() {
        return Err("tns: none".to_owned());
    }
    Ok(PortOutRequest {
        pon: parsed("pon", &request.pon)?,
        ver: ver(request.ver)?,
        winning_spid: parsed("winning_spid", &request.winning_spid)?,
        winning_name: kept(&request.winning_name),
        tns: tns(&request.tns)?,
        account_number: secret(request.account_number),
        postal_code: kept(&request.postal_code),
        pin: secret(request.pin),
        end_user_name: kept(&request.end_user_name),
        requested_foc_at: time("requested_foc_at", request.requested_foc_at)?,
        wireless: request.wireless,
        simple: request.simple,
        received_at: required_time("received_at", request.received_at)?,
    })
}

fn read_progress(progress: wire::PortOutProgress) -> Result<PortOutProgress, Fault> {
    let news = match progress.step() {
        wire::PortOutStep::Ported => PortOutNews::Ported,
        wire::PortOutStep::Cancelled => PortOutNews::Cancelled,
        wire::PortOutStep::FocChanged => PortOutNews::FocChanged {
            foc_at: required_time("foc_at", progress.foc_at)?,
        },
        wire::PortOutStep::Unspecified => return Err("step: not one that this version knows".to_owned()),
    };
    Ok(PortOutProgress {
        progress_id: id("progress_id", progress.progress_id)?,
        pon: parsed("pon", &progress.pon)?,
        winning_spid: parsed("winning_spid", &progress.winning_spid)?,
        news,
        occurred_at: required_time("occurred_at", progress.occurred_at)?,
    })
}

fn read_test(test: wire::CapabilityTest) -> Result<CapabilityTest, Fault> {
    let capability = match test.capability() {
        shared::Capability::VoiceInbound => Capability::VoiceInbound,
        shared::Capability::VoiceOutbound => Capability::VoiceOutbound,
        shared::Capability::Emergency => Capability::Emergency,
        shared::Capability::CallerName => Capability::CallerName,
        shared::Capability::Messaging => Capability::Messaging,
        shared::Capability::Unspecified => {
            return Err("capability: not one that this version knows".to_owned());
        }
    };
    Ok(CapabilityTest {
        test_id: id("test_id", test.test_id)?,
        pon: parsed("pon", &test.pon)?,
        tn: parsed("tn", &test.tn)?,
        capability,
        passed: test.passed,
        detail: plain_words(&test.detail, []),
        tested_at: required_time("tested_at", test.tested_at)?,
    })
}

fn read_port_out_snapback(answer: wire::PortOutSnapbackAnswer) -> Result<PortOutSnapbackAnswer, Fault> {
    Ok(PortOutSnapbackAnswer {
        answer_id: id("answer_id", answer.answer_id)?,
        request_id: parsed("request_id", &answer.request_id)?,
        confirmed: answer.confirmed,
        tns: tns(&answer.tns)?,
        refusal: plain_words(&answer.refusal, []),
        answered_at: required_time("answered_at", answer.answered_at)?,
    })
}

fn parsed<T>(field: &str, text: &str) -> Result<T, Fault>
where
    T: FromStr<Err: Display>,
{
    text.parse().map_err(|error| format!("{field}: {error}"))
}

fn ver(number: i32) -> Result<Ver, Fault> {
    Ver::try_from(number).map_err(|error: InvalidValue| format!("ver: {error}"))
}

fn tns(texts: &[String]) -> Result<Vec<Tn>, Fault> {
    bounded("tns", texts.len())?;
    texts.iter().map(|text| parsed("tns", text)).collect()
}

fn bounded(field: &str, items: usize) -> Result<(), Fault> {
    if items <= ITEMS_MAX {
        Ok(())
    } else {
        Err(format!("{field}: more than {ITEMS_MAX}"))
    }
}

fn id(field: &str, text: String) -> Result<String, Fault> {
    let is_usable = (1..=ID_CHARS_MAX).contains(&text.chars().count()) && !text.contains('\0');
    if is_usable {
        Ok(text)
    } else {
        Err(format!("{field}: must have 1 to {ID_CHARS_MAX} characters"))
    }
}

fn secret(text: String) -> Option<Secret> {
    (!text.is_empty()).then(|| Secret::new(text))
}

/// A text as it was received, but for the one character that the database cannot keep.
fn kept(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn time(field: &str, at: Option<prost_types::Timestamp>) -> Result<Option<Timestamp>, Fault> {
    let read = |at| stamp::from_proto(&at).map_err(|_| format!("{field}: not a time"));
    at.map(read).transpose()
}

fn required_time(field: &str, at: Option<prost_types::Timestamp>) -> Result<Timestamp, Fault> {
    time(field, at)?.ok_or_else(|| format!("{field}: missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> wire::PortAnswer {
        wire::PortAnswer {
            answer_id: "A1".to_owned(),
            pon: "PI-100001".to_owned(),
            ver: 1,
            kind: wire::AnswerKind::Foc.into(),
            reasons: vec![],
            foc_at: Some(prost_types::Timestamp::default()),
            tns: vec![],
            answered_at: Some(prost_types::Timestamp::default()),
        }
    }

    #[test]
    fn an_answer_that_lacks_something_is_set_aside_and_says_what() {
        type Damage = fn(&mut wire::PortAnswer);
        assert_eq!(read_answer(answer()).unwrap().pon.as_str(), "PI-100001");
        let cases: [(&str, Damage); 8] = [
            ("answer_id", |answer| answer.answer_id = String::new()),
            ("pon", |answer| answer.pon = "pi 1".to_owned()),
            ("ver", |answer| answer.ver = 100),
            ("kind", |answer| answer.kind = 99),
            ("kind", |answer| answer.kind = 0),
            ("foc_at", |answer| answer.foc_at = None),
            ("answered_at", |answer| answer.answered_at = None),
            ("tns", |answer| {
                answer.kind = wire::AnswerKind::Activated.into();
                answer.tns = vec!["12015550123".to_owned()];
            }),
        ];
        for (field, damage) in cases {
            let mut damaged = answer();
            damage(&mut damaged);
            let unreadable = read_answer(damaged).unwrap_err();
            assert!(unreadable.why.starts_with(&format!("{field}:")), "{unreadable:?}");
        }
    }

    #[test]
    fn a_request_without_secrets_has_none_and_one_without_numbers_is_set_aside() {
        let request = wire::PortOutRequest {
            pon: "W-1".to_owned(),
            ver: 1,
            winning_spid: "9X01".to_owned(),
            tns: vec!["+12015550123".to_owned()],
            received_at: Some(prost_types::Timestamp::default()),
            ..wire::PortOutRequest::default()
        };
        let read = read_request(request.clone()).unwrap();
        assert_eq!(
            (read.pin, read.account_number, read.requested_foc_at),
            (None, None, None)
        );
        let without = wire::PortOutRequest {
            tns: vec![],
            ..request
        };
        let change = read_change(wire::Change {
            change: Some(wire::change::Change::PortOut(without)),
        });
        assert!(matches!(change, Change::Unreadable(Unreadable { key, .. }) if key == "9X01 W-1 1"));
    }
}
