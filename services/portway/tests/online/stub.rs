//! A stub of intake under its real contract: it keeps what it was asked, and plays the events it is given.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt};
use grpc::{Reply, status};
use portway_proto::events::v1::event_feed_service_server::EventFeedServiceServer;
use portway_proto::events::v1::{Event, Position};
use portway_proto::intake::v1::dispute_service_server::DisputeServiceServer;
use portway_proto::intake::v1::document_service_server::DocumentServiceServer;
use portway_proto::intake::v1::permission_set_service_server::PermissionSetServiceServer;
use portway_proto::intake::v1::port_in_service_server::PortInServiceServer;
use portway_proto::intake::v1::user_group_service_server::UserGroupServiceServer;
use portway_proto::intake::v1::{Order, OrderState};
use prost_types::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Code, Request, Status};

#[path = "stub_access.rs"]
mod access;
#[path = "stub_disputes.rs"]
mod disputes;
#[path = "stub_feed.rs"]
mod feed;
#[path = "stub_port_in.rs"]
mod port_in;

pub(crate) use disputes::EVIDENCE;

/// How long a test waits for the program before it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// The only token that it takes.
pub(crate) const TOKEN: &str = "good-token";
/// The only order that it has.
pub(crate) const ORDER_ID: &str = "01998b5e-0000-7000-8000-000000000001";

/// One thing that a feed does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Waits until the order has been read that many times, so that the reader sees each state.
    Read(usize),
    /// Everything up to this offset has been told.
    CaughtUp(i64),
    /// Something happens to the order, which is in this state from then on.
    Event(i64, &'static str, OrderState),
    /// Something happens to another order.
    Other(i64),
    /// The server goes away in order.
    Drain,
    /// The stream ends.
    End,
}

/// What it was asked, and what it answers.
#[derive(Debug, Default)]
struct Kept {
    changes: Vec<(String, String)>,
    tokens: Vec<String>,
    starts: Vec<String>,
    types: Vec<String>,
    feeds: VecDeque<Vec<Step>>,
    order: Order,
}

#[derive(Debug, Clone, Default)]
struct Handler {
    kept: Arc<Mutex<Kept>>,
    reads: Arc<watch::Sender<usize>>,
}

/// The running stub. It ends with this value.
pub(crate) struct Stub {
    handler: Handler,
    url: String,
    _server: JoinSet<()>,
}

impl Stub {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let handler = Handler::default();
        handler.kept().order = Order {
            order_id: ORDER_ID.to_owned(),
            request_number: "PI_100001".to_owned(),
            state: OrderState::Draft.into(),
            ver: 1,
            ..Order::default()
        };
        let server = Server::builder()
            .add_service(PortInServiceServer::new(handler.clone()))
            .add_service(DocumentServiceServer::new(handler.clone()))
            .add_service(DisputeServiceServer::new(handler.clone()))
            .add_service(PermissionSetServiceServer::new(handler.clone()))
            .add_service(UserGroupServiceServer::new(handler.clone()))
            .add_service(EventFeedServiceServer::new(handler.clone()))
            .serve_with_incoming(TcpListenerStream::new(listener));
        let mut tasks = JoinSet::new();
        tasks.spawn(async { server.await.unwrap() });
        Self {
            handler,
            url,
            _server: tasks,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    /// What each call of the feed will do, call by call; further calls say nothing.
    pub(crate) fn play(&self, feeds: Vec<Vec<Step>>) {
        self.handler.kept().feeds = feeds.into();
    }

    /// The changes asked for: key and what.
    pub(crate) fn changes(&self) -> Vec<(String, String)> {
        self.handler.kept().changes.clone()
    }

    /// Where each call of the feed was to start.
    pub(crate) fn starts(&self) -> Vec<String> {
        self.handler.kept().starts.clone()
    }

    /// The types that the last call of the feed asked for.
    pub(crate) fn types(&self) -> Vec<String> {
        self.handler.kept().types.clone()
    }

    /// The tokens it was shown.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.handler.kept().tokens.clone()
    }
}

impl Handler {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap()
    }

    /// Looks at the token.
    fn admit<T>(&self, request: &Request<T>) -> Result<(), Status> {
        let token = request
            .metadata()
            .get("authorization")
            .map(|token| token.to_str().unwrap().to_owned());
        let is_good = token.as_deref() == Some(&format!("Bearer {TOKEN}"));
        self.kept().tokens.extend(token);
        if is_good {
            Ok(())
        } else {
            Err(status::fail(
                Code::Unauthenticated,
                "TOKEN_INVALID",
                "the token is not valid",
            ))
        }
    }

    /// Looks at the token and keeps the change with its key.
    fn note<T>(&self, request: &Request<T>, what: String) -> Result<(), Status> {
        self.admit(request)?;
        let key = request
            .metadata()
            .get("idempotency-key")
            .map(|key| key.to_str().unwrap().to_owned());
        let missing = || status::fail(Code::InvalidArgument, "IDEMPOTENCY_KEY_MISSING", "send a key");
        let is_dry = request.metadata().get("portway-dry-run").is_some();
        let what = if is_dry { format!("try {what}") } else { what };
        self.kept().changes.push((key.ok_or_else(missing)?, what));
        Ok(())
    }

    fn order(&self) -> Order {
        self.kept().order.clone()
    }
}
