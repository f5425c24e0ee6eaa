//! Hands other carriers' requests, and news of them, to intake.

use carrier_gateway_domain::plain_words;
use clock::{Backlog, BacklogFuture, DueWork};
use futures::future::join_all;
use jiff::Timestamp;
use pg::StoreError;
use service::Base;
use service::due::{self, Pass, Wake};
use sqlx::PgPool;
use types::PortOutId;

use super::CLAIMED_MAX;
use crate::ops::{self, ClaimedInbound, Inbound};
use crate::peers::{CallFailure, Intake};

const NAME: &str = "gateway inbound";
/// News of a request that intake does not know is refused after this many tries: a day of them, ten seconds apart.
const UNKNOWN_TRIES_MAX: i32 = 8_640;

/// Delivers to intake.
#[derive(Debug, Clone)]
pub(crate) struct InboundWorker {
    base: Base,
    intake: Intake,
}

impl InboundWorker {
    pub(crate) fn new(base: Base, intake: Intake) -> Self {
        Self { base, intake }
    }

    /// Runs until shutdown; `came` tells it that something has come.
    pub(crate) fn spawn(self, came: Wake) {
        let (lifecycle, clock) = (self.base.lifecycle.clone(), self.base.clock.clone());
        let token = lifecycle.token();
        let pass = move |_now| {
            let worker = self.clone();
            async move { worker.pass().await }
        };
        lifecycle.spawn(NAME, due::run(NAME, clock, came, token, pass));
    }

    async fn pass(&self) -> Result<Pass, StoreError> {
        let claimed = ops::claim_inbound(&self.base.pool, &self.base.vault, CLAIMED_MAX).await?;
        if claimed.is_empty() {
            return Ok(Pass::Idle);
        }
        let delivered = join_all(claimed.iter().map(|claimed| self.deliver(claimed))).await;
        delivered.into_iter().collect::<Result<(), _>>()?;
        Ok(Pass::Worked)
    }

    async fn deliver(&self, claimed: &ClaimedInbound) -> Result<(), StoreError> {
        let pool = &self.base.pool;
        let inbound = match &claimed.inbound {
            Ok(inbound) => inbound,
            Err(error) => {
                let error = grpc::status::chain(error);
                tracing::error!(
                    error,
                    "what another carrier sent cannot be opened; it is tried again"
                );
                ops::record_inbound_failed(pool, claimed, &error).await?;
                return Ok(());
            }
        };
        let is_ours = match self.call(inbound).await {
            Ok(cases) => ops::record_delivered(pool, claimed, cases.as_deref()).await?,
            Err(CallFailure::NotFound(words)) if may_still_come(inbound, claimed.attempts) => {
                tracing::warn!(inbound.id = %claimed.id, words, "news of a request that intake does not know yet");
                ops::record_inbound_failed(pool, claimed, &words).await?
            }
            Err(CallFailure::Refused(words) | CallFailure::NotFound(words)) => {
                let refusal = without_secrets(&words, inbound);
                tracing::error!(inbound.id = %claimed.id, refusal, "intake refused what another carrier sent");
                ops::record_inbound_refused(pool, claimed, &refusal).await?
            }
            Err(CallFailure::Transient(words)) => {
                let error = without_secrets(&words, inbound);
                tracing::warn!(inbound.id = %claimed.id, error, "intake cannot be told; it is tried again");
                ops::record_inbound_failed(pool, claimed, &error).await?
            }
        };
        if !is_ours {
            tracing::info!(inbound.id = %claimed.id, "somebody else delivers it by now");
        }
        Ok(())
    }

    /// The cases that a request became; none for news.
    async fn call(&self, inbound: &Inbound) -> Result<Option<Vec<PortOutId>>, CallFailure> {
        match inbound {
            Inbound::Request(request) => self.intake.receive_port_out(request).await.map(Some),
            Inbound::Progress(progress) => self.intake.report_progress(progress).await.map(|()| None),
        }
    }
}

/// Whether what it is about may be on its way. A request is about nothing else.
fn may_still_come(inbound: &Inbound, attempts: i32) -> bool {
    match inbound {
        Inbound::Request(_) => false,
        Inbound::Progress(_) => attempts < UNKNOWN_TRIES_MAX,
    }
}

fn without_secrets(words: &str, inbound: &Inbound) -> String {
    match inbound {
        Inbound::Request(request) => plain_words(words, request.pin.iter().chain(&request.account_number)),
        Inbound::Progress(_) => plain_words(words, []),
    }
}

/// What waits for intake, for whoever moves the clock.
#[derive(Debug)]
pub(crate) struct InboundQueue {
    pool: PgPool,
}

impl InboundQueue {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

impl DueWork for InboundQueue {
    fn name(&self) -> &str {
        NAME
    }

    fn backlog(&self, _now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async {
            Ok(Backlog {
                due_now: ops::count_inbound(&self.pool).await?,
                next_due: None,
            })
        })
    }
}
