//! Billing through its front doors: events of intake in, gRPC out, on a real Postgres.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod charging;
mod closing;
mod disputes;
mod harness;
mod prices;
mod reading;
