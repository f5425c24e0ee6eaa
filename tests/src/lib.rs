//! Tests of the whole system, and what they are made of.
//!
//! A test starts the real `portway up` as a process of its own ([`System`]), drives it through its public gRPC API
//! ([`Customer`]), and breaks it only from outside: processes are killed, servers stopped, rows locked by another
//! session.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "only tests use this crate, and what a test is made of may panic as the test does"
)]

pub mod checks;
mod customer;
mod disputes;
pub mod documents;
mod freeze;
mod given;
pub mod pages;
mod port_outs;
mod receiver;
mod replica;
mod sms_gateway;
mod system;
pub mod wire;

pub use customer::Customer;
pub use freeze::Freeze;
pub use given::{ACCOUNT_NUMBER, PIN, TAX_ID, raw_reason, script_step};
pub use receiver::Receiver;
pub use replica::IntakeReplica;
pub use sms_gateway::SmsGateway;
pub use system::{Ran, System, SystemOptions};
