//! Domain facts as events. The only module of intake, besides `grpc`, that knows the protos.

mod about;
pub(crate) mod access;
pub(crate) mod accounts;
pub(crate) mod comments;
pub(crate) mod conflict;
pub(crate) mod cutover;
pub(crate) mod dispute;
pub(crate) mod letters;
pub(crate) mod port_in;
pub(crate) mod port_out;
pub(crate) mod protection;
