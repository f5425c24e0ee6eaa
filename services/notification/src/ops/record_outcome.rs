//! Records what became of a try, if the lease still is ours.

use jiff::Timestamp;
use notification_domain::{AfterFailure, after_failure};
use pg::StoreError;
use sqlx::PgPool;

use crate::announce;
use crate::store::queue::{self, Claimed};

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The receiving server took it.
    Delivered,
    /// It did not, and may the next time.
    TryAgain(String),
    /// It never will.
    Refused(String),
}

/// Records it and announces an end, in one transaction. False: the lease was lost, so somebody else has the word.
pub(crate) async fn record_outcome(
    db: &PgPool,
    claimed: &Claimed,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let is_ours = match outcome {
        Outcome::Delivered => {
            let is_ours = queue::set_delivered(&mut tx, claimed, now).await?;
            if is_ours {
                announce::delivered(&mut tx, claimed, now).await?;
            }
            is_ours
        }
        Outcome::TryAgain(error) => match after_failure(claimed.tries, claimed.age) {
            AfterFailure::TryAgainIn(pause) => queue::set_retry(&mut tx, claimed, error, pause).await?,
            AfterFailure::GiveUp => give_up(&mut tx, claimed, error, now).await?,
        },
        Outcome::Refused(error) => give_up(&mut tx, claimed, error, now).await?,
    };
    tx.commit().await?;
    Ok(is_ours)
}

async fn give_up(
    conn: &mut sqlx::PgConnection,
    claimed: &Claimed,
    error: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let is_ours = queue::set_failed(conn, claimed, error).await?;
    if is_ours {
        announce::failed(conn, claimed, now).await?;
    }
    Ok(is_ours)
}
