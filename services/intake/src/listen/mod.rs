//! What the carrier gateway announces, as changes of orders and port-outs.

mod carriers;
mod dispute;
mod gateway;
mod port_in;
mod port_out;

pub(crate) use gateway::FromGateway;
