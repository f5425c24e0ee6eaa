//! The workers: each claims work in the database, calls, and records what came of it. Any number of replicas may run
//! them. The calls are made here; what is recorded is told in `ops`.

mod commands;
mod gauges;
mod inbound;
mod polls;

pub(crate) use commands::{CommandQueue, CommandWorker};
pub(crate) use gauges::Gauges;
pub(crate) use inbound::{InboundQueue, InboundWorker};
pub(crate) use polls::{PollWorker, Polls};

/// Pieces of work claimed at once. They are done at the same time, so that all of them end within their lease.
const CLAIMED_MAX: i64 = 8;
