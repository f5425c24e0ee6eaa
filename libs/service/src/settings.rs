//! The settings that every service has.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use config::{ConfigErrors, Env};
use types::{Secret, ServiceName};
use vault::{DigestKey, KeyRing};

/// Settings of any service. The all-in-one makes them itself; a deployed service reads them from the environment.
#[derive(Debug, Clone)]
pub struct BaseSettings {
    /// The service, as its peers and metrics know it.
    pub service: &'static str,
    /// Its schema.
    pub schema: &'static str,
    /// The database, with the service's own role. Holds a password.
    pub database_url: Secret,
    /// Connections to it at most.
    pub connections_max: u32,
    /// Redis; `None` goes without.
    pub redis_url: Option<Secret>,
    /// Where the gRPC server listens.
    pub listen: SocketAddr,
    /// Where health and metrics are served over HTTP; `None`: nowhere.
    pub admin_listen: Option<SocketAddr>,
    /// The JWK sets of those whose tokens are accepted: a file or a URL, or several with commas between.
    pub key_set: PathBuf,
    /// The service's own signing key, PKCS#8 PEM.
    pub identity_pem: Secret,
    /// Digests requests and replies; the same on all replicas.
    pub digest_key: Arc<DigestKey>,
    /// Seals secrets; the same on all replicas.
    pub key_ring: Arc<KeyRing>,
}

impl BaseSettings {
    /// Reads them; all faults go to `env`.
    pub fn read(service: &'static str, schema: &'static str, env: &mut Env) -> Result<Self, ConfigErrors> {
        let database_url = env.secret("PORTWAY_DATABASE_URL", "Postgres, with the service's own role");
        let connections_max = env.or(
            "PORTWAY_DATABASE_CONNECTIONS_MAX",
            "connections to Postgres at most",
            20_u32,
        );
        let redis_url = env.optional_secret(
            "PORTWAY_REDIS_URL",
            "Redis; without it repeats are answered more slowly",
        );
        let listen = env.or(
            "PORTWAY_LISTEN",
            "where gRPC is served",
            SocketAddr::from(([0, 0, 0, 0], 50051)),
        );
        let admin = env.or(
            "PORTWAY_ADMIN_LISTEN",
            "where health and metrics are served",
            SocketAddr::from(([0, 0, 0, 0], 9090)),
        );
        let key_set = env.required::<String>(
            "PORTWAY_KEY_SET",
            "JWK set of accepted signers: file or URL, or several with commas between",
        );
        let identity_pem = env.secret(
            "PORTWAY_IDENTITY_PEM",
            "the service's own Ed25519 key, PKCS#8 PEM",
        );
        let digest_key = env.secret_as("PORTWAY_DIGEST_KEY", "base64; digests requests", |text| {
            text.parse::<DigestKey>()
        });
        let key_ring = env.secret_as(
            "PORTWAY_KEY_RING",
            "id:base64[,id:base64...]; the first seals",
            str::parse::<KeyRing>,
        );
        Ok(Self {
            service,
            schema,
            database_url: database_url?,
            connections_max: connections_max?,
            redis_url: redis_url?,
            listen: listen?,
            admin_listen: Some(admin?),
            key_set: PathBuf::from(key_set?),
            identity_pem: identity_pem?,
            digest_key: Arc::new(digest_key?),
            key_ring: Arc::new(key_ring?),
        })
    }

    /// The service's name as a type.
    pub(crate) fn name(&self) -> Result<ServiceName, types::InvalidValue> {
        self.service.parse()
    }
}
