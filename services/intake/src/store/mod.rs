//! SQL of intake: plain functions on a connection, one file a table or two.

pub(crate) mod access;
pub(crate) mod account_numbers;
pub(crate) mod accounts;
pub(crate) mod carriers;
pub(crate) mod comments;
pub(crate) mod counting;
pub(crate) mod departed;
pub(crate) mod dispute;
pub(crate) mod document_policies;
pub(crate) mod inventory;
pub(crate) mod letter_brands;
pub(crate) mod letters;
pub(crate) mod links;
pub(crate) mod listing;
#[cfg(test)]
mod plan;
pub(crate) mod port_in;
pub(crate) mod port_out;
pub(crate) mod signings;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod tracking;

/// The migrations of intake's own tables.
pub(crate) static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
