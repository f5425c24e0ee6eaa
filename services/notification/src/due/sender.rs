//! The sender of one channel.

use std::sync::Arc;
use std::time::Duration;

use notification_domain::Channel;
use pg::StoreError;
use service::Base;
use service::due::{Pass, Wake};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::Instrument;

use crate::ops::{self, Outcome};
use crate::send::Senders;
use crate::store::queue::{self, Claimed};

/// Sent at once by one replica, for each channel.
const CONCURRENT_MAX: usize = 16;
/// A lease outlives the longest try and the statement that records it.
const LEASE_SECS: i32 = 20;
const RECORD_PAUSE: Duration = Duration::from_millis(200);

/// Sends what is queued for one channel. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    base: Base,
    channel: Channel,
    senders: Arc<Senders>,
    slots: Arc<Semaphore>,
    wake: Wake,
}

impl Sender {
    pub(crate) fn new(base: Base, channel: Channel, senders: Arc<Senders>, wake: Wake) -> Self {
        Self {
            base,
            channel,
            senders,
            slots: Arc::new(Semaphore::new(CONCURRENT_MAX)),
            wake,
        }
    }

    /// Sends until shutdown.
    pub(crate) async fn run(self, name: &'static str) {
        let (clock, wake) = (self.base.clock.clone(), self.wake.clone());
        let shutdown = self.base.lifecycle.token();
        service::due::run(name, clock, wake, shutdown, move |_now| {
            let sender = self.clone();
            async move { sender.pass().await }
        })
        .await;
    }

    /// Claims as much as there are free slots and starts sending it. Each end wakes the next pass, so a slow receiver
    /// takes one slot and holds up nobody else.
    async fn pass(&self) -> Result<Pass, StoreError> {
        let mut free = Vec::with_capacity(CONCURRENT_MAX);
        while let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
            free.push(slot);
        }
        let limit = i64::try_from(free.len()).unwrap_or(0);
        if limit == 0 {
            return Ok(Pass::Idle);
        }
        let claimed = queue::claim(&self.base.pool, self.channel, limit, LEASE_SECS).await?;
        if claimed.is_empty() {
            return Ok(Pass::Idle);
        }
        for (claimed, slot) in claimed.into_iter().zip(free) {
            let sending = self.clone().send(claimed, slot);
            self.base.lifecycle.spawn("delivery", sending);
        }
        Ok(Pass::Worked)
    }

    async fn send(self, claimed: Claimed, slot: OwnedSemaphorePermit) {
        let span = tracing::info_span!(
            "notification.deliver", delivery.id = %claimed.id, step = %claimed.step, attempt = claimed.tries
        );
        if let Some(traceparent) = &claimed.traceparent {
            telemetry::trace_context::set_parent(&span, traceparent);
        }
        async {
            let outcome = self.senders.send(&claimed).await;
            if let Outcome::TryAgain(error) | Outcome::Refused(error) = &outcome {
                tracing::warn!(%error, "a delivery was not taken");
            }
            self.record(&claimed, &outcome).await;
        }
        .instrument(span)
        .await;
        drop(slot);
        self.wake.wake();
    }

    /// Notes what became of a try. A database that is away for a moment must not cost a second sending, so the note is
    /// tried again; after that the lease ends, and the delivery goes out again under the same id.
    async fn record(&self, claimed: &Claimed, outcome: &Outcome) {
        for last in [false, false, true] {
            let now = self.base.clock.now();
            match ops::record_outcome(&self.base.pool, claimed, outcome, now).await {
                Ok(true) => return,
                Ok(false) => return tracing::info!("the lease was lost; another try has the word"),
                Err(error) => {
                    tracing::warn!(error = %grpc::status::chain(&error), last, "an outcome was not recorded");
                }
            }
            tokio::time::sleep(RECORD_PAUSE).await;
        }
    }
}
