//! One open feed stream: looks, hands over, waits for news; ends with its client, with the events it was asked for, or
//! when the server drains. It works only while its client reads, so a slow client holds nothing but its own stream.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::BoxStream;
use grpc::status;
use portway_proto::events::v1::{Event, StreamEventsResponse, stream_events_response::Item};
use sqlx::PgPool;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use crate::consumer::positions_of;
use crate::feed_request::{Checked, refuse_expired};
use crate::reader::{self, Places};
use crate::waker::wait_for_news;

/// A silent stream says this often where it is, so that a reader knows it from a dead one.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What a client is sent.
pub(crate) type Responses = BoxStream<'static, Result<StreamEventsResponse, Status>>;

/// Where one stream is.
pub(crate) struct FeedStream {
    pool: PgPool,
    request: Checked,
    news: watch::Receiver<u64>,
    shutdown: CancellationToken,
    /// After which the next look begins.
    places: Places,
    /// Found and not handed over.
    queue: VecDeque<Event>,
    /// What the client knows: where it resumes.
    told: Places,
    told_at: Instant,
    /// Whether another look may find something at once.
    has_more: bool,
    /// With `until_now`: the ends there were at the start.
    goal: Option<Places>,
    ended: bool,
    _place: OwnedSemaphorePermit,
}

impl FeedStream {
    /// A stream from `places` on; `goal` is where it ends, if it does.
    pub(crate) fn new(
        pool: PgPool,
        request: Checked,
        (places, goal): (Places, Option<Places>),
        news: watch::Receiver<u64>,
        shutdown: CancellationToken,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            pool,
            request,
            news,
            shutdown,
            told: places.clone(),
            places,
            queue: VecDeque::new(),
            told_at: Instant::now(),
            has_more: true,
            goal,
            ended: false,
            _place: place,
        }
    }

    /// As tonic wants it.
    pub(crate) fn into_responses(self) -> Responses {
        futures::stream::unfold(self, async |mut feed| feed.next().await.map(|item| (item, feed))).boxed()
    }

    async fn next(&mut self) -> Option<Result<StreamEventsResponse, Status>> {
        if self.ended {
            return None;
        }
        let next = self.find_next().await;
        self.ended = next.as_ref().is_none_or(Result::is_err);
        next.map(|item| item.map(|item| StreamEventsResponse { item: Some(item) }))
    }

    async fn find_next(&mut self) -> Option<Result<Item, Status>> {
        loop {
            if self.shutdown.is_cancelled() {
                return Some(Err(self.drained()));
            }
            if let Some(event) = self.queue.pop_front() {
                return Some(Ok(self.tell_event(event)));
            }
            if self.told != self.places || self.told_at.elapsed() > HEARTBEAT {
                return Some(Ok(self.tell_places()));
            }
            if self.has_reached_goal() {
                return None;
            }
            if !self.has_more {
                tokio::select! {
                    () = self.shutdown.cancelled() => continue,
                    () = wait_for_news(&mut self.news) => {}
                }
            }
            if let Err(status) = self.look().await {
                return Some(Err(status));
            }
        }
    }

    async fn look(&mut self) -> Result<(), Status> {
        // Before the look: news that come during it wake the next one.
        self.news.mark_unchanged();
        let Checked { account, types, .. } = &self.request;
        let batch = reader::read(&self.pool, &self.places, *account, types)
            .await
            .map_err(|error| status::store(&error))?;
        refuse_expired(&self.places, &batch.purged)?;
        self.queue.extend(batch.events);
        self.places = batch.places;
        self.has_more = batch.is_full;
        Ok(())
    }

    fn tell_event(&mut self, event: Event) -> Item {
        if let Some(position) = &event.position
            && let Ok(partition) = i16::try_from(position.partition)
        {
            self.told.insert(partition, position.offset);
        }
        self.told_at = Instant::now();
        Item::Event(event)
    }

    fn tell_places(&mut self) -> Item {
        self.told.clone_from(&self.places);
        self.told_at = Instant::now();
        Item::CaughtUp(positions_of(&self.told))
    }

    fn has_reached_goal(&self) -> bool {
        self.goal.as_ref().is_some_and(|goal| {
            self.places
                .iter()
                .all(|(partition, place)| goal.get(partition).is_none_or(|goal| place >= goal))
        })
    }

    /// The end of a stream whose server drains: where to resume, as `partition:offset`, is among the facts.
    fn drained(&self) -> Status {
        let told = self
            .told
            .iter()
            .map(|(partition, offset)| format!("{partition}:{offset}"));
        let facts = HashMap::from([("positions".to_owned(), told.collect::<Vec<_>>().join(" "))]);
        let message = "the server drains; call again, resuming after the last event";
        status::fail_with(Code::Unavailable, "DRAINING", message, facts)
    }
}
