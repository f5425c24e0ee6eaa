//! A carrier partner to test against: it takes port requests for all losing carriers behind it and plays winning ones.
//!
//! What it answers, and when by the business clock, is scripted by number. The decisions are in `script/`, which
//! knows no database; start there, then [`start`] and `ops/`: one file a use case.
//!
//! **Architecture invariant:** everything it knows is in Postgres, so two replicas agree and a crash loses nothing.

mod app;
mod call;
mod config;
mod due;
mod grpc;
mod listen;
mod mover_slot;
mod ops;
mod port_out;
mod port_request;
mod script;
mod store;

pub use app::start;
pub use config::Settings;
pub use mover_slot::MoverSlot;
