//! Facts about disputes as events.

use events::NewEvent;
use intake_domain::dispute::{
    About, AskedBack, CLOCKS, Clock, ClockKind, ClockRule, Direction, Dispute, DisputedNumber, Kind, Outcome,
};
use intake_domain::port_out::RequestKey;
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use prost::{Message, Name};
use service::stamp;
use sqlx::PgConnection;
use types::{SnapbackId, Tn};
use uuid::Uuid;

/// What became of a wish to have a port undone.
#[derive(Debug)]
pub(crate) struct SnapbackOutcome {
    /// None: nobody had asked for these numbers.
    pub(crate) snapback: Option<SnapbackId>,
    /// The numbers that moved, or that were to.
    pub(crate) tns: Vec<Tn>,
    pub(crate) is_confirmed: bool,
    pub(crate) refusal: String,
    /// Operations put it on record, without an answer of the carrier.
    pub(crate) is_recorded: bool,
}

/// A dispute was opened.
pub(crate) async fn opened(
    conn: &mut PgConnection,
    dispute: &Dispute,
    now: Timestamp,
) -> Result<(), StoreError> {
    let [answer, resolution] = CLOCKS.map(|rule: ClockRule| stamp::to_proto(rule.due_at(dispute.opened_at)));
    let message = v1::DisputeOpened {
        dispute: Some(reference(dispute, &dispute.tns())),
        answer_due_at: Some(answer),
        resolution_due_at: Some(resolution),
    };
    append(conn, dispute, now, &message).await
}

/// A clock ran out.
pub(crate) async fn overdue(
    conn: &mut PgConnection,
    dispute: &Dispute,
    ran_out: Clock,
    now: Timestamp,
) -> Result<(), StoreError> {
    let message = v1::DisputeOverdue {
        dispute: Some(reference(dispute, &dispute.tns())),
        clock: clock_kind(ran_out.kind).into(),
        due_at: Some(stamp::to_proto(ran_out.due_at)),
    };
    append(conn, dispute, now, &message).await
}

/// The other carrier is asked to undo the port. `request`: that of the port-out.
pub(crate) async fn snapback_asked(
    conn: &mut PgConnection,
    dispute: &Dispute,
    asked: &AskedBack,
    request: Option<&RequestKey>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let message = v1::DisputeSnapbackAsked {
        dispute: Some(reference(dispute, &asked.tns)),
        snapback_id: asked.id.to_string(),
        reason: asked.reason.clone(),
        pon: request.map(|key| key.pon.to_string()).unwrap_or_default(),
        ver: request.map(|key| i32::from(key.ver.get())).unwrap_or_default(),
        winning_spid: request
            .map(|key| key.winning_spid.to_string())
            .unwrap_or_default(),
    };
    append(conn, dispute, now, &message).await
}

/// It answered, or operations put on record that numbers are back.
pub(crate) async fn snapback_answered(
    conn: &mut PgConnection,
    dispute: &Dispute,
    outcome: SnapbackOutcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let message = v1::DisputeSnapbackAnswered {
        dispute: Some(reference(dispute, &outcome.tns)),
        snapback_id: outcome.snapback.map(|id| id.to_string()).unwrap_or_default(),
        confirmed: outcome.is_confirmed,
        refusal: outcome.refusal,
        answered_at: Some(stamp::to_proto(now)),
        recorded: outcome.is_recorded,
    };
    append(conn, dispute, now, &message).await
}

/// A dispute is over.
pub(crate) async fn settled(
    conn: &mut PgConnection,
    dispute: &Dispute,
    now: Timestamp,
) -> Result<(), StoreError> {
    let outcome_of = |number: &DisputedNumber| v1::DisputeNumberOutcome {
        tn: number.tn.to_string(),
        outcome: outcome(number.outcome).into(),
    };
    let message = v1::DisputeSettled {
        dispute: Some(reference(dispute, &dispute.tns())),
        outcomes: dispute.numbers.iter().map(outcome_of).collect(),
        charged_tns: dispute.charged.iter().map(Tn::to_string).collect(),
        explanation: dispute.explanation.clone(),
        settled_at: Some(stamp::to_proto(now)),
    };
    append(conn, dispute, now, &message).await
}

async fn append<M: Message + Name>(
    conn: &mut PgConnection,
    dispute: &Dispute,
    now: Timestamp,
    payload: &M,
) -> Result<(), StoreError> {
    let event = NewEvent::new(dispute.account, dispute.id.as_uuid(), now, payload);
    events::append(conn, &event).await?;
    Ok(())
}

fn reference(dispute: &Dispute, tns: &[Tn]) -> v1::DisputeRef {
    v1::DisputeRef {
        dispute_id: dispute.id.to_string(),
        request_number: dispute.number.to_string(),
        account_id: dispute.account.to_string(),
        direction: direction(dispute.about.direction()).into(),
        kind: kind(dispute.kind).into(),
        subject_id: subject(dispute.about).to_string(),
        subject_request_number: dispute.about.number().to_string(),
        tns: tns.iter().map(Tn::to_string).collect(),
        carrier_name: dispute.carrier_name.clone(),
    }
}

/// The bare id of the port.
pub(crate) const fn subject(about: About) -> Uuid {
    match about {
        About::PortIn { order, .. } => order.as_uuid(),
        About::PortOut { port_out, .. } => port_out.as_uuid(),
    }
}

/// A direction in the words of the contracts.
pub(crate) const fn direction(direction: Direction) -> v1::DisputeDirection {
    match direction {
        Direction::PortIn => v1::DisputeDirection::PortIn,
        Direction::PortOut => v1::DisputeDirection::PortOut,
    }
}

/// A kind in the words of the contracts.
pub(crate) const fn kind(kind: Kind) -> v1::DisputeKind {
    match kind {
        Kind::Unauthorized => v1::DisputeKind::Unauthorized,
        Kind::Mistaken => v1::DisputeKind::Mistaken,
    }
}

/// A clock in the words of the contracts.
pub(crate) const fn clock_kind(kind: ClockKind) -> v1::DisputeClockKind {
    match kind {
        ClockKind::Answer => v1::DisputeClockKind::Answer,
        ClockKind::Resolution => v1::DisputeClockKind::Resolution,
    }
}

/// An outcome in the words of the contracts.
pub(crate) const fn outcome(outcome: Option<Outcome>) -> v1::DisputeOutcome {
    match outcome {
        None => v1::DisputeOutcome::Unspecified,
        Some(Outcome::Returned) => v1::DisputeOutcome::Returned,
        Some(Outcome::Upheld) => v1::DisputeOutcome::Upheld,
        Some(Outcome::Withdrawn) => v1::DisputeOutcome::Withdrawn,
    }
}
