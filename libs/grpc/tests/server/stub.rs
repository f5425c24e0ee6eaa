//! A server whose one service does what the request's text says, and clients of it.

use std::pin::Pin;
use std::time::Duration;

use auth::{AccessLayer, Grants, KeySet, Rules, ServiceIdentity, SigningKey};
use futures::{Stream, StreamExt};
use grpc::{Lifecycle, Peer, PeerSettings, Reply, ServerSettings};
use pg::PgSettings;
use portway_proto::events::v1::event_feed_service_client::EventFeedServiceClient;
use portway_proto::events::v1::event_feed_service_server::{EventFeedService, EventFeedServiceServer};
use portway_proto::events::v1::{
    ConfirmEventsRequest, ConfirmEventsResponse, ListParkedEventsRequest, ListParkedEventsResponse,
    ListReadersRequest, ListReadersResponse, ReplayParkedEventsRequest, ReplayParkedEventsResponse,
    StreamEventsRequest, StreamEventsResponse,
};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::service::RoutesBuilder;
use tonic::{Request, Response, Status};

/// Nothing here takes longer, on a busy machine too.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// Stands behind the contract of the feed, because every service may call it.
struct Stub;

#[tonic::async_trait]
impl EventFeedService for Stub {
    type StreamEventsStream = Pin<Box<dyn Stream<Item = Result<StreamEventsResponse, Status>> + Send>>;

    /// A heartbeat every 50 milliseconds, without end.
    async fn stream_events(&self, _: Request<StreamEventsRequest>) -> Reply<Self::StreamEventsStream> {
        let beats = futures::stream::repeat_with(StreamEventsResponse::default).then(async |beat| {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(beat)
        });
        Ok(Response::new(beats.boxed()))
    }

    /// `panic`, `wait-MILLISECONDS`, or an answer.
    async fn confirm_events(&self, request: Request<ConfirmEventsRequest>) -> Reply<ConfirmEventsResponse> {
        let asked = request.into_inner();
        assert_ne!(asked.reader, "panic", "a secret that no caller may see");
        if let Some(millis) = asked.reader.strip_prefix("wait-") {
            tokio::time::sleep(Duration::from_millis(millis.parse().unwrap())).await;
        }
        Ok(Response::new(ConfirmEventsResponse {
            positions: asked.positions,
        }))
    }

    async fn list_readers(&self, _: Request<ListReadersRequest>) -> Reply<ListReadersResponse> {
        Ok(Response::new(ListReadersResponse::default()))
    }

    async fn list_parked_events(
        &self,
        _: Request<ListParkedEventsRequest>,
    ) -> Reply<ListParkedEventsResponse> {
        Ok(Response::new(ListParkedEventsResponse::default()))
    }

    async fn replay_parked_events(
        &self,
        _: Request<ReplayParkedEventsRequest>,
    ) -> Reply<ReplayParkedEventsResponse> {
        Ok(Response::new(ReplayParkedEventsResponse::default()))
    }
}

/// A server that runs.
pub(crate) struct Running {
    pub(crate) address: std::net::SocketAddr,
    pub(crate) ready: watch::Sender<bool>,
    pub(crate) lifecycle: Lifecycle,
    pem: String,
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::start_with(ServerSettings::new("stub")).await
    }

    pub(crate) async fn start_with(settings: ServerSettings) -> Self {
        let (pem, key) = SigningKey::generate("service:billing").unwrap();
        let keys = KeySet::from_json(&format!("{{\"keys\":[{key}]}}")).unwrap();
        // Services need no grants, so nobody asks this database.
        let nowhere = pg::connect(&PgSettings {
            url: "postgres://nobody@127.0.0.1:1/none".to_owned(),
            schema: "none".to_owned(),
            application: "grpc-test".to_owned(),
            connections_max: 1,
        })
        .unwrap();
        let access = AccessLayer::new(keys, Rules::portway().unwrap(), Grants::new(nowhere));
        let mut routes = RoutesBuilder::default();
        routes.add_service(EventFeedServiceServer::new(Stub));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (ready, is_ready) = watch::channel(true);
        let lifecycle = Lifecycle::new();
        let server = grpc::serve(listener, settings, routes, access, is_ready, lifecycle.token());
        lifecycle.spawn("server", async { server.await.unwrap() });
        Self {
            address,
            ready,
            lifecycle,
            pem,
        }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A signed channel of its own, as services have.
    pub(crate) fn peer(&self, settings: &PeerSettings) -> Peer {
        let identity = ServiceIdentity::new("billing".parse().unwrap(), &self.pem).unwrap();
        grpc::peer(settings, identity).unwrap()
    }

    pub(crate) fn client(&self) -> EventFeedServiceClient<Peer> {
        EventFeedServiceClient::new(self.peer(&PeerSettings::new(self.endpoint())))
    }
}

/// A request to the stub: what it should do.
pub(crate) fn ask(what: &str) -> ConfirmEventsRequest {
    ConfirmEventsRequest {
        reader: what.to_owned(),
        positions: Vec::new(),
    }
}

/// The stable reason in a status.
pub(crate) fn reason(status: &Status) -> String {
    grpc::status::reason_of(status).unwrap_or_default()
}
