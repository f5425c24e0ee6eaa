//! Drops old events. What is dropped can no longer be replayed; a reader that asks for it is told the oldest position.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgPool;

/// Drops numbered events recorded before `time` that every named reader has confirmed. Returns how many.
pub async fn purge_recorded_before(pool: &PgPool, time: Timestamp) -> Result<u64, StoreError> {
    let mut tx = pool.begin().await?;
    sqlx::query(
        "UPDATE event_partition AS head SET purged_position = purge.position
           FROM (SELECT partition, max(position) AS position FROM event
                  WHERE recorded_at < $1 AND position IS NOT NULL GROUP BY partition) AS purge
          WHERE head.partition = purge.partition AND purge.position > head.purged_position
            AND NOT EXISTS (SELECT FROM event_reader AS reader
                             WHERE reader.partition = head.partition AND reader.position < purge.position)",
    )
    .bind(time.to_sqlx())
    .execute(&mut *tx)
    .await?;
    let dropped = sqlx::query(
        "DELETE FROM event USING event_partition AS head
          WHERE event.partition = head.partition AND event.position <= head.purged_position",
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    tx.commit().await?;
    Ok(dropped)
}
