//! What an account sees of its numbers.

use pg::StoreError;
use sqlx::PgPool;
use types::AccountId;

use crate::store;

pub(crate) use crate::store::inventory::{InventoryNumber, InventoryState};

/// A page of an account's numbers, by number, after `after`; of one state or both.
pub(crate) async fn list(
    pool: &PgPool,
    account: AccountId,
    state: Option<InventoryState>,
    after: &str,
    limit: i64,
) -> Result<Vec<InventoryNumber>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::inventory::list(&mut conn, account, state, after, limit).await
}
