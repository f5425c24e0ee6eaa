//! A script as a caller writes it. All faults of it are named at once.

use grpc::Faults;
use jiff::SignedDuration;
use portway_proto::carrier::v1::AnswerKind as Kind;
use portway_proto::sim::v1;
use portway_proto::types::v1 as shared;
use prost_types::Duration as ProtoDuration;
use tonic::Status;
use types::Tn;

use super::carrier_convert::{reasons, ver};
use crate::script::{AnswerStep, Capability, Outcome, Says, Script, ScriptedTest, Step};

const STEPS_MAX: usize = 100;
const TESTS_MAX: usize = 1_000;
const TIMES_MAX: u16 = 100;
const FAIL_CALLS_MAX: i32 = 10_000;
/// Longer than any port takes, and short enough that no date runs off the calendar.
const SPAN_MAX: SignedDuration = SignedDuration::from_hours(10 * 366 * 24);
/// Texts that are passed on.
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
    let tests = tests(&mut faults, &raw.tests);
    faults.at_most("script.messaging_refusal", &raw.messaging_refusal, TEXT_MAX);
    let refusal = Some(raw.messaging_refusal.clone()).filter(|words| !words.is_empty());
    let words = &raw.port_out_snapback_refusal;
    faults.at_most("script.port_out_snapback_refusal", words, TEXT_MAX);
    let kept = Some(words.clone()).filter(|words| !words.is_empty());
    let script = script.zip(tests).map(|(steps, tests)| Script {
        steps,
        tests,
        messaging_refusal: refusal,
        port_out_snapback_refusal: kept,
    });
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
        Kind::SnapbackConfirmed => Says::SnapbackConfirmed,
        Kind::SnapbackRefused => Says::SnapbackRefused(reasons),
    };
    Some(Step::Answer(AnswerStep {
        after: after.unwrap_or_default(),
        says,
        times: times?.max(1),
        ver: named,
    }))
}

/// Parses the tests that are scripted.
fn tests(faults: &mut Faults, raw: &[v1::ScriptedTest]) -> Option<Vec<ScriptedTest>> {
    if raw.len() > TESTS_MAX {
        faults.add("script.tests", "COUNT", format!("must hold at most {TESTS_MAX}"));
        return None;
    }
    let tests: Vec<Option<ScriptedTest>> = raw
        .iter()
        .enumerate()
        .map(|(index, test)| self::test(faults, &format!("script.tests[{index}]"), test))
        .collect();
    tests.into_iter().collect()
}

fn test(faults: &mut Faults, path: &str, raw: &v1::ScriptedTest) -> Option<ScriptedTest> {
    let tn = faults.optional(&format!("{path}.tn"), &raw.tn);
    let capability = match raw.capability() {
        shared::Capability::VoiceInbound => Some(Capability::VoiceInbound),
        shared::Capability::VoiceOutbound => Some(Capability::VoiceOutbound),
        shared::Capability::Emergency => Some(Capability::Emergency),
        shared::Capability::CallerName => Some(Capability::CallerName),
        shared::Capability::Messaging => Some(Capability::Messaging),
        shared::Capability::Unspecified => {
            faults.add(format!("{path}.capability"), "INVALID", "is not a capability");
            None
        }
    };
    let outcome = match raw.outcome() {
        v1::TestOutcome::Passes => Some(Outcome::Passes),
        v1::TestOutcome::Fails => Some(Outcome::Fails),
        v1::TestOutcome::Never => Some(Outcome::Never),
        v1::TestOutcome::Unspecified => {
            faults.add(format!("{path}.outcome"), "INVALID", "is not how a test can end");
            None
        }
    };
    faults.at_most(&format!("{path}.detail"), &raw.detail, TEXT_MAX);
    let after = span(faults, &format!("{path}.after"), raw.after.as_ref());
    Some(ScriptedTest {
        tn,
        capability: capability?,
        outcome: outcome?,
        detail: raw.detail.clone(),
        after,
    })
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
