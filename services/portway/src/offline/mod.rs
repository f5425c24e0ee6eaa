//! Tools that need no service: they answer from rules and tables compiled in.
//!
//! Their JSON is a contract of its own, kept by the tests of the program; change it only by adding.

pub(crate) mod calendar;
pub(crate) mod number;
pub(crate) mod reason;
