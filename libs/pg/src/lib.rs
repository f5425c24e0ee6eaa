//! How every service meets Postgres: one pool, one role, one schema, migrations in order, errors with a meaning.
//!
//! A service logs in with a role of its own whose `search_path` is its own schema alone, so SQL names tables
//! without a schema and cannot reach another service's. Start at [`connect`]; [`provision`] makes the roles.
//!
//! **Architecture invariant:** this crate knows no table of any service.
#![warn(missing_docs)]

mod error;
mod migrate;
mod pool;
mod provision;

pub use error::{Fault, StoreError, fault_of};
pub use migrate::{MigrateError, MigrationSet, migrate};
pub use pool::{PgSettings, connect};
pub use provision::{ProvisionError, ServiceRole, provision, url_for, with_database};
