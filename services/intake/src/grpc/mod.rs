//! The gRPC face of intake: parse, call one use case, render.

/// Begins the change that a request asks for, or replies what was replied before.
macro_rules! begin {
    ($self:ident, $request:ident) => {
        match $self.intake.base.idempotency.begin(&$request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        }
    };
}

mod access;
mod accounts;
mod comments;
mod csv;
mod dispute;
mod files;
mod gateway_calls;
mod letters;
mod numbers;
mod port_in;
mod port_out;
mod portability;
mod tracking;

pub(crate) use access::add_access;
pub(crate) use accounts::add_accounts;
pub(crate) use dispute::add_disputes;
pub(crate) use gateway_calls::add_gateway_calls;
pub(crate) use letters::add_letters;
pub(crate) use port_in::add_port_in;
pub(crate) use port_out::add_port_out;
pub(crate) use portability::add_portability;
pub(crate) use tracking::add_tracking;

/// An etag that was sent.
fn etag(etag: &str) -> Option<&str> {
    Some(etag).filter(|etag| !etag.is_empty())
}
