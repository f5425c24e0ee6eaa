//! Between the scenario contract's messages and the simulator's types.

use grpc::{Faults, page};
use jiff::{SignedDuration, Timestamp};
use portway_proto::carrier::v1 as carrier;
use portway_proto::carrier::v1::AnswerKind as Kind;
use portway_proto::sim::v1;
use prost_types::Duration as ProtoDuration;
use service::stamp;
use tonic::Status;
use types::{Pon, Secret, Tn};

use super::carrier_convert::{instant, numbers, port_out_key, reasons, ver};
use crate::call::Call;
use crate::port_out::{PortOut, Progress, ProgressStep};
use crate::script::{AnswerStep, Says, Script, Step};

const STEPS_MAX: usize = 100;
const TIMES_MAX: u16 = 100;
const FAIL_CALLS_MAX: i32 = 10_000;
/// Longer than any port takes, and short enough that no date runs off the calendar.
const SPAN_MAX: SignedDuration = SignedDuration::from_hours(10 * 366 * 24);
/// A page of calls unless asked otherwise, and at most.
const PAGE: (i64, i64) = (100, 1_000);
/// Names and other texts that are passed on.
const TEXT_MAX: usize = 200;

/// A script and where it belongs.
pub(super) struct PutScript {
    pub(super) script_of: Option<Tn>,
    pub(super) script: Script,
    pub(super) fail_calls: i32,
}

pub(super) fn script(request: &v1::PutScriptRequest) -> Result<PutScript, Status> {
    let mut faults = Faults::new();
    let Some(raw) = &request.script else {
        faults.add("script", "MISSING", "must be set");
        return faults.finish(None);
    };
    let script_of = faults.optional("script.tn", &raw.tn);
    if raw.steps.len() > STEPS_MAX {
        faults.add("script.steps", "COUNT", format!("must hold at most {STEPS_MAX}"));
    }
    if !(0..=FAIL_CALLS_MAX).contains(&raw.fail_calls) {
        faults.add(
            "script.fail_calls",
            "OUT_OF_RANGE",
            format!("must be 0 to {FAIL_CALLS_MAX}"),
        );
    }
    let steps: Vec<Option<Step>> = raw
        .steps
        .iter()
        .take(STEPS_MAX)
        .enumerate()
        .map(|(index, step)| self::step(&mut faults, &format!("script.steps[{index}]"), step))
        .collect();
    let script = steps.into_iter().collect::<Option<Vec<_>>>();
    let script = script.map(|steps| Script { steps });
    for index in script.iter().flat_map(Script::unreachable_steps) {
        faults.add(
            format!("script.steps[{index}]"),
            "UNREACHABLE",
            "comes after the carrier fell silent for good; give it a ver, or leave it out",
        );
    }
    faults.finish(script.map(|script| PutScript {
        script_of,
        script,
        fail_calls: raw.fail_calls,
    }))
}

fn step(faults: &mut Faults, path: &str, raw: &v1::ScriptStep) -> Option<Step> {
    let named = if raw.ver == 0 {
        None
    } else {
        Some(ver(faults, &format!("{path}.ver"), raw.ver)?)
    };
    let after = span(faults, &format!("{path}.after"), raw.after.as_ref());
    let cut_over_after = span(faults, &format!("{path}.foc_after"), raw.foc_after.as_ref());
    let reasons = reasons(faults, &format!("{path}.reasons"), &raw.reasons)?;
    let times = u16::try_from(raw.times).ok().filter(|times| *times <= TIMES_MAX);
    if times.is_none() {
        faults.add(
            format!("{path}.times"),
            "OUT_OF_RANGE",
            format!("must be 0 to {TIMES_MAX}"),
        );
    }
    let Ok(kind) = Kind::try_from(raw.kind) else {
        faults.add(format!("{path}.kind"), "INVALID", "is not a kind of answer");
        return None;
    };
    let has_reasons = match kind {
        Kind::Rejected
        | Kind::UpdateRequired
        | Kind::Delayed
        | Kind::ChangeRefused
        | Kind::SnapbackRefused => true,
        Kind::Unspecified | Kind::Foc | Kind::Activated | Kind::Cancelled | Kind::SnapbackConfirmed => false,
    };
    if !has_reasons && !raw.reasons.is_empty() {
        faults.add(
            format!("{path}.reasons"),
            "NOT_FOR_KIND",
            "this kind has no reasons",
        );
    }
    if kind != Kind::Foc && raw.foc_after.is_some() {
        faults.add(
            format!("{path}.foc_after"),
            "NOT_FOR_KIND",
            "only a FOC has a cut-over",
        );
    }
    let says = match kind {
        Kind::Unspecified => return Some(Step::Silence(named)),
        Kind::Rejected => Says::Rejected(reasons),
        Kind::UpdateRequired => Says::UpdateRequired(reasons),
        Kind::Delayed => Says::Delayed(reasons),
        Kind::Foc => Says::Foc { cut_over_after },
        Kind::Activated => Says::Activated,
        Kind::Cancelled => Says::Cancelled,
        Kind::ChangeRefused => Says::ChangeRefused(reasons),
        Kind::SnapbackConfirmed | Kind::SnapbackRefused => return None,
    };
    Some(Step::Answer(AnswerStep {
        after: after.unwrap_or_default(),
        says,
        times: times?.max(1),
        ver: named,
    }))
}

/// Parses a span of time that may be absent.
fn span(faults: &mut Faults, field: &str, raw: Option<&ProtoDuration>) -> Option<SignedDuration> {
    let span = to_span(raw?);
    let in_range = span.filter(|span| !span.is_negative() && *span <= SPAN_MAX);
    if in_range.is_none() {
        faults.add(field, "OUT_OF_RANGE", "must be zero to ten years");
    }
    in_range
}

/// A span as messages have it, if both of its parts have the same sign and the nanoseconds are less than a second.
pub(super) fn to_span(raw: &ProtoDuration) -> Option<SignedDuration> {
    let is_whole =
        raw.nanos.abs() < 1_000_000_000 && raw.seconds.signum() * i64::from(raw.nanos.signum()) >= 0;
    is_whole.then(|| SignedDuration::new(raw.seconds, raw.nanos))
}

pub(super) fn port_out(request: &v1::RequestPortOutRequest, now: Timestamp) -> Result<PortOut, Status> {
    let mut faults = Faults::new();
    let Some(raw) = &request.request else {
        faults.add("request", "MISSING", "must be set");
        return faults.finish(None);
    };
    let key = port_out_key(&mut faults, "request.", &raw.winning_spid, &raw.pon, raw.ver);
    let tns: Vec<&str> = raw.tns.iter().map(String::as_str).collect();
    let tns = numbers(&mut faults, "request.tns", "", &tns);
    for (field, text) in [
        ("request.winning_name", &raw.winning_name),
        ("request.account_number", &raw.account_number),
        ("request.postal_code", &raw.postal_code),
        ("request.pin", &raw.pin),
        ("request.end_user_name", &raw.end_user_name),
    ] {
        faults.at_most(field, text, TEXT_MAX);
    }
    let requested_foc_at = instant(
        &mut faults,
        "request.requested_foc_at",
        raw.requested_foc_at.as_ref(),
    );
    let received_at = instant(&mut faults, "request.received_at", raw.received_at.as_ref());
    let secret = |text: &str| Some(text).filter(|text| !text.is_empty()).map(Secret::new);
    let port_out = key.zip(tns).map(|(key, tns)| PortOut {
        key,
        winning_name: raw.winning_name.clone(),
        tns,
        account_number: secret(&raw.account_number),
        postal_code: raw.postal_code.clone(),
        pin: secret(&raw.pin),
        end_user_name: raw.end_user_name.clone(),
        requested_foc_at,
        wireless: raw.wireless,
        simple: raw.simple,
        received_at: received_at.unwrap_or(now),
    });
    faults.finish(port_out)
}

pub(super) fn progress(request: &v1::ReportPortOutRequest, now: Timestamp) -> Result<Progress, Status> {
    let mut faults = Faults::new();
    let Some(raw) = &request.progress else {
        faults.add("progress", "MISSING", "must be set");
        return faults.finish(None);
    };
    let winning_spid = faults.required("progress.winning_spid", &raw.winning_spid);
    let pon = faults.required("progress.pon", &raw.pon);
    faults.at_most("progress.progress_id", &raw.progress_id, TEXT_MAX);
    let foc_at = instant(&mut faults, "progress.foc_at", raw.foc_at.as_ref());
    let occurred_at = instant(&mut faults, "progress.occurred_at", raw.occurred_at.as_ref());
    let step = match raw.step() {
        carrier::PortOutStep::Unspecified => {
            faults.add("progress.step", "MISSING", "must be set");
            None
        }
        carrier::PortOutStep::Ported => Some(ProgressStep::Ported),
        carrier::PortOutStep::Cancelled => Some(ProgressStep::Cancelled),
        carrier::PortOutStep::FocChanged => {
            if raw.foc_at.is_none() {
                faults.add("progress.foc_at", "MISSING", "must be set for a change of it");
            }
            foc_at.map(ProgressStep::FocChanged)
        }
    };
    let news = winning_spid
        .zip(pon)
        .zip(step)
        .map(|((winning_spid, pon), step)| Progress {
            id: match raw.progress_id.as_str() {
                "" => step.made_up_id(&winning_spid, &pon),
                given => given.to_owned(),
            },
            winning_spid,
            pon,
            step,
            occurred_at: occurred_at.unwrap_or(now),
        });
    faults.finish(news)
}

pub(super) fn call_list(request: &v1::ListCallsRequest) -> Result<(Option<Pon>, i64), Status> {
    let mut faults = Faults::new();
    let pon = faults.optional("pon", &request.pon);
    let limit = page::size(&mut faults, request.page_size, PAGE.0, PAGE.1);
    faults.finish(Some((pon, limit)))
}

impl From<Call> for v1::Call {
    fn from(call: Call) -> Self {
        Self {
            at: Some(stamp::to_proto(call.called_at)),
            rpc: call.rpc.name().to_owned(),
            pon: call.pon.to_string(),
            ver: call.ver.map(i32::from).unwrap_or_default(),
            detail: call.detail,
        }
    }
}
