//! The gateway's tables. Plain functions on a connection; the transaction is the caller's.
//!
//! Whatever concerns one order locks its `submission` row first, then its commands, then the `poll` row: one order
//! of locks, so that the feed, a poll by reference and the end of a command never wait for each other in a circle.

pub(crate) mod answers;
pub(crate) mod capability_tests;
pub(crate) mod carriers;
mod command_row;
pub(crate) mod commands;
pub(crate) mod inbound;
mod inbound_row;
pub(crate) mod number_holders;
pub(crate) mod polls;
pub(crate) mod port_out_snapbacks;
pub(crate) mod submissions;
pub(crate) mod unreadable;

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;

/// The migrations of the service.
pub(crate) static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// What a worker claimed is its own for this long, in seconds. Longer than the calls it makes meanwhile may take
/// (see `peers`), short enough that another replica soon takes over from one that died.
const LEASE_SECS: f64 = 20.0;

/// A time as a parameter.
fn at(time: Timestamp) -> jiff_sqlx::Timestamp {
    time.to_sqlx()
}

/// A column read back as the type whose text it holds.
fn parsed<T>(table: &'static str, id: &dyn Display, text: &str) -> Result<T, StoreError>
where
    T: FromStr<Err: Display>,
{
    text.parse()
        .map_err(|error| StoreError::corrupt(table, id, &error))
}

/// What is left of some queue at a business instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Left {
    /// Due and not finished.
    pub(crate) due_now: i64,
    /// The first instant after it at which more falls due.
    pub(crate) next_due: Option<Timestamp>,
}

/// The row of [`Left`].
type LeftRow = (i64, Option<jiff_sqlx::Timestamp>);

fn left((due_now, next_due): LeftRow) -> Left {
    Left {
        due_now,
        next_due: next_due.map(jiff_sqlx::Timestamp::to_jiff),
    }
}
