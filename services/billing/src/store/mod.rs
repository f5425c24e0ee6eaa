//! SQL of billing: plain functions on a connection, one file a table.

pub(crate) mod accounts;
pub(crate) mod charges;
pub(crate) mod invoices;
pub(crate) mod open_months;
pub(crate) mod prices;

/// The migrations of billing's own tables.
pub(crate) static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
