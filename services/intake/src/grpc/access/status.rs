//! What a refusal means to the caller.

use grpc::status::{fail, store};
use tonic::{Code, Status};

use crate::ops::access::AccessError;

pub(super) fn refused(error: &AccessError) -> Status {
    match error {
        AccessError::NoAccount => fail(Code::NotFound, "ACCOUNT_NOT_FOUND", error.to_string()),
        AccessError::NoSet => fail(Code::NotFound, "PERMISSION_SET_NOT_FOUND", error.to_string()),
        AccessError::NoGroup => fail(Code::NotFound, "USER_GROUP_NOT_FOUND", error.to_string()),
        AccessError::ReadyMade => fail(
            Code::FailedPrecondition,
            "PERMISSION_SET_READY_MADE",
            error.to_string(),
        ),
        AccessError::NameTaken => fail(Code::AlreadyExists, "NAME_TAKEN", error.to_string()),
        AccessError::TooMany(_) => fail(Code::FailedPrecondition, "ACCESS_LIMIT", error.to_string()),
        AccessError::Held => fail(Code::FailedPrecondition, "PERMISSION_SET_HELD", error.to_string()),
        AccessError::LastOwner => fail(Code::FailedPrecondition, "LAST_OWNER", error.to_string()),
        AccessError::Stale => fail(Code::Aborted, "STALE", error.to_string()),
        AccessError::Store(error) => store(error),
    }
}
