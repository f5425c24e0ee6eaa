//! Domain facts as events. The only module of intake, besides `grpc`, that knows the protos.

pub(crate) mod accounts;
pub(crate) mod comments;
pub(crate) mod cutover;
pub(crate) mod letters;
pub(crate) mod port_in;
pub(crate) mod port_out;
pub(crate) mod protection;
