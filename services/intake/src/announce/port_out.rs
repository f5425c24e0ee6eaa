//! Facts about port-outs as events.

use events::NewEvent;
use intake_domain::port_out::{
    AnswerMode, AskedNumber, Decider, Grounds, LawfulReason, PortOut, PortOutFact, PortOutState,
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
            let reason = match &case.state {
                PortOutState::RejectionReview { claim, .. } => claim.reason.code().to_owned(),
                PortOutState::Pending { .. }
                | PortOutState::Authorized { .. }
                | PortOutState::Rejected { .. }
                | PortOutState::PortedOut { .. }
                | PortOutState::Cancelled { .. } => String::new(),
            };
            append(
                conn,
                case,
                now,
                &v1::PortOutRejectionRequested { port_out, reason },
            )
            .await
        }
        PortOutFact::Rejected => {
            let message = v1::PortOutRejected {
                port_out,
                reasons: reasons(case),
                explanation: case.review_explanation.clone(),
            };
            append(conn, case, now, &message).await
        }
        PortOutFact::PortedOut { .. } => {
            let ported_at = case.state.ended_at().map(stamp::to_proto);
            append(conn, case, now, &v1::PortedOut { port_out, ported_at }).await
        }
        PortOutFact::Cancelled => append(conn, case, now, &v1::PortOutCancelled { port_out }).await,
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
            AnswerMode::Whole => Some(reason_about("", reason.code(), class_of(*reason))),
            AnswerMode::PerNumber => None,
        },
        Grounds::OtherNumberDenied => Some(reason_about("", grounds.code(), ReasonClass::Cancel)),
        Grounds::NoConsent => Some(reason_about("", grounds.code(), ReasonClass::Customer)),
    };
    let denied = || case.numbers.iter().copied().filter_map(denied).collect();
    whole.map_or_else(denied, |reason| vec![reason])
}

fn denied(number: AskedNumber) -> Option<CarrierReason> {
    let denial = number.denial?;
    Some(reason_about(
        &number.tn.to_string(),
        denial.code(),
        class_of(denial),
    ))
}

const fn class_of(reason: LawfulReason) -> ReasonClass {
    match reason {
        LawfulReason::TnNotFound | LawfulReason::TnNotActive => ReasonClass::Cancel,
        LawfulReason::AccountNumber | LawfulReason::Zip | LawfulReason::Pin | LawfulReason::PinMissing => {
            ReasonClass::Fix
        }
        LawfulReason::Locked => ReasonClass::Customer,
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
