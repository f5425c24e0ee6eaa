//! Gives committed events their positions, in order per subject, and wakes feed readers once a batch.
//!
//! A reader that remembered the last `seq` it saw would skip an event whose transaction committed late. So positions
//! are given after the commit, in `seq` order, by whoever holds the lock of the partition. Start at
//! [`Sequencer::run_once`]; `run` only adds waiting and shutdown around it.

use std::time::Duration;

use pg::StoreError;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::partition;
use crate::waker::NOTIFY_SQL;

/// Events numbered in one transaction at most.
const BATCH_MAX: i64 = 2_000;
/// Pauses between looks grow from the first to the last while nothing comes, so an idle log costs little.
const PAUSE_MIN: Duration = Duration::from_millis(4);
const PAUSE_MAX: Duration = Duration::from_millis(100);
/// How long to stay at the short pause after something came.
const QUICK_LOOKS: u32 = 100;

/// Numbers the events of one service. Any number of replicas may run it.
#[derive(Debug, Clone)]
pub struct Sequencer {
    pool: PgPool,
}

impl Sequencer {
    /// The sequencer of the pool's schema.
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Numbers what is committed and not numbered, at most one batch. Returns how many.
    pub async fn run_once(&self) -> Result<i64, StoreError> {
        let is_idle: bool =
            sqlx::query_scalar("SELECT NOT EXISTS (SELECT FROM event WHERE position IS NULL)")
                .fetch_one(&self.pool)
                .await?;
        if is_idle {
            return Ok(0);
        }
        let mut tx = self.pool.begin().await?;
        // The lock comes in a statement before the one that reads: its snapshot must see what the last holder did.
        let locked: Vec<i16> = sqlx::query_scalar(
            "SELECT p FROM unnest($1::smallint[]) AS p
              WHERE pg_try_advisory_xact_lock(hashtext('events_' || current_schema()), p::int)",
        )
        .bind(partition::all().collect::<Vec<i16>>())
        .fetch_all(&mut *tx)
        .await?;
        let numbered: i64 = sqlx::query_scalar(
            "WITH pending AS (
                 SELECT seq, partition, row_number() OVER (PARTITION BY partition ORDER BY seq) AS nth
                   FROM (SELECT seq, partition FROM event
                          WHERE position IS NULL AND partition = ANY($1) ORDER BY seq LIMIT $2) AS batch
             ), numbered AS (
                 UPDATE event SET position = head.last_position + pending.nth, recorded_at = statement_timestamp()
                   FROM pending JOIN event_partition AS head USING (partition)
                  WHERE event.seq = pending.seq
                 RETURNING event.partition, event.position
             ), moved AS (
                 UPDATE event_partition AS head SET last_position = last.position
                   FROM (SELECT partition, max(position) AS position FROM numbered GROUP BY partition) AS last
                  WHERE head.partition = last.partition
             )
             SELECT count(*) FROM numbered",
        )
        .bind(locked)
        .bind(BATCH_MAX)
        .fetch_one(&mut *tx)
        .await?;
        if numbered > 0 {
            sqlx::query(NOTIFY_SQL).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(numbered)
    }

    /// Numbers events until shutdown.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut idle_looks = 0_u32;
        while !shutdown.is_cancelled() {
            let Some(numbered) = shutdown.run_until_cancelled(self.run_once()).await else {
                return;
            };
            match numbered {
                Ok(0) => idle_looks = idle_looks.saturating_add(1),
                Ok(_numbered) => idle_looks = 0,
                Err(error) => {
                    tracing::warn!(error = %grpc::status::chain(&error), "events cannot be numbered");
                    idle_looks = u32::MAX;
                }
            }
            let pause = match idle_looks {
                0 => continue,
                looks if looks < QUICK_LOOKS => PAUSE_MIN,
                looks => (PAUSE_MIN * (looks - QUICK_LOOKS).clamp(1, 25)).min(PAUSE_MAX),
            };
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}
