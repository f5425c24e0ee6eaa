//! What each way to fail means to the caller.

use grpc::FieldFault;
use grpc::status::{fail, internal, not_ready, store};
use tonic::{Code, Status};

use super::super::port_in::content_status;
use crate::ops::letters::{FindError, Incomplete, MakeError, SendError};

pub(super) fn make(error: &MakeError) -> Status {
    match error {
        MakeError::NotFound => no_order(),
        MakeError::Illegal(error) => fail(Code::FailedPrecondition, "ILLEGAL_TRANSITION", error.to_string()),
        MakeError::Incomplete(faults) => {
            let fault = |Incomplete { field, code, message }: &Incomplete| FieldFault {
                field: (*field).to_owned(),
                code: (*code).to_owned(),
                message: message.clone(),
            };
            not_ready("LETTER_INCOMPLETE", faults.iter().map(fault).collect())
        }
        MakeError::Letter(error) => internal(error),
        MakeError::Content(error) => content_status(error),
        MakeError::Store(error) => store(error),
    }
}

pub(super) fn find(error: &FindError) -> Status {
    match error {
        FindError::NoOrder => no_order(),
        FindError::NoLetter => fail(Code::NotFound, "LETTER_NOT_FOUND", error.to_string()),
        FindError::NoSigning => fail(Code::NotFound, "SIGNING_NOT_FOUND", error.to_string()),
        FindError::Content(error) => content_status(error),
        FindError::Store(error) => store(error),
    }
}

pub(super) fn send(error: &SendError) -> Status {
    match error {
        SendError::Find(error) => find(error),
        SendError::Illegal(error) => fail(Code::FailedPrecondition, "ILLEGAL_TRANSITION", error.to_string()),
        SendError::NoPages => fail(Code::FailedPrecondition, "NO_PAGES", error.to_string()),
        SendError::Outdated => fail(Code::FailedPrecondition, "LETTER_OUTDATED", error.to_string()),
        SendError::Signed => fail(Code::FailedPrecondition, "LETTER_SIGNED", error.to_string()),
        SendError::Store(error) => store(error),
    }
}

fn no_order() -> Status {
    fail(Code::NotFound, "ORDER_NOT_FOUND", "there is no such order")
}
