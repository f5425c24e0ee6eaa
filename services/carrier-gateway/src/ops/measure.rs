//! What is left to do, for whoever moves the clock and for the metrics.

use clock::Backlog;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgPool;

use crate::store;

/// Commands that could be tried or are being tried. They are due from the moment they are asked for.
pub(crate) async fn count_commands(pool: &PgPool) -> Result<u64, StoreError> {
    let mut conn = pool.acquire().await?;
    Ok(store::commands::count_ready(&mut conn).await?.unsigned_abs())
}

/// What other carriers sent and intake does not have yet.
pub(crate) async fn count_inbound(pool: &PgPool) -> Result<u64, StoreError> {
    let mut conn = pool.acquire().await?;
    Ok(store::inbound::count_waiting(&mut conn).await?.unsigned_abs())
}

/// The polls that are due at `now`, and when the next one is.
pub(crate) async fn measure_polls(
    pool: &PgPool,
    connection: &str,
    now: Timestamp,
) -> Result<Backlog, StoreError> {
    let mut conn = pool.acquire().await?;
    let feed = store::polls::left_at(&mut conn, connection, now).await?;
    let references = store::submissions::left_at(&mut conn, now).await?;
    Ok(Backlog {
        due_now: (feed.due_now + references.due_now).unsigned_abs(),
        next_due: [feed.next_due, references.next_due].into_iter().flatten().min(),
    })
}

/// Since when the connection's feed should have been read, if it should.
pub(crate) async fn find_feed_due_since(
    pool: &PgPool,
    connection: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::polls::find_due_since(&mut conn, connection, now).await
}
