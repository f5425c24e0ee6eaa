//! Facts about port-outs as events.

use events::NewEvent;
use intake_domain::port_out::{
    AnswerMode, AnswerState, AskedNumber, Decider, Grounds, LawfulReason, PortOut, PortOutFact, PortOutState,
};
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use portway_proto::types::v1::{CarrierReason, Court, ReasonClass};
use prost::{Message, Name};
use service::stamp;
use sqlx::PgConnection;
use types::Tn;

use crate::store;

/// Announces what happened to a case that this transaction changed.
pub(crate) async fn fact(
    conn: &mut PgConnection,
    case: &PortOut,
    fact: PortOutFact,
    now: Timestamp,
) -> Result<(), StoreError> {
    let port_out = Some(reference(case));
    match fact {
        PortOutFact::Received => append(conn, case, now, &received(case)).await,
        PortOutFact::Authorized => {
            let decided_by = case
                .state
                .decision()
                .map(|decision| decision.by.to_string())
                .unwrap_or_default();
            let message = v1::PortOutAuthorized {
                port_out,
                decided_by,
                denied: case.numbers.iter().copied().filter_map(denied).collect(),
                explanation: match case.state.decision().map(|decision| &decision.by) {
                    Some(Decider::Overruled) => case.review_explanation.clone(),
                    Some(_) | None => String::new(),
                },
                cases: cases(conn, case).await?,
            };
            append(conn, case, now, &message).await
        }
        PortOutFact::RejectionRequested => {
            let (reason, requested_by) = match &case.state {
                PortOutState::RejectionReview { claim, .. } => {
                    (claim.reason.code().to_owned(), claim.by.to_string())
                }
                PortOutState::Pending { .. }
                | PortOutState::Authorized { .. }
                | PortOutState::Rejected { .. }
                | PortOutState::PortedOut { .. }
                | PortOutState::Cancelled { .. } => (String::new(), String::new()),
            };
            let message = v1::PortOutRejectionRequested {
                port_out,
                reason,
                requested_by,
            };
            append(conn, case, now, &message).await
        }
        PortOutFact::Rejected => {
            let message = v1::PortOutRejected {
                cases: cases(conn, case).await?,
                ..rejection(case)
            };
            append(conn, case, now, &message).await
        }
        PortOutFact::PortedOut { was_authorized } => {
            let left = Left {
                was_authorized,
                locked: Vec::new(),
            };
            ported_out(conn, case, &left, now).await
        }
        PortOutFact::Cancelled => append(conn, case, now, &v1::PortOutCancelled { port_out }).await,
    }
}

/// That a request came, and what its account's policy makes of it.
fn received(case: &PortOut) -> v1::PortOutReceived {
    v1::PortOutReceived {
        port_out: Some(reference(case)),
        answer_due_at: case.state.answer_due_at().map(stamp::to_proto),
        decided_by: if case.is_authorized_at_once() {
            Decider::Policy.to_string()
        } else {
            String::new()
        },
    }
}

/// How numbers left.
#[derive(Debug)]
pub(crate) struct Left {
    /// Whether anybody had let them go.
    pub(crate) was_authorized: bool,
    /// Those that were locked.
    pub(crate) locked: Vec<Tn>,
}

impl Left {
    /// Whether somebody is to look at it: nobody had let them go, or they were locked.
    pub(crate) fn is_without_leave(&self) -> bool {
        !self.was_authorized || !self.locked.is_empty()
    }
}

/// Announces that the numbers of a case are gone; and by itself, for those who open a dispute, that they went without leave.
pub(crate) async fn ported_out(
    conn: &mut PgConnection,
    case: &PortOut,
    left: &Left,
    now: Timestamp,
) -> Result<(), StoreError> {
    let locked_tns: Vec<String> = left.locked.iter().map(Tn::to_string).collect();
    let ported_at = case.state.ended_at().map(stamp::to_proto);
    let gone = v1::PortedOut {
        port_out: Some(reference(case)),
        ported_at,
        unauthorized: !left.was_authorized,
        locked_tns: locked_tns.clone(),
    };
    append(conn, case, now, &gone).await?;
    if !left.is_without_leave() {
        return Ok(());
    }
    let without_leave = v1::PortOutWentWithoutLeave {
        port_out: Some(reference(case)),
        was_authorized: left.was_authorized,
        locked_tns,
        ported_at,
    };
    append(conn, case, now, &without_leave).await
}

/// Announces how far our answer has come.
pub(crate) async fn answered(
    conn: &mut PgConnection,
    case: &PortOut,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(answer) = &case.answer else {
        return Ok(());
    };
    let answered = v1::PortOutAnswered {
        port_out: Some(reference(case)),
        answer_state: match answer.state {
            AnswerState::Requested => return Ok(()),
            AnswerState::Sent => v1::AnswerState::Sent,
            AnswerState::Acknowledged => v1::AnswerState::Acknowledged,
            AnswerState::Refused => v1::AnswerState::Refused,
        }
        .into(),
        refusal: answer.refusal.clone(),
        at: Some(stamp::to_proto(answer.since)),
    };
    append(conn, case, now, &answered).await
}

/// That a case is refused, and why.
pub(super) fn rejection(case: &PortOut) -> v1::PortOutRejected {
    v1::PortOutRejected {
        port_out: Some(reference(case)),
        reasons: reasons(case),
        explanation: case.review_explanation.clone(),
        conflict_id: String::new(),
        cases: 0,
    }
}

/// How many cases the request of this one has.
async fn cases(conn: &mut PgConnection, case: &PortOut) -> Result<i32, StoreError> {
    let cases = store::port_out::count_cases(conn, &case.request.key).await?;
    Ok(i32::try_from(cases).unwrap_or(i32::MAX))
}

/// Announces that the cut-over moved.
pub(crate) async fn foc_changed(
    conn: &mut PgConnection,
    case: &PortOut,
    now: Timestamp,
) -> Result<(), StoreError> {
    let changed = v1::PortOutFocChanged {
        port_out: Some(reference(case)),
    };
    append(conn, case, now, &changed).await
}

pub(super) async fn append<M: Message + Name>(
    conn: &mut PgConnection,
    case: &PortOut,
    now: Timestamp,
    payload: &M,
) -> Result<(), StoreError> {
    let event = NewEvent::new(case.account, case.id.as_uuid(), now, payload);
    events::append(conn, &event).await?;
    Ok(())
}

/// What events say of a case.
pub(super) fn reference(case: &PortOut) -> v1::PortOutRef {
    reference_to(case, &case.tns())
}

/// What events say of some numbers of a case.
pub(super) fn reference_to(case: &PortOut, tns: &[Tn]) -> v1::PortOutRef {
    let key = &case.request.key;
    v1::PortOutRef {
        port_out_id: case.id.to_string(),
        request_number: case.number.to_string(),
        account_id: case.account.to_string(),
        pon: key.pon.to_string(),
        ver: i32::from(key.ver.get()),
        winning_spid: key.winning_spid.to_string(),
        winning_name: case.request.winning_name.clone(),
        tns: tns.iter().map(Tn::to_string).collect(),
        foc_at: case.foc_at.map(stamp::to_proto),
        answers_per_number: case.request.answers == AnswerMode::PerNumber,
    }
}

/// Every number at fault; one reason about the whole request when none of this account's numbers is.
fn reasons(case: &PortOut) -> Vec<CarrierReason> {
    let PortOutState::Rejected { grounds, .. } = &case.state else {
        return Vec::new();
    };
    let whole = match grounds {
        Grounds::NumbersDenied => None,
        Grounds::Upheld(reason) => match case.request.answers {
            AnswerMode::Whole => Some(reason_of("", *reason)),
            AnswerMode::PerNumber => None,
        },
        Grounds::OtherNumberDenied => Some(reason_about("", grounds.code(), ReasonClass::Cancel)),
        Grounds::NoConsent => Some(reason_about("", grounds.code(), ReasonClass::Customer)),
    };
    let denied = || case.numbers.iter().copied().filter_map(denied).collect();
    whole.map_or_else(denied, |reason| vec![reason])
}

fn denied(number: AskedNumber) -> Option<CarrierReason> {
    Some(reason_of(&number.tn.to_string(), number.denial?))
}

/// A lawful reason about a number; empty: about the whole request.
pub(super) fn reason_of(tn: &str, reason: LawfulReason) -> CarrierReason {
    reason_about(tn, reason.code(), class_of(reason))
}

const fn class_of(reason: LawfulReason) -> ReasonClass {
    match reason {
        LawfulReason::TnNotFound | LawfulReason::TnNotActive => ReasonClass::Cancel,
        LawfulReason::AccountNumber | LawfulReason::Zip | LawfulReason::Pin | LawfulReason::PinMissing => {
            ReasonClass::Fix
        }
        LawfulReason::Locked | LawfulReason::NotAuthorized => ReasonClass::Customer,
        LawfulReason::PendingOrder => ReasonClass::Delay,
    }
}

/// The winning carrier's customer is the one who can act.
fn reason_about(tn: &str, code: &str, class: ReasonClass) -> CarrierReason {
    CarrierReason {
        tn: tn.to_owned(),
        reason: code.to_owned(),
        reason_class: class.into(),
        actor: Court::EndUser.into(),
        ..CarrierReason::default()
    }
}
