//! What kind of number a text names, where it belongs, and why it cannot be ported.
//!
//! Text becomes a [`Tn`] here and nowhere else. The rules are our own: libraries accept 212-211-9999,
//! 212-555-0100 and numbers of 976 and 950. Facts about area codes are data (`data/`), read once, and an
//! override file can correct them without a release ([`NumberingTable::put_in_force`]).
//!
//! **Architecture invariant:** a verdict depends on the text, the table and a date that is passed in; this crate
//! asks no clock, no network and no database. The table is chosen once, when the process starts.
//! Start at [`inspect`]; [`parse`] is the same without the facts about the area code.
#![warn(missing_docs)]

mod number_info;
mod reading;
mod refusal;
mod region;
mod table;

use jiff::civil::Date;
pub use number_info::{NumberInfo, NumberKind, StateCode};
pub use refusal::NumberRefusal;
pub use region::NpacRegion;
pub use table::{NumberingTable, OtherTableInForce, TableError};
use types::Tn;

/// Reads a number as people write it, by the table in force. Whether its area code is active yet is a question
/// of dates: [`inspect`] answers it.
pub fn parse(raw: &str) -> Result<Tn, NumberRefusal> {
    NumberingTable::in_force().parse(raw)
}

/// Reads a number that may be spelled with the letters of a keypad, by the table in force.
pub fn parse_vanity(raw: &str) -> Result<Tn, NumberRefusal> {
    NumberingTable::in_force().parse_vanity(raw)
}

/// Reads each number of a list, in order, by the table in force, and refuses those that were named before.
pub fn parse_list<'a>(inputs: impl IntoIterator<Item = &'a str>) -> Vec<Result<Tn, NumberRefusal>> {
    NumberingTable::in_force().parse_list(inputs)
}

/// Reads a number and says what it is on the given day, by the table in force.
pub fn inspect(raw: &str, on: Date) -> Result<NumberInfo, NumberRefusal> {
    NumberingTable::in_force().inspect(raw, on)
}

/// Says what a number is on the given day, by the table in force.
pub fn describe(tn: Tn, on: Date) -> Result<NumberInfo, NumberRefusal> {
    NumberingTable::in_force().describe(tn, on)
}
