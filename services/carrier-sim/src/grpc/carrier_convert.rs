//! Between the carrier contract's messages and the simulator's types.

use grpc::{Faults, page};
use jiff::Timestamp;
use portway_proto::carrier::v1;
use portway_proto::types::v1 as shared;
use prost_types::Timestamp as ProtoTimestamp;
use service::stamp;
use tonic::Status;
use types::{Pon, Spid, Tn, Ver};

use super::cursor;
use crate::ops::{ChangePage, SimChange, Wish};
use crate::port_out::{
    Decision, PortOut, PortOutAnswer, PortOutConflict, PortOutKey, Progress, ProgressStep, SnapbackAnswer,
};
use crate::port_request::Submission;
use crate::script::{Answer, Capability, Content, Reason, Test};

/// Numbers in one request.
pub(super) const NUMBERS_MAX: usize = 20_000;
/// Reasons in one answer.
pub(super) const REASONS_MAX: usize = 1_000;
/// What names something that is asked.
const REQUEST_ID_CHARS_MAX: usize = 100;
/// A page of changes unless asked otherwise, and at most.
const PAGE: (i64, i64) = (100, 1_000);

pub(super) fn pon(raw: &str) -> Result<Pon, Status> {
    let mut faults = Faults::new();
    let pon = faults.required("pon", raw);
    faults.finish(pon)
}

pub(super) fn ver(faults: &mut Faults, field: &str, raw: i32) -> Option<Ver> {
    faults.check(field, "INVALID", Ver::try_from(raw))
}

pub(super) fn submission(request: &v1::SubmitPortRequest) -> Result<Submission, Status> {
    let mut faults = Faults::new();
    let pon = faults.required("pon", &request.pon);
    let ver = ver(&mut faults, "ver", request.ver);
    check_supplement(&mut faults, request.supplement(), ver);
    faults.optional::<Spid>("losing_spid", &request.losing_spid);
    let raw: Vec<&str> = request.numbers.iter().map(|number| number.tn.as_str()).collect();
    let tns = numbers(&mut faults, "numbers", ".tn", &raw);
    let wanted = request.requested_date.as_ref().and_then(|date| {
        let date = stamp::date_from_proto(date).ok_or("must be a day of the years 2000 to 9999");
        faults.check("requested_date", "INVALID", date)
    });
    let submission = pon.zip(ver).zip(tns).map(|((pon, ver), tns)| Submission {
        pon,
        ver,
        tns,
        wanted,
        date_only: request.supplement() == v1::Supplement::DueDate,
    });
    faults.finish(submission)
}

/// The first version is no supplement, and the others are one; cancels have an RPC of their own.
fn check_supplement(faults: &mut Faults, supplement: v1::Supplement, ver: Option<Ver>) {
    let is_first = ver == Some(Ver::FIRST);
    let message = match supplement {
        v1::Supplement::Unspecified => "must be set",
        v1::Supplement::Cancel => "a cancel goes to CancelPort",
        v1::Supplement::None if !is_first => "must say what a version after the first changes",
        v1::Supplement::DueDate | v1::Supplement::Other if is_first => "the first version changes nothing",
        v1::Supplement::None | v1::Supplement::DueDate | v1::Supplement::Other => return,
    };
    faults.add("supplement", "INVALID", message);
}

/// Parses a list of numbers, at least one.
pub(super) fn numbers(faults: &mut Faults, field: &str, suffix: &str, raw: &[&str]) -> Option<Vec<Tn>> {
    if raw.is_empty() || raw.len() > NUMBERS_MAX {
        faults.add(field, "COUNT", format!("must hold 1 to {NUMBERS_MAX} numbers"));
        return None;
    }
    let parsed: Vec<Option<Tn>> = raw
        .iter()
        .enumerate()
        .map(|(index, tn)| faults.required(&format!("{field}[{index}]{suffix}"), tn))
        .collect();
    parsed.into_iter().collect()
}

pub(super) fn cancel(request: &v1::CancelPortRequest) -> Result<(Pon, Ver), Status> {
    let mut faults = Faults::new();
    let pon = faults.required("pon", &request.pon);
    let ver = ver(&mut faults, "ver", request.ver);
    faults.finish(pon.zip(ver))
}

pub(super) fn activation(request: &v1::ActivatePortRequest) -> Result<(Pon, Vec<Tn>), Status> {
    let mut faults = Faults::new();
    let pon = faults.required("pon", &request.pon);
    let tns = some_numbers(&mut faults, &request.tns);
    faults.finish(pon.zip(tns))
}

/// Something asked about numbers of a request, under an id of its own.
pub(super) fn ask(pon: &str, tns: &[String], request_id: &str) -> Result<(Pon, Vec<Tn>), Status> {
    let mut faults = Faults::new();
    let pon = faults.required("pon", pon);
    let tns = some_numbers(&mut faults, tns);
    if request_id.is_empty() {
        faults.add("request_id", "MISSING", "must be set");
    }
    faults.at_most("request_id", request_id, REQUEST_ID_CHARS_MAX);
    faults.finish(pon.zip(tns))
}

/// Parses a wish for numbers back that left us.
pub(super) fn wish(request: &v1::SnapbackPortOutRequest) -> Result<Wish, Status> {
    let mut faults = Faults::new();
    let key = port_out_key(&mut faults, "", &request.winning_spid, &request.pon, request.ver);
    let tns = some_numbers(&mut faults, &request.tns);
    if request.request_id.is_empty() {
        faults.add("request_id", "MISSING", "must be set");
    }
    faults.at_most("request_id", &request.request_id, REQUEST_ID_CHARS_MAX);
    let wish = key.zip(tns).map(|(key, tns)| Wish {
        key,
        tns,
        request_id: request.request_id.clone(),
    });
    faults.finish(wish)
}

impl From<SnapbackAnswer> for v1::PortOutSnapbackAnswer {
    fn from(answer: SnapbackAnswer) -> Self {
        Self {
            answer_id: format!("{}.answer", answer.request_id),
            request_id: answer.request_id,
            confirmed: answer.refusal.is_none(),
            tns: answer.tns.iter().map(Tn::to_string).collect(),
            refusal: answer.refusal.unwrap_or_default(),
            answered_at: Some(stamp::to_proto(answer.answered_at)),
        }
    }
}

/// Parses a list of numbers that is empty when all are meant.
fn some_numbers(faults: &mut Faults, raw: &[String]) -> Option<Vec<Tn>> {
    if raw.is_empty() {
        return Some(Vec::new());
    }
    let raw: Vec<&str> = raw.iter().map(String::as_str).collect();
    numbers(faults, "tns", "", &raw)
}

pub(super) fn place(request: &v1::ListChangesRequest) -> Result<(i64, i64), Status> {
    let mut faults = Faults::new();
    let after = cursor::parse(&mut faults, &request.cursor);
    let limit = page::size(&mut faults, request.page_size, PAGE.0, PAGE.1);
    faults.finish(after.map(|after| (after, limit)))
}

pub(super) fn change_page(page: ChangePage, asked_from: String) -> v1::ListChangesResponse {
    v1::ListChangesResponse {
        changes: page.changes.into_iter().map(v1::Change::from).collect(),
        next_cursor: page.last_position.map_or(asked_from, cursor::render),
    }
}

pub(super) fn port_out_answer(request: &v1::AnswerPortOutRequest) -> Result<PortOutAnswer, Status> {
    let mut faults = Faults::new();
    let key = port_out_key(&mut faults, "", &request.winning_spid, &request.pon, request.ver);
    let foc_at = instant(&mut faults, "foc_at", request.foc_at.as_ref());
    let reasons = reasons(&mut faults, "reasons", &request.reasons);
    let decision = if request.authorized {
        for (index, _) in request
            .reasons
            .iter()
            .enumerate()
            .filter(|(_, reason)| reason.tn.is_empty())
        {
            let message = "must be set: what is authorized is denied number by number";
            faults.add(format!("reasons[{index}].tn"), "MISSING", message);
        }
        reasons.map(|denied| Decision::Authorized { foc_at, denied })
    } else {
        if request.reasons.is_empty() {
            faults.add("reasons", "MISSING", "must say why not");
        }
        if request.foc_at.is_some() {
            faults.add("foc_at", "NOT_FOR_KIND", "a rejection commits to no instant");
        }
        reasons.map(Decision::Rejected)
    };
    let answer = key
        .zip(decision)
        .map(|(key, decision)| PortOutAnswer { key, decision });
    faults.finish(answer)
}

pub(super) fn port_out_conflict(
    request: &v1::RaisePortOutConflictRequest,
) -> Result<PortOutConflict, Status> {
    let mut faults = Faults::new();
    let key = port_out_key(&mut faults, "", &request.winning_spid, &request.pon, request.ver);
    let id = faults.required("conflict_id", &request.conflict_id);
    if request.reasons.is_empty() {
        faults.add("reasons", "MISSING", "must say why");
    }
    let reasons = reasons(&mut faults, "reasons", &request.reasons);
    let tns = some_numbers(&mut faults, &request.tns);
    let conflict = key.zip(id).zip(reasons.zip(tns));
    faults.finish(conflict.map(|((key, id), (reasons, tns))| PortOutConflict {
        id,
        key,
        reasons,
        tns,
    }))
}

/// Parses what names a port-out; `path` stands before the fields' names.
pub(super) fn port_out_key(
    faults: &mut Faults,
    path: &str,
    winning_spid: &str,
    pon: &str,
    ver_number: i32,
) -> Option<PortOutKey> {
    let winning_spid = faults.required(&format!("{path}winning_spid"), winning_spid);
    let pon = faults.required(&format!("{path}pon"), pon);
    let ver = ver(faults, &format!("{path}ver"), ver_number);
    Some(PortOutKey {
        winning_spid: winning_spid?,
        pon: pon?,
        ver: ver?,
    })
}

/// Parses an instant that may be absent.
pub(super) fn instant(faults: &mut Faults, field: &str, raw: Option<&ProtoTimestamp>) -> Option<Timestamp> {
    raw.and_then(|at| faults.check(field, "INVALID", stamp::from_proto(at)))
}

/// Parses reasons; carriers' codes and texts are taken as they are, up to a length.
pub(super) fn reasons(faults: &mut Faults, field: &str, raw: &[v1::RawReason]) -> Option<Vec<Reason>> {
    if raw.len() > REASONS_MAX {
        faults.add(field, "COUNT", format!("must hold at most {REASONS_MAX}"));
        return None;
    }
    let parsed: Vec<Reason> = raw
        .iter()
        .enumerate()
        .map(|(index, reason)| {
            let path = format!("{field}[{index}]");
            faults.at_most(&format!("{path}.code"), &reason.code, 64);
            faults.at_most(&format!("{path}.text"), &reason.text, 1_000);
            Reason {
                tn: faults.optional(&format!("{path}.tn"), &reason.tn),
                code: reason.code.clone(),
                text: reason.text.clone(),
            }
        })
        .collect();
    Some(parsed)
}

impl From<Reason> for v1::RawReason {
    fn from(reason: Reason) -> Self {
        Self {
            tn: reason.tn.map(|tn| tn.to_string()).unwrap_or_default(),
            code: reason.code,
            text: reason.text,
        }
    }
}

impl From<Answer> for v1::PortAnswer {
    fn from(answer: Answer) -> Self {
        use v1::AnswerKind as Kind;
        let tns = answer.content.tns().iter().map(Tn::to_string).collect();
        let (kind, reasons, foc_at) = match answer.content {
            Content::Rejected(reasons) => (Kind::Rejected, reasons, None),
            Content::UpdateRequired(reasons) => (Kind::UpdateRequired, reasons, None),
            Content::Delayed(reasons) => (Kind::Delayed, reasons, None),
            Content::Foc(at) => (Kind::Foc, Vec::new(), Some(at)),
            Content::Activated(_) => (Kind::Activated, Vec::new(), None),
            Content::Cancelled => (Kind::Cancelled, Vec::new(), None),
            Content::ChangeRefused(reasons) => (Kind::ChangeRefused, reasons, None),
            Content::SnapbackConfirmed(_) => (Kind::SnapbackConfirmed, Vec::new(), None),
            Content::SnapbackRefused(_, reasons) => (Kind::SnapbackRefused, reasons, None),
        };
        Self {
            answer_id: answer.id,
            pon: answer.pon.to_string(),
            ver: answer.ver.into(),
            kind: kind.into(),
            reasons: reasons.into_iter().map(v1::RawReason::from).collect(),
            foc_at: foc_at.map(stamp::to_proto),
            tns,
            answered_at: Some(stamp::to_proto(answer.answered_at)),
        }
    }
}

impl From<Test> for v1::CapabilityTest {
    fn from(test: Test) -> Self {
        Self {
            test_id: test.id,
            pon: test.pon.to_string(),
            tn: test.tn.to_string(),
            capability: to_wire(test.capability).into(),
            passed: test.passed,
            detail: test.detail,
            tested_at: Some(stamp::to_proto(test.tested_at)),
        }
    }
}

const fn to_wire(capability: Capability) -> shared::Capability {
    match capability {
        Capability::VoiceInbound => shared::Capability::VoiceInbound,
        Capability::VoiceOutbound => shared::Capability::VoiceOutbound,
        Capability::Emergency => shared::Capability::Emergency,
        Capability::CallerName => shared::Capability::CallerName,
        Capability::Messaging => shared::Capability::Messaging,
    }
}

impl From<PortOut> for v1::PortOutRequest {
    fn from(port_out: PortOut) -> Self {
        let shown = |secret: Option<types::Secret>| secret.map(|secret| secret.expose().to_owned());
        Self {
            pon: port_out.key.pon.to_string(),
            ver: port_out.key.ver.into(),
            winning_spid: port_out.key.winning_spid.to_string(),
            winning_name: port_out.winning_name,
            tns: port_out.tns.iter().map(Tn::to_string).collect(),
            account_number: shown(port_out.account_number).unwrap_or_default(),
            postal_code: port_out.postal_code,
            pin: shown(port_out.pin).unwrap_or_default(),
            end_user_name: port_out.end_user_name,
            requested_foc_at: port_out.requested_foc_at.map(stamp::to_proto),
            wireless: port_out.wireless,
            simple: port_out.simple,
            received_at: Some(stamp::to_proto(port_out.received_at)),
        }
    }
}

impl From<Progress> for v1::PortOutProgress {
    fn from(progress: Progress) -> Self {
        let (step, foc_at) = match progress.step {
            ProgressStep::Ported => (v1::PortOutStep::Ported, None),
            ProgressStep::Cancelled => (v1::PortOutStep::Cancelled, None),
            ProgressStep::FocChanged(foc_at) => (v1::PortOutStep::FocChanged, Some(foc_at)),
        };
        Self {
            progress_id: progress.id,
            pon: progress.pon.to_string(),
            winning_spid: progress.winning_spid.to_string(),
            step: step.into(),
            occurred_at: Some(stamp::to_proto(progress.occurred_at)),
            foc_at: foc_at.map(stamp::to_proto),
        }
    }
}

impl From<SimChange> for v1::Change {
    fn from(change: SimChange) -> Self {
        use v1::change::Change as Kind;
        let change = match change {
            SimChange::Answer(answer) => Kind::Answer(answer.into()),
            SimChange::PortOut(port_out) => Kind::PortOut((*port_out).into()),
            SimChange::Progress(progress) => Kind::PortOutProgress(progress.into()),
            SimChange::Test(test) => Kind::CapabilityTest(test.into()),
            SimChange::Snapback(answer) => Kind::PortOutSnapback(answer.into()),
        };
        Self { change: Some(change) }
    }
}
