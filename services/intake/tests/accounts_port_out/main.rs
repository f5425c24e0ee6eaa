//! Accounts, the inventory and port-outs by the front door: real Postgres, real gRPC, a clock that is moved.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

mod accounts;
mod bootstrap;
mod calls;
mod decisions;
mod harness;
mod lists;
mod progress;
mod receive;
mod silence;
