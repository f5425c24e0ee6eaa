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

/// The request is wrong: every field at fault is named, each with a code of its own.
pub fn invalid(faults: Vec<FieldFault>) -> Status {
    with_faults(Code::InvalidArgument, "INVALID_FIELDS", faults)
}

/// The request is well-formed, but what it is about is not ready for it: all that is missing is named.
pub fn not_ready(reason: &'static str, faults: Vec<FieldFault>) -> Status {
    with_faults(Code::FailedPrecondition, reason, faults)
}

fn with_faults(code: Code, reason: &'static str, faults: Vec<FieldFault>) -> Status {
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
