//! A running intake with a database of its own, and what a test needs to play customers, operations and the gateway.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use auth::{Issuer, ServiceIdentity, SigningKey, permissions};
use clock::Clock;
use grpc::Lifecycle;
use intake::{DocumentStoreSettings, LinksSettings, Settings};
use jiff::Timestamp;
use pg::{PgSettings, ServiceRole};
use portway_proto::intake::v1;
use portway_proto::intake::v1::account_service_client::AccountServiceClient;
use portway_proto::intake::v1::gateway_calls_service_client::GatewayCallsServiceClient;
use portway_proto::intake::v1::number_service_client::NumberServiceClient;
use portway_proto::intake::v1::port_out_service_client::PortOutServiceClient;
use prost::{Message, Name};
use service::{BaseSettings, Serving};
use sqlx::PgPool;
use tempfile::TempDir;
use testkit::TestDatabase;
use tonic::Status;
use tonic::transport::Channel;
use types::{AccountId, Secret, Subject};
use uuid::Uuid;

use crate::calls::{START, ask, change};
use crate::feed::GatewayFeed;

/// Nothing waits longer.
pub(crate) const BOUND: Duration = Duration::from_secs(20);

/// An intake of one or more replicas.
pub(crate) struct TestIntake {
    pub(crate) clock: Clock,
    /// The service's own role: sees what it sees.
    pub(crate) pool: PgPool,
    pub(crate) serving: Vec<Serving>,
    pub(crate) gateway_token: String,
    pub(crate) notification_token: String,
    /// What the carrier gateway announces.
    pub(crate) feed: GatewayFeed,
    lifecycle: Lifecycle,
    settings: Settings,
    issuer: Issuer,
    folder: TempDir,
    _database: TestDatabase,
}

/// One account's user with everything a customer can be granted.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) account: AccountId,
    pub(crate) subject: Subject,
    pub(crate) token: String,
}

impl TestIntake {
    pub(crate) async fn start(name: &str) -> Self {
        let mut intake = Self::prepare(name).await;
        intake.start_replica().await.unwrap();
        intake
    }

    /// Everything but a running replica.
    pub(crate) async fn prepare(name: &str) -> Self {
        let database = TestDatabase::create(name).await;
        let role = ServiceRole {
            schema: "intake".to_owned(),
            password: "secret".to_owned(),
        };
        pg::provision(database.url(), std::slice::from_ref(&role))
            .await
            .unwrap();
        let database_url = pg::url_for(database.url(), &role).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (issuer_pem, issuer_key) = SigningKey::generate("issuer").unwrap();
        let (identity_pem, identity_key) = SigningKey::generate("service:intake").unwrap();
        let (gateway_pem, gateway_key) = SigningKey::generate("service:carrier-gateway").unwrap();
        let (notification_pem, notification_key) = SigningKey::generate("service:notification").unwrap();
        let key_set = folder.path().join("keys.json");
        let keys = serde_json::json!({ "keys": [issuer_key, identity_key, gateway_key, notification_key] });
        std::fs::write(&key_set, keys.to_string()).unwrap();
        let key_ring = format!("k1:{}", vault::generate_key().unwrap().expose());
        let base = BaseSettings {
            service: "intake",
            schema: "intake",
            database_url: Secret::new(database_url.clone()),
            connections_max: 8,
            redis_url: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            admin_listen: None,
            key_set,
            identity_pem: Secret::new(identity_pem),
            digest_key: Arc::new(vault::generate_key().unwrap().expose().parse().unwrap()),
            key_ring: Arc::new(key_ring.parse().unwrap()),
        };
        let pool = pg::connect(&PgSettings {
            url: database_url,
            schema: "intake".to_owned(),
            application: "test".to_owned(),
            connections_max: 4,
        });
        let lifecycle = Lifecycle::new();
        let (feed, feed_address) = GatewayFeed::serve(&lifecycle).await;
        let gateway = ServiceIdentity::new("carrier-gateway".parse().unwrap(), &gateway_pem).unwrap();
        let notification = ServiceIdentity::new("notification".parse().unwrap(), &notification_pem).unwrap();
        Self {
            clock: Clock::manual(START.parse().unwrap()),
            pool: pool.unwrap(),
            serving: Vec::new(),
            gateway_token: gateway.token().unwrap(),
            notification_token: notification.token().unwrap(),
            feed,
            lifecycle,
            settings: Settings {
                base,
                gateway_endpoint: format!("http://{feed_address}"),
                document_store: DocumentStoreSettings::Folder(folder.path().join("documents")),
                links: None,
                secrets_kept_days: Settings::SECRETS_KEPT_DAYS,
                bootstrap_file: None,
                area_codes_file: None,
            },
            issuer: Issuer::new(SigningKey::from_pem("issuer", &issuer_pem).unwrap()),
            folder,
            _database: database,
        }
    }

    /// Writes the bootstrap file that replicas follow from now on.
    pub(crate) fn set_bootstrap(&mut self, toml: &str) {
        let path = self.folder.path().join("bootstrap.toml");
        std::fs::write(&path, toml).unwrap();
        self.settings.bootstrap_file = Some(path);
    }

    /// Replicas that are started from now on serve pages, one of them at a time.
    pub(crate) fn serve_pages(&mut self) {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = free.local_addr().unwrap();
        self.settings.links = Some(LinksSettings {
            listen,
            url: format!("http://{listen}").parse().unwrap(),
            behind_proxy: false,
        });
    }

    /// Starts one more replica on the same database.
    pub(crate) async fn start_replica(&mut self) -> Result<(), service::StartError> {
        let started =
            intake::start(self.settings.clone(), self.clock.clone(), self.lifecycle.clone()).await?;
        self.serving.push(started);
        Ok(())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new account's owner.
    pub(crate) async fn given_account(&self) -> User {
        let operator = self.operator().await;
        let account = v1::Account {
            account_id: String::new(),
            name: "Acme".to_owned(),
            owner: "user:owner".to_owned(),
            owner_email: "owner@acme.example".to_owned(),
            time_zone: "America/New_York".to_owned(),
            currency: "USD".to_owned(),
            country: "US".to_owned(),
        };
        let request = v1::CreateAccountRequest {
            account: Some(account),
        };
        let created = self
            .accounts()
            .create_account(change(&operator.token, request))
            .await
            .unwrap();
        self.user(
            created.into_inner().account.unwrap().account_id.parse().unwrap(),
            "user:owner",
        )
    }

    /// A user of an account, whatever it may do.
    pub(crate) fn user(&self, account: AccountId, subject: &str) -> User {
        let subject: Subject = subject.parse().unwrap();
        let token = self
            .issuer
            .token(&subject, account, Duration::from_hours(1))
            .unwrap();
        User {
            account,
            subject,
            token,
        }
    }

    /// A user with exactly these permissions.
    pub(crate) async fn user_with(&self, account: AccountId, subject: &str, permissions: &[&str]) -> User {
        let user = self.user(account, subject);
        let permissions: Vec<String> = permissions
            .iter()
            .map(|permission| (*permission).to_owned())
            .collect();
        let mut conn = self.pool.acquire().await.unwrap();
        auth::grants::put(&mut conn, account, &user.subject, &permissions)
            .await
            .unwrap();
        user
    }

    /// A subject of the platform who may do everything.
    pub(crate) async fn operator(&self) -> User {
        let all = [&permissions::CUSTOMER[..], &permissions::PLATFORM[..]].concat();
        self.user_with(AccountId::PLATFORM, "user:operator", &all).await
    }

    /// A number in the account's inventory, with account number 00-1234 and ZIP 07030.
    pub(crate) async fn given_number(&self, account: AccountId, tn: &str, state: &str) {
        sqlx::query(
            "INSERT INTO inventory_number (tn, account_id, state, since, origin_order_id, account_number,
                                           postal_code, end_user_name)
             VALUES ($1, $2, $3, now(), $4, '00-1234', '07030', 'Ann Lee')",
        )
        .bind(tn)
        .bind(account.as_uuid())
        .bind(state)
        .bind(Uuid::from_u128(7))
        .execute(&self.pool)
        .await
        .unwrap();
    }

    /// What the subscriber's record says of its ZIP and account number is not on file: then an account may know better.
    pub(crate) async fn given_nothing_on_file(&self) {
        sqlx::query("UPDATE inventory_number SET account_number = '', postal_code = ''")
            .execute(&self.pool)
            .await
            .unwrap();
    }

    pub(crate) async fn inventory(&self, account: AccountId) -> Vec<String> {
        sqlx::query_scalar("SELECT tn FROM inventory_number WHERE account_id = $1 ORDER BY tn")
            .bind(account.as_uuid())
            .fetch_all(&self.pool)
            .await
            .unwrap()
    }

    /// Takes in a winning carrier's request, as the gateway does.
    pub(crate) async fn receive(&self, request: v1::ReceivePortOutRequest) -> Vec<String> {
        let received = self
            .gateway_calls()
            .receive_port_out(ask(&self.gateway_token, request))
            .await;
        received.unwrap().into_inner().port_out_ids
    }

    /// The one case of a request for numbers of one account.
    pub(crate) async fn receive_one(&self, request: v1::ReceivePortOutRequest) -> String {
        let ids = self.receive(request).await;
        assert_eq!(ids.len(), 1);
        ids.into_iter().next().unwrap()
    }

    pub(crate) async fn report(&self, report: v1::ReportPortOutProgressRequest) -> Result<(), Status> {
        let reported = self
            .gateway_calls()
            .report_port_out_progress(ask(&self.gateway_token, report))
            .await;
        reported.map(|_reply| ())
    }

    pub(crate) async fn port_out(&self, user: &User, id: &str) -> v1::PortOut {
        let request = v1::GetPortOutRequest {
            port_out_id: id.to_owned(),
        };
        let found = self.port_outs().get_port_out(ask(&user.token, request)).await;
        found.unwrap().into_inner().port_out.unwrap()
    }

    /// All port-outs that the user sees, newest first.
    pub(crate) async fn port_outs_of(&self, user: &User) -> Vec<v1::PortOut> {
        let request = v1::ListPortOutsRequest::default();
        self.port_outs()
            .list_port_outs(ask(&user.token, request))
            .await
            .unwrap()
            .into_inner()
            .port_outs
    }

    pub(crate) async fn accept(&self, user: &User, id: &str) -> Result<v1::PortOut, Status> {
        let request = v1::AcceptPortOutRequest {
            port_out_id: id.to_owned(),
        };
        let reply = self
            .port_outs()
            .accept_port_out(change(&user.token, request))
            .await?;
        Ok(reply.into_inner().port_out.unwrap())
    }

    pub(crate) async fn reject(&self, user: &User, id: &str, reason: &str) -> Result<v1::PortOut, Status> {
        let request = v1::RejectPortOutRequest {
            port_out_id: id.to_owned(),
            reason: reason.to_owned(),
            explanation: "the bill says otherwise".to_owned(),
            tns: Vec::new(),
        };
        let reply = self
            .port_outs()
            .reject_port_out(change(&user.token, request))
            .await?;
        Ok(reply.into_inner().port_out.unwrap())
    }

    /// Operations uphold or overrule.
    pub(crate) async fn review(
        &self,
        account: AccountId,
        id: &str,
        uphold: bool,
    ) -> Result<v1::PortOut, Status> {
        let operator = self.operator().await;
        let request = v1::ReviewRejectionRequest {
            port_out_id: id.to_owned(),
            uphold,
            explanation: "we looked at the bill".to_owned(),
            account_id: account.to_string(),
        };
        let reply = self
            .port_outs()
            .review_rejection(change(&operator.token, request))
            .await?;
        Ok(reply.into_inner().port_out.unwrap())
    }

    /// The events of one kind that were announced of an account, oldest first.
    pub(crate) async fn events<M: Message + Name + Default>(&self, account: AccountId) -> Vec<M> {
        let payloads: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT payload FROM event WHERE account_id = $1 AND type = $2 ORDER BY seq")
                .bind(account.as_uuid())
                .bind(M::full_name())
                .fetch_all(&self.pool)
                .await
                .unwrap();
        payloads
            .iter()
            .map(|payload| M::decode(payload.as_slice()).unwrap())
            .collect()
    }

    pub(crate) fn accounts(&self) -> AccountServiceClient<Channel> {
        AccountServiceClient::new(self.channel())
    }

    pub(crate) fn numbers(&self) -> NumberServiceClient<Channel> {
        NumberServiceClient::new(self.channel())
    }

    pub(crate) fn port_outs(&self) -> PortOutServiceClient<Channel> {
        PortOutServiceClient::new(self.channel())
    }

    pub(crate) fn gateway_calls(&self) -> GatewayCallsServiceClient<Channel> {
        GatewayCallsServiceClient::new(self.channel())
    }

    pub(crate) fn channel(&self) -> Channel {
        let address = self.serving.first().unwrap().address;
        Channel::from_shared(format!("http://{address}"))
            .unwrap()
            .connect_lazy()
    }
}

impl Drop for TestIntake {
    fn drop(&mut self) {
        self.lifecycle.token().cancel();
    }
}
