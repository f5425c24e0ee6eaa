//! What each way to fail means to the caller.

use std::collections::HashMap;

use grpc::FieldFault;
use grpc::status::{fail, fail_with, invalid, not_ready, store};
use intake_domain::port_in::cutover::{Obstacle, SnapbackRefusal, WindowRefusal};
use tonic::{Code, Status};
use types::Tn;

use super::super::status::{fault, illegal, not_found, of_tns, refusal};
use crate::ops::port_in::cutover::{
    ActivationError, GroupError, MemberFault, MemberProblem, MessagingError, PrepareError, SnapbackError,
    TemporaryError,
};

pub(super) fn group(error: &GroupError) -> Status {
    match error {
        GroupError::NotFound => fail(Code::NotFound, "GROUP_NOT_FOUND", error.to_string()),
        GroupError::Ended => fail(Code::FailedPrecondition, "GROUP_ENDED", error.to_string()),
        GroupError::Members(faults) => {
            not_ready("GROUP_MEMBERS_REFUSED", faults.iter().map(member).collect())
        }
        GroupError::Store(error) => store(error),
    }
}

fn member(MemberFault { index, problem }: &MemberFault) -> FieldFault {
    let code = match problem {
        MemberProblem::NotFound => "UNKNOWN_ORDER",
        MemberProblem::Twice => "DUPLICATE",
        MemberProblem::NotInOrder(_) => "TN_NOT_IN_ORDER",
        MemberProblem::TooLate(_) => "TN_CUT_OVER",
        MemberProblem::OrderEnded => "ORDER_ENDED",
        MemberProblem::InOtherGroup => "IN_OTHER_GROUP",
    };
    fault(&format!("members[{index}]"), code, problem.to_string())
}

pub(super) fn activation(error: &ActivationError) -> Status {
    match error {
        ActivationError::NotFound => not_found(),
        ActivationError::NotInGroup => fail(Code::NotFound, "GROUP_NOT_FOUND", error.to_string()),
        ActivationError::Illegal(error) => illegal(*error),
        ActivationError::Refused(error) => refusal(error),
        ActivationError::Window(WindowRefusal::NotOnDemand | WindowRefusal::BeyondCalendar) => {
            fail(Code::FailedPrecondition, "NOT_ON_DEMAND", error.to_string())
        }
        ActivationError::Window(WindowRefusal::Closed { opens_at }) => fail_with(
            Code::FailedPrecondition,
            "OUTSIDE_ACTIVATION_WINDOW",
            error.to_string(),
            HashMap::from([("opens_at".to_owned(), opens_at.to_string())]),
        ),
        ActivationError::HeldBack(obstacles) => {
            not_ready("HELD_BACK", obstacles.iter().map(obstacle).collect())
        }
        ActivationError::Store(error) => store(error),
    }
}

fn obstacle(obstacle: &Obstacle) -> FieldFault {
    let message = format!("{} numbers: {}", obstacle.number_count, obstacle.code.message());
    fault(
        &obstacle.request_number.to_string(),
        obstacle.code.code(),
        message,
    )
}

pub(super) fn prepare(error: &PrepareError) -> Status {
    match error {
        PrepareError::NotFound => not_found(),
        PrepareError::NotInOrder(tns) => not_in_order(tns),
        PrepareError::Store(error) => store(error),
    }
}

pub(super) fn messaging(error: &MessagingError) -> Status {
    match error {
        MessagingError::NotFound => not_found(),
        MessagingError::NotWanted(tns) => {
            let faults = of_tns(tns, "MESSAGING_NOT_WANTED", "is not in the order or not to text");
            not_ready("MESSAGING_NOT_WANTED", faults)
        }
        MessagingError::NoneWanted => fail(
            Code::FailedPrecondition,
            "MESSAGING_NOT_WANTED",
            error.to_string(),
        ),
        MessagingError::Store(error) => store(error),
    }
}

pub(super) fn temporary(error: &TemporaryError) -> Status {
    match error {
        TemporaryError::NotFound => not_found(),
        TemporaryError::NotToCome => fail(Code::FailedPrecondition, "TN_NOT_TO_COME", error.to_string()),
        TemporaryError::NotInService => fail(
            Code::FailedPrecondition,
            "TEMPORARY_NOT_IN_SERVICE",
            error.to_string(),
        ),
        TemporaryError::Taken => fail(Code::FailedPrecondition, "TEMPORARY_TAKEN", error.to_string()),
        TemporaryError::NoneAttached => fail(Code::NotFound, "NO_TEMPORARY_NUMBER", error.to_string()),
        TemporaryError::Store(error) => store(error),
    }
}

pub(in crate::grpc) fn snapback(error: &SnapbackError) -> Status {
    match error {
        SnapbackError::NotFound => not_found(),
        SnapbackError::Refused(SnapbackRefusal::NotPorted(tns)) => not_ready(
            "NOT_PORTED",
            of_tns(tns, "NOT_PORTED", "did not come by this order, or has left since"),
        ),
        SnapbackError::Refused(SnapbackRefusal::Refused(error)) => refusal(error),
        SnapbackError::Refused(SnapbackRefusal::TooLate(tns)) => not_ready(
            "SNAPBACK_TOO_LATE",
            of_tns(tns, "SNAPBACK_TOO_LATE", "was activated more than 24 hours ago"),
        ),
        SnapbackError::Refused(SnapbackRefusal::UnderWay) => {
            fail(Code::FailedPrecondition, "SNAPBACK_UNDER_WAY", error.to_string())
        }
        SnapbackError::Store(error) => store(error),
    }
}

fn not_in_order(tns: &[Tn]) -> Status {
    invalid(of_tns(tns, "TN_NOT_IN_ORDER", "is not in the order"))
}
