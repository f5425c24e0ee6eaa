//! Conflicts over authorized numbers, as they are announced.

use intake_domain::port_out::{Conflict, ConflictState, LawfulReason, PortOut};
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use service::stamp;
use sqlx::PgConnection;
use types::{ConflictId, Tn};

use super::port_out::{append, reason_of, reference_to, rejection};

/// Announces that the winning carrier is to be told.
pub(crate) async fn raised(
    conn: &mut PgConnection,
    case: &PortOut,
    conflict: &Conflict,
    now: Timestamp,
) -> Result<(), StoreError> {
    let reason = |tn: &Tn| reason_of(&tn.to_string(), LawfulReason::Locked);
    let raised = v1::PortOutConflicted {
        port_out: Some(reference_to(case, &conflict.tns)),
        conflict_id: conflict.id.to_string(),
        reasons: conflict.tns.iter().map(reason).collect(),
    };
    append(conn, case, now, &raised).await
}

/// Announces what the winning carrier says.
pub(crate) async fn settled(
    conn: &mut PgConnection,
    case: &PortOut,
    conflict: &Conflict,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (accepted, refusal) = match &conflict.state {
        ConflictState::Accepted { .. } => (true, String::new()),
        ConflictState::Refused { refusal, .. } => (false, refusal.clone()),
        ConflictState::Requested | ConflictState::Sent => return Ok(()),
    };
    let settled = v1::PortOutConflictSettled {
        port_out: Some(reference_to(case, &conflict.tns)),
        conflict_id: conflict.id.to_string(),
        accepted,
        refusal,
        settled_at: conflict.state.settled_at().map(stamp::to_proto),
    };
    append(conn, case, now, &settled).await
}

/// Announces that a case is refused because of a conflict that the winning carrier accepted.
pub(crate) async fn rejected(
    conn: &mut PgConnection,
    case: &PortOut,
    conflict: ConflictId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rejected = v1::PortOutRejected {
        conflict_id: conflict.to_string(),
        ..rejection(case)
    };
    append(conn, case, now, &rejected).await
}
