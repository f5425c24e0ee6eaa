//! How an account's letters look.

use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use types::AccountId;

use super::KeptBrand;
use crate::store::letter_brands as store;

/// The brand of an account.
pub(crate) async fn get_brand(pool: &PgPool, account: AccountId) -> Result<KeptBrand, StoreError> {
    let mut conn = pool.acquire().await?;
    store::find(&mut conn, account).await
}

/// Says how the account's letters look from now on.
pub(crate) async fn set_brand(
    conn: &mut PgConnection,
    account: AccountId,
    brand: &KeptBrand,
) -> Result<(), StoreError> {
    store::put(conn, account, brand).await
}
