//! A service's refusal in words: the message, the stable reason, each field at fault, and whether to try again.

use std::error::Error;
use std::fmt::Write;

use tonic::Status;
use tonic_types::{FieldViolation, StatusExt};

/// The stable reason of a refusal; empty when it carries none, as when the service was not reached.
pub(crate) fn reason(status: &Status) -> String {
    status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default()
}

/// What to tell on the standard error output, in several lines.
pub(crate) fn render(status: &Status) -> String {
    let details = status.get_error_details();
    let violations = details
        .bad_request()
        .map(|bad| bad.field_violations.as_slice())
        .unwrap_or_default();
    let mut told = format!("error: {}", headline(status, violations));
    // Writing to a string does not fail.
    let _ = match details.error_info() {
        Some(info) => writeln!(told, " ({})", info.reason),
        None => writeln!(told, " ({:?})", status.code()),
    };
    for violation in violations {
        let _ = writeln!(told, "  {}", line(violation));
    }
    if let Some(info) = details.error_info() {
        let mut facts: Vec<_> = info.metadata.iter().collect();
        facts.sort();
        for (name, value) in facts {
            let _ = writeln!(told, "  {name} = {value}");
        }
    }
    if let Some(delay) = details.retry_info().and_then(|retry| retry.retry_delay) {
        let _ = writeln!(told, "  try again in {} s", delay.as_secs().max(1));
    }
    told
}

/// The message, unless it only repeats what the lines below it say one by one.
fn headline(status: &Status, violations: &[FieldViolation]) -> String {
    match violations {
        [] if status.message().is_empty() => "the service refused without a word".to_owned(),
        [first, ..] if status.message().contains(&first.description) => match violations.len() {
            1 => "one thing is wrong".to_owned(),
            count => format!("{count} things are wrong"),
        },
        // Where the service was not reached, the cause says more than the message.
        _ => {
            let mut told = status.message().to_owned();
            let mut source = status.source();
            while let Some(cause) = source {
                let text = cause.to_string();
                if !told.contains(&text) {
                    told = format!("{told}: {text}");
                }
                source = cause.source();
            }
            told
        }
    }
}

fn line(violation: &FieldViolation) -> String {
    let FieldViolation {
        field,
        description,
        reason,
        ..
    } = violation;
    if reason.is_empty() {
        format!("{field}: {description}")
    } else {
        format!("{field}: {description} ({reason})")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use grpc::{FieldFault, status};
    use tonic::Code;

    use super::*;
    use crate::exit::{Exit, Failure};

    fn fault(field: &str, code: &str, message: &str) -> FieldFault {
        FieldFault {
            field: field.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn every_field_at_fault_is_told_once() {
        let faults = vec![
            fault("details.account_number", "MISSING", "must be set"),
            fault("numbers[3].phone_number", "TN_LENGTH", "a number has ten digits"),
        ];
        let told = render(&status::not_ready("REQUIREMENTS_NOT_MET", faults));
        assert_eq!(
            told,
            "error: 2 things are wrong (REQUIREMENTS_NOT_MET)\n  \
             details.account_number: must be set (MISSING)\n  \
             numbers[3].phone_number: a number has ten digits (TN_LENGTH)\n"
        );
    }

    #[test]
    fn facts_and_the_time_to_try_again_are_told() {
        let facts = HashMap::from([("oldest".to_owned(), "17".to_owned())]);
        let expired = status::fail_with(Code::OutOfRange, "POSITION_EXPIRED", "too old", facts);
        assert_eq!(
            render(&expired),
            "error: too old (POSITION_EXPIRED)\n  oldest = 17\n"
        );
        let busy = status::fail(Code::Aborted, "IN_PROGRESS", "the same change is in progress");
        assert_eq!(
            render(&busy),
            "error: the same change is in progress (IN_PROGRESS)\n  try again in 1 s\n"
        );
    }

    #[test]
    fn a_status_without_details_is_told_by_its_code() {
        assert_eq!(
            render(&Status::unavailable("tcp connect error")),
            "error: tcp connect error (Unavailable)\n"
        );
        assert_eq!(
            render(&Status::unavailable("")),
            "error: the service refused without a word (Unavailable)\n"
        );
    }

    #[test]
    fn each_code_has_its_exit_code() {
        let cases = [
            (Code::InvalidArgument, Exit::Usage),
            (Code::Unauthenticated, Exit::Denied),
            (Code::PermissionDenied, Exit::Denied),
            (Code::NotFound, Exit::NotFound),
            (Code::Unavailable, Exit::Unavailable),
            (Code::DeadlineExceeded, Exit::Unavailable),
            (Code::ResourceExhausted, Exit::Unavailable),
            (Code::FailedPrecondition, Exit::Conflict),
            (Code::Aborted, Exit::Conflict),
            (Code::OutOfRange, Exit::Conflict),
            (Code::Internal, Exit::Other),
            (Code::Unimplemented, Exit::Other),
        ];
        for (code, exit) in cases {
            assert_eq!(
                Failure::from(status::fail(code, "ANY", "no")).exit(),
                exit,
                "{code:?}"
            );
        }
        let unmet = status::not_ready(
            "REQUIREMENTS_NOT_MET",
            vec![fault("loa", "LOA_MISSING", "is missing")],
        );
        assert_eq!(Exit::of(&unmet), Exit::No);
    }
}
