//! Lists carriers.

use carrier_gateway_domain::Carrier;
use pg::StoreError;
use sqlx::PgPool;

use crate::store;

/// A page of carriers by id, after the id `after`.
pub(crate) async fn list_carriers(
    pool: &PgPool,
    after: &str,
    limit: i64,
) -> Result<Vec<Carrier>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::carriers::list(&mut conn, after, limit).await
}
