//! Serves the feed of this service's events. An account's caller sees its own account's events and no others.

use std::sync::Arc;

use auth::Caller;
use grpc::{Faults, Reply, status};
use jiff::Timestamp;
use portway_proto::events::v1::event_feed_service_server::{EventFeedService, EventFeedServiceServer};
use portway_proto::events::v1::{
    ConfirmEventsRequest, ConfirmEventsResponse, ListParkedEventsRequest, ListParkedEventsResponse,
    ListReadersRequest, ListReadersResponse, ParkedEvent, Position, Reader, ReplayParkedEventsRequest,
    ReplayParkedEventsResponse, StreamEventsRequest, stream_events_request::Start,
};
use sqlx::PgPool;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request, Response, Status};
use uuid::Uuid;

use crate::consumer::{Consumer, HandleError, positions_of};
use crate::feed_request::{
    Checked, check, check_positions, check_reader, places_of, refuse_expired, refuse_unknown,
};
use crate::feed_stream::{FeedStream, Responses};
use crate::reader::{self, Places};
use crate::waker::FeedWaker;
use crate::{parked, partition_of};

/// Named readers that a customer's account may have.
const READERS_MAX: i64 = 50;

/// Limits of a feed.
#[derive(Debug, Clone)]
pub struct FeedSettings {
    /// Streams of customers at once; more are refused with RESOURCE_EXHAUSTED.
    pub account_streams_max: usize,
    /// Streams of the platform and its services at once. Apart, so that customers cannot take them.
    pub platform_streams_max: usize,
}

impl Default for FeedSettings {
    fn default() -> Self {
        Self {
            account_streams_max: 1_000,
            platform_streams_max: 250,
        }
    }
}

/// The gRPC service.
#[derive(Clone, Debug)]
pub struct FeedService {
    pool: PgPool,
    waker: FeedWaker,
    account_places: Arc<Semaphore>,
    platform_places: Arc<Semaphore>,
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
        EventFeedServiceServer::new(Self {
            pool,
            waker,
            account_places: Arc::new(Semaphore::new(settings.account_streams_max)),
            platform_places: Arc::new(Semaphore::new(settings.platform_streams_max)),
            consumers: Arc::new(consumers),
            shutdown,
        })
    }

    fn take_place(&self, caller: &Caller) -> Result<OwnedSemaphorePermit, Status> {
        let places = if caller.is_platform() {
            &self.platform_places
        } else {
            &self.account_places
        };
        let message = "too many feed streams are open";
        Arc::clone(places)
            .try_acquire_owned()
            .map_err(|_| status::fail(Code::ResourceExhausted, "TOO_MANY_STREAMS", message))
    }

    /// Where a stream starts, a place for each partition it reads, and where it ends, if it is to end now.
    async fn bounds(&self, request: &Checked) -> Result<(Places, Option<Places>), Status> {
        let store = |error: pg::StoreError| status::store(&error);
        let purged = reader::purged(&self.pool).await.map_err(store)?;
        let heads = reader::heads(&self.pool).await.map_err(store)?;
        let asked = match &request.start {
            Start::FromOldest(_) => Places::new(),
            Start::FromNow(_) => heads.clone(),
            Start::FromConfirmed(_) => reader::confirmed(&self.pool, request.owner, &request.reader)
                .await
                .map_err(store)?,
            // What was dropped before that time cannot be told apart from what never was: it starts at the oldest.
            Start::FromTime(time) => {
                let time = Timestamp::new(time.seconds, time.nanos).unwrap_or(Timestamp::MIN);
                reader::before_time(&self.pool, time).await.map_err(store)?
            }
            Start::After(after) => places_of(&after.positions),
        };
        let place = |number: i16| {
            let oldest = purged.get(&number).copied().unwrap_or(0);
            (number, asked.get(&number).copied().unwrap_or(oldest))
        };
        let mut places: Places = request.partitions().map(place).collect();
        match &request.start {
            Start::FromConfirmed(_) | Start::After(_) => {
                refuse_expired(&places, &purged)?;
                refuse_unknown(&places, &heads)?;
            }
            Start::FromOldest(_) | Start::FromNow(_) | Start::FromTime(_) => {
                for (number, place) in &mut places {
                    *place = purged.get(number).copied().unwrap_or(0).max(*place);
                }
            }
        }
        Ok((places, request.until_now.then_some(heads)))
    }
}

#[tonic::async_trait]
impl EventFeedService for FeedService {
    type StreamEventsStream = Responses;

    async fn stream_events(&self, request: Request<StreamEventsRequest>) -> Reply<Self::StreamEventsStream> {
        let caller = Caller::of(&request)?;
        let checked = check(&caller, request.into_inner())?;
        let place = self.take_place(&caller)?;
        // Before the first look, so that no news fall in between.
        let news = self.waker.subscribe();
        let bounds = self.bounds(&checked).await?;
        let feed = FeedStream::new(
            self.pool.clone(),
            checked,
            bounds,
            news,
            self.shutdown.clone(),
            place,
        );
        Ok(Response::new(feed.into_responses()))
    }

    async fn confirm_events(&self, request: Request<ConfirmEventsRequest>) -> Reply<ConfirmEventsResponse> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let mut faults = Faults::new();
        check_reader(&mut faults, &caller, &request.reader, true);
        check_positions(&mut faults, "positions", &request.positions);
        faults.finish(Some(()))?;
        let mut places = places_of(&request.positions);
        if !caller.is_platform() {
            places.retain(|number, _| *number == partition_of(caller.account));
            let others = reader::count_others(&self.pool, caller.account, &request.reader);
            if others.await.map_err(|error| status::store(&error))? >= READERS_MAX {
                let message = format!("an account has at most {READERS_MAX} named readers");
                return Err(status::fail(Code::ResourceExhausted, "TOO_MANY_READERS", message));
            }
        }
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
