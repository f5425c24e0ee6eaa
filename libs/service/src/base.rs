//! What a service holds while it runs.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use auth::{Grants, KeySet, ServiceIdentity};
use clock::Clock;
use events::{Consumer, ConsumerSettings, FeedWaker, Handler};
use grpc::{BadEndpoint, Lifecycle, Peer, PeerSettings};
use idempotency::{Idempotency, ReplyCache};
use pg::{MigrationSet, PgSettings};
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use thiserror::Error;
use tokio::net::TcpListener;
use vault::Vault;

use crate::settings::BaseSettings;

/// Postgres may take this long to come up before a service gives up starting and lets its supervisor try again.
const MIGRATE_TRIES: u32 = 60;
const MIGRATE_PAUSE: Duration = Duration::from_secs(1);

/// So often is a key set's URL tried, a second apart, before a service gives up starting.
const KEY_SET_TRIES: u32 = 60;
/// A key that is published no more is trusted for this long.
const KEY_SET_REFRESH: Duration = Duration::from_mins(5);

/// What a service holds while it runs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Base {
    /// The service's name.
    pub service: &'static str,
    /// Its database: statements see its own schema alone.
    pub pool: PgPool,
    /// The business clock.
    pub clock: Clock,
    /// Its tasks.
    pub lifecycle: Lifecycle,
    /// Begins changes.
    pub idempotency: Idempotency,
    /// Seals and opens secrets.
    pub vault: Arc<Vault>,
    pub(crate) keys: KeySet,
    pub(crate) grants: Grants,
    pub(crate) waker: FeedWaker,
    identity: ServiceIdentity,
    pub(crate) settings: BaseSettings,
    pub(crate) call_deadline: Option<Duration>,
}

/// Why a service could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A setting that cannot be used.
    #[error("{0}")]
    Setting(String),
    /// A key that cannot be used.
    #[error("a key cannot be used")]
    Key(#[from] auth::KeyError),
    /// A peer's endpoint that cannot be used.
    #[error("a peer cannot be called")]
    Peer(#[from] BadEndpoint),
    /// The database's URL cannot be used.
    #[error("the database cannot be used")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the schema cannot be brought up to date")]
    Migrate(#[from] pg::MigrateError),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}")]
    Listen(std::net::SocketAddr, #[source] std::io::Error),
    /// Something of the service's own failed.
    #[error("the service cannot start")]
    Store(#[from] pg::StoreError),
}

impl Base {
    /// Connects, brings the schema up to date and makes everything that needs no peer.
    pub async fn start(
        settings: BaseSettings,
        clock: Clock,
        lifecycle: Lifecycle,
        migrator: &'static Migrator,
    ) -> Result<Self, StartError> {
        let pool = pg::connect(&PgSettings {
            url: settings.database_url.expose().to_owned(),
            schema: settings.schema.to_owned(),
            application: settings.service.to_owned(),
            connections_max: settings.connections_max,
        })?;
        migrate(&pool, settings.schema, migrator).await?;
        let name = settings
            .name()
            .map_err(|error| StartError::Setting(error.to_string()))?;
        let cache = match &settings.redis_url {
            Some(url) => {
                let cache = ReplyCache::new(url.expose(), settings.service, Arc::clone(&settings.digest_key));
                Some(cache.map_err(|_| StartError::Setting("the Redis URL cannot be used".to_owned()))?)
            }
            None => None,
        };
        Ok(Self {
            service: settings.service,
            idempotency: Idempotency::new(pool.clone(), Arc::clone(&settings.digest_key), cache)
                .recording(clock.clone()),
            vault: Arc::new(Vault::new(settings.key_ring.as_ref().clone())),
            keys: open_key_set(&settings.key_set, &lifecycle).await?,
            grants: Grants::new(pool.clone()),
            waker: FeedWaker::new(),
            identity: ServiceIdentity::new(name, settings.identity_pem.expose())?,
            pool,
            clock,
            lifecycle,
            settings,
            call_deadline: None,
        })
    }

    /// Lets calls take longer than usual, for a service whose work is to wait for others.
    #[must_use]
    pub fn with_call_deadline(mut self, deadline: Duration) -> Self {
        self.call_deadline = Some(deadline);
        self
    }

    /// Listens where the settings say.
    pub async fn listen(&self) -> Result<TcpListener, StartError> {
        let address = self.settings.listen;
        TcpListener::bind(address)
            .await
            .map_err(|error| StartError::Listen(address, error))
    }

    /// A signed channel to the peer at `endpoint`, e.g. `http://intake:50051`.
    pub fn peer(&self, endpoint: &str) -> Result<Peer, BadEndpoint> {
        grpc::peer(&PeerSettings::new(endpoint), self.identity.clone())
    }

    /// A listener to the events of the service `source` at `endpoint`. [`Base::serve`] runs it.
    pub fn consumer(
        &self,
        source: &'static str,
        endpoint: &str,
        handler: Arc<dyn Handler>,
    ) -> Result<Consumer, BadEndpoint> {
        let settings = ConsumerSettings {
            service: self.service,
            source,
        };
        Ok(Consumer::new(
            settings,
            self.pool.clone(),
            self.peer(endpoint)?,
            handler,
        ))
    }
}

async fn open_key_set(places: &Path, lifecycle: &Lifecycle) -> Result<KeySet, StartError> {
    // A file's name may hold a comma.
    if places.is_file() {
        return Ok(KeySet::from_file(places)?);
    }
    let keys = KeySet::open(&places.to_string_lossy(), KEY_SET_TRIES).await?;
    let (kept, token) = (keys.clone(), lifecycle.token());
    lifecycle.spawn("key set", async move {
        tokio::select! {
            () = kept.keep_fresh(KEY_SET_REFRESH) => {}
            () = token.cancelled() => {}
        }
    });
    Ok(keys)
}

async fn migrate(pool: &PgPool, schema: &'static str, migrator: &'static Migrator) -> Result<(), StartError> {
    let sets = [
        MigrationSet {
            owner: "access",
            migrator: &auth::MIGRATOR,
        },
        MigrationSet {
            owner: "events",
            migrator: &events::MIGRATOR,
        },
        MigrationSet {
            owner: "idempotency",
            migrator: &idempotency::MIGRATOR,
        },
        MigrationSet {
            owner: schema,
            migrator,
        },
    ];
    let mut tries = 0;
    loop {
        match pg::migrate(pool, &sets).await {
            Ok(()) => return Ok(()),
            Err(error) if tries == MIGRATE_TRIES || !error.is_transient() => return Err(error.into()),
            Err(error) => {
                tries += 1;
                tracing::warn!(error = %grpc::status::chain(&error), tries, "the schema is not up to date yet");
                tokio::time::sleep(MIGRATE_PAUSE).await;
            }
        }
    }
}
