//! What is still to be sent: for whoever moves the business clock, and for whoever watches the metrics.

use std::time::Duration;

use clock::{Backlog, BacklogFuture, DueWork};
use jiff::Timestamp;
use notification_domain::Channel;
use service::Base;
use sqlx::PgPool;

use crate::store;

const MEASURE_PAUSE: Duration = Duration::from_secs(15);

/// Deliveries that have not ended. None is dated, so there is no next one.
#[derive(Debug)]
pub(crate) struct Deliveries {
    pub(crate) pool: PgPool,
}

impl DueWork for Deliveries {
    fn name(&self) -> &'static str {
        "notification deliveries"
    }

    fn backlog(&self, _now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async {
            let mut due_now = 0;
            for channel in Channel::ALL {
                due_now += store::queue::count_queued(&self.pool, channel).await?;
            }
            Ok(Backlog {
                due_now,
                next_due: None,
            })
        })
    }
}

/// Measures every queue until shutdown.
pub(crate) async fn measure(base: Base) {
    let shutdown = base.lifecycle.token();
    loop {
        for (queue, channel) in [
            ("email", Channel::Email),
            ("webhook", Channel::Webhook),
            ("sms", Channel::Sms),
        ] {
            match store::queue::count_queued(&base.pool, channel).await {
                Ok(depth) => telemetry::metrics::set_queue_depth(base.service, queue, depth),
                Err(error) => {
                    tracing::debug!(error = %grpc::status::chain(&error), "a queue was not measured");
                }
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(MEASURE_PAUSE) => {}
        }
    }
}
