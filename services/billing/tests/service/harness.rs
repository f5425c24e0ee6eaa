//! A billing service of a test's own, an intake that speaks through events, and callers.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use auth::{Issuer, ServiceIdentity, SigningKey};
use billing::{FromIntake, Settings};
use clock::Clock;
use events::{Event, HandleError, Handler};
use grpc::Lifecycle;
use pg::ServiceRole;
use portway_proto::billing::v1::invoice_service_client::InvoiceServiceClient;
use portway_proto::billing::v1::price_service_client::PriceServiceClient;
use portway_proto::billing::v1::{
    Charge, CloseMonthRequest, CloseMonthResponse, Invoice, ListChargesRequest, ListInvoicesRequest,
};
use portway_proto::intake::v1::{Account, AccountChanged, Grant, GrantChanged, OrderPorted, OrderRef};
use portway_proto::intake::v1::{PortOutRef, PortedOut};
use portway_proto::types::v1::Date;
use prost::{Message, Name};
use service::{BaseSettings, Serving, stamp};
use sqlx::{PgConnection, PgPool};
use testkit::TestDatabase;
use tonic::transport::Channel;
use tonic::{Request, Status};
use types::{AccountId, EventId, Secret, Subject};
use uuid::Uuid;
use vault::DigestKey;

/// The order or port-out of a charge, as a test names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Port {
    pub(crate) id: Uuid,
    pub(crate) event: EventId,
}

impl Port {
    pub(crate) fn new() -> Self {
        Self {
            id: Uuid::new_v4(),
            event: EventId::generate(),
        }
    }
}

pub(crate) struct TestBilling {
    pub(crate) clock: Clock,
    pub(crate) replicas: Vec<Serving>,
    lifecycle: Lifecycle,
    settings: Settings,
    issuer: Issuer,
    handler: FromIntake,
    // After what uses them.
    _folder: tempfile::TempDir,
    _database: TestDatabase,
}

impl Drop for TestBilling {
    fn drop(&mut self) {
        self.lifecycle.token().cancel();
    }
}

impl TestBilling {
    /// One replica; it is `now` there until the clock is moved.
    pub(crate) async fn start(name: &str, now: &str) -> Self {
        testkit::install_crypto();
        let database = TestDatabase::create(name).await;
        let role = ServiceRole {
            schema: "billing".to_owned(),
            password: "secret".to_owned(),
        };
        pg::provision(database.url(), std::slice::from_ref(&role))
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (issuer_pem, issuer_jwk) = SigningKey::generate("issuer").unwrap();
        let identity = ServiceIdentity::key_id(&"billing".parse().unwrap());
        let (identity_pem, identity_jwk) = SigningKey::generate(&identity).unwrap();
        let key_set = folder.path().join("keys.json");
        let keys = serde_json::json!({ "keys": [issuer_jwk, identity_jwk] });
        std::fs::write(&key_set, keys.to_string()).unwrap();
        let settings = settings(
            &pg::url_for(database.url(), &role).unwrap(),
            key_set,
            &identity_pem,
        );
        let clock = Clock::manual(now.parse().unwrap());
        let mut billing = Self {
            handler: FromIntake::new(clock.clone()),
            clock,
            replicas: Vec::new(),
            lifecycle: Lifecycle::new(),
            settings,
            issuer: Issuer::new(SigningKey::from_pem("issuer", &issuer_pem).unwrap()),
            _folder: folder,
            _database: database,
        };
        billing.add_replica().await;
        billing
    }

    /// Another process of the same service on the same database.
    pub(crate) async fn add_replica(&mut self) {
        let started = billing::start(self.settings.clone(), self.clock.clone(), self.lifecycle.clone());
        self.replicas.push(started.await.unwrap());
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.replicas[0].pool
    }

    pub(crate) fn move_clock(&self, to: &str) {
        self.clock.advance_to(to.parse().unwrap()).unwrap();
    }

    /// Acts on an event as the consumer does: in one transaction.
    pub(crate) async fn deliver(&self, event: &Event) -> Result<(), HandleError> {
        let mut tx = self.pool().begin().await.unwrap();
        self.act(&mut tx, event).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    /// Acts on an event in a transaction that the test commits.
    pub(crate) async fn act(&self, conn: &mut PgConnection, event: &Event) -> Result<(), HandleError> {
        self.handler.handle(conn, event).await
    }

    /// An account with an owner who may see its bills.
    pub(crate) async fn given_account(&self, time_zone: &str, currency: &str) -> Customer {
        let account = AccountId::generate();
        self.change_account(account, time_zone, currency).await.unwrap();
        self.customer("owner", account, &["billing.view"]).await
    }

    pub(crate) async fn change_account(
        &self,
        account: AccountId,
        time_zone: &str,
        currency: &str,
    ) -> Result<(), HandleError> {
        let changed = AccountChanged {
            account: Some(Account {
                account_id: account.to_string(),
                name: "Acme".to_owned(),
                time_zone: time_zone.to_owned(),
                currency: currency.to_owned(),
                ..Account::default()
            }),
        };
        self.deliver(&event(account, account.as_uuid(), EventId::generate(), &changed))
            .await
    }

    /// One who may operate billing.
    pub(crate) async fn operator(&self) -> Customer {
        self.customer("operator", AccountId::PLATFORM, &["billing.operate"])
            .await
    }

    pub(crate) async fn customer(&self, subject: &str, account: AccountId, permissions: &[&str]) -> Customer {
        let granted = GrantChanged {
            account_id: account.to_string(),
            grant: Some(Grant {
                subject: subject.to_owned(),
                permissions: permissions.iter().map(|&name| name.to_owned()).collect(),
            }),
        };
        let granted = event(account, account.as_uuid(), EventId::generate(), &granted);
        self.deliver(&granted).await.unwrap();
        let subject: Subject = subject.parse().unwrap();
        let token = self
            .issuer
            .token(&subject, account, Duration::from_mins(10))
            .unwrap();
        let address = self.replicas.last().unwrap().address;
        let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}")).unwrap();
        Customer {
            account,
            token,
            channel: endpoint.connect_lazy(),
        }
    }

    /// A port-in was completed.
    pub(crate) async fn ported_in(
        &self,
        account: AccountId,
        port: Port,
        tns: &[String],
        at: &str,
    ) -> Result<(), HandleError> {
        self.deliver(&ported_in(account, port, tns, at)).await
    }

    /// A port-out was completed.
    pub(crate) async fn ported_out(
        &self,
        account: AccountId,
        port: Port,
        tns: &[String],
        at: &str,
    ) -> Result<(), HandleError> {
        let ported = PortedOut {
            port_out: Some(PortOutRef {
                port_out_id: port.id.to_string(),
                request_number: "PO_600001".to_owned(),
                account_id: account.to_string(),
                tns: tns.to_vec(),
                ..PortOutRef::default()
            }),
            ported_at: Some(stamp::to_proto(at.parse().unwrap())),
            ..PortedOut::default()
        };
        self.deliver(&event(account, port.id, port.event, &ported)).await
    }

    /// How many events of this type billing has announced.
    pub(crate) async fn announced<M: Name>(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM event WHERE type = $1")
            .bind(M::full_name())
            .fetch_one(self.pool())
            .await
            .unwrap()
    }
}

fn settings(database_url: &str, key_set: PathBuf, identity_pem: &str) -> Settings {
    Settings {
        base: BaseSettings {
            service: "billing",
            schema: "billing",
            database_url: Secret::new(database_url),
            connections_max: 10,
            redis_url: None,
            listen: ([127, 0, 0, 1], 0).into(),
            admin_listen: None,
            key_set,
            identity_pem: Secret::new(identity_pem),
            digest_key: Arc::new(DigestKey::new(&[7; 32]).unwrap()),
            key_ring: Arc::new(
                format!("k1:{}", vault::generate_key().unwrap().expose())
                    .parse()
                    .unwrap(),
            ),
        },
        // Nobody is there: the tests hand over intake's events themselves.
        intake_endpoint: "http://127.0.0.1:1".to_owned(),
    }
}

/// One who calls.
pub(crate) struct Customer {
    pub(crate) account: AccountId,
    token: String,
    channel: Channel,
}

impl Customer {
    /// With a token and a new idempotency key.
    pub(crate) fn request<M>(&self, message: M) -> Request<M> {
        self.request_with_key(message, &Uuid::new_v4().to_string())
    }

    pub(crate) fn request_with_key<M>(&self, message: M, key: &str) -> Request<M> {
        let mut request = Request::new(message);
        let bearer = format!("Bearer {}", self.token).parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
            .metadata_mut()
            .insert("idempotency-key", key.parse().unwrap());
        request
    }

    pub(crate) fn invoices(&self) -> InvoiceServiceClient<Channel> {
        // A full invoice is larger than what clients take by default.
        InvoiceServiceClient::new(self.channel.clone()).max_decoding_message_size(16 * 1024 * 1024)
    }

    pub(crate) fn prices(&self) -> PriceServiceClient<Channel> {
        PriceServiceClient::new(self.channel.clone())
    }

    pub(crate) async fn list_charges(&self) -> Vec<Charge> {
        let request = self.request(ListChargesRequest {
            page_size: 500,
            ..ListChargesRequest::default()
        });
        let page = self.invoices().list_charges(request).await.unwrap().into_inner();
        assert_eq!(page.next_page_token, "", "there are more charges than one page");
        page.charges
    }

    pub(crate) async fn list_invoices(&self) -> Vec<Invoice> {
        let request = self.request(ListInvoicesRequest::default());
        self.invoices()
            .list_invoices(request)
            .await
            .unwrap()
            .into_inner()
            .invoices
    }

    pub(crate) async fn close_month(&self, year: i32, month: i32) -> Result<CloseMonthResponse, Status> {
        let month = Some(Date { year, month, day: 17 });
        let request = self.request(CloseMonthRequest { month });
        Ok(self.invoices().close_month(request).await?.into_inner())
    }
}

/// The event that a port-in was completed.
pub(crate) fn ported_in(account: AccountId, port: Port, tns: &[String], at: &str) -> Event {
    let ported = OrderPorted {
        order: Some(OrderRef {
            order_id: port.id.to_string(),
            request_number: "PI_100001".to_owned(),
            account_id: account.to_string(),
            ver: 1,
            tns: tns.to_vec(),
            ..OrderRef::default()
        }),
        ported_at: Some(stamp::to_proto(at.parse().unwrap())),
    };
    event(account, port.id, port.event, &ported)
}

/// An event as intake's feed brings it.
pub(crate) fn event<M: Message + Name>(account: AccountId, subject: Uuid, id: EventId, payload: &M) -> Event {
    Event {
        event_id: id.to_string(),
        subject_id: subject.to_string(),
        account_id: account.to_string(),
        r#type: M::full_name(),
        payload: Some(prost_types::Any {
            type_url: M::type_url(),
            value: payload.encode_to_vec(),
        }),
        ..Event::default()
    }
}

/// That many numbers.
pub(crate) fn numbers(count: u32) -> Vec<String> {
    (0..count).map(|line| format!("+1415867{line:04}")).collect()
}
