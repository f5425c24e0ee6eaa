//! What each failure means to the caller.

use clock::{ClockError, MoveError};
use grpc::status::{self, fail};
use grpc::{Faults, FieldFault};
use tonic::{Code, Status};

use crate::ops::{
    ActivateError, AnswerPortOutError, CancelError, MoveClockError, ReadAnswersError, ReadChangesError,
    ReportPortOutError, SubmitError,
};

pub(super) fn submit(error: &SubmitError) -> Status {
    match error {
        SubmitError::Scripted => scripted_failure(error),
        SubmitError::Superseded { .. } => fail(Code::FailedPrecondition, "VER_SUPERSEDED", error.to_string()),
        SubmitError::Calendar(_) => fail(Code::FailedPrecondition, "BEYOND_CALENDAR", error.to_string()),
        SubmitError::Store(error) => status::store(error),
    }
}

pub(super) fn cancel(error: &CancelError) -> Status {
    match error {
        CancelError::Scripted => scripted_failure(error),
        CancelError::NotFound => fail(Code::NotFound, "PORT_REQUEST_NOT_FOUND", error.to_string()),
        CancelError::Superseded { .. } => fail(Code::FailedPrecondition, "VER_SUPERSEDED", error.to_string()),
        CancelError::Calendar(_) => fail(Code::FailedPrecondition, "BEYOND_CALENDAR", error.to_string()),
        CancelError::Store(error) => status::store(error),
    }
}

pub(super) fn activate(error: &ActivateError) -> Status {
    match error {
        ActivateError::Scripted => scripted_failure(error),
        ActivateError::NotFound => fail(Code::NotFound, "PORT_REQUEST_NOT_FOUND", error.to_string()),
        ActivateError::NotCommitted => fail(Code::FailedPrecondition, "FOC_MISSING", error.to_string()),
        ActivateError::Calendar(_) => fail(Code::FailedPrecondition, "BEYOND_CALENDAR", error.to_string()),
        ActivateError::Store(error) => status::store(error),
    }
}

pub(super) fn read_answers(error: &ReadAnswersError) -> Status {
    match error {
        ReadAnswersError::NotFound => fail(Code::NotFound, "PORT_REQUEST_NOT_FOUND", error.to_string()),
        ReadAnswersError::Store(error) => status::store(error),
    }
}

pub(super) fn read_changes(error: &ReadChangesError) -> Status {
    match error {
        ReadChangesError::BeyondTheEnd => one_fault("cursor", "CURSOR_BEYOND_END", &error.to_string()),
        ReadChangesError::Store(error) => status::store(error),
    }
}

pub(super) fn answer_port_out(error: &AnswerPortOutError) -> Status {
    match error {
        AnswerPortOutError::NotFound => fail(Code::NotFound, "PORT_OUT_NOT_FOUND", error.to_string()),
        AnswerPortOutError::AnsweredOtherwise => {
            fail(Code::FailedPrecondition, "PORT_OUT_ANSWERED", error.to_string())
        }
        AnswerPortOutError::Store(error) => status::store(error),
    }
}

pub(super) fn report_port_out(error: &ReportPortOutError) -> Status {
    match error {
        ReportPortOutError::NotFound => fail(Code::NotFound, "PORT_OUT_NOT_FOUND", error.to_string()),
        ReportPortOutError::Store(error) => status::store(error),
    }
}

pub(super) fn move_clock(error: &MoveClockError) -> Status {
    let error = match error {
        MoveClockError::NotMovable => {
            return fail(Code::FailedPrecondition, "CLOCK_NOT_MOVABLE", error.to_string());
        }
        MoveClockError::OutOfRange => return one_fault("by", "OUT_OF_RANGE", &error.to_string()),
        MoveClockError::Move(error) => error,
    };
    match error {
        MoveError::Clock(ClockError::NotMovable) => {
            fail(Code::FailedPrecondition, "CLOCK_NOT_MOVABLE", error.to_string())
        }
        MoveError::Clock(ClockError::Backwards { .. }) => {
            one_fault("to", "CLOCK_BACKWARDS", &error.to_string())
        }
        MoveError::Clock(ClockError::Keep(_)) => status::internal(error),
        // The message names the sources that are not done: that is what the caller has to look at.
        MoveError::StillBusy { .. } => fail(Code::Unavailable, "CLOCK_STILL_BUSY", error.to_string()),
        MoveError::Source { .. } => status::unavailable(error),
        MoveError::TooManySteps { .. } => {
            fail(Code::ResourceExhausted, "CLOCK_TOO_MANY_STEPS", error.to_string())
        }
    }
}

/// The script's own failure looks like any other of a carrier that cannot be reached.
fn scripted_failure(error: &dyn std::error::Error) -> Status {
    fail(Code::Unavailable, "SCRIPTED_FAILURE", error.to_string())
}

fn one_fault(field: &str, code: &str, message: &str) -> Status {
    let mut faults = Faults::new();
    faults.add(field, code, message);
    let faults: Vec<FieldFault> = faults.into_vec();
    status::invalid(faults)
}
