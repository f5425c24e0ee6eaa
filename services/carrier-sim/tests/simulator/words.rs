//! Requests, scripts and answers in short, so that a test reads as what it is about.

use grpc::call_again;
use portway_proto::carrier::v1::{self, AnswerKind, PortAnswer, RawReason, change::Change};
use portway_proto::sim::v1::{PutScriptRequest, Script, ScriptStep};
use prost_types::Duration;

use crate::harness::{Carrier, Scenario, at};

/// Tries of a call that may be repeated.
pub(crate) const TRIES: usize = 10;
/// Of New York.
pub(crate) const TN_A: &str = "+12128675301";
pub(crate) const TN_B: &str = "+12128675302";
/// Of Los Angeles.
pub(crate) const TN_WEST: &str = "+13108675303";

/// A request with secrets in it that must turn up nowhere.
pub(crate) fn submission(pon: &str, ver: i32, tns: &[&str]) -> v1::SubmitPortRequest {
    let supplement = if ver == 1 {
        v1::Supplement::None
    } else {
        v1::Supplement::Other
    };
    v1::SubmitPortRequest {
        pon: pon.to_owned(),
        ver,
        supplement: supplement.into(),
        losing_spid: "6529".to_owned(),
        numbers: tns
            .iter()
            .map(|tn| v1::PortNumber {
                tn: (*tn).to_owned(),
                pin: "PIN-SECRET".to_owned(),
            })
            .collect(),
        account_number: "ACCOUNT-SECRET".to_owned(),
        tax_id: "TAX-SECRET".to_owned(),
        ..v1::SubmitPortRequest::default()
    }
}

/// Submits as the gateway does: again when the answer says that this may help, which a busy machine brings about.
pub(crate) async fn submit(carrier: &mut Carrier, pon: &str, ver: i32, tns: &[&str]) -> String {
    let reply = call_again(TRIES, || {
        let mut carrier = carrier.clone();
        async move { carrier.submit_port(submission(pon, ver, tns)).await }
    });
    reply.await.unwrap().into_inner().carrier_reference
}

pub(crate) fn reason(tn: &str, code: &str) -> RawReason {
    RawReason {
        tn: tn.to_owned(),
        code: code.to_owned(),
        text: format!("the carrier's words for {code}"),
    }
}

pub(crate) fn step(after_mins: i64, kind: AnswerKind, reasons: Vec<RawReason>) -> ScriptStep {
    ScriptStep {
        after: Some(minutes(after_mins)),
        kind: kind.into(),
        reasons,
        ..ScriptStep::default()
    }
}

pub(crate) fn minutes(minutes: i64) -> Duration {
    Duration {
        seconds: minutes * 60,
        nanos: 0,
    }
}

pub(crate) async fn put_script(scenario: &mut Scenario, tn: &str, steps: Vec<ScriptStep>, fail_calls: i32) {
    let script = Script {
        tn: tn.to_owned(),
        steps,
        fail_calls,
        ..Script::default()
    };
    scenario
        .put_script(PutScriptRequest { script: Some(script) })
        .await
        .unwrap();
}

/// The answers to a request as the carrier tells when it is asked.
pub(crate) async fn answers(carrier: &mut Carrier, pon: &str) -> Vec<String> {
    let request = v1::GetPortRequest { pon: pon.to_owned() };
    let reply = carrier.get_port(request).await.unwrap().into_inner();
    reply.answers.iter().map(said).collect()
}

/// All changes after a cursor, and the cursor after them.
pub(crate) async fn changes_after(carrier: &mut Carrier, cursor: &str) -> (Vec<Change>, String) {
    let request = v1::ListChangesRequest {
        cursor: cursor.to_owned(),
        page_size: 1_000,
    };
    let reply = carrier.list_changes(request).await.unwrap().into_inner();
    let changes = reply.changes.into_iter().map(|change| change.change.unwrap());
    (changes.collect(), reply.next_cursor)
}

/// All answers among the changes from the beginning.
pub(crate) async fn listed_answers(carrier: &mut Carrier) -> Vec<PortAnswer> {
    let (changes, _) = changes_after(carrier, "").await;
    let answers = changes.into_iter().filter_map(|change| match change {
        Change::Answer(answer) => Some(answer),
        Change::PortOut(_)
        | Change::PortOutProgress(_)
        | Change::CapabilityTest(_)
        | Change::PortOutSnapback(_) => None,
    });
    answers.collect()
}

/// An answer in words: version, kind, the last digit of each number, reasons, cut-over.
pub(crate) fn said(answer: &PortAnswer) -> String {
    let mut words = format!("{} {}", answer.ver, kind_name(answer.kind()));
    for tn in &answer.tns {
        words = format!("{words} {}", &tn[tn.len() - 1..]);
    }
    for reason in &answer.reasons {
        words = format!("{words} {}{}", reason.tn, reason.code);
    }
    if let Some(foc_at) = &answer.foc_at {
        words = format!("{words} {}", at(Some(foc_at)));
    }
    words
}

fn kind_name(kind: AnswerKind) -> &'static str {
    kind.as_str_name().trim_start_matches("ANSWER_KIND_")
}
