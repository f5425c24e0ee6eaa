//! Services on a database of their own, which is reached through a wire that can be cut.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use auth::SigningKey;
use clock::Clock;
use events::{Event, HandleError, Handler};
use futures::future::BoxFuture;
use grpc::Lifecycle;
use jiff::Timestamp;
use pg::{ServiceRole, StoreError};
use portway_proto::types::v1::Money;
use prost_types::Any;
use service::{Base, BaseSettings, Serving, StartError};
use sqlx::migrate::Migrator;
use sqlx::{PgConnection, PgPool};
use tempfile::TempDir;
use testkit::{TcpProxy, TestDatabase};
use tonic::service::RoutesBuilder;
use types::{AccountId, Secret};
use uuid::Uuid;

/// Nothing here takes longer, on a busy machine too.
pub(crate) const SOON: Duration = Duration::from_mins(1);

static MIGRATOR: Migrator = sqlx::migrate!("tests/service/migrations");

/// What services live on.
pub(crate) struct Town {
    pub(crate) wire: TcpProxy,
    pub(crate) clock: Clock,
    database: TestDatabase,
    pems: [(&'static str, String); 2],
    folder: TempDir,
}

impl Town {
    pub(crate) async fn new() -> Self {
        let database = TestDatabase::create("service").await;
        let wire = TcpProxy::start(database.url()).await;
        let folder = tempfile::tempdir().unwrap();
        let pairs = ["intake", "billing"].map(|name| {
            let (pem, jwk) = SigningKey::generate(&format!("service:{name}")).unwrap();
            ((name, pem), jwk)
        });
        let keys: Vec<_> = pairs.iter().map(|(_, jwk)| jwk).collect();
        let key_set = serde_json::json!({ "keys": keys }).to_string();
        std::fs::write(folder.path().join("jwks.json"), key_set).unwrap();
        let town = Self {
            wire,
            clock: Clock::manual(Timestamp::UNIX_EPOCH),
            database,
            pems: pairs.map(|(pem, _)| pem),
            folder,
        };
        let roles = town.pems.each_ref().map(|(name, _)| role(name));
        pg::provision(town.database.url(), &roles).await.unwrap();
        town
    }

    pub(crate) fn settings(&self, service: &'static str) -> BaseSettings {
        let url = pg::url_for(self.database.url(), &role(service)).unwrap();
        let (_, pem) = self.pems.iter().find(|(name, _)| *name == service).unwrap();
        BaseSettings {
            service,
            schema: service,
            database_url: Secret::new(self.wire.url_for(&url)),
            connections_max: 8,
            redis_url: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            admin_listen: None,
            key_set: self.key_set(),
            identity_pem: Secret::new(pem.clone()),
            digest_key: Arc::new("c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==".parse().unwrap()),
            key_ring: Arc::new("k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".parse().unwrap()),
        }
    }

    pub(crate) fn key_set(&self) -> PathBuf {
        self.folder.path().join("jwks.json")
    }

    pub(crate) async fn start_base(
        &self,
        service: &'static str,
        lifecycle: &Lifecycle,
    ) -> Result<Base, StartError> {
        let settings = self.settings(service);
        Base::start(settings, self.clock.clone(), lifecycle.clone(), &MIGRATOR).await
    }

    /// A service that announces and serves its feed, and nothing else.
    pub(crate) async fn start_announcer(&self, lifecycle: &Lifecycle) -> Serving {
        let base = self.start_base("intake", lifecycle).await.unwrap();
        serve(base, Vec::new()).await
    }

    /// A service that writes down every number that the announcer announces.
    pub(crate) async fn start_listener(&self, announcer: &Serving, lifecycle: &Lifecycle) -> Serving {
        let base = self.start_base("billing", lifecycle).await.unwrap();
        let endpoint = format!("http://{}", announcer.address);
        let consumer = base.consumer("intake", &endpoint, Arc::new(WritesDown)).unwrap();
        serve(base, vec![consumer]).await
    }
}

fn role(schema: &str) -> ServiceRole {
    ServiceRole {
        schema: schema.to_owned(),
        password: "secret".to_owned(),
    }
}

async fn serve(base: Base, consumers: Vec<events::Consumer>) -> Serving {
    let listener = base.listen().await.unwrap();
    base.serve(listener, RoutesBuilder::default(), consumers, Vec::new())
        .await
        .unwrap()
}

pub(crate) async fn announce(pool: &PgPool, account: AccountId, number: i64) {
    let payload = Money {
        currency: "USD".to_owned(),
        minor_units: number,
    };
    let event = events::NewEvent::new(account, Uuid::new_v4(), Timestamp::UNIX_EPOCH, &payload);
    events::append(&mut pool.acquire().await.unwrap(), &event)
        .await
        .unwrap();
}

/// The numbers that were written down.
pub(crate) async fn written(pool: &PgPool) -> Vec<i64> {
    sqlx::query_scalar("SELECT number FROM effect ORDER BY nth")
        .fetch_all(pool)
        .await
        .unwrap()
}

struct WritesDown;

impl WritesDown {
    async fn act(tx: &mut PgConnection, event: &Event) -> Result<(), HandleError> {
        let Some(Any { value, .. }) = &event.payload else {
            return Err(HandleError::Refused("nothing in it".to_owned()));
        };
        let money: Money = prost::Message::decode(value.as_slice())?;
        sqlx::query("INSERT INTO effect (number) VALUES ($1)")
            .bind(money.minor_units)
            .execute(tx)
            .await
            .map_err(StoreError::from)?;
        Ok(())
    }
}

impl Handler for WritesDown {
    fn types(&self) -> Vec<String> {
        vec!["portway.types.v1.Money".to_owned()]
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<(), HandleError>> {
        Box::pin(Self::act(tx, event))
    }
}
