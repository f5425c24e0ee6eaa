//! The connection pool of a service.

use std::str::FromStr;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// How a service connects.
#[derive(Clone)]
pub struct PgSettings {
    /// `postgres://role:password@host:port/database`.
    pub url: String,
    /// The service's own schema: all that its statements can see.
    pub schema: String,
    /// Shown in `pg_stat_activity`.
    pub application: String,
    /// Connections at most.
    pub connections_max: u32,
}

impl std::fmt::Debug for PgSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL holds a password.
        f.debug_struct("PgSettings")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

/// A call waits this long for a connection before it is told that the database is not available.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// No statement of a service may run longer. Batches are sized to stay far below.
const STATEMENT_TIMEOUT_MS: &str = "15000";
/// A statement waits this long for a row that somebody else holds, e.g. for a duplicate of itself in progress.
const LOCK_TIMEOUT_MS: &str = "5000";
/// A transaction that a lost client left open is ended after this.
const IDLE_IN_TRANSACTION_TIMEOUT_MS: &str = "20000";

/// Makes the pool. Connects lazily, so a service starts while Postgres is away and gets ready when it is back.
pub fn connect(settings: &PgSettings) -> Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(&settings.url)?
        .application_name(&settings.application)
        .options([
            ("search_path", settings.schema.as_str()),
            ("statement_timeout", STATEMENT_TIMEOUT_MS),
            (
                "idle_in_transaction_session_timeout",
                IDLE_IN_TRANSACTION_TIMEOUT_MS,
            ),
            ("timezone", "UTC"),
            ("lock_timeout", LOCK_TIMEOUT_MS),
        ]);
    Ok(PgPoolOptions::new()
        .max_connections(settings.connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .max_lifetime(Duration::from_mins(30))
        .connect_lazy_with(options))
}
