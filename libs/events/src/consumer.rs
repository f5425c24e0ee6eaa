//! Listening to another service: pulls its feed, acts on each event once, remembers its place in the same transaction.
//!
//! One stream brings all partitions; one task a partition acts on its events in order, so that an event that fails
//! holds up its own partition for a moment and, once parked, only its own subject. Start at [`Consumer::run`]; what
//! happens with one event is in `partition_task`.
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
    ConfirmEventsRequest, Event, Position, Positions, StreamEventsRequest, StreamEventsResponse,
    stream_events_request::Start, stream_events_response::Item,
};
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status, Streaming};
use uuid::Uuid;

use crate::partition_task::{PartitionTask, Work, handle, partition_in};
use crate::reader::Places;
use crate::{cursor, parked};

/// Pauses between streams grow from the first to the last.
const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// Events that wait for the task of one partition.
const QUEUE_PER_PARTITION: usize = 64;
/// The source is told at most this often how far we are: for lag and retention, so a little late does no harm.
const CONFIRM_PAUSE: Duration = Duration::from_millis(500);

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
            // The chain may quote SQL, and what is refused is shown to operators.
            tracing::error!(error = %grpc::status::chain(&error), "a statement for an event failed");
            Self::Refused(error.to_string())
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

/// Why a stream ended before shutdown.
#[derive(Debug, Error)]
enum Ended {
    /// The cursors cannot be read.
    #[error("the cursors cannot be read")]
    Cursors(#[from] StoreError),
    /// The source ended it.
    #[error("the source ended the stream")]
    Source(#[from] Status),
    /// A partition's task could not go on; a new stream brings again what it had not acted on.
    #[error("a partition could not be worked on")]
    Partition,
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
            if let Err(ended) = self.follow_once(&shutdown).await {
                self.report(&ended);
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

    fn report(&self, ended: &Ended) {
        let (source, error) = (self.settings.source, grpc::status::chain(ended));
        let needs_a_person = matches!(ended, Ended::Source(status)
            if matches!(status.code(), Code::OutOfRange | Code::PermissionDenied | Code::Unauthenticated | Code::InvalidArgument));
        if needs_a_person {
            tracing::error!(source, %error, "events do not come, and will not until somebody acts");
        } else {
            tracing::debug!(source, %error, "the feed ended");
        }
    }

    /// Opens one stream and acts on it until it ends.
    async fn follow_once(&self, shutdown: &CancellationToken) -> Result<(), Ended> {
        let places = cursor::load(&self.pool, self.settings.source).await?;
        let mut request = tonic::Request::new(StreamEventsRequest {
            reader: self.settings.service.to_owned(),
            types: self.handler.types(),
            start: Some(Start::After(positions_of(&places))),
            until_now: false,
        });
        request.extensions_mut().insert(NoDeadline);
        let mut feed = self.feed.clone();
        let Some(stream) = shutdown.run_until_cancelled(feed.stream_events(request)).await else {
            return Ok(());
        };
        let mut stream = stream?.into_inner();
        let ended = shutdown.child_token();
        let mut tasks = JoinSet::new();
        let queues = self.start_tasks(&mut tasks, places, &ended);
        let end = hand_out(&mut stream, &queues, shutdown).await;
        // What is queued is dropped: the next stream brings it again.
        ended.cancel();
        drop(queues);
        while tasks.join_next().await.is_some() {}
        end
    }

    /// Starts a task for each partition, and one that tells the source how far they are.
    fn start_tasks(
        &self,
        tasks: &mut JoinSet<()>,
        places: Places,
        ended: &CancellationToken,
    ) -> BTreeMap<i16, mpsc::Sender<Work>> {
        let reached = watch::Sender::new(places.clone());
        tasks.spawn(self.clone().confirm_all(reached.subscribe(), ended.clone()));
        let start = |partition: i16| {
            let (queue, work) = mpsc::channel(QUEUE_PER_PARTITION);
            let task = PartitionTask {
                source: self.settings.source,
                partition,
                pool: self.pool.clone(),
                handler: Arc::clone(&self.handler),
                reached: reached.clone(),
                ended: ended.clone(),
            };
            tasks.spawn(task.run(work));
            (partition, queue)
        };
        places.into_keys().map(start).collect()
    }

    /// Tells the source how far we are, at first and after each change, until the stream has ended.
    async fn confirm_all(self, mut reached: watch::Receiver<Places>, ended: CancellationToken) {
        let telling = async {
            loop {
                let positions = positions_of(&reached.borrow_and_update()).positions;
                self.confirm(positions).await;
                tokio::time::sleep(CONFIRM_PAUSE).await;
                if reached.changed().await.is_err() {
                    return;
                }
            }
        };
        ended.run_until_cancelled(telling).await;
    }

    /// For lag and retention only, so a failure does no harm.
    async fn confirm(&self, positions: Vec<Position>) {
        let request = ConfirmEventsRequest {
            reader: self.settings.service.to_owned(),
            positions,
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
            let Some(partition) = parked::partition_of(&mut tx, source, subject).await? else {
                return Ok((replayed, 0));
            };
            // The listener takes the same lock: it neither overtakes a replay nor parks behind one that has ended.
            cursor::lock(&mut tx, source, partition).await?;
            let Some(next) = parked::find_first(&mut tx, source, subject).await? else {
                return Ok((replayed, 0));
            };
            match handle(self.source(), self.handler.as_ref(), &mut tx, &next.event()?).await {
                Ok(()) => {}
                Err(HandleError::Later(error)) => return Err(HandleError::Later(error)),
                Err(HandleError::Refused(error)) => {
                    tracing::warn!(%error, "a parked event still fails");
                    drop(tx);
                    let mut conn = self.pool.acquire().await.map_err(StoreError::from)?;
                    return Ok((replayed, parked::count(&mut conn, source, subject).await?));
                }
            }
            parked::remove(&mut tx, &next).await?;
            tx.commit().await.map_err(StoreError::from)?;
            replayed += 1;
        }
    }
}

/// Hands what comes to the partitions' tasks, until the stream ends or we shut down.
async fn hand_out(
    stream: &mut Streaming<StreamEventsResponse>,
    queues: &BTreeMap<i16, mpsc::Sender<Work>>,
    shutdown: &CancellationToken,
) -> Result<(), Ended> {
    while let Some(message) = shutdown.run_until_cancelled(stream.message()).await {
        let Some(response) = message? else { break };
        for (partition, work) in split(response.item) {
            if let Some(queue) = queues.get(&partition) {
                queue.send(work).await.map_err(|_| Ended::Partition)?;
            }
        }
    }
    Ok(())
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
