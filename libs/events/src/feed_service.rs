//! Serves the feed of this service's events. An account's caller sees its own account's events and no others.

use std::collections::HashMap;
use std::sync::Arc;

use auth::{Caller, CallerKind};
use grpc::{Faults, Reply, status};
use jiff::Timestamp;
use portway_proto::events::v1::event_feed_service_server::{EventFeedService, EventFeedServiceServer};
use portway_proto::events::v1::{
    ConfirmEventsRequest, ConfirmEventsResponse, ListParkedEventsRequest, ListParkedEventsResponse,
    ListReadersRequest, ListReadersResponse, ParkedEvent, Position, Reader, ReplayParkedEventsRequest,
    ReplayParkedEventsResponse, StreamEventsRequest, StreamEventsResponse, stream_events_request::Start,
    stream_events_response::Item,
};
use sqlx::PgPool;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request, Response, Status};
use types::AccountId;
use uuid::Uuid;

use crate::consumer::{Consumer, HandleError, positions_of};
use crate::reader::{self, Places};
use crate::waker::{FeedWaker, wait_for_news};
use crate::{parked, partition, partition_of};

/// Events that wait for a slow client, per stream.
const QUEUE_PER_STREAM: usize = 256;

/// Limits of a feed.
#[derive(Debug, Clone)]
pub struct FeedSettings {
    /// Streams at once; more are refused with RESOURCE_EXHAUSTED.
    pub streams_max: usize,
}

impl Default for FeedSettings {
    fn default() -> Self {
        Self { streams_max: 1_000 }
    }
}

/// The gRPC service.
#[derive(Clone, Debug)]
pub struct FeedService {
    pool: PgPool,
    waker: FeedWaker,
    places: Arc<Semaphore>,
    consumers: Arc<Vec<Consumer>>,
    shutdown: CancellationToken,
}

impl FeedService {
    /// Serves the log of `pool`, woken by `waker`. `consumers` are those whose parked events can be replayed here.
    pub fn server(
        pool: PgPool,
        waker: FeedWaker,
        settings: &FeedSettings,
        consumers: Vec<Consumer>,
        shutdown: CancellationToken,
    ) -> EventFeedServiceServer<Self> {
        let places = Arc::new(Semaphore::new(settings.streams_max));
        EventFeedServiceServer::new(Self {
            pool,
            waker,
            places,
            consumers: Arc::new(consumers),
            shutdown,
        })
    }

    /// Where a stream starts: a place for each partition it reads.
    async fn start(&self, request: &Checked) -> Result<Places, Status> {
        let store = |error: &pg::StoreError| status::store(error);
        let purged = reader::purged(&self.pool).await.map_err(|error| store(&error))?;
        let asked = match &request.start {
            Start::FromOldest(_) => Places::new(),
            Start::FromNow(_) => reader::heads(&self.pool).await.map_err(|error| store(&error))?,
            Start::FromConfirmed(_) => {
                let name = &request.reader;
                reader::confirmed(&self.pool, request.owner, name)
                    .await
                    .map_err(|error| store(&error))?
            }
            Start::FromTime(time) => {
                let time = Timestamp::new(time.seconds, time.nanos).unwrap_or(Timestamp::MIN);
                reader::before_time(&self.pool, time)
                    .await
                    .map_err(|error| store(&error))?
            }
            Start::After(after) => {
                let asked = places_of(&after.positions);
                refuse_expired(&asked, &purged)?;
                asked
            }
        };
        let start = |number: i16| {
            let oldest = purged.get(&number).copied().unwrap_or(0);
            (number, asked.get(&number).copied().unwrap_or(oldest).max(oldest))
        };
        let read = partition::all().filter(|number| request.only.is_none_or(|only| only == *number));
        Ok(read.map(start).collect())
    }
}

/// A stream request that makes sense.
struct Checked {
    reader: String,
    /// Whose reader it is.
    owner: AccountId,
    /// The only account whose events it may see; `None`: all.
    account: Option<AccountId>,
    /// The only partition to read; `None`: all.
    only: Option<i16>,
    types: Vec<String>,
    start: Start,
    until_now: bool,
}

fn check(caller: &Caller, request: StreamEventsRequest) -> Result<Checked, Status> {
    let mut faults = Faults::new();
    check_reader(
        &mut faults,
        caller,
        &request.reader,
        matches!(request.start, Some(Start::FromConfirmed(_))),
    );
    if request.types.len() > 100 {
        faults.add("types", "OUT_OF_RANGE", "must be at most 100");
    }
    match &request.start {
        None => faults.add("start", "MISSING", "say where to start"),
        Some(Start::After(after)) => check_positions(&mut faults, "after", &after.positions),
        Some(Start::FromTime(time)) => {
            faults.check("from_time", "INVALID", Timestamp::new(time.seconds, time.nanos));
        }
        Some(Start::FromOldest(_) | Start::FromConfirmed(_) | Start::FromNow(_)) => {}
    }
    let account = (!caller.is_platform()).then_some(caller.account);
    let checked = request.start.map(|start| Checked {
        reader: request.reader,
        owner: caller.account,
        account,
        only: account.map(partition_of),
        types: request.types,
        start,
        until_now: request.until_now,
    });
    faults.finish(checked)
}

fn check_reader(faults: &mut Faults, caller: &Caller, reader: &str, is_needed: bool) {
    if reader.is_empty() && !is_needed {
        return;
    }
    let is_slug = (1..=64).contains(&reader.len())
        && reader
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_slug {
        faults.add("reader", "INVALID", "must be 1 to 64 of a-z, 0-9 and -");
    }
    if let CallerKind::Service(name) = &caller.kind
        && name.as_str() != reader
    {
        faults.add("reader", "INVALID", "a service reads under its own name");
    }
}

fn check_positions(faults: &mut Faults, field: &str, positions: &[Position]) {
    for (index, position) in positions.iter().enumerate() {
        if !(0..i32::from(partition::PARTITIONS)).contains(&position.partition) {
            faults.add(
                format!("{field}[{index}].partition"),
                "OUT_OF_RANGE",
                "must be 0 to 15",
            );
        }
        if position.offset < 0 {
            faults.add(
                format!("{field}[{index}].offset"),
                "OUT_OF_RANGE",
                "must not be negative",
            );
        }
    }
}

fn places_of(positions: &[Position]) -> Places {
    positions
        .iter()
        .filter_map(|position| Some((i16::try_from(position.partition).ok()?, position.offset)))
        .collect()
}

fn refuse_expired(asked: &Places, purged: &Places) -> Result<(), Status> {
    for (number, place) in asked {
        let oldest = purged.get(number).copied().unwrap_or(0);
        if *place < oldest {
            let facts = HashMap::from([
                ("partition".to_owned(), number.to_string()),
                ("oldest".to_owned(), (oldest + 1).to_string()),
            ]);
            let message = format!("the oldest event kept in partition {number} is at {}", oldest + 1);
            return Err(status::fail_with(
                Code::OutOfRange,
                "POSITION_EXPIRED",
                message,
                facts,
            ));
        }
    }
    Ok(())
}

/// Feeds one stream until the client goes, the events end (`until_now`), or the server drains.
async fn feed(
    service: FeedService,
    request: Checked,
    mut places: Places,
    sender: mpsc::Sender<Result<StreamEventsResponse, Status>>,
    _place: OwnedSemaphorePermit,
) {
    let mut news = service.waker.subscribe();
    let mut told: Option<Places> = None;
    loop {
        news.mark_unchanged();
        let batch = match reader::read(&service.pool, &places, request.account, &request.types).await {
            Ok(batch) => batch,
            Err(error) => {
                let _gone = sender.send(Err(status::store(&error))).await;
                return;
            }
        };
        for event in batch.events {
            if sender
                .send(Ok(StreamEventsResponse {
                    item: Some(Item::Event(event)),
                }))
                .await
                .is_err()
            {
                return;
            }
        }
        places = batch.places;
        if batch.is_full {
            continue;
        }
        if told.as_ref() != Some(&places) {
            let item = Some(Item::CaughtUp(positions_of(&places)));
            if sender.send(Ok(StreamEventsResponse { item })).await.is_err() {
                return;
            }
            told = Some(places.clone());
        }
        if request.until_now {
            return;
        }
        tokio::select! {
            () = sender.closed() => return,
            () = service.shutdown.cancelled() => {
                let drained = status::fail(Code::Unavailable, "DRAINING", "the server drains; resume after the last event");
                let _gone = sender.send(Err(drained)).await;
                return;
            }
            () = wait_for_news(&mut news) => {}
        }
    }
}

#[tonic::async_trait]
impl EventFeedService for FeedService {
    type StreamEventsStream = ReceiverStream<Result<StreamEventsResponse, Status>>;

    async fn stream_events(&self, request: Request<StreamEventsRequest>) -> Reply<Self::StreamEventsStream> {
        let caller = Caller::of(&request)?;
        let checked = check(&caller, request.into_inner())?;
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return Err(status::fail(
                Code::ResourceExhausted,
                "TOO_MANY_STREAMS",
                "too many feed streams are open",
            ));
        };
        let places = self.start(&checked).await?;
        let (sender, receiver) = mpsc::channel(QUEUE_PER_STREAM);
        // Ends with its client, or with the server: the task watches both.
        tokio_util::task::TaskTracker::new().spawn(feed(self.clone(), checked, places, sender, place));
        Ok(Response::new(ReceiverStream::new(receiver)))
    }

    async fn confirm_events(&self, request: Request<ConfirmEventsRequest>) -> Reply<ConfirmEventsResponse> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let mut faults = Faults::new();
        check_reader(&mut faults, &caller, &request.reader, true);
        check_positions(&mut faults, "positions", &request.positions);
        faults.finish(Some(()))?;
        let places = places_of(&request.positions);
        let places = reader::confirm(&self.pool, caller.account, &request.reader, &places)
            .await
            .map_err(|error| status::store(&error))?;
        Ok(Response::new(ConfirmEventsResponse {
            positions: positions_of(&places).positions,
        }))
    }

    async fn list_readers(&self, _request: Request<ListReadersRequest>) -> Reply<ListReadersResponse> {
        let rows: Vec<(Uuid, String, i16, i64, i64)> = sqlx::query_as(
            "SELECT account_id, reader, partition, position, head.last_position - position
               FROM event_reader JOIN event_partition AS head USING (partition)
              ORDER BY account_id, reader, partition LIMIT 16000",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|error| status::store(&error.into()))?;
        let readers = rows
            .into_iter()
            .map(|(account, reader, partition, offset, lag)| Reader {
                account_id: account.to_string(),
                reader,
                confirmed: Some(Position {
                    partition: i32::from(partition),
                    offset,
                }),
                lag,
            })
            .collect();
        Ok(Response::new(ListReadersResponse { readers }))
    }

    async fn list_parked_events(
        &self,
        request: Request<ListParkedEventsRequest>,
    ) -> Reply<ListParkedEventsResponse> {
        let request = request.into_inner();
        let mut faults = Faults::new();
        let limit = grpc::page::size(&mut faults, request.page_size, 100, 500);
        let subject: Option<Uuid> = faults.optional("subject_id", &request.subject_id);
        faults.finish(Some(()))?;
        let mut conn = self
            .pool
            .acquire()
            .await
            .map_err(|error| status::store(&error.into()))?;
        let rows = parked::list(&mut conn, subject, limit)
            .await
            .map_err(|error| status::store(&error))?;
        let events = rows
            .into_iter()
            .map(|row| {
                let event = row.event()?;
                Ok(ParkedEvent {
                    source: row.source,
                    event: Some(event),
                    error: row.error,
                })
            })
            .collect::<Result<_, pg::StoreError>>()
            .map_err(|error| status::store(&error))?;
        Ok(Response::new(ListParkedEventsResponse { events }))
    }

    async fn replay_parked_events(
        &self,
        request: Request<ReplayParkedEventsRequest>,
    ) -> Reply<ReplayParkedEventsResponse> {
        let request = request.into_inner();
        let mut faults = Faults::new();
        let subject: Option<Uuid> = faults.required("subject_id", &request.subject_id);
        let consumer = self
            .consumers
            .iter()
            .find(|consumer| consumer.source() == request.source);
        if consumer.is_none() {
            faults.add("source", "INVALID", "this service does not listen to it");
        }
        let (subject, consumer) = faults.finish(subject.zip(consumer))?;
        let (replayed, remaining) = consumer.replay(subject).await.map_err(|error| match error {
            HandleError::Later(error) => status::store(&error),
            HandleError::Refused(_) => status::internal(&error),
        })?;
        let remaining = i32::try_from(remaining).unwrap_or(i32::MAX);
        Ok(Response::new(ReplayParkedEventsResponse { replayed, remaining }))
    }
}
