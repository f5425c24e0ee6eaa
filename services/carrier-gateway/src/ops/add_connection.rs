//! Makes a connection known when the service starts.

use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgPool;

use crate::store;

/// Adds the connection unless it is known; its feed is then read from the beginning, at once.
pub(crate) async fn add_connection(
    pool: &PgPool,
    connection: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut conn = pool.acquire().await?;
    store::polls::ensure(&mut conn, connection, now).await
}
