//! Erasing what orders kept secret, some time after their end.

use clock::Backlog;
use jiff::{SignedDuration, Timestamp};
use pg::StoreError;
use service::due::Pass;

use crate::app::Intake;
use crate::store::port_in::erasure;

/// Orders of one transaction: each has up to 20,000 numbers.
const BATCH: i64 = 20;

/// Erases the secrets of orders that ended long enough ago. Any number of replicas may run it: each order is locked by one.
pub(crate) async fn erase_secrets(intake: &Intake, now: Timestamp) -> Result<Pass, StoreError> {
    let Some(ended_by) = kept_since(intake, now) else {
        return Ok(Pass::Idle);
    };
    let mut tx = intake.base.pool.begin().await?;
    let erased = erasure::erase(&mut tx, ended_by, now, BATCH).await?;
    tx.commit().await?;
    Ok(if erased == 0 { Pass::Idle } else { Pass::Worked })
}

/// How many orders keep their secrets for too long, and when the next one will.
pub(crate) async fn erasure_backlog(intake: &Intake, now: Timestamp) -> Result<Backlog, StoreError> {
    let Some(ended_by) = kept_since(intake, now) else {
        return Ok(Backlog::default());
    };
    let mut conn = intake.base.pool.acquire().await?;
    let (due, next) = erasure::backlog(&mut conn, ended_by).await?;
    Ok(Backlog {
        due_now: u64::try_from(due).unwrap_or_default(),
        next_due: next.and_then(|ended_at| ended_at.checked_add(kept_for(intake)).ok()),
    })
}

/// The end of the orders whose secrets are erased now; `None`: before the calendar begins.
fn kept_since(intake: &Intake, now: Timestamp) -> Option<Timestamp> {
    now.checked_sub(kept_for(intake)).ok()
}

/// In hours: a day of this is no day of any calendar.
fn kept_for(intake: &Intake) -> SignedDuration {
    SignedDuration::from_hours(i64::from(intake.secrets_kept_days.get()) * 24)
}
