//! The service under test with its own database, mail sink and keys.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use auth::{Issuer, SigningKey};
use clock::Clock;
use events::{HandleError, Handler};
use grpc::Lifecycle;
use mail_sink::MailSink;
use notification::{FromIntake, Settings};
use pg::ServiceRole;
use portway_proto::events::v1::Event;
use portway_proto::notification::v1 as proto;
use portway_proto::notification::v1::delivery_service_client::DeliveryServiceClient;
use portway_proto::notification::v1::preference_service_client::PreferenceServiceClient;
use service::{BaseSettings, Serving};
use sqlx::PgConnection;
use tempfile::TempDir;
use testkit::{TestDatabase, eventually, eventually_some};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use types::{AccountId, Secret};

use crate::intake_events::{account_changed, at, granted};

/// Long enough for a few tries on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(30);

pub(crate) const NOW: &str = "2026-08-03T14:00:00Z";

/// Everything around the service, which outlives it.
pub(crate) struct World {
    pub(crate) database: TestDatabase,
    pub(crate) sink: MailSink,
    pub(crate) issuer: Issuer,
    pub(crate) folder: TempDir,
    pem: String,
    database_url: String,
    shutdown: CancellationToken,
}

/// A mail as the sink kept it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) message_id: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    /// The text with its lines joined, so that sentences can be looked for.
    pub(crate) text: String,
    pub(crate) raw: String,
}

impl World {
    pub(crate) async fn create() -> Self {
        testkit::install_crypto();
        let database = TestDatabase::create("notification").await;
        let role = ServiceRole {
            schema: "notification".to_owned(),
            password: "notification-role".to_owned(),
        };
        pg::provision(database.url(), std::slice::from_ref(&role))
            .await
            .unwrap();
        let database_url = pg::url_for(database.url(), &role).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (pem, own) = SigningKey::generate("service:notification").unwrap();
        let (user_pem, users) = SigningKey::generate("users").unwrap();
        let keys = serde_json::json!({ "keys": [own, users] });
        std::fs::write(folder.path().join("keys.json"), keys.to_string()).unwrap();
        let shutdown = CancellationToken::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mails = folder.path().join("mail");
        Self {
            sink: MailSink::start(listener, mails, shutdown.clone()).unwrap(),
            issuer: Issuer::new(SigningKey::from_pem("users", &user_pem).unwrap()),
            database,
            folder,
            pem,
            database_url,
            shutdown,
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        let key = "a2V5IG9mIGEgdGVzdCwgMzIgYnl0ZXMgaXQgaXMuLi4=";
        Settings {
            base: BaseSettings {
                service: "notification",
                schema: "notification",
                database_url: Secret::new(self.database_url.clone()),
                // Logging in is slow in a debug build: few connections make a quick start.
                connections_max: 6,
                redis_url: None,
                listen: SocketAddr::from(([127, 0, 0, 1], 0)),
                admin_listen: None,
                key_set: self.folder.path().join("keys.json"),
                identity_pem: Secret::new(self.pem.clone()),
                digest_key: Arc::new(key.parse().unwrap()),
                key_ring: Arc::new(format!("test:{key}").parse().unwrap()),
            },
            // Nobody listens there: events are handed to the listener by the tests.
            intake_endpoint: "http://127.0.0.1:9".to_owned(),
            smtp_url: Secret::new(self.sink.url()),
            mail_from: "Portway <ports@portway.test>".to_owned(),
            console_url: "https://console.portway.test/".to_owned(),
            allow_private_webhooks: true,
            sms: None,
        }
    }

    pub(crate) async fn start(&self) -> TestNotification {
        self.start_with(self.settings()).await
    }

    pub(crate) async fn start_with(&self, settings: Settings) -> TestNotification {
        let (clock, lifecycle) = (Clock::manual(at(NOW)), Lifecycle::new());
        let listener = FromIntake::new(&settings.console_url, clock.clone()).unwrap();
        let serving = notification::start(settings, clock, lifecycle.clone())
            .await
            .unwrap();
        let channel = Channel::from_shared(format!("http://{}", serving.address))
            .unwrap()
            .connect_lazy();
        TestNotification {
            serving,
            listener,
            channel,
            lifecycle,
            issuer: self.issuer.clone(),
        }
    }

    fn mail_folder(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    /// All mails in the order in which they came.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(self.mail_folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .collect();
        paths.sort();
        paths
            .iter()
            .map(|path| read_mail(&std::fs::read_to_string(path).unwrap()))
            .collect()
    }

    pub(crate) async fn wait_for_mails(&self, count: usize) -> Vec<Mail> {
        let what = format!("{count} mails");
        eventually(SOON, &what, async || self.mails().len() >= count).await;
        self.mails()
    }

    /// A connection of the superuser, with the service's tables in sight.
    pub(crate) async fn superuser(&self) -> PgConnection {
        let mut conn = self.database.connect().await;
        sqlx::query("SET search_path TO notification")
            .execute(&mut conn)
            .await
            .unwrap();
        conn
    }

    /// Every row of every table as text, bytes also as the text they are.
    pub(crate) async fn everything_stored(&self) -> String {
        let mut conn = self.superuser().await;
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'notification'",
        )
        .fetch_all(&mut conn)
        .await
        .unwrap();
        assert!(tables.iter().any(|table| table == "delivery"), "{tables:?}");
        let mut all = String::new();
        for table in tables {
            // bytea as its bytes, escaped, not as hex: what is readable in it can be found.
            sqlx::query("SET bytea_output TO 'escape'")
                .execute(&mut conn)
                .await
                .unwrap();
            let rows: Vec<String> =
                sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT row::text FROM {table} row")))
                    .fetch_all(&mut conn)
                    .await
                    .unwrap();
            all.push_str(&rows.join("\n"));
        }
        all
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

fn read_mail(raw: &str) -> Mail {
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        let found = lines
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value);
        found.collect::<Vec<_>>().join("; ")
    };
    assert_eq!(header("Content-Transfer-Encoding"), "7bit", "{raw}");
    Mail {
        message_id: header("Message-ID"),
        to: header("To"),
        subject: header("Subject"),
        text: body.split_whitespace().collect::<Vec<_>>().join(" "),
        raw: raw.to_owned(),
    }
}

/// One running replica.
pub(crate) struct TestNotification {
    pub(crate) serving: Serving,
    pub(crate) channel: Channel,
    listener: FromIntake,
    lifecycle: Lifecycle,
    issuer: Issuer,
}

impl TestNotification {
    /// An account whose subject "ada" may do everything here.
    pub(crate) async fn given_account(&self, owner_email: &str) -> AccountId {
        let account = AccountId::generate();
        self.hear(&account_changed(account, owner_email)).await;
        self.hear(&granted(account, &["notifications.view", "notifications.modify"]))
            .await;
        account
    }

    /// Acts on an event of intake in one transaction, as the consumer does.
    pub(crate) async fn try_hear(&self, event: &Event) -> Result<(), HandleError> {
        assert!(self.listener.types().contains(&event.r#type), "{}", event.r#type);
        let mut tx = self.serving.pool.begin().await.unwrap();
        self.listener.handle(&mut tx, event).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    pub(crate) async fn hear(&self, event: &Event) {
        self.try_hear(event).await.unwrap();
    }

    /// A request of "ada" in `account`, under a new idempotency key.
    pub(crate) fn request<T>(&self, account: AccountId, message: T) -> Request<T> {
        self.request_with_key(account, &uuid::Uuid::new_v4().to_string(), message)
    }

    pub(crate) fn request_with_key<T>(&self, account: AccountId, key: &str, message: T) -> Request<T> {
        let subject = "ada".parse().unwrap();
        let token = self
            .issuer
            .token(&subject, account, Duration::from_mins(5))
            .unwrap();
        let mut request = Request::new(message);
        let metadata = request.metadata_mut();
        metadata.insert("authorization", format!("Bearer {token}").parse().unwrap());
        metadata.insert("idempotency-key", key.parse().unwrap());
        request
    }

    pub(crate) fn preferences(&self) -> PreferenceServiceClient<Channel> {
        PreferenceServiceClient::new(self.channel.clone())
    }

    pub(crate) fn deliveries(&self) -> DeliveryServiceClient<Channel> {
        DeliveryServiceClient::new(self.channel.clone())
    }

    pub(crate) async fn add_endpoint(
        &self,
        account: AccountId,
        url: &str,
        steps: &[&str],
    ) -> proto::CreateWebhookEndpointResponse {
        let message = proto::CreateWebhookEndpointRequest {
            url: url.to_owned(),
            steps: steps.iter().map(ToString::to_string).collect(),
        };
        let request = self.request(account, message);
        self.preferences()
            .create_webhook_endpoint(request)
            .await
            .unwrap()
            .into_inner()
    }

    pub(crate) async fn add_contact(
        &self,
        account: AccountId,
        email: &str,
        steps: &[&str],
    ) -> proto::Contact {
        let message = proto::CreateContactRequest {
            email: email.to_owned(),
            steps: steps.iter().map(ToString::to_string).collect(),
        };
        let request = self.request(account, message);
        self.preferences()
            .create_contact(request)
            .await
            .unwrap()
            .into_inner()
            .contact
            .unwrap()
    }

    /// All deliveries of the account, oldest first.
    pub(crate) async fn list(&self, account: AccountId) -> Vec<proto::Delivery> {
        let message = proto::ListDeliveriesRequest {
            page_size: 500,
            ..Default::default()
        };
        let listed = self
            .deliveries()
            .list_deliveries(self.request(account, message))
            .await
            .unwrap();
        let mut deliveries = listed.into_inner().deliveries;
        deliveries.reverse();
        deliveries
    }

    /// Waits until every delivery of the account has ended.
    pub(crate) async fn settled(&self, account: AccountId) -> Vec<proto::Delivery> {
        eventually_some(SOON, "the end of every delivery", async || {
            let deliveries = self.list(account).await;
            let is_queued = |delivery: &proto::Delivery| delivery.state() == proto::DeliveryState::Queued;
            (!deliveries.iter().any(is_queued)).then_some(deliveries)
        })
        .await
    }

    pub(crate) async fn stop(self) {
        assert!(
            self.lifecycle.shut_down(SOON).await,
            "everything ends on shutdown"
        );
    }
}

/// Code and stable reason of a refusal.
pub(crate) fn reason(status: &Status) -> (Code, String) {
    (status.code(), grpc::status::reason_of(status).unwrap_or_default())
}
