//! Reaches the services: where they are, with which token, one client for each gRPC service.
//!
//! Start at [`Clients::connect`]. Requests are made by [`ask`] (changes nothing) and [`change`] (needs a key, so that
//! sending it twice does it once).

mod channel;
mod connect_args;
mod endpoints;
pub(crate) mod errors;
pub mod feed;
mod request;

pub(crate) use channel::ANSWER_BYTES_MAX;
pub use channel::{Clients, Wire};
pub(crate) use connect_args::ConnectArgs;
pub use endpoints::{ConnectError, ENDPOINTS_FILE, Endpoints, EndpointsFile, Service};
pub(crate) use request::{ChangeArgs, LimitArgs};
pub use request::{ChangeKey, ask, ask_stream, change};
