//! Drops old events. What is dropped can no longer be replayed; a reader that asks for it is told the oldest position.

use jiff::SignedDuration;
use pg::StoreError;
use sqlx::PgPool;

use crate::partition;

/// Events dropped in one transaction at most, so that each stays far below the statement timeout.
const PURGE_BATCH: i64 = 5_000;

/// How long events are kept, in real time since they got their position.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Those that every named reader has confirmed.
    pub confirmed: SignedDuration,
    /// All of them: a reader that stopped for good must not fill the disk.
    pub at_most: SignedDuration,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            confirmed: SignedDuration::from_hours(90 * 24),
            at_most: SignedDuration::from_hours(365 * 24),
        }
    }
}

/// Drops what is older than `kept` says and in the audit trail. Returns how many events. Any number of replicas may run it.
pub async fn purge(pool: &PgPool, kept: Retention) -> Result<u64, StoreError> {
    let mut dropped = 0;
    for partition in partition::all() {
        // Ends, because each round moves the oldest position forward, and only towards what was there before it.
        loop {
            let round = purge_some(pool, partition, kept).await?;
            if round == 0 {
                break;
            }
            dropped += round;
        }
    }
    Ok(dropped)
}

async fn purge_some(pool: &PgPool, partition: i16, kept: Retention) -> Result<u64, StoreError> {
    let mut tx = pool.begin().await?;
    // `before` finds the place before the first event recorded within a span of time.
    sqlx::query(
        "WITH before AS (
             SELECT span.nth, coalesce(
                        (SELECT position - 1 FROM event
                          WHERE partition = $1 AND recorded_at >= now() - span.kept AND position IS NOT NULL
                          ORDER BY recorded_at, position LIMIT 1),
                        head.last_position) AS place
               FROM (VALUES (1, make_interval(secs => $2)), (2, make_interval(secs => $3))) AS span (nth, kept),
                    event_partition AS head
              WHERE head.partition = $1
         ), purge AS (
             SELECT least((SELECT place FROM before WHERE nth = 1),
                          greatest((SELECT place FROM before WHERE nth = 2),
                                   (SELECT coalesce(min(position), 9223372036854775807)
                                      FROM event_reader WHERE partition = $1))) AS place
         )
         UPDATE event_partition AS head SET purged_position = least(purge.place, head.purged_position + $4, trail.position)
           FROM purge, audit_partition AS trail
          WHERE head.partition = $1 AND trail.partition = $1
            AND least(purge.place, trail.position) > head.purged_position",
    )
    .bind(partition)
    .bind(kept.confirmed.as_secs_f64())
    .bind(kept.at_most.as_secs_f64())
    .bind(PURGE_BATCH)
    .execute(&mut *tx)
    .await?;
    let dropped = sqlx::query(
        "DELETE FROM event USING event_partition AS head
          WHERE head.partition = $1 AND event.partition = $1 AND event.position <= head.purged_position",
    )
    .bind(partition)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    tx.commit().await?;
    Ok(dropped)
}
