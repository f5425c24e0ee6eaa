//! Brings a schema up to date.

use sqlx::PgPool;
use sqlx::migrate::Migrator;
use thiserror::Error;

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

/// Applies what is missing of each set, in order. sqlx holds an advisory lock meanwhile, so replicas may start at once.
pub async fn migrate(pool: &PgPool, sets: &[MigrationSet]) -> Result<(), MigrateError> {
    for set in sets {
        let mut migrator = Migrator::with_migrations(set.migrator.migrations.to_vec());
        migrator.dangerous_set_table_name(format!("_migrations_{}", set.owner));
        migrator.run(pool).await.map_err(|source| MigrateError {
            owner: set.owner,
            source,
        })?;
    }
    Ok(())
}
