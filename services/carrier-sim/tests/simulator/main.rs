//! The simulator through its front door: real Postgres, real gRPC, a clock that the test moves.

#![expect(
    clippy::unwrap_used,
    reason = "what the tests are made of panics as a test does"
)]

mod after_the_port;
mod clock;
mod concurrency;
mod conflicts;
mod harness;
mod port_outs;
mod refusals;
mod requests;
mod scripts;
mod words;
