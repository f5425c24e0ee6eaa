//! The service's own RPCs: parse, call one use case, render.

mod carriers;
mod commands;
mod convert;
mod status;

pub(crate) use carriers::Carriers;
pub(crate) use commands::Commands;
