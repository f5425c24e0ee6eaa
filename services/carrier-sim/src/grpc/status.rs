//! What each failure means to the caller.

use clock::{ClockError, MoveError};
use grpc::status::{self, fail};
use grpc::{Faults, FieldFault};
use tonic::{Code, Status};

use crate::ops::{
    AnswerPortOutError, CallRefused, MoveClockError, RaiseConflictError, ReadAnswersError, ReadChangesError,
    ReportPortOutError, SnapbackPortOutError,
};

pub(super) fn call(error: &CallRefused) -> Status {
    let words = error.to_string();
    match error {
        // The script's own failure looks like any other of a carrier that cannot be reached.
        CallRefused::Scripted => fail(Code::Unavailable, "SCRIPTED_FAILURE", words),
        CallRefused::NotFound => fail(Code::NotFound, "PORT_REQUEST_NOT_FOUND", words),
        CallRefused::Superseded { .. } => fail(Code::FailedPrecondition, "VER_SUPERSEDED", words),
        CallRefused::NotCommitted => fail(Code::FailedPrecondition, "FOC_MISSING", words),
        CallRefused::NotInRequest(_) => fail(Code::FailedPrecondition, "NUMBER_NOT_IN_REQUEST", words),
        CallRefused::NotActive(_) => fail(Code::FailedPrecondition, "NUMBER_NOT_ACTIVE", words),
        CallRefused::Messaging(_) => fail(Code::FailedPrecondition, "MESSAGING_REFUSED", words),
        CallRefused::Calendar(_) => fail(Code::FailedPrecondition, "BEYOND_CALENDAR", words),
        CallRefused::Store(error) => status::store(error),
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

pub(super) fn snapback_port_out(error: &SnapbackPortOutError) -> Status {
    match error {
        SnapbackPortOutError::NotFound => fail(Code::NotFound, "PORT_OUT_NOT_FOUND", error.to_string()),
        SnapbackPortOutError::Store(error) => status::store(error),
    }
}

pub(super) fn raise_conflict(error: &RaiseConflictError) -> Status {
    let words = error.to_string();
    match error {
        RaiseConflictError::NotFound => fail(Code::NotFound, "PORT_OUT_NOT_FOUND", words),
        RaiseConflictError::NotAuthorized => fail(Code::FailedPrecondition, "PORT_OUT_NOT_AUTHORIZED", words),
        RaiseConflictError::Ported => fail(Code::FailedPrecondition, "PORT_OUT_PORTED", words),
        RaiseConflictError::Scripted => fail(Code::FailedPrecondition, "CONFLICT_REFUSED", words),
        RaiseConflictError::Store(error) => status::store(error),
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

fn one_fault(field: &str, code: &str, message: &str) -> Status {
    let mut faults = Faults::new();
    faults.add(field, code, message);
    let faults: Vec<FieldFault> = faults.into_vec();
    status::invalid(faults)
}
