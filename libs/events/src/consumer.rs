//! Listening to another service: pulls its feed, acts on each event once, remembers its place in the same transaction.
//!
//! One stream brings all partitions; one task a partition acts on its events in order, so that an event that fails
//! holds up its own partition for a moment and, once parked, only its own subject. Start at [`Consumer::run`];
//! [`act`] is what happens with one event.
//!
//! **Architecture invariant:** an effect and the place of the event that caused it commit together.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use grpc::{NoDeadline, Peer};
use pg::StoreError;
use portway_proto::events::v1::event_feed_service_client::EventFeedServiceClient;
use portway_proto::events::v1::{
    ConfirmEventsRequest, Event, Position, Positions, StreamEventsRequest, stream_events_request::Start,
    stream_events_response::Item,
};
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use crate::reader::Places;
use crate::{cursor, parked, partition};

/// An event is parked after it was refused this often.
const REFUSALS_MAX: u32 = 5;
/// Pauses between tries, and between streams, grow from the first to the last.
const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// Events that wait for the task of one partition.
const QUEUE_PER_PARTITION: usize = 64;

/// Acts on events.
pub trait Handler: Send + Sync + 'static {
    /// Full names of the payloads it wants.
    fn types(&self) -> Vec<String>;

    /// Acts on one event within `tx`, which also moves the cursor. Called again after a failure, never concurrently
    /// for one partition. No network call belongs here.
    fn handle<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<(), HandleError>>;
}

/// Why an event was not acted on.
#[derive(Debug, Error)]
pub enum HandleError {
    /// It will pass: tried again without end.
    #[error("not now")]
    Later(#[source] StoreError),
    /// This event cannot be acted on: parked after a few tries.
    #[error("the event cannot be acted on: {0}")]
    Refused(String),
}

impl From<StoreError> for HandleError {
    fn from(error: StoreError) -> Self {
        if error.is_transient() {
            Self::Later(error)
        } else {
            Self::Refused(grpc::status::chain(&error))
        }
    }
}

impl From<prost::DecodeError> for HandleError {
    fn from(error: prost::DecodeError) -> Self {
        Self::Refused(error.to_string())
    }
}

/// Who listens to whom.
#[derive(Debug, Clone)]
pub struct ConsumerSettings {
    /// The listening service: the reader's name at the source.
    pub service: &'static str,
    /// The service listened to: the name of the cursor.
    pub source: &'static str,
}

/// Listens to one other service.
#[derive(Clone)]
pub struct Consumer {
    settings: ConsumerSettings,
    pool: PgPool,
    feed: EventFeedServiceClient<Peer>,
    handler: Arc<dyn Handler>,
}

impl std::fmt::Debug for Consumer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consumer")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// What a partition's task is told.
enum Work {
    Act(Box<Event>),
    /// Nothing of interest up to here.
    Skip(i64),
}

impl Consumer {
    /// Acts with `handler` in `pool` on what `peer` feeds.
    pub fn new(settings: ConsumerSettings, pool: PgPool, peer: Peer, handler: Arc<dyn Handler>) -> Self {
        Self {
            settings,
            pool,
            feed: EventFeedServiceClient::new(peer),
            handler,
        }
    }

    /// The service listened to.
    pub fn source(&self) -> &'static str {
        self.settings.source
    }

    /// Listens until shutdown. A stream that ends is opened again after the last event acted on.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut pause = PAUSE_MIN;
        while !shutdown.is_cancelled() {
            let started = std::time::Instant::now();
            if let Err(error) = self.follow_once(&shutdown).await {
                tracing::debug!(source = self.settings.source, error = %grpc::status::chain(error.as_ref()), "feed ended");
            }
            pause = if started.elapsed() > PAUSE_MAX {
                PAUSE_MIN
            } else {
                (pause * 2).min(PAUSE_MAX)
            };
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Opens one stream and acts on it until it ends.
    async fn follow_once(&self, shutdown: &CancellationToken) -> Result<(), clock::BoxError> {
        let places = cursor::load(&self.pool, self.settings.source).await?;
        let mut request = tonic::Request::new(StreamEventsRequest {
            reader: self.settings.service.to_owned(),
            types: self.handler.types(),
            start: Some(Start::After(positions_of(&places))),
            until_now: false,
        });
        request.extensions_mut().insert(NoDeadline);
        let mut stream = self.feed.clone().stream_events(request).await?.into_inner();
        let ended = shutdown.child_token();
        let mut tasks = tokio::task::JoinSet::new();
        let mut queues = BTreeMap::new();
        for (partition, place) in places {
            let (queue, work) = mpsc::channel(QUEUE_PER_PARTITION);
            queues.insert(partition, queue);
            tasks.spawn(self.clone().work_partition(partition, place, work, ended.clone()));
        }
        let end = loop {
            let message = tokio::select! {
                () = shutdown.cancelled() => break Ok(()),
                message = stream.message() => message,
            };
            let item = match message {
                Ok(Some(response)) => response.item,
                Ok(None) => break Ok(()),
                Err(status) => break Err(status.into()),
            };
            for (partition, work) in split(item) {
                if let Some(queue) = queues.get(&partition)
                    && queue.send(work).await.is_err()
                {
                    break;
                }
            }
        };
        // What is queued is dropped: the next stream brings it again.
        ended.cancel();
        drop(queues);
        while tasks.join_next().await.is_some() {}
        end
    }

    /// Acts on one partition's events in order.
    async fn work_partition(
        self,
        partition: i16,
        mut place: i64,
        mut work: mpsc::Receiver<Work>,
        ended: CancellationToken,
    ) {
        while let Some(next) = tokio::select! {
            () = ended.cancelled() => None,
            next = work.recv() => next,
        } {
            let reached = match next {
                Work::Act(event) => self.act_until_done(&event, &ended).await,
                Work::Skip(to) if to > place => self.skip(partition, to).await,
                Work::Skip(_) => continue,
            };
            let Some(reached) = reached else { return };
            place = place.max(reached);
            if work.is_empty() {
                self.confirm(partition, place).await;
            }
        }
    }

    /// Tries until the event is acted on or parked. `None`: the stream has ended first.
    async fn act_until_done(&self, event: &Event, ended: &CancellationToken) -> Option<i64> {
        let span = tracing::info_span!("event", otel.kind = "consumer", r#type = %event.r#type, subject.id = %event.subject_id);
        if !event.traceparent.is_empty() {
            telemetry::trace_context::set_parent(&span, &event.traceparent);
        }
        let mut refusals = 0_u32;
        let mut pause = PAUSE_MIN;
        loop {
            let offset = event.position.as_ref().map_or(0, |position| position.offset);
            match self
                .act(event, refusals >= REFUSALS_MAX)
                .instrument(span.clone())
                .await
            {
                Ok(()) => return Some(offset),
                Err(HandleError::Later(error)) => {
                    tracing::warn!(parent: &span, error = %grpc::status::chain(&error), "not now; trying again");
                }
                Err(HandleError::Refused(error)) => {
                    refusals += 1;
                    tracing::error!(parent: &span, %error, refusals, "an event cannot be acted on");
                }
            }
            pause = (pause * 2).min(PAUSE_MAX);
            tokio::select! {
                () = ended.cancelled() => return None,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Acts on one event, or parks it, and moves the cursor, in one transaction.
    async fn act(&self, event: &Event, give_up: bool) -> Result<(), HandleError> {
        let Some(position) = &event.position else {
            return Err(HandleError::Refused("the event has no position".to_owned()));
        };
        let partition = partition_in(position).ok_or(HandleError::Refused("no such partition".to_owned()))?;
        let source = self.settings.source;
        let subject: Uuid = event
            .subject_id
            .parse()
            .map_err(|_| HandleError::Refused("the subject is not a UUID".to_owned()))?;
        let mut tx = self.pool.begin().await.map_err(StoreError::from)?;
        if cursor::lock(&mut tx, source, partition).await? >= position.offset {
            // Another replica was faster.
            return Ok(());
        }
        if parked::holds(&mut tx, source, subject).await? {
            parked::park(
                &mut tx,
                source,
                (partition, position.offset),
                subject,
                event,
                "follows a parked event",
            )
            .await?;
        } else if give_up {
            let error = "refused too often; the log has the reasons";
            parked::park(
                &mut tx,
                source,
                (partition, position.offset),
                subject,
                event,
                error,
            )
            .await?;
        } else {
            self.handler.handle(&mut tx, event).await?;
        }
        cursor::advance(&mut tx, source, partition, position.offset).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    async fn skip(&self, partition: i16, to: i64) -> Option<i64> {
        let skipped = async {
            let mut conn = self.pool.acquire().await?;
            cursor::advance(&mut conn, self.settings.source, partition, to).await
        };
        match skipped.await {
            Ok(()) => Some(to),
            Err(error) => {
                tracing::warn!(error = %grpc::status::chain(&error), "the cursor cannot be moved");
                None
            }
        }
    }

    /// Tells the source how far we are: for lag and retention only, so a failure does no harm.
    async fn confirm(&self, partition: i16, offset: i64) {
        let request = ConfirmEventsRequest {
            reader: self.settings.service.to_owned(),
            positions: vec![Position {
                partition: i32::from(partition),
                offset,
            }],
        };
        if let Err(error) = self.feed.clone().confirm_events(request).await {
            tracing::debug!(%error, "the place was not confirmed");
        }
    }

    /// Acts on the parked events of `subject` again, in order, until one fails. Returns how many were acted on and
    /// how many are left.
    pub async fn replay(&self, subject: Uuid) -> Result<(i32, i64), HandleError> {
        let source = self.settings.source;
        let mut replayed = 0;
        loop {
            let mut tx = self.pool.begin().await.map_err(StoreError::from)?;
            let Some(next) = parked::lock_first(&mut tx, source, subject).await? else {
                return Ok((replayed, 0));
            };
            let event = next.event()?;
            if let Err(error) = self.handler.handle(&mut tx, &event).await {
                tracing::warn!(%error, "a parked event still fails");
                drop(tx);
                let mut conn = self.pool.acquire().await.map_err(StoreError::from)?;
                return Ok((replayed, parked::count(&mut conn, source, subject).await?));
            }
            parked::remove(&mut tx, &next).await?;
            tx.commit().await.map_err(StoreError::from)?;
            replayed += 1;
        }
    }
}

fn split(item: Option<Item>) -> Vec<(i16, Work)> {
    match item {
        Some(Item::Event(event)) => {
            let partition = event.position.as_ref().and_then(partition_in);
            partition
                .map(|partition| (partition, Work::Act(Box::new(event))))
                .into_iter()
                .collect()
        }
        Some(Item::CaughtUp(Positions { positions })) => positions
            .iter()
            .filter_map(|position| Some((partition_in(position)?, Work::Skip(position.offset))))
            .collect(),
        None => Vec::new(),
    }
}

fn partition_in(position: &Position) -> Option<i16> {
    i16::try_from(position.partition)
        .ok()
        .filter(|number| partition::all().any(|known| known == *number))
}

pub(crate) fn positions_of(places: &Places) -> Positions {
    let positions = places
        .iter()
        .map(|(partition, offset)| Position {
            partition: i32::from(*partition),
            offset: *offset,
        })
        .collect();
    Positions { positions }
}
