//! Brings a schema up to date.

use sqlx::migrate::MigrateError::{Execute, ExecuteMigration};
use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection, PgPool};
use thiserror::Error;

use crate::error::{Fault, fault_of};

/// How long a migration waits for another replica's, and for locks on tables in use.
const LOCK_TIMEOUT_MS: &str = "60000";

/// The migrations of one owner: a library that brings tables, or the service itself.
#[derive(Debug)]
pub struct MigrationSet {
    /// Names the table that records what was applied: `_migrations_<owner>`.
    pub owner: &'static str,
    /// What `sqlx::migrate!` embedded.
    pub migrator: &'static Migrator,
}

/// Why a schema could not be brought up to date.
#[derive(Debug, Error)]
#[error("cannot apply the migrations of {owner}")]
pub struct MigrateError {
    owner: &'static str,
    source: sqlx::migrate::MigrateError,
}

impl MigrateError {
    /// Whether trying again may help: the database is away, or another replica migrates just now.
    pub fn is_transient(&self) -> bool {
        if let Execute(error) | ExecuteMigration(error, _) = &self.source {
            matches!(fault_of(error), Fault::Unavailable | Fault::Busy)
        } else {
            false
        }
    }
}

/// Applies what is missing of each set, in order. sqlx holds an advisory lock meanwhile, so replicas may start at once.
/// What a newer version has applied already is left as it is: an old replica must start beside new ones.
pub async fn migrate(pool: &PgPool, sets: &[MigrationSet]) -> Result<(), MigrateError> {
    for set in sets {
        apply(pool, set).await.map_err(|source| MigrateError {
            owner: set.owner,
            source,
        })?;
    }
    Ok(())
}

async fn apply(pool: &PgPool, set: &MigrationSet) -> Result<(), sqlx::migrate::MigrateError> {
    // Of its own, because the limits of the pool's statements are not those of a migration.
    let mut conn = PgConnection::connect_with(&pool.connect_options()).await?;
    sqlx::query("SELECT set_config('statement_timeout', '0', false), set_config('lock_timeout', $1, false)")
        .bind(LOCK_TIMEOUT_MS)
        .execute(&mut conn)
        .await?;
    let mut migrator = Migrator::with_migrations(set.migrator.migrations.to_vec());
    migrator.dangerous_set_table_name(format!("_migrations_{}", set.owner));
    migrator.set_ignore_missing(true);
    migrator.run(&mut conn).await?;
    Ok(conn.close().await?)
}
