//! How far this service has come in another's log.

use pg::StoreError;
use sqlx::{PgConnection, PgPool};

use crate::partition;
use crate::reader::Places;

/// Reads the cursors of one source, making those that are missing.
pub(crate) async fn load(pool: &PgPool, source: &str) -> Result<Places, StoreError> {
    sqlx::query(
        "INSERT INTO event_cursor (source, partition) SELECT $1, unnest($2::smallint[]) ON CONFLICT DO NOTHING",
    )
    .bind(source)
    .bind(partition::all().collect::<Vec<i16>>())
    .execute(pool)
    .await?;
    peek(pool, source).await
}

/// Reads the cursors of one source.
pub(crate) async fn peek(pool: &PgPool, source: &str) -> Result<Places, StoreError> {
    let rows: Vec<(i16, i64)> =
        sqlx::query_as("SELECT partition, position FROM event_cursor WHERE source = $1")
            .bind(source)
            .fetch_all(pool)
            .await?;
    Ok(rows.into_iter().collect())
}

/// Locks one cursor, so that one replica at a time acts on a partition, and reads it.
pub(crate) async fn lock(conn: &mut PgConnection, source: &str, partition: i16) -> Result<i64, StoreError> {
    let position = sqlx::query_scalar(
        "SELECT position FROM event_cursor WHERE source = $1 AND partition = $2 FOR UPDATE",
    )
    .bind(source)
    .bind(partition)
    .fetch_one(conn)
    .await?;
    Ok(position)
}

/// Moves one cursor forward; it never goes back.
pub(crate) async fn advance(
    conn: &mut PgConnection,
    source: &str,
    partition: i16,
    position: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE event_cursor SET position = $3 WHERE source = $1 AND partition = $2 AND position < $3",
    )
    .bind(source)
    .bind(partition)
    .bind(position)
    .execute(conn)
    .await?;
    Ok(())
}
