//! Makes visible what the carriers have said by now.
//!
//! The worker does it as things fall due, and every read does it first: what is due is visible, whoever looks first.

use jiff::Timestamp;
use pg::StoreError;
use service::due::Pass;
use sqlx::PgPool;

use crate::store;

/// Changes made visible in one transaction.
const BATCH: i64 = 500;
/// Transactions for one read. What is due beyond them is left to the worker and the next read.
const BATCHES_PER_READ: usize = 20;

/// Makes one batch visible.
pub(crate) async fn publish_batch(pool: &PgPool, now: Timestamp) -> Result<Pass, StoreError> {
    let mut tx = pool.begin().await?;
    if !store::change::is_something_due(&mut tx, now).await? {
        return Ok(Pass::Idle);
    }
    let published = store::change::publish(&mut tx, now, BATCH).await?;
    tx.commit().await?;
    Ok(if published == 0 { Pass::Idle } else { Pass::Worked })
}

/// Makes everything visible that is due.
pub(super) async fn publish_all(pool: &PgPool, now: Timestamp) -> Result<(), StoreError> {
    for _ in 0..BATCHES_PER_READ {
        if publish_batch(pool, now).await? == Pass::Idle {
            break;
        }
    }
    Ok(())
}
