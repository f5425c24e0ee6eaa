//! Billing: the price book, charges for completed ports, month close and invoices.
//!
//! Billing listens to intake and never asks it. Start at [`start`], then `ops/`: one file a use case, and
//! `ops/close_month.rs` first, where the money is.
//!
//! **Architecture invariant:** a charge stands once, whatever arrives how often, and goes on one invoice.

mod announce;
mod app;
mod config;
mod due;
mod grpc;
mod listen;
mod ops;
mod render;
mod store;

pub use app::start;
pub use config::Settings;
pub use listen::FromIntake;
