//! The service's own RPCs: parse, call one use case, render.

mod carrier_convert;
mod carrier_feed;
mod carriers;
mod commands;
mod convert;
mod lookup_convert;
mod number_lookup;
mod status;

pub(crate) use carrier_feed::CarrierFeed;
pub(crate) use carriers::Carriers;
pub(crate) use commands::Commands;
pub(crate) use number_lookup::NumberLookup;
