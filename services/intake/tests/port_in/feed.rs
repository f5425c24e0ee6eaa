//! Plays the carrier gateway's event feed: what a test tells it is fed in order, over gRPC, from where the reader
//! stands. Access is no concern of these tests.

use std::net::SocketAddr;
use std::pin::Pin;

use futures::{Stream, StreamExt};
use grpc::Lifecycle;
use portway_proto::events::v1::event_feed_service_server::{EventFeedService, EventFeedServiceServer};
use portway_proto::events::v1::{
    ConfirmEventsRequest, ConfirmEventsResponse, Event, ListParkedEventsRequest, ListParkedEventsResponse,
    ListReadersRequest, ListReadersResponse, Position, ReplayParkedEventsRequest, ReplayParkedEventsResponse,
    StreamEventsRequest, StreamEventsResponse, stream_events_request::Start, stream_events_response::Item,
};
use portway_proto::gateway::v1::number_lookup_service_server::NumberLookupServiceServer;
use prost::{Message, Name};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::lookup::LookupStub;

/// The feed: all events in one partition; and beside it what the gateway is asked.
#[derive(Clone)]
pub(crate) struct GatewayFeed {
    events: watch::Sender<Vec<Event>>,
    /// Who has which number.
    pub(crate) lookup: LookupStub,
}

impl GatewayFeed {
    /// Serves a feed on a port of its own.
    pub(crate) async fn serve(lifecycle: &Lifecycle) -> (Self, SocketAddr) {
        let feed = Self {
            events: watch::Sender::new(Vec::new()),
            lookup: LookupStub::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
        let service = EventFeedServiceServer::new(feed.clone());
        let lookup = NumberLookupServiceServer::new(feed.lookup.clone());
        let token = lifecycle.token();
        lifecycle.spawn("gateway feed", async move {
            let served = tonic::transport::Server::builder()
                .add_service(service)
                .add_service(lookup)
                .serve_with_incoming_shutdown(incoming, token.cancelled_owned());
            served.await.unwrap();
        });
        (feed, address)
    }

    /// Announces something. Returns its place.
    pub(crate) fn announce<M: Message + Name>(&self, subject: &str, account: &str, message: &M) -> i64 {
        let mut offset = 0;
        self.events.send_modify(|events| {
            offset = i64::try_from(events.len() + 1).unwrap();
            events.push(Event {
                position: Some(Position { partition: 0, offset }),
                event_id: Uuid::new_v4().to_string(),
                subject_id: subject.to_owned(),
                account_id: account.to_owned(),
                r#type: M::full_name(),
                occurred_at: None,
                traceparent: String::new(),
                payload: Some(prost_types::Any {
                    type_url: M::type_url(),
                    value: message.encode_to_vec(),
                }),
            });
        });
        offset
    }
}

#[tonic::async_trait]
impl EventFeedService for GatewayFeed {
    type StreamEventsStream = Pin<Box<dyn Stream<Item = Result<StreamEventsResponse, Status>> + Send>>;

    async fn stream_events(
        &self,
        request: Request<StreamEventsRequest>,
    ) -> Result<Response<Self::StreamEventsStream>, Status> {
        let after = match request.into_inner().start {
            Some(Start::After(places)) => {
                let place = places.positions.iter().find(|position| position.partition == 0);
                place.map_or(0, |position| position.offset)
            }
            _other => 0,
        };
        let sent = usize::try_from(after).unwrap();
        let events = self.events.subscribe();
        let stream = futures::stream::unfold((events, sent), |(mut events, sent)| async move {
            let event = events.wait_for(|events| events.len() > sent).await.ok()?[sent].clone();
            Some((event, (events, sent + 1)))
        });
        let items = stream.map(|event| {
            Ok(StreamEventsResponse {
                item: Some(Item::Event(event)),
            })
        });
        Ok(Response::new(Box::pin(items)))
    }

    async fn confirm_events(
        &self,
        _request: Request<ConfirmEventsRequest>,
    ) -> Result<Response<ConfirmEventsResponse>, Status> {
        Ok(Response::new(ConfirmEventsResponse::default()))
    }

    async fn list_readers(
        &self,
        _request: Request<ListReadersRequest>,
    ) -> Result<Response<ListReadersResponse>, Status> {
        Err(Status::unimplemented("nobody asks"))
    }

    async fn list_parked_events(
        &self,
        _request: Request<ListParkedEventsRequest>,
    ) -> Result<Response<ListParkedEventsResponse>, Status> {
        Err(Status::unimplemented("nobody asks"))
    }

    async fn replay_parked_events(
        &self,
        _request: Request<ReplayParkedEventsRequest>,
    ) -> Result<Response<ReplayParkedEventsResponse>, Status> {
        Err(Status::unimplemented("nobody asks"))
    }
}
