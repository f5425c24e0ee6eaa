//! What a failed use case of port-outs means to the caller.

use grpc::status::{fail, store};
use tonic::{Code, Status};

use crate::ops::port_out::{AcceptError, ProgressError, ReadError, RefuseError, ReviewError};

pub(super) fn read(error: &ReadError) -> Status {
    match error {
        ReadError::NotFound => not_found(error),
        ReadError::Store(error) => store(error),
    }
}

pub(super) fn accept(error: &AcceptError) -> Status {
    match error {
        AcceptError::NotFound => not_found(error),
        AcceptError::Illegal(_) => illegal(error),
        AcceptError::Store(error) => store(error),
    }
}

pub(super) fn refuse(error: &RefuseError) -> Status {
    match error {
        RefuseError::NotFound => not_found(error),
        RefuseError::DoesNotApply(_) => fail(
            Code::FailedPrecondition,
            "REASON_DOES_NOT_APPLY",
            error.to_string(),
        ),
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

pub(super) fn progress(error: &ProgressError) -> Status {
    match error {
        ProgressError::NotFound => not_found(error),
        ProgressError::Store(error) => store(error),
    }
}

fn not_found(error: &dyn std::error::Error) -> Status {
    fail(Code::NotFound, "PORT_OUT_NOT_FOUND", error.to_string())
}

fn illegal(error: &dyn std::error::Error) -> Status {
    fail(Code::FailedPrecondition, "ILLEGAL_TRANSITION", error.to_string())
}
