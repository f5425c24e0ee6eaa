//! The gRPC face of intake: parse, call one use case, render.

mod accounts;
mod gateway_calls;
mod letters;
mod numbers;
mod port_in;
mod port_out;
mod portability;
mod tracking;

pub(crate) use accounts::add_accounts;
pub(crate) use gateway_calls::add_gateway_calls;
pub(crate) use letters::add_letters;
pub(crate) use port_in::add_port_in;
pub(crate) use port_out::add_port_out;
pub(crate) use portability::add_portability;
pub(crate) use tracking::add_tracking;
