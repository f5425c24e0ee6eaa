//! A running intake with a database of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use auth::{Issuer, ServiceIdentity, SigningKey};
use clock::{Clock, DueWork};
use grpc::Lifecycle;
use intake::{DocumentStoreSettings, LinksSettings, Settings};
use jiff::Timestamp;
use pg::{PgSettings, ServiceRole};
use portway_proto::gateway::v1::{Answer, CarrierAnswered, CommandKind, CommandProgress, CommandProgressed};
use portway_proto::intake::v1::Order;
use portway_proto::types::v1::CarrierReason;
use prost::{Message, Name};
use service::{BaseSettings, stamp};
use sqlx::PgPool;
use tempfile::TempDir;
use testkit::{TestDatabase, eventually};
use tonic::transport::Channel;
use tonic::{Request, Status};
use types::{AccountId, Secret, Subject};
use uuid::Uuid;

use crate::customer::Customer;
use crate::feed::GatewayFeed;

/// A Monday, ten in the morning in New York.
pub(crate) const START: &str = "2026-11-23T15:00:00Z";
/// Nothing waits longer.
pub(crate) const BOUND: Duration = Duration::from_secs(20);

pub(crate) struct TestIntake {
    pub(crate) clock: Clock,
    pub(crate) pool: PgPool,
    pub(crate) gateway_token: String,
    pub(crate) notification_token: String,
    /// How links to pages begin.
    pub(crate) links_url: String,
    pub(crate) folder: TempDir,
    pub(crate) address: SocketAddr,
    due_work: Vec<Arc<dyn DueWork>>,
    pub(crate) feed: GatewayFeed,
    issuer: Issuer,
    lifecycle: Lifecycle,
    _database: TestDatabase,
}

impl TestIntake {
    pub(crate) async fn start(name: &str) -> Self {
        let (database, database_url) = provisioned(name).await;
        let folder = tempfile::tempdir().unwrap();
        let (issuer_pem, issuer_key) = SigningKey::generate("issuer").unwrap();
        let (identity_pem, identity_key) = SigningKey::generate("service:intake").unwrap();
        let (gateway_pem, gateway_key) = SigningKey::generate("service:carrier-gateway").unwrap();
        let (notification_pem, notification_key) = SigningKey::generate("service:notification").unwrap();
        let key_set = folder.path().join("keys.json");
        let keys = serde_json::json!({ "keys": [issuer_key, identity_key, gateway_key, notification_key] });
        std::fs::write(&key_set, keys.to_string()).unwrap();
        let lifecycle = Lifecycle::new();
        let (feed, feed_address) = GatewayFeed::serve(&lifecycle).await;
        let links = free_address();
        let links_url = format!("http://{links}");
        let settings = Settings {
            base: BaseSettings {
                service: "intake",
                schema: "intake",
                database_url: Secret::new(database_url.clone()),
                connections_max: 12,
                redis_url: None,
                listen: SocketAddr::from(([127, 0, 0, 1], 0)),
                admin_listen: None,
                key_set,
                identity_pem: Secret::new(identity_pem),
                digest_key: Arc::new(vault::generate_key().unwrap().expose().parse().unwrap()),
                key_ring: Arc::new(
                    format!("k1:{}", vault::generate_key().unwrap().expose())
                        .parse()
                        .unwrap(),
                ),
            },
            gateway_endpoint: format!("http://{feed_address}"),
            document_store: DocumentStoreSettings::Folder(folder.path().join("documents")),
            links: Some(LinksSettings {
                listen: links,
                url: links_url.parse().unwrap(),
                behind_proxy: false,
            }),
            secrets_kept_days: Settings::SECRETS_KEPT_DAYS,
            bootstrap_file: None,
            area_codes_file: None,
        };
        let clock = Clock::manual(START.parse().unwrap());
        let serving = intake::start(settings, clock.clone(), lifecycle.clone())
            .await
            .unwrap();
        let pool = pg::connect(&PgSettings {
            url: database_url,
            schema: "intake".to_owned(),
            application: "test".to_owned(),
            connections_max: 4,
        });
        let gateway = ServiceIdentity::new("carrier-gateway".parse().unwrap(), &gateway_pem).unwrap();
        let notification = ServiceIdentity::new("notification".parse().unwrap(), &notification_pem).unwrap();
        Self {
            clock,
            pool: pool.unwrap(),
            gateway_token: gateway.token().unwrap(),
            notification_token: notification.token().unwrap(),
            links_url,
            folder,
            address: serving.address,
            due_work: serving.due_work,
            feed,
            issuer: Issuer::new(SigningKey::from_pem("issuer", &issuer_pem).unwrap()),
            lifecycle,
            _database: database,
        }
    }

    /// A customer with an account of its own.
    pub(crate) async fn customer(&self) -> Customer {
        self.customer_who_may(&["port_in.view", "port_in.modify", "numbers.view"])
            .await
    }

    pub(crate) async fn customer_who_may(&self, permissions: &[&str]) -> Customer {
        self.user_of(AccountId::generate(), permissions).await
    }

    /// A user of an account with these permissions; of the platform's own too.
    pub(crate) async fn user_of(&self, account: AccountId, permissions: &[&str]) -> Customer {
        let subject: Subject = "user:owner".parse().unwrap();
        let permissions: Vec<String> = permissions
            .iter()
            .map(|permission| (*permission).to_owned())
            .collect();
        let mut conn = self.pool.acquire().await.unwrap();
        auth::grants::put(&mut conn, account, &subject, &permissions)
            .await
            .unwrap();
        let token = self
            .issuer
            .token(&subject, account, Duration::from_hours(1))
            .unwrap();
        Customer::new(self.channel(), account, token)
    }

    pub(crate) fn channel(&self) -> Channel {
        Channel::from_shared(format!("http://{}", self.address))
            .unwrap()
            .connect_lazy()
    }

    /// Moves the clock and waits until everything that fell due is done.
    pub(crate) async fn advance_to(&self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        self.clock.advance_to(at).unwrap();
        eventually(BOUND, "nothing is due any more", async || {
            let mut due = 0;
            for work in &self.due_work {
                due += work.backlog(at).await.unwrap().due_now;
            }
            due == 0
        })
        .await;
    }

    /// A carrier's answer to the order's present version, acted on when this returns.
    pub(crate) async fn hear(&self, order: &Order, answer: Answer, reasons: &[(&str, &str)]) {
        self.hear_answer(answered(order, answer, reasons)).await;
    }

    pub(crate) async fn hear_foc(&self, order: &Order, foc_at: &str) {
        let foc_at = Some(stamp::to_proto(foc_at.parse().unwrap()));
        self.hear_answer(CarrierAnswered {
            foc_at,
            ..answered(order, Answer::Foc, &[])
        })
        .await;
    }

    pub(crate) async fn hear_answer(&self, answered: CarrierAnswered) {
        let place = self
            .feed
            .announce(&answered.order_id, &answered.account_id, &answered);
        self.acted_on(place).await;
    }

    /// How far a command of the order's present version has come, acted on when this returns.
    pub(crate) async fn hear_command(&self, order: &Order, kind: CommandKind, progress: CommandProgress) {
        let progressed = CommandProgressed {
            command_id: Uuid::new_v4().to_string(),
            subject_id: order.order_id.clone(),
            account_id: order.account_id.clone(),
            ver: order.ver,
            kind: kind.into(),
            progress: progress.into(),
            at: Some(stamp::to_proto(self.clock.now())),
            ..CommandProgressed::default()
        };
        let place = self
            .feed
            .announce(&order.order_id, &order.account_id, &progressed);
        self.acted_on(place).await;
    }

    /// Something that the gateway announces of the order, acted on when this returns.
    pub(crate) async fn hear_event<M: Message + Name>(&self, order: &Order, event: &M) {
        let place = self.feed.announce(&order.order_id, &order.account_id, event);
        self.acted_on(place).await;
    }

    /// Waits until an announcement of the gateway is acted on.
    pub(crate) async fn acted_on(&self, place: i64) {
        eventually(BOUND, "the event is acted on", async || {
            let reached: Option<i64> =
                sqlx::query_scalar("SELECT position FROM event_cursor WHERE partition = 0")
                    .fetch_optional(&self.pool)
                    .await
                    .unwrap();
            reached.is_some_and(|reached| reached >= place)
        })
        .await;
        let parked: i64 = sqlx::query_scalar("SELECT count(*) FROM event_parked")
            .fetch_one(&self.pool)
            .await
            .unwrap();
        assert_eq!(parked, 0, "an event was refused");
    }

    /// The events of one kind that were announced of an order, oldest first.
    pub(crate) async fn events<M: Message + Name + Default>(&self, order: &Order) -> Vec<M> {
        let payloads: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT payload FROM event WHERE subject_id = $1 AND type = $2 ORDER BY seq")
                .bind(order.order_id.parse::<Uuid>().unwrap())
                .bind(M::full_name())
                .fetch_all(&self.pool)
                .await
                .unwrap();
        payloads
            .iter()
            .map(|payload| M::decode(payload.as_slice()).unwrap())
            .collect()
    }

    /// The short names of all events of an order, in order.
    pub(crate) async fn event_names(&self, order: &Order) -> Vec<String> {
        let types: Vec<String> =
            sqlx::query_scalar("SELECT type FROM event WHERE subject_id = $1 ORDER BY seq")
                .bind(order.order_id.parse::<Uuid>().unwrap())
                .fetch_all(&self.pool)
                .await
                .unwrap();
        types
            .iter()
            .map(|name| name.trim_start_matches("portway.intake.v1.").to_owned())
            .collect()
    }

    pub(crate) async fn live_tns(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM live_tn")
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    /// Number and state of everything in the inventory.
    pub(crate) async fn inventory(&self) -> Vec<(String, String)> {
        sqlx::query_as("SELECT tn, state FROM inventory_number ORDER BY tn")
            .fetch_all(&self.pool)
            .await
            .unwrap()
    }
}

impl Drop for TestIntake {
    fn drop(&mut self) {
        self.lifecycle.token().cancel();
    }
}

/// An answer with an id of its own to the order's present version. A reason: our word, and the number or nothing.
pub(crate) fn answered(order: &Order, answer: Answer, reasons: &[(&str, &str)]) -> CarrierAnswered {
    let reason = |(reason, tn): &(&str, &str)| CarrierReason {
        tn: (*tn).to_owned(),
        reason: (*reason).to_owned(),
        raw_code: "8C".to_owned(),
        raw_text: "as the carrier said it".to_owned(),
        ..CarrierReason::default()
    };
    CarrierAnswered {
        order_id: order.order_id.clone(),
        account_id: order.account_id.clone(),
        ver: order.ver,
        answer_id: Uuid::new_v4().to_string(),
        carrier_id: "sim-wireless".to_owned(),
        answer: answer.into(),
        reasons: reasons.iter().map(reason).collect(),
        foc_at: None,
        tns: Vec::new(),
        answered_at: Some(stamp::to_proto(START.parse().unwrap())),
    }
}

/// A database of the test's own, and how intake gets into it.
async fn provisioned(name: &str) -> (TestDatabase, String) {
    let database = TestDatabase::create(name).await;
    let role = ServiceRole {
        schema: "intake".to_owned(),
        password: "secret".to_owned(),
    };
    pg::provision(database.url(), std::slice::from_ref(&role))
        .await
        .unwrap();
    let url = pg::url_for(database.url(), &role).unwrap();
    (database, url)
}

/// An address that was free a moment ago, for a server that is told where to listen.
fn free_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// A call with a token.
pub(crate) fn ask<M>(token: &str, message: M) -> Request<M> {
    let mut request = Request::new(message);
    request
        .metadata_mut()
        .insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

/// A call with a token and this idempotency key.
pub(crate) fn change<M>(token: &str, key: &str, message: M) -> Request<M> {
    let mut request = ask(token, message);
    request
        .metadata_mut()
        .insert("idempotency-key", key.parse().unwrap());
    request
}

/// The stable reason of a refusal, and field and code of each fault.
pub(crate) fn refusal(status: &Status) -> (String, Vec<(String, String)>) {
    use tonic_types::StatusExt;
    let details = status.get_error_details();
    let faults = details.bad_request().map(|bad| {
        let violations = bad.field_violations.iter();
        violations
            .map(|violation| (violation.field.clone(), violation.reason.clone()))
            .collect()
    });
    (
        grpc::status::reason_of(status).unwrap_or_default(),
        faults.unwrap_or_default(),
    )
}

/// The stable reason of a refusal.
pub(crate) fn reason(status: &Status) -> String {
    refusal(status).0
}
