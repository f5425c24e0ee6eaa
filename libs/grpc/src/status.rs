//! The only place that makes statuses: each carries a stable reason, says when to try again, and leaks nothing.

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use pg::StoreError;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use crate::faults::FieldFault;

const DOMAIN: &str = "portway";
/// When to try again after a failure that passes by itself.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// More faults than this do not fit in the trailers of a reply: clients take about 16 KB of them, and each fault stands
/// there twice, in the message and in the details.
const FAULTS_MAX: usize = 25;

/// A refusal with a stable reason. docs/errors.md lists the reasons.
pub fn fail(code: Code, reason: &'static str, message: impl Into<String>) -> Status {
    fail_with(code, reason, message, HashMap::new())
}

/// A refusal that also gives facts a program can use, e.g. the earliest date.
pub fn fail_with(
    code: Code,
    reason: &'static str,
    message: impl Into<String>,
    facts: HashMap<String, String>,
) -> Status {
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, facts);
    if matches!(code, Code::Unavailable | Code::Aborted | Code::ResourceExhausted) {
        details.set_retry_info(Some(RETRY_AFTER));
    }
    Status::with_error_details(code, message, details)
}

/// The request is wrong: every field at fault is named, each with a code of its own, as far as a reply can carry them.
pub fn invalid(faults: Vec<FieldFault>) -> Status {
    with_faults(Code::InvalidArgument, "INVALID_FIELDS", faults)
}

/// The request is well-formed, but what it is about is not ready for it: what is missing is named.
pub fn not_ready(reason: &'static str, faults: Vec<FieldFault>) -> Status {
    with_faults(Code::FailedPrecondition, reason, faults)
}

fn with_faults(code: Code, reason: &'static str, faults: Vec<FieldFault>) -> Status {
    let faults = capped(faults);
    let message = faults
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ");
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    let violations: Vec<FieldViolation> = faults
        .into_iter()
        .map(|fault| FieldViolation {
            field: fault.field,
            description: fault.message,
            reason: fault.code,
            localized_message: None,
        })
        .collect();
    details.set_bad_request(violations);
    Status::with_error_details(code, message, details)
}

/// The first faults, and how many more there are.
fn capped(mut faults: Vec<FieldFault>) -> Vec<FieldFault> {
    let more = faults.len().saturating_sub(FAULTS_MAX);
    if more > 0 {
        faults.truncate(FAULTS_MAX);
        faults.push(FieldFault {
            field: "request".to_owned(),
            code: "MORE_FAULTS".to_owned(),
            message: format!("and {more} more"),
        });
    }
    faults
}

/// Something this service needs is away; trying again helps.
pub fn unavailable(error: &dyn Error) -> Status {
    tracing::warn!(error = %chain(error), "unavailable");
    fail(
        Code::Unavailable,
        "UNAVAILABLE",
        "a part this call needs is not available; try again",
    )
}

/// A mistake of ours. The caller learns that much and no more; the log has the chain.
pub fn internal(error: &dyn Error) -> Status {
    tracing::error!(error = %chain(error), "internal error");
    fail(Code::Internal, "INTERNAL", "internal error")
}

/// What a failure below a use case means to the caller.
pub fn store(error: &StoreError) -> Status {
    match error {
        StoreError::Stale(what) => fail(
            Code::Aborted,
            "STALE",
            format!("{what} was changed by somebody else; read it again"),
        ),
        StoreError::Unavailable(_) => unavailable(error),
        StoreError::Corrupt { .. } | StoreError::Database(_) => internal(error),
    }
}

/// The stable reason in a status, if it carries one.
pub fn reason_of(status: &Status) -> Option<String> {
    status.get_details_error_info().map(|info| info.reason)
}

/// Whether the same call may succeed later.
pub fn is_transient(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable
            | Code::Aborted
            | Code::ResourceExhausted
            | Code::DeadlineExceeded
            | Code::Cancelled
    )
}

/// An error and its sources in one line, for the log.
pub fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(count: usize) -> Vec<FieldFault> {
        let fault = |index| FieldFault {
            field: format!("numbers[{index}].phone_number"),
            code: "NPA_UNKNOWN".to_owned(),
            message: "area code 444 is not in our table; if it is new, the table needs an update".to_owned(),
        };
        (0..count).map(fault).collect()
    }

    #[test]
    fn a_reply_names_as_many_faults_as_trailers_carry_and_says_how_many_more_there_are() {
        for (given, named, last) in [
            (1, 1, None),
            (25, 25, None),
            (26, 26, Some("and 1 more")),
            (20_000, 26, Some("and 19975 more")),
        ] {
            for status in [invalid(faults(given)), not_ready("WHY", faults(given))] {
                let violations = status.get_details_bad_request().unwrap().field_violations;
                assert_eq!(violations.len(), named, "{given}");
                let more = violations.last().filter(|last| last.reason == "MORE_FAULTS");
                assert_eq!(more.map(|more| more.description.as_str()), last, "{given}");
                let as_base64 = status.details().len() * 4 / 3;
                assert!(as_base64 + status.message().len() < 16 * 1024, "{given}");
            }
        }
    }
}
