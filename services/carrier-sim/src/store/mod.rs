//! The SQL of the simulator. Rows become the types of `script/`, `port_request` and `port_out` here, and nowhere else.

pub(crate) mod answer;
pub(crate) mod call;
pub(crate) mod change;
pub(crate) mod port_out;
pub(crate) mod port_out_answer;
pub(crate) mod port_out_conflict;
pub(crate) mod port_out_snapback;
pub(crate) mod port_request;
pub(crate) mod progress;
pub(crate) mod script;
pub(crate) mod test;

use std::fmt::Display;
use std::str::FromStr;

use pg::StoreError;
use types::{InvalidValue, Tn};

/// The service's own migrations.
pub(crate) static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Parses a column that was written from the same type.
fn parsed<T>(table: &'static str, id: &dyn Display, text: &str) -> Result<T, StoreError>
where
    T: FromStr<Err = InvalidValue>,
{
    text.parse()
        .map_err(|error: InvalidValue| StoreError::corrupt(table, id, &error))
}

/// Parses a column of numbers.
fn parsed_tns(table: &'static str, id: &dyn Display, tns: &[String]) -> Result<Vec<Tn>, StoreError> {
    tns.iter().map(|tn| parsed(table, id, tn)).collect()
}

/// Numbers as a column holds them.
fn tn_texts(tns: &[Tn]) -> Vec<String> {
    tns.iter().map(ToString::to_string).collect()
}
