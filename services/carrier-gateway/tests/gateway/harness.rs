//! A gateway between two stubs, with a clock under the test's hand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use auth::{Issuer, SigningKey};
use carrier_gateway::{IntakeListener, SCHEMA, SERVICE, Settings};
use clock::{Clock, ClockMover, MoverLimits};
use events::{Event, Handler};
use grpc::Lifecycle;
use jiff::{SignedDuration, Timestamp};
use pg::ServiceRole;
use portway_proto::carrier::v1::carrier_partner_service_server::CarrierPartnerServiceServer;
use portway_proto::gateway::v1 as wire;
use portway_proto::intake::v1 as intake;
use portway_proto::intake::v1::gateway_calls_service_server::GatewayCallsServiceServer;
use prost::{Message, Name};
use service::{BaseSettings, Serving, stamp};
use tempfile::TempDir;
use testkit::TestDatabase;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use types::{AccountId, EventId, PortOutId, Secret, Subject};
use uuid::Uuid;
use vault::DigestKey;

use crate::intake_stub::IntakeStub;
pub(crate) use crate::order::Order;
use crate::partner_stub::PartnerStub;

/// Long enough for a lease to run out; nothing here takes nearly as long.
pub(crate) const BOUND: Duration = Duration::from_secs(30);
pub(crate) const ACCOUNT: AccountId = AccountId::from_uuid(Uuid::from_u128(7));

/// Everything a gateway needs to run, and what a test looks at.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) partner: PartnerStub,
    pub(crate) intake: IntakeStub,
    pub(crate) issuer: Issuer,
    settings: Settings,
    stubs: Lifecycle,
    _keys: TempDir,
    // Last, so that it is dropped when nobody is connected any more.
    _database: TestDatabase,
}

/// One replica of the gateway.
pub(crate) struct Gateway {
    pub(crate) serving: Serving,
    lifecycle: Lifecycle,
    clock: Clock,
}

impl Drop for World {
    fn drop(&mut self) {
        self.stubs.token().cancel();
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.lifecycle.token().cancel();
    }
}

impl World {
    pub(crate) async fn new(name: &str) -> Self {
        testkit::install_crypto();
        let database = TestDatabase::create(name).await;
        let role = ServiceRole {
            schema: SCHEMA.to_owned(),
            password: "pw".to_owned(),
        };
        pg::provision(database.url(), std::slice::from_ref(&role))
            .await
            .unwrap();
        let keys = tempfile::tempdir().unwrap();
        let (identity_pem, service_jwk) = SigningKey::generate("service:carrier-gateway").unwrap();
        let (issuer_pem, issuer_jwk) = SigningKey::generate("users").unwrap();
        let key_set = keys.path().join("keys.json");
        std::fs::write(&key_set, format!(r#"{{"keys":[{service_jwk},{issuer_jwk}]}}"#)).unwrap();
        let stubs = Lifecycle::new();
        let (partner, intake) = (PartnerStub::default(), IntakeStub::default());
        let partner_server = CarrierPartnerServiceServer::new(partner.clone());
        let intake_server = GatewayCallsServiceServer::new(intake.clone());
        let partner_at = serve(&stubs, |server| server.add_service(partner_server)).await;
        let intake_at = serve(&stubs, |server| server.add_service(intake_server)).await;
        let base = BaseSettings {
            service: SERVICE,
            schema: SCHEMA,
            database_url: Secret::new(pg::url_for(database.url(), &role).unwrap()),
            connections_max: 10,
            redis_url: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            admin_listen: None,
            key_set,
            identity_pem: Secret::new(identity_pem),
            digest_key: Arc::new(DigestKey::new(&[7; 32]).unwrap()),
            key_ring: Arc::new(
                format!("k1:{}", vault::generate_key().unwrap().expose())
                    .parse()
                    .unwrap(),
            ),
        };
        Self {
            clock: Clock::manual("2026-03-02T15:00:00Z".parse().unwrap()),
            partner,
            intake,
            issuer: Issuer::new(SigningKey::from_pem("users", &issuer_pem).unwrap()),
            settings: Settings {
                base,
                intake_endpoint: format!("http://{intake_at}"),
                partner_endpoint: format!("http://{partner_at}"),
                poll_interval: Duration::from_mins(30),
                fresh_for: Duration::from_mins(1),
            },
            stubs,
            _keys: keys,
            _database: database,
        }
    }

    /// Starts a replica.
    pub(crate) async fn start(&self) -> Gateway {
        start(self.settings.clone(), self.clock.clone()).await
    }

    /// Starts a replica on a runtime of its own, whose end is as sudden as a crash.
    pub(crate) async fn start_apart(&self) -> (tokio::runtime::Runtime, Gateway) {
        let (settings, clock) = (self.settings.clone(), self.clock.clone());
        let starting = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            let gateway = runtime.block_on(start(settings, clock));
            (runtime, gateway)
        });
        starting.await.unwrap()
    }
}

async fn start(settings: Settings, clock: Clock) -> Gateway {
    let lifecycle = Lifecycle::new();
    let serving = carrier_gateway::start(settings, clock.clone(), lifecycle.clone())
        .await
        .unwrap();
    Gateway {
        serving,
        lifecycle,
        clock,
    }
}

/// Serves on a free port until the lifecycle ends. Returns where.
async fn serve(
    lifecycle: &Lifecycle,
    add: impl FnOnce(&mut Server) -> tonic::transport::server::Router,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = add(&mut Server::builder());
    let token = lifecycle.token();
    lifecycle.spawn("stub", async move {
        tokio::select! {
            served = router.serve_with_incoming(TcpListenerStream::new(listener)) => served.unwrap(),
            () = token.cancelled() => {}
        }
    });
    address
}

impl Gateway {
    /// Has the gateway hear an event, as its listener would.
    pub(crate) async fn hear<M: Message + Name>(&self, subject: Uuid, payload: &M) {
        self.hear_as(EventId::generate(), subject, payload).await;
    }

    /// Has the gateway hear an event that it may have heard before.
    pub(crate) async fn hear_as<M: Message + Name>(&self, id: EventId, subject: Uuid, payload: &M) {
        let event = Event {
            event_id: id.to_string(),
            subject_id: subject.to_string(),
            account_id: ACCOUNT.to_string(),
            r#type: M::full_name(),
            occurred_at: Some(stamp::to_proto(self.clock.now())),
            payload: Some(prost_types::Any {
                type_url: String::new(),
                value: payload.encode_to_vec(),
            }),
            ..Event::default()
        };
        assert!(IntakeListener.types().contains(&event.r#type), "{}", event.r#type);
        let mut tx = self.serving.pool.begin().await.unwrap();
        IntakeListener.handle(&mut tx, &event).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Lets everything that is due happen.
    pub(crate) async fn settle(&self) {
        self.advance(SignedDuration::ZERO).await;
    }

    /// Moves business time on, through every instant at which something falls due.
    pub(crate) async fn advance(&self, by: SignedDuration) {
        let mover = ClockMover::new(
            self.clock.clone(),
            self.serving.due_work.clone(),
            MoverLimits::default(),
        );
        mover.advance_to(self.clock.now() + by).await.unwrap();
    }

    /// What was announced of one type, in order.
    pub(crate) async fn announced<M: Message + Name + Default>(&self) -> Vec<M> {
        let payloads: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT payload FROM event WHERE type = $1 ORDER BY seq")
                .bind(M::full_name())
                .fetch_all(&self.serving.pool)
                .await
                .unwrap();
        payloads
            .iter()
            .map(|payload| M::decode(payload.as_slice()).unwrap())
            .collect()
    }

    /// How far the commands have come, as announced: kind, version and progress.
    pub(crate) async fn progress(&self) -> Vec<(wire::CommandKind, i32, wire::CommandProgress)> {
        let events: Vec<wire::CommandProgressed> = self.announced().await;
        events
            .iter()
            .map(|event| (event.kind(), event.ver, event.progress()))
            .collect()
    }

    /// What carriers answered, as announced: answer id and answer.
    pub(crate) async fn answers(&self) -> Vec<(String, wire::Answer)> {
        let events: Vec<wire::CarrierAnswered> = self.announced().await;
        events
            .iter()
            .map(|event| (event.answer_id.clone(), event.answer()))
            .collect()
    }

    /// One number out of the database.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.serving.pool)
            .await
            .unwrap()
    }

    pub(crate) async fn execute(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.serving.pool).await.unwrap();
    }
}

/// A case of the winning carrier 9X01's request `W-1`.
pub(crate) fn port_out(id: PortOutId) -> intake::PortOutRef {
    intake::PortOutRef {
        port_out_id: id.to_string(),
        request_number: "PO_100001".to_owned(),
        account_id: ACCOUNT.to_string(),
        pon: "W-1".to_owned(),
        ver: 1,
        winning_spid: "9X01".to_owned(),
        winning_name: "Winning".to_owned(),
        tns: vec!["+12015550199".to_owned()],
        foc_at: Some(stamp::to_proto(time("2026-03-04T05:00:00Z"))),
        answers_per_number: false,
    }
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A token for somebody with these permissions.
pub(crate) async fn token_for(
    world: &World,
    gateway: &Gateway,
    account: AccountId,
    permissions: &[&str],
) -> String {
    let subject: Subject = "somebody".parse().unwrap();
    let permissions: Vec<String> = permissions.iter().map(|&name| name.to_owned()).collect();
    let mut conn = gateway.serving.pool.acquire().await.unwrap();
    auth::grants::put(&mut conn, account, &subject, &permissions)
        .await
        .unwrap();
    world
        .issuer
        .token(&subject, account, Duration::from_mins(5))
        .unwrap()
}
