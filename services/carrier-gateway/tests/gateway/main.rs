//! The gateway against a real Postgres, with a carrier partner and an intake that answer on real sockets.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod answers;
mod callers;
mod capability_tests;
mod carriers;
mod commands;
mod conflicts;
mod freshness;
mod harness;
mod inbound;
mod intake_stub;
mod number_lookup;
mod order;
mod partial;
mod partner_stub;
mod port_out_snapbacks;
mod port_outs;
mod pushed;
mod rpcs;
mod secrets;
mod settings;
