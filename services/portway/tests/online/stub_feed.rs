//! The feed of the stub: plays the steps it is given, one list a call.

use portway_proto::events::v1::event_feed_service_server::EventFeedService;
use portway_proto::events::v1::stream_events_request::Start;
use portway_proto::events::v1::stream_events_response::Item;
use portway_proto::events::v1::{
    ConfirmEventsRequest, ConfirmEventsResponse, ListParkedEventsRequest, ListParkedEventsResponse,
    ListReadersRequest, ListReadersResponse, Positions, ReplayParkedEventsRequest,
    ReplayParkedEventsResponse, StreamEventsRequest, StreamEventsResponse,
};
use tonic::Response;

use super::{
    BoxStream, Code, Event, Handler, ORDER_ID, Position, Reply, Request, Status, Step, StreamExt, Timestamp,
};
use super::{PATIENCE, status, stream};

#[tonic::async_trait]
impl EventFeedService for Handler {
    type StreamEventsStream = BoxStream<'static, Result<StreamEventsResponse, Status>>;

    async fn stream_events(&self, request: Request<StreamEventsRequest>) -> Reply<Self::StreamEventsStream> {
        self.admit(&request)?;
        let request = request.into_inner();
        let mut kept = self.kept();
        kept.starts.push(match request.start.unwrap() {
            Start::After(after) => {
                let places: Vec<_> = after
                    .positions
                    .iter()
                    .map(|place| format!("{}/{}", place.partition, place.offset))
                    .collect();
                format!("After {}", places.join(" "))
            }
            start @ (Start::FromOldest(_)
            | Start::FromConfirmed(_)
            | Start::FromTime(_)
            | Start::FromNow(_)) => {
                format!("{start:?}")
            }
        });
        kept.types = request.types;
        let steps = kept.feeds.pop_front().unwrap_or_default();
        // After its steps a feed is silent, as one without events is.
        let is_silent_then = !steps.contains(&Step::End);
        let handler = self.clone();
        let played = stream::iter(steps).then(move |step| handler.clone().play_step(step));
        let told = played.filter_map(std::future::ready);
        let stream = if is_silent_then {
            told.chain(stream::pending()).boxed()
        } else {
            told.boxed()
        };
        Ok(Response::new(stream))
    }

    async fn confirm_events(&self, _: Request<ConfirmEventsRequest>) -> Reply<ConfirmEventsResponse> {
        Err(Status::unimplemented(""))
    }

    async fn list_readers(&self, _: Request<ListReadersRequest>) -> Reply<ListReadersResponse> {
        Err(Status::unimplemented(""))
    }

    async fn list_parked_events(
        &self,
        _: Request<ListParkedEventsRequest>,
    ) -> Reply<ListParkedEventsResponse> {
        Err(Status::unimplemented(""))
    }

    async fn replay_parked_events(
        &self,
        _: Request<ReplayParkedEventsRequest>,
    ) -> Reply<ReplayParkedEventsResponse> {
        Err(Status::unimplemented(""))
    }
}

impl Handler {
    /// Does one step, and gives what the stream tells of it.
    async fn play_step(self, step: Step) -> Option<Result<StreamEventsResponse, Status>> {
        let item = match step {
            Step::Read(times) => {
                let mut reads = self.reads.subscribe();
                let read = reads.wait_for(|reads| *reads >= times);
                tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
                return None;
            }
            Step::CaughtUp(offset) => Item::CaughtUp(Positions {
                positions: vec![Position { partition: 3, offset }],
            }),
            Step::Event(offset, name, state) => {
                self.kept().order.state = state.into();
                Item::Event(event(offset, name, ORDER_ID))
            }
            Step::Other(offset) => Item::Event(event(offset, "OrderPending", "another")),
            Step::Drain => {
                return Some(Err(status::fail(
                    Code::Unavailable,
                    "DRAINING",
                    "the server drains",
                )));
            }
            Step::End => return None,
        };
        Some(Ok(StreamEventsResponse { item: Some(item) }))
    }
}

fn event(offset: i64, name: &str, subject: &str) -> Event {
    Event {
        position: Some(Position { partition: 3, offset }),
        event_id: format!("event-{offset}"),
        subject_id: subject.to_owned(),
        r#type: format!("portway.intake.v1.{name}"),
        occurred_at: Some(Timestamp {
            seconds: 1_795_449_600,
            nanos: 0,
        }),
        ..Event::default()
    }
}
