//! The gRPC face of notification: parse, call one use case, render.

mod convert;
mod deliver;
mod prefer;
mod status;

pub(crate) use deliver::Deliver;
pub(crate) use prefer::Prefer;
