//! The event log on a real Postgres, served over real gRPC: what it must keep under concurrency, failures and restarts.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

mod auditing;
mod consuming;
mod feeding;
mod house;
mod replaying;
mod retaining;
mod sequencing;
