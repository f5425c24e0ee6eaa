//! What each failure means to the caller. docs/errors.md lists the reasons.

use tonic::{Code, Status};
use vault::VaultError;

pub(super) use grpc::status::store;

use grpc::status::{fail, internal};

use crate::ops::{
    CreateContactError, CreateEndpointError, DeleteContactError, DeleteEndpointError, RetryDeliveryError,
};

pub(super) fn create_endpoint(error: CreateEndpointError) -> Status {
    let message = error.to_string();
    match error {
        CreateEndpointError::UnknownAccount => fail(Code::Unavailable, "ACCOUNT_NOT_KNOWN_YET", message),
        CreateEndpointError::TooMany => fail(Code::FailedPrecondition, "ENDPOINT_LIMIT", message),
        CreateEndpointError::UrlTaken => fail(Code::AlreadyExists, "ENDPOINT_EXISTS", message),
        CreateEndpointError::Secret(error) => internal(&error),
        CreateEndpointError::Store(error) => store(&error),
    }
}

pub(super) fn delete_endpoint(error: DeleteEndpointError) -> Status {
    let message = error.to_string();
    match error {
        DeleteEndpointError::NotFound => fail(Code::NotFound, "ENDPOINT_NOT_FOUND", message),
        DeleteEndpointError::Store(error) => store(&error),
    }
}

pub(super) fn create_contact(error: CreateContactError) -> Status {
    let message = error.to_string();
    match error {
        CreateContactError::UnknownAccount => fail(Code::Unavailable, "ACCOUNT_NOT_KNOWN_YET", message),
        CreateContactError::TooMany => fail(Code::FailedPrecondition, "CONTACT_LIMIT", message),
        CreateContactError::EmailTaken => fail(Code::AlreadyExists, "CONTACT_EXISTS", message),
        CreateContactError::Store(error) => store(&error),
    }
}

pub(super) fn delete_contact(error: DeleteContactError) -> Status {
    let message = error.to_string();
    match error {
        DeleteContactError::NotFound => fail(Code::NotFound, "CONTACT_NOT_FOUND", message),
        DeleteContactError::Store(error) => store(&error),
    }
}

pub(super) fn retry_delivery(error: RetryDeliveryError) -> Status {
    let message = error.to_string();
    match error {
        RetryDeliveryError::NotFound => fail(Code::NotFound, "DELIVERY_NOT_FOUND", message),
        RetryDeliveryError::NotFailed => fail(Code::FailedPrecondition, "DELIVERY_NOT_FAILED", message),
        RetryDeliveryError::EndpointGone => fail(Code::FailedPrecondition, "ENDPOINT_GONE", message),
        RetryDeliveryError::Store(error) => store(&error),
    }
}

/// A kept reply whose secret cannot be opened: its key is gone from the key ring.
pub(super) fn vault(error: &VaultError) -> Status {
    internal(error)
}
