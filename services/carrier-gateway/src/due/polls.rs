//! Asks the carrier partner what happened: its change feed, and single requests by reference.

use carrier_gateway_domain::Page;
use carrier_gateway_domain::schedule::FeedPace;
use clock::{BacklogFuture, DueWork};
use futures::future::join_all;
use jiff::Timestamp;
use pg::StoreError;
use service::Base;
use service::due::{self, Pass, Wake};
use sqlx::PgPool;

use super::CLAIMED_MAX;
use crate::ops::{ClaimedPoll, ClaimedSubmission};
use crate::peers::{CallFailure, Partner};
use crate::{CONNECTION, ops};

const NAME: &str = "gateway polls";
/// Pages of the feed read in one go; what is left is read in the next.
const PAGES_MAX: usize = 50;

/// Polls.
#[derive(Debug, Clone)]
pub(crate) struct PollWorker {
    base: Base,
    partner: Partner,
    pace: FeedPace,
    inbound_came: Wake,
}

impl PollWorker {
    pub(crate) fn new(base: Base, partner: Partner, pace: FeedPace, inbound_came: Wake) -> Self {
        Self {
            base,
            partner,
            pace,
            inbound_came,
        }
    }

    /// Runs until shutdown.
    pub(crate) fn spawn(self) {
        let (lifecycle, clock) = (self.base.lifecycle.clone(), self.base.clock.clone());
        let token = lifecycle.token();
        let pass = move |now| {
            let worker = self.clone();
            async move { worker.pass(now).await }
        };
        lifecycle.spawn(NAME, due::run(NAME, clock, Wake::default(), token, pass));
    }

    async fn pass(&self, now: Timestamp) -> Result<Pass, StoreError> {
        let (feed, references) = tokio::join!(self.read_feed(now), self.ask_by_reference(now));
        match (feed?, references?) {
            (Pass::Idle, Pass::Idle) => Ok(Pass::Idle),
            (Pass::Worked, _) | (_, Pass::Worked) => Ok(Pass::Worked),
        }
    }

    async fn read_feed(&self, now: Timestamp) -> Result<Pass, StoreError> {
        let Some(mut claimed) = ops::claim_feed(&self.base.pool, CONNECTION, now).await? else {
            return Ok(Pass::Idle);
        };
        for _page in 0..PAGES_MAX {
            let page = match self.partner.list_changes(&claimed.cursor).await {
                Ok(page) => page,
                Err(
                    CallFailure::Refused(error)
                    | CallFailure::NotFound(error)
                    | CallFailure::Transient(error),
                ) => {
                    tracing::warn!(error, "the change feed could not be read; it is tried again");
                    ops::rest_feed(&self.base.pool, &claimed, &error).await?;
                    return Ok(Pass::Worked);
                }
            };
            if page.changes.is_empty() {
                ops::finish_feed(&self.base.pool, &claimed, now, self.pace).await?;
                return Ok(Pass::Worked);
            }
            match self.record(claimed, page).await? {
                Some(moved) => claimed = moved,
                None => return Ok(Pass::Worked),
            }
        }
        ops::rest_feed(&self.base.pool, &claimed, "there is more to read").await?;
        Ok(Pass::Worked)
    }

    async fn record(&self, claimed: ClaimedPoll, page: Page) -> Result<Option<ClaimedPoll>, StoreError> {
        let base = &self.base;
        let moved = ops::record_page(&base.pool, &base.vault, claimed, page, base.clock.now()).await?;
        if moved.is_none() {
            tracing::info!("somebody else reads the change feed by now");
        }
        self.inbound_came.wake();
        Ok(moved)
    }

    async fn ask_by_reference(&self, now: Timestamp) -> Result<Pass, StoreError> {
        let claimed = ops::claim_references(&self.base.pool, now, CLAIMED_MAX).await?;
        if claimed.is_empty() {
            return Ok(Pass::Idle);
        }
        let asked = join_all(claimed.iter().map(|claimed| self.ask_about(claimed, now))).await;
        asked.into_iter().collect::<Result<(), _>>()?;
        Ok(Pass::Worked)
    }

    async fn ask_about(&self, claimed: &ClaimedSubmission, now: Timestamp) -> Result<(), StoreError> {
        let pool = &self.base.pool;
        let answers = match self.partner.list_answers(&claimed.pon).await {
            Ok(answers) => Ok(answers),
            Err(CallFailure::Refused(refusal) | CallFailure::NotFound(refusal)) => {
                tracing::warn!(order.id = %claimed.order, refusal, "the carrier does not answer by reference");
                Err(refusal)
            }
            Err(CallFailure::Transient(error)) => {
                tracing::warn!(order.id = %claimed.order, error, "a poll failed; it is tried again");
                ops::rest_reference(pool, claimed, &error).await?;
                return Ok(());
            }
        };
        if !ops::record_reference(pool, CONNECTION, claimed, answers, now).await? {
            tracing::info!(order.id = %claimed.order, "somebody else asks about the order by now");
        }
        Ok(())
    }
}

/// The polls to come, for whoever moves the clock.
#[derive(Debug)]
pub(crate) struct Polls {
    pool: PgPool,
}

impl Polls {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

impl DueWork for Polls {
    fn name(&self) -> &str {
        NAME
    }

    fn backlog(&self, now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async move { Ok(ops::measure_polls(&self.pool, CONNECTION, now).await?) })
    }
}
