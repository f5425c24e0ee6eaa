//! What is still to be done, for whoever moves the business clock and must know when everything has settled.

use clock::{Backlog, BacklogFuture, DueWork};
use jiff::Timestamp;
use sqlx::PgPool;

use crate::{cursor, reader};

/// Events of one service that have no position yet.
#[derive(Debug)]
pub struct SequencerBacklog {
    /// `events of <service>`.
    pub name: String,
    /// The service's pool.
    pub pool: PgPool,
}

/// Events of `source` that the owner of `sink` has not acted on.
#[derive(Debug)]
pub struct ConsumerBacklog {
    /// `<sink> listening to <source>`.
    pub name: String,
    /// The name of the source, as the consumer's cursor has it.
    pub source: String,
    /// The source's pool.
    pub source_pool: PgPool,
    /// The sink's pool.
    pub sink_pool: PgPool,
}

impl DueWork for SequencerBacklog {
    fn name(&self) -> &str {
        &self.name
    }

    fn backlog(&self, _now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async {
            let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM event WHERE position IS NULL")
                .fetch_one(&self.pool)
                .await?;
            Ok(Backlog {
                due_now: waiting.unsigned_abs(),
                next_due: None,
            })
        })
    }
}

impl DueWork for ConsumerBacklog {
    fn name(&self) -> &str {
        &self.name
    }

    fn backlog(&self, _now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async {
            let ends = reader::heads(&self.source_pool).await?;
            let places = cursor::peek(&self.sink_pool, &self.source).await?;
            let lag: i64 = ends
                .iter()
                .map(|(partition, end)| (end - places.get(partition).copied().unwrap_or(0)).max(0))
                .sum();
            Ok(Backlog {
                due_now: lag.unsigned_abs(),
                next_due: None,
            })
        })
    }
}
