//! How every service speaks gRPC: one server, one client, one way to refuse.
//!
//! Start at [`serve`] for the server, [`peer`] for calling another service, [`status`] for errors and [`Faults`] for
//! requests that are wrong in several places at once.
//!
//! **Architecture invariant:** this crate knows no message of any service.
#![warn(missing_docs)]

mod client;
mod deadline;
mod faults;
mod incoming;
mod lifecycle;
pub mod page;
mod rpc_telemetry;
mod server;
pub mod status;

pub use client::{BadEndpoint, NoDeadline, Peer, PeerSettings, call_again, peer};
pub use faults::{Faults, FieldFault};
pub use lifecycle::Lifecycle;
pub use server::{ServeError, ServerSettings, serve};

/// What every handler returns.
pub type Reply<T> = Result<tonic::Response<T>, tonic::Status>;
