//! What runs beside every service: whether its database answers, what is old goes, what is measured is told.

use std::time::Duration;

use events::Retention;
use sqlx::postgres::PgPool;
use sqlx::{Connection, PgConnection};
use telemetry::metrics::PoolUse;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often a service asks whether its database answers, and how long it waits for that.
const READY_PAUSE: Duration = Duration::from_millis(500);
const READY_TIMEOUT: Duration = Duration::from_secs(2);
/// A pool may fail for this long while the database answers others; then the process ends, and a new one begins.
const STUCK_MAX: Duration = Duration::from_mins(1);
/// How often what is old is deleted.
const PURGE_PAUSE: Duration = Duration::from_hours(1);
/// How often gauges are set.
const GAUGE_PAUSE: Duration = Duration::from_secs(5);

/// Keeps `ready` true while the database answers.
pub(crate) async fn watch_readiness(pool: PgPool, ready: watch::Sender<bool>, shutdown: CancellationToken) {
    let mut answered_at = Instant::now();
    loop {
        // A frozen peer would hold a connection of the pool for good: the time limit is what notices.
        let answers = tokio::time::timeout(READY_TIMEOUT, sqlx::query("SELECT 1").execute(&pool)).await;
        let is_ready = matches!(answers, Ok(Ok(_)));
        ready.send_if_modified(|was| std::mem::replace(was, is_ready) != is_ready);
        if is_ready {
            answered_at = Instant::now();
        } else if answered_at.elapsed() > STUCK_MAX && answers_others(&pool).await {
            tracing::error!("the database answers, but not through this pool; shutting down to start anew");
            shutdown.cancel();
        }
        if pause(READY_PAUSE, &shutdown).await.is_none() {
            return;
        }
    }
}

/// Whether a connection of its own gets an answer.
async fn answers_others(pool: &PgPool) -> bool {
    let options = pool.connect_options();
    let asking = async {
        let mut conn = PgConnection::connect_with(&options).await?;
        conn.ping().await?;
        conn.close().await
    };
    matches!(tokio::time::timeout(READY_TIMEOUT, asking).await, Ok(Ok(())))
}

/// Deletes what is old, now and then.
pub(crate) async fn purge(pool: PgPool, shutdown: CancellationToken) {
    loop {
        let purging = async {
            idempotency::purge(&pool).await?;
            events::purge(&pool, Retention::default()).await
        };
        match shutdown.run_until_cancelled(purging).await {
            Some(Ok(dropped)) => tracing::debug!(dropped, "old events are gone"),
            Some(Err(error)) => {
                tracing::warn!(error = %grpc::status::chain(&error), "what is old was not deleted");
            }
            None => return,
        }
        if pause(PURGE_PAUSE, &shutdown).await.is_none() {
            return;
        }
    }
}

/// Tells Prometheus how the pool is used, and how far listeners are behind.
pub(crate) async fn record_gauges(
    pool: PgPool,
    service: &'static str,
    sources: Vec<&'static str>,
    shutdown: CancellationToken,
) {
    let max = pool.options().get_max_connections();
    loop {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        let in_use = pool.size().saturating_sub(idle);
        telemetry::metrics::set_pool_use(service, "postgres", PoolUse { in_use, idle, max });
        let recording = events::record_gauges(&pool, service, &sources);
        if let Some(Err(error)) = shutdown.run_until_cancelled(recording).await {
            tracing::debug!(error = %grpc::status::chain(&error), "the lag is not known");
        }
        if pause(GAUGE_PAUSE, &shutdown).await.is_none() {
            return;
        }
    }
}

/// `None`: shutdown came first.
async fn pause(length: Duration, shutdown: &CancellationToken) -> Option<()> {
    shutdown.run_until_cancelled(tokio::time::sleep(length)).await
}
