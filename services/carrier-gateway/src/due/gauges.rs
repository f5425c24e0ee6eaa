//! Keeps the metrics of the queues and polls up to date.

use std::time::Duration;

use pg::StoreError;
use service::Base;
use telemetry::metrics;

use crate::{CONNECTION, SERVICE, ops};

const PAUSE: Duration = Duration::from_secs(5);

/// Sets gauges from time to time.
#[derive(Debug, Clone)]
pub(crate) struct Gauges {
    base: Base,
}

impl Gauges {
    pub(crate) fn new(base: Base) -> Self {
        Self { base }
    }

    /// Runs until shutdown.
    pub(crate) fn spawn(self) {
        let lifecycle = self.base.lifecycle.clone();
        let token = lifecycle.token();
        lifecycle.spawn("gateway gauges", async move {
            while !token.is_cancelled() {
                if let Err(error) = self.set().await {
                    tracing::debug!(error = %grpc::status::chain(&error), "the gauges could not be set");
                }
                tokio::select! {
                    () = token.cancelled() => {}
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
        });
    }

    async fn set(&self) -> Result<(), StoreError> {
        let (pool, now) = (&self.base.pool, self.base.clock.now());
        metrics::set_queue_depth(SERVICE, "commands", ops::count_commands(pool).await?);
        metrics::set_queue_depth(SERVICE, "inbound", ops::count_inbound(pool).await?);
        let due_since = ops::find_feed_due_since(pool, CONNECTION, now).await?;
        let late = due_since.map_or(Duration::ZERO, |since| now.duration_since(since).unsigned_abs());
        metrics::set_poll_lag(SERVICE, CONNECTION, late);
        Ok(())
    }
}
