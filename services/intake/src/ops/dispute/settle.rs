//! The end of a dispute.

use intake_domain::dispute::{Dispute, Settlement, SettlementFault};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;

use super::read::{Seen, seen};
use crate::announce;
use crate::app::Intake;
use crate::ops::port_in::Requester;
use crate::store;
use crate::store::dispute::DisputeName;

/// Why a dispute was not ended.
#[derive(Debug, Error)]
pub(crate) enum SettleError {
    /// There is no such dispute, or it is somebody else's.
    #[error("there is no such dispute")]
    NotFound,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] SettlementFault),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ends a dispute with an outcome for each number.
pub(crate) async fn settle(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: DisputeName,
    settlement: &Settlement,
    etag: Option<&str>,
) -> Result<Seen, SettleError> {
    let now = intake.base.clock.now();
    let mut dispute = find(conn, requester, name).await?;
    if etag.is_some_and(|etag| etag != dispute.version.to_string()) {
        return Err(StoreError::Stale("the dispute").into());
    }
    dispute.settle(settlement, now)?;
    end(conn, dispute, now).await
}

/// Takes a dispute back.
pub(crate) async fn withdraw(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: DisputeName,
    explanation: &str,
) -> Result<Seen, SettleError> {
    let now = intake.base.clock.now();
    let mut dispute = find(conn, requester, name).await?;
    dispute.withdraw(explanation, now)?;
    end(conn, dispute, now).await
}

async fn find(
    conn: &mut PgConnection,
    requester: &Requester,
    name: DisputeName,
) -> Result<Dispute, SettleError> {
    let found = store::dispute::find_for_update(conn, requester.scope(), name).await?;
    found.ok_or(SettleError::NotFound)
}

async fn end(conn: &mut PgConnection, mut dispute: Dispute, now: Timestamp) -> Result<Seen, SettleError> {
    store::dispute::save(conn, &mut dispute).await?;
    announce::dispute::settled(conn, &dispute, now).await?;
    Ok(seen(conn, dispute).await?)
}
