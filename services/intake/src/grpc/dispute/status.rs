//! What a failed use case of disputes means to the caller.

use grpc::FieldFault;
use grpc::status::{fail, internal, not_ready, store, unavailable};
use intake_domain::dispute::{SettlementFault, SnapbackRefusal};
use tonic::{Code, Status};
use types::Tn;

use super::super::port_in::{content_status, snapback_status};
use crate::ops::dispute::{
    EvidenceError, OpenError, ReadError, ReturnError, SettleError, SnapbackError, StatementError,
};
use crate::ops::port_in::HearError;

pub(super) fn open(error: &OpenError) -> Status {
    match error {
        OpenError::NoOrder => fail(Code::NotFound, "ORDER_NOT_FOUND", error.to_string()),
        OpenError::NoPortOut => fail(Code::NotFound, "PORT_OUT_NOT_FOUND", error.to_string()),
        OpenError::NothingPorted => fail(Code::FailedPrecondition, "NOTHING_PORTED", error.to_string()),
        OpenError::NotPorted(tns) => not_ready(
            "NOT_PORTED",
            of_tns(tns, "NOT_PORTED", "has not ported by it, or is back already"),
        ),
        OpenError::InDispute(tns) => {
            not_ready("IN_DISPUTE", of_tns(tns, "IN_DISPUTE", "is in another dispute"))
        }
        OpenError::Store(error) => store(error),
    }
}

pub(super) fn read(error: &ReadError) -> Status {
    match error {
        ReadError::NotFound => not_found(error),
        ReadError::Store(error) => store(error),
    }
}

pub(super) fn evidence(error: &EvidenceError) -> Status {
    match error {
        EvidenceError::NotFound => not_found(error),
        EvidenceError::Content(error) => content_status(error),
        EvidenceError::Zip(_) => internal(error),
        EvidenceError::Interrupted => unavailable(error),
        EvidenceError::Store(error) => store(error),
    }
}

pub(super) fn statement(error: &StatementError) -> Status {
    match error {
        StatementError::NotFound => not_found(error),
        StatementError::Illegal(_) => illegal(error),
        StatementError::TooMany => fail(Code::FailedPrecondition, "TOO_MANY_STATEMENTS", error.to_string()),
        StatementError::Store(error) => store(error),
    }
}

pub(super) fn snapback(error: &SnapbackError) -> Status {
    match error {
        SnapbackError::NotFound => not_found(error),
        SnapbackError::Refused(refusal) => refused(refusal),
        SnapbackError::Order(error) => snapback_status(error),
        SnapbackError::Store(error) => store(error),
    }
}

pub(super) fn returned(error: &ReturnError) -> Status {
    match error {
        ReturnError::NotFound => not_found(error),
        ReturnError::Refused(refusal) => refused(refusal),
        ReturnError::HeldOtherwise(tns) => not_ready(
            "HELD_OTHERWISE",
            of_tns(tns, "HELD_OTHERWISE", "is in the inventory by another way"),
        ),
        ReturnError::Hear(HearError::NotFound(_)) => {
            fail(Code::NotFound, "ORDER_NOT_FOUND", error.to_string())
        }
        ReturnError::Hear(HearError::Store(error)) | ReturnError::Store(error) => store(error),
    }
}

fn refused(refusal: &SnapbackRefusal) -> Status {
    match refusal {
        SnapbackRefusal::Illegal(_) => illegal(refusal),
        SnapbackRefusal::NotAway(tns) => not_ready(
            "NOT_PORTED",
            of_tns(tns, "NOT_PORTED", "is not in the dispute, or is back already"),
        ),
    }
}

pub(super) fn settle(error: &SettleError) -> Status {
    match error {
        SettleError::NotFound => not_found(error),
        SettleError::Refused(SettlementFault::Illegal(_)) => illegal(error),
        SettleError::Refused(SettlementFault::Outcomes(tns)) => not_ready(
            "OUTCOME",
            of_tns(tns, "OUTCOME", "is RETURNED if it is back, and only then"),
        ),
        SettleError::Refused(SettlementFault::Strange(tns)) => {
            not_ready("OUTCOME", of_tns(tns, "NOT_PORTED", "is not in the dispute"))
        }
        SettleError::Store(error) => store(error),
    }
}

fn of_tns(tns: &[Tn], code: &str, what: &str) -> Vec<FieldFault> {
    let fault = |tn: &Tn| FieldFault {
        field: "tns".to_owned(),
        code: code.to_owned(),
        message: format!("{tn} {what}"),
    };
    tns.iter().map(fault).collect()
}

fn not_found(error: &dyn std::error::Error) -> Status {
    fail(Code::NotFound, "DISPUTE_NOT_FOUND", error.to_string())
}

fn illegal(error: &dyn std::error::Error) -> Status {
    fail(Code::FailedPrecondition, "ILLEGAL_TRANSITION", error.to_string())
}
