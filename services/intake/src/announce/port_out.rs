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

/// Announces what happened to a case that this transaction changed.
pub(crate) async fn fact(
    conn: &mut PgConnection,
    case: &PortOut,
    fact: PortOutFact,
    now: Timestamp,
) -> Result<(), StoreError> {
    let port_out = Some(reference(case));
    match fact {
        PortOutFact::Received => {
            let answer_due_at = case.state.answer_due_at().map(stamp::to_proto);
            append(
                conn,
                case,
                now,
                &v1::PortOutReceived {
                    port_out,
                    answer_due_at,
                },
            )
            .await
        }
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
        PortOutFact::Rejected => append(conn, case, now, &rejection(case)).await,
        PortOutFact::PortedOut { .. } => {
            let ported_at = case.state.ended_at().map(stamp::to_proto);
            append(conn, case, now, &v1::PortedOut { port_out, ported_at }).await
        }
        PortOutFact::Cancelled => append(conn, case, now, &v1::PortOutCancelled { port_out }).await,
    }
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
    }
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
