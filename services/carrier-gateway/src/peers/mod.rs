//! Whom the gateway calls: the carrier partner, and intake. Wire messages end here; inside, the domain's values.
//!
//! **Architecture invariant:** no transaction is open during a call, and no request or reply is logged: both may hold
//! secrets. The deadlines of the calls of one piece of work add up to less than its lease (`store`).

mod changes;
mod intake;
mod package;
mod partner;

use std::time::Duration;

use tonic::{Code, Request, Status};

pub(crate) use changes::read_changes;
pub(crate) use intake::Intake;
pub(crate) use partner::{Outgoing, Partner, WishBack};

/// Two of them, one to intake and one to the partner, fit into a lease.
const DEADLINE: Duration = Duration::from_secs(7);

/// Why a call did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CallFailure {
    /// The peer will not do it, now or later. Its words, which may quote what was sent.
    Refused(String),
    /// The peer does not know what it is about. News of a thing may come before the thing; for all else it is a refusal.
    NotFound(String),
    /// It may succeed when tried again.
    Transient(String),
}

/// Tells a refusal from a failure that passes. What is wrong with our set-up (a key, a permission) or with the peer
/// itself is not the order's fault, so it is tried again until somebody mends it.
fn failure_of(status: &Status) -> CallFailure {
    let words = match (grpc::status::reason_of(status), status.message()) {
        (Some(reason), "") => reason,
        (Some(reason), message) => format!("{reason}: {message}"),
        (None, "") => status.code().to_string(),
        (None, message) => message.to_owned(),
    };
    match status.code() {
        Code::InvalidArgument | Code::FailedPrecondition | Code::AlreadyExists | Code::OutOfRange => {
            CallFailure::Refused(words)
        }
        Code::NotFound => CallFailure::NotFound(words),
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::PermissionDenied
        | Code::ResourceExhausted
        | Code::Aborted
        | Code::Unimplemented
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss
        | Code::Unauthenticated => CallFailure::Transient(format!("{:?}: {words}", status.code())),
    }
}

/// A request with the deadline of the gateway's calls.
fn timed<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(DEADLINE);
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_will_never_succeed_is_a_refusal() {
        let refusals = [3, 9, 5, 6, 11];
        for number in 0..=16 {
            let status = grpc::status::fail(Code::from_i32(number), "WHY", "words");
            let is_refused = !matches!(failure_of(&status), CallFailure::Transient(_));
            assert_eq!(is_refused, refusals.contains(&number), "{:?}", status.code());
        }
    }

    #[test]
    fn a_refusal_keeps_reason_and_words() {
        let superseded = grpc::status::fail(
            Code::FailedPrecondition,
            "VERSION_SUPERSEDED",
            "the order has moved on",
        );
        let expected = "VERSION_SUPERSEDED: the order has moved on".to_owned();
        assert_eq!(failure_of(&superseded), CallFailure::Refused(expected));
        let bare = Status::not_found("no such PON");
        assert_eq!(failure_of(&bare), CallFailure::NotFound("no such PON".to_owned()));
        let silent = Status::unavailable("");
        assert!(
            matches!(failure_of(&silent), CallFailure::Transient(words) if words.starts_with("Unavailable: "))
        );
    }
}
