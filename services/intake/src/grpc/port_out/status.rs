//! What a failed use case of port-outs means to the caller.

use grpc::status::{fail, internal, store};
use pg::StoreError;
use tonic::{Code, Status};

use crate::grpc::port_in::{content_status, resolve_status};
use crate::ops::port_out::{
    AcceptError, ConsentError, PinError, ProgressError, ProtectError, ReadError, ReceiveError, RecordError,
    RefuseError, ReviewError, SetPolicyError,
};

pub(super) fn read(error: &ReadError) -> Status {
    match error {
        ReadError::NotFound => not_found(error),
        ReadError::Store(error) => store(error),
    }
}

pub(super) fn accept(error: &AcceptError) -> Status {
    match error {
        AcceptError::NotFound => not_found(error),
        AcceptError::Locked(_) => fail(Code::FailedPrecondition, "NUMBER_LOCKED", error.to_string()),
        AcceptError::Illegal(_) => illegal(error),
        AcceptError::Store(error) => store(error),
    }
}

pub(super) fn refuse(error: &RefuseError) -> Status {
    match error {
        RefuseError::NotFound => not_found(error),
        RefuseError::DoesNotApply { .. } => fail(
            Code::FailedPrecondition,
            "REASON_DOES_NOT_APPLY",
            error.to_string(),
        ),
        RefuseError::AsAWhole => fail(Code::FailedPrecondition, "ANSWERED_AS_A_WHOLE", error.to_string()),
        RefuseError::Illegal(_) => illegal(error),
        RefuseError::Store(error) => store(error),
    }
}

pub(super) fn review(error: &ReviewError) -> Status {
    match error {
        ReviewError::NotFound => not_found(error),
        ReviewError::Illegal(_) => illegal(error),
        ReviewError::Store(error) => store(error),
    }
}

pub(super) fn record(error: &RecordError) -> Status {
    match error {
        RecordError::NotFound => not_found(error),
        RecordError::CommentNotFound => fail(Code::NotFound, "COMMENT_NOT_FOUND", error.to_string()),
        RecordError::Refused(refusal) => resolve_status(*refusal),
        RecordError::DocumentNotFound => fail(Code::NotFound, "DOCUMENT_NOT_FOUND", error.to_string()),
        RecordError::TooMany => fail(Code::FailedPrecondition, "TOO_MANY_DOCUMENTS", error.to_string()),
        RecordError::Content(error) => content_status(error),
        RecordError::Store(error) => store(error),
    }
}

pub(super) fn progress(error: &ProgressError) -> Status {
    match error {
        ProgressError::NotFound => not_found(error),
        ProgressError::Store(error) => store(error),
    }
}

pub(super) fn receive(error: &ReceiveError) -> Status {
    match error {
        ReceiveError::Pin(error) => pin(error),
        ReceiveError::Store(error) => store(error),
    }
}

pub(super) fn consent(error: &ConsentError) -> Status {
    match error {
        ConsentError::NotFound => fail(Code::NotFound, "CONSENT_NOT_FOUND", error.to_string()),
        ConsentError::Closed => fail(Code::FailedPrecondition, "CONSENT_CLOSED", error.to_string()),
        ConsentError::NoPages => fail(Code::FailedPrecondition, "NO_PAGES", error.to_string()),
        ConsentError::Store(error) => store(error),
    }
}

pub(super) fn pin(error: &PinError) -> Status {
    match error {
        PinError::Interrupted => grpc::status::unavailable(error),
        PinError::Vault(error) => internal(error),
    }
}

pub(super) fn set_policy(error: &SetPolicyError) -> Status {
    match error {
        SetPolicyError::Stale => store(&StoreError::Stale("the policy")),
        SetPolicyError::Store(error) => store(error),
    }
}

pub(super) fn protect(error: &ProtectError) -> Status {
    match error {
        ProtectError::NotHeld(_) => fail(Code::NotFound, "NUMBER_NOT_FOUND", error.to_string()),
        ProtectError::Store(error) => store(error),
    }
}

fn not_found(error: &dyn std::error::Error) -> Status {
    fail(Code::NotFound, "PORT_OUT_NOT_FOUND", error.to_string())
}

fn illegal(error: &dyn std::error::Error) -> Status {
    fail(Code::FailedPrecondition, "ILLEGAL_TRANSITION", error.to_string())
}
