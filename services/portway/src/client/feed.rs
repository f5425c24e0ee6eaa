//! Follows the events of a service across drains and broken connections, without losing or repeating one.

use std::collections::BTreeMap;
use std::time::Duration;

use portway_proto::events::v1::event_feed_service_client::EventFeedServiceClient;
use portway_proto::events::v1::stream_events_request::Start;
use portway_proto::events::v1::stream_events_response::Item;
use portway_proto::events::v1::{Event, Position, Positions, StreamEventsRequest, StreamEventsResponse};
use tonic::{Code, Status, Streaming};

use crate::client::{Wire, ask_stream};

/// How often in a row the feed is called again before giving up.
const ATTEMPTS_MAX: u32 = 8;
/// The pause before the first further attempt; it doubles with each, so that all of them take about a minute.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// What a feed tells.
#[derive(Debug)]
pub enum News {
    /// Something happened.
    Event(Box<Event>),
    /// All events up to now have been told.
    CaughtUp,
}

/// A feed that resumes by itself. An event that was told is not told again.
#[derive(Debug)]
pub struct Feed {
    client: EventFeedServiceClient<Wire>,
    request: StreamEventsRequest,
    stream: Option<Streaming<StreamEventsResponse>>,
    places: BTreeMap<i32, i64>,
    /// Whether `places` names every partition that counts, so that the feed can resume after them.
    is_resumable: bool,
    /// Whether the service was reached at least once: one that never was is told at once, not waited for.
    is_known: bool,
    attempts: u32,
}

impl Feed {
    /// Follows what `request` asks for. Calls nobody yet.
    pub fn new(client: EventFeedServiceClient<Wire>, request: StreamEventsRequest) -> Self {
        // Partitions that are not named start at the oldest event, which is where these would start anyway.
        let is_resumable = matches!(request.start, Some(Start::FromOldest(_) | Start::After(_)));
        let places = match &request.start {
            Some(Start::After(after)) => places_of(after),
            _ => BTreeMap::new(),
        };
        Self {
            client,
            request,
            stream: None,
            places,
            is_resumable,
            is_known: false,
            attempts: 0,
        }
    }

    /// The next news; `None` at the end of a stream that was to end now. Resumes when the service drains or the
    /// connection breaks, and gives up after several failures in a row.
    pub async fn next(&mut self) -> Result<Option<News>, Status> {
        loop {
            match self.receive().await {
                Ok(None) if self.request.until_now => return Ok(None),
                Ok(Some(item)) => {
                    self.attempts = 0;
                    if let Some(news) = self.note(item) {
                        return Ok(Some(news));
                    }
                }
                // A server that goes away may end the stream without a status.
                Ok(None) => self.pause(Status::unavailable("the feed ended")).await?,
                Err(status) => self.pause(status).await?,
            }
        }
    }

    async fn receive(&mut self) -> Result<Option<Item>, Status> {
        if self.stream.is_none() {
            let request = self.resuming();
            self.stream = Some(self.client.stream_events(ask_stream(request)).await?.into_inner());
            self.is_known = true;
        }
        match &mut self.stream {
            None => Ok(None),
            Some(stream) => Ok(stream.message().await?.and_then(|response| response.item)),
        }
    }

    /// The request, from where the feed is now.
    fn resuming(&self) -> StreamEventsRequest {
        let mut request = self.request.clone();
        if self.is_resumable && !self.places.is_empty() {
            let place = |(partition, offset): (&i32, &i64)| Position {
                partition: *partition,
                offset: *offset,
            };
            request.start = Some(Start::After(Positions {
                positions: self.places.iter().map(place).collect(),
            }));
        }
        request
    }

    /// Notes how far the feed is. Nothing is news that was told before the stream broke.
    fn note(&mut self, item: Item) -> Option<News> {
        match item {
            Item::CaughtUp(positions) => {
                self.places.extend(places_of(&positions));
                self.is_resumable = true;
                Some(News::CaughtUp)
            }
            Item::Event(event) => {
                if let Some(Position { partition, offset }) = event.position {
                    let told = self.places.entry(partition).or_default();
                    if offset <= *told {
                        return None;
                    }
                    *told = offset;
                }
                Some(News::Event(Box::new(event)))
            }
        }
    }

    async fn pause(&mut self, failure: Status) -> Result<(), Status> {
        self.stream = None;
        // A connection that breaks shows as any of these.
        let passes = matches!(
            failure.code(),
            Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal
        );
        if !passes || !self.is_known || self.attempts >= ATTEMPTS_MAX {
            return Err(failure);
        }
        tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(self.attempts)).await;
        self.attempts += 1;
        Ok(())
    }
}

fn places_of(positions: &Positions) -> BTreeMap<i32, i64> {
    positions
        .positions
        .iter()
        .map(|position| (position.partition, position.offset))
        .collect()
}
