//! Two services' schemas on a database of their own, and a feed that is served.

use std::time::Duration;

use auth::{AccessLayer, Grants, Issuer, KeySet, Rules, ServiceIdentity, SigningKey};
use events::audit::{AuditTrail, Chainer};
use events::{
    Consumer, ConsumerSettings, FeedService, FeedSettings, FeedWaker, Handler, NewEvent, Sequencer,
};
use grpc::{Lifecycle, PeerSettings, ServerSettings};
use jiff::Timestamp;
use pg::{MigrationSet, PgSettings, ServiceRole};
use portway_proto::events::v1::audit_service_client::AuditServiceClient;
use portway_proto::events::v1::event_feed_service_client::EventFeedServiceClient;
use portway_proto::events::v1::stream_events_response::Item;
use portway_proto::events::v1::{
    Event, StreamEventsRequest, StreamEventsResponse, stream_events_request::Start,
};
use portway_proto::types::v1::{Date, Money};
use prost::Message;
use sqlx::PgPool;
use testkit::TestDatabase;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::service::RoutesBuilder;
use tonic::transport::Channel;
use tonic::{Request, Status, Streaming};
use types::{AccountId, Subject};
use uuid::Uuid;

/// Nothing here takes longer, on a busy machine too.
pub(crate) const SOON: Duration = Duration::from_mins(1);
/// A transaction writes at most this much at once, so that tests may run side by side.
const CONNECTIONS_MAX: u32 = 12;

/// One service's log and another's cursors, each in its own schema.
pub(crate) struct House {
    pub(crate) source: PgPool,
    pub(crate) sink: PgPool,
    pub(crate) lifecycle: Lifecycle,
    users: Issuer,
    billing_pem: String,
    keys: KeySet,
    _database: TestDatabase,
}

impl House {
    pub(crate) async fn new(hint: &str) -> Self {
        let database = TestDatabase::create(hint).await;
        let roles = ["source", "sink"].map(|schema| ServiceRole {
            schema: schema.to_owned(),
            password: "secret".to_owned(),
        });
        pg::provision(database.url(), &roles).await.unwrap();
        let [source, sink] = roles.map(|role| {
            let url = pg::url_for(database.url(), &role).unwrap();
            pg::connect(&PgSettings {
                url,
                schema: role.schema,
                application: "events-test".to_owned(),
                connections_max: CONNECTIONS_MAX,
            })
            .unwrap()
        });
        for pool in [&source, &sink] {
            let set = |owner, migrator| MigrationSet { owner, migrator };
            let sets = [set("access", &auth::MIGRATOR), set("events", &events::MIGRATOR)];
            pg::migrate(pool, &sets).await.unwrap();
        }
        let (user_pem, user_key) = SigningKey::generate("users").unwrap();
        let (billing_pem, billing_key) = SigningKey::generate("service:billing").unwrap();
        let keys = serde_json::json!({ "keys": [user_key, billing_key] });
        Self {
            source,
            sink,
            lifecycle: Lifecycle::new(),
            users: Issuer::new(SigningKey::from_pem("users", &user_pem).unwrap()),
            billing_pem,
            keys: KeySet::from_json(&keys.to_string()).unwrap(),
            _database: database,
        }
    }

    /// Announces `number` about `subject`, in a transaction of its own.
    pub(crate) async fn announce(&self, account: AccountId, subject: Uuid, number: i64) {
        let mut tx = self.source.begin().await.unwrap();
        events::append(&mut tx, &numbered(account, subject, number))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Gives positions to everything that is committed.
    pub(crate) async fn number(&self) {
        let sequencer = Sequencer::new(self.source.clone());
        while sequencer.run_once().await.unwrap() > 0 {}
    }

    pub(crate) fn chainer(&self) -> Chainer {
        Chainer::new(self.source.clone(), FeedWaker::new())
    }

    /// Gives positions to everything that is committed, and puts it into the audit trail.
    pub(crate) async fn sequence(&self) {
        self.number().await;
        while self.chainer().run_once().await.unwrap() > 0 {}
    }

    pub(crate) fn start_sequencer(&self) {
        let sequencer = Sequencer::new(self.source.clone());
        self.lifecycle
            .spawn("sequencer", sequencer.run(self.lifecycle.token()));
    }

    /// Serves the source's feed; it ends with the lifecycle it is given.
    pub(crate) async fn serve(&self, lifecycle: &Lifecycle, settings: &FeedSettings) -> Feed {
        self.serve_pool(&self.source, lifecycle, settings, Vec::new())
            .await
    }

    /// Serves the listening service's own feed, which knows what its consumers have parked.
    pub(crate) async fn serve_sink(&self, consumers: Vec<Consumer>) -> Feed {
        self.serve_pool(&self.sink, &self.lifecycle, &FeedSettings::default(), consumers)
            .await
    }

    async fn serve_pool(
        &self,
        pool: &PgPool,
        lifecycle: &Lifecycle,
        settings: &FeedSettings,
        consumers: Vec<Consumer>,
    ) -> Feed {
        let token = lifecycle.token();
        let waker = FeedWaker::new();
        lifecycle.spawn("waker", waker.clone().run(pool.clone(), token.clone()));
        let mut routes = RoutesBuilder::default();
        routes.add_service(FeedService::server(
            pool.clone(),
            waker,
            settings,
            consumers,
            token.clone(),
        ));
        routes.add_service(AuditTrail::server(pool.clone()));
        let grants = Grants::new(pool.clone());
        let access = AccessLayer::new(self.keys.clone(), Rules::portway().unwrap(), grants);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (ready, is_ready) = watch::channel(true);
        let server = grpc::serve(
            listener,
            ServerSettings::new("source"),
            routes,
            access,
            is_ready,
            token,
        );
        lifecycle.spawn("server", async move {
            let _ready = ready;
            server.await.unwrap();
        });
        Feed { endpoint }
    }

    /// A listener of billing's, with an identity of its own.
    pub(crate) fn consumer(&self, feed: &Feed, handler: impl Handler) -> Consumer {
        let settings = ConsumerSettings {
            service: "billing",
            source: "source",
        };
        let identity = ServiceIdentity::new("billing".parse().unwrap(), &self.billing_pem).unwrap();
        let peer = grpc::peer(&PeerSettings::new(&feed.endpoint), identity).unwrap();
        Consumer::new(settings, self.sink.clone(), peer, std::sync::Arc::new(handler))
    }

    /// A client whose subject may look at events in `account`.
    pub(crate) async fn viewer(&self, feed: &Feed, account: AccountId) -> Viewer {
        self.client_of(&self.source, feed, account).await
    }

    /// A client of the listening service's own feed, for the platform's operators.
    pub(crate) async fn operator(&self, feed: &Feed) -> Viewer {
        self.client_of(&self.sink, feed, AccountId::PLATFORM).await
    }

    async fn client_of(&self, pool: &PgPool, feed: &Feed, account: AccountId) -> Viewer {
        let subject: Subject = "viewer".parse().unwrap();
        let mut permissions = vec!["events.view".to_owned(), "audit.view".to_owned()];
        if account.is_platform() {
            permissions.push("events.operate".to_owned());
        }
        let mut conn = pool.acquire().await.unwrap();
        auth::grants::put(&mut conn, account, &subject, &permissions)
            .await
            .unwrap();
        let token = self.users.token(&subject, account, SOON).unwrap();
        let channel = Channel::from_shared(feed.endpoint.clone())
            .unwrap()
            .connect()
            .await
            .unwrap();
        Viewer {
            client: EventFeedServiceClient::new(channel.clone()),
            trail: AuditServiceClient::new(channel),
            token,
        }
    }
}

/// Where a feed is served.
pub(crate) struct Feed {
    pub(crate) endpoint: String,
}

/// A client of a feed.
#[derive(Clone)]
pub(crate) struct Viewer {
    pub(crate) client: EventFeedServiceClient<Channel>,
    pub(crate) trail: AuditServiceClient<Channel>,
    token: String,
}

impl Viewer {
    pub(crate) fn signed<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let bearer = format!("Bearer {}", self.token).parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }

    pub(crate) async fn open(
        &self,
        request: StreamEventsRequest,
    ) -> Result<Streaming<StreamEventsResponse>, Status> {
        let request = self.signed(request);
        Ok(self.client.clone().stream_events(request).await?.into_inner())
    }

    /// The numbers of everything there is, from `start` on.
    pub(crate) async fn read(&self, start: Start) -> Vec<i64> {
        numbers(&self.read_events(until_now(start)).await.unwrap())
    }

    pub(crate) async fn read_events(&self, request: StreamEventsRequest) -> Result<Vec<Event>, Status> {
        let mut stream = self.open(request).await?;
        let mut events = Vec::new();
        while let Some(response) = stream.message().await? {
            if let Some(Item::Event(event)) = response.item {
                events.push(event);
            }
        }
        Ok(events)
    }
}

/// Everything from `start` to the events that exist now.
pub(crate) fn until_now(start: Start) -> StreamEventsRequest {
    StreamEventsRequest {
        until_now: true,
        ..following(start)
    }
}

/// Everything from `start` on, without end.
pub(crate) fn following(start: Start) -> StreamEventsRequest {
    StreamEventsRequest {
        reader: String::new(),
        start: Some(start),
        types: Vec::new(),
        until_now: false,
    }
}

/// The next event of a stream, whatever else it says.
pub(crate) async fn next_event(stream: &mut Streaming<StreamEventsResponse>) -> Event {
    let next = async {
        loop {
            let response = stream.message().await.unwrap().unwrap();
            if let Some(Item::Event(event)) = response.item {
                return event;
            }
        }
    };
    tokio::time::timeout(SOON, next).await.unwrap()
}

/// An event that carries a number.
pub(crate) fn numbered(account: AccountId, subject: Uuid, number: i64) -> NewEvent {
    let payload = Money {
        currency: "USD".to_owned(),
        minor_units: number,
    };
    NewEvent::new(account, subject, Timestamp::UNIX_EPOCH, &payload)
}

/// An event of another type.
pub(crate) fn dated(account: AccountId, subject: Uuid) -> NewEvent {
    NewEvent::new(account, subject, Timestamp::UNIX_EPOCH, &Date::default())
}

/// The number that an event carries.
pub(crate) fn number_of(event: &Event) -> i64 {
    let payload = event.payload.as_ref().unwrap();
    Money::decode(payload.value.as_slice()).unwrap().minor_units
}

pub(crate) fn numbers(events: &[Event]) -> Vec<i64> {
    events.iter().map(number_of).collect()
}

/// The stable reason in a status.
pub(crate) fn reason(status: &Status) -> String {
    grpc::status::reason_of(status).unwrap()
}
