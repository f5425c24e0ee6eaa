//! SQL of port-in orders.
//!
//! An order is read whole by [`order::find`] (locked, to change it) and written back whole by [`order::save`], which
//! refuses when somebody else was faster. Its numbers, of which there may be 20,000, are written by difference.

pub(crate) mod answers;
pub(crate) mod commands;
pub(crate) mod counts;
pub(crate) mod cutover;
pub(crate) mod documents;
pub(crate) mod due;
pub(crate) mod erasure;
pub(crate) mod family;
pub(crate) mod import_lines;
pub(crate) mod imports;
pub(crate) mod list;
pub(crate) mod live;
pub(super) mod number_row;
pub(crate) mod numbers;
pub(crate) mod order;
pub(crate) mod pace;
#[cfg(test)]
mod plans;
pub(crate) mod reasons;
pub(crate) mod records;
pub(crate) mod reviews;
mod row;
mod secrets;
pub(crate) mod seen;
mod state_row;
pub(crate) mod timeline;
