//! What a failed use case means to the caller.

use tonic::{Code, Status};

use crate::ops::PutCarrierError;

/// A carrier was not kept.
pub(super) fn put_carrier(error: &PutCarrierError) -> Status {
    match error {
        PutCarrierError::SpidTaken(_) => {
            ::grpc::status::fail(Code::AlreadyExists, "SPID_TAKEN", error.to_string())
        }
        PutCarrierError::RespOrgTaken(_) => {
            ::grpc::status::fail(Code::AlreadyExists, "RESP_ORG_TAKEN", error.to_string())
        }
        PutCarrierError::Store(error) => ::grpc::status::store(error),
    }
}
