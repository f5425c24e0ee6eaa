//! Accounts, the inventory and port-outs by the front door: real Postgres, real gRPC, a clock that is moved.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

mod accounts;
mod bootstrap;
mod calls;
mod consents;
mod decisions;
mod harness;
mod lists;
mod per_number;
mod policies;
mod progress;
mod protect;
mod protection;
mod receive;
mod silence;
