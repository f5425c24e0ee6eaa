//! The rules of intake: what a port-in order and a port-out may become, and what must be true first.
//!
//! **Architecture invariant:** no database, no network, no clock: `now` is a parameter.
#![warn(missing_docs)]

pub mod account;
pub mod carrier;
pub mod dispute;
pub mod document_policy;
pub mod letters;
pub mod port_in;
pub mod port_out;
pub mod portability;
pub mod record;
