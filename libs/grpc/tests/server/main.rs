//! The server and its client over real sockets: limits, health, panics, deadlines, and an end in good order.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

mod ending;
mod limits;
mod retrying;
mod seeing;
mod stub;
mod tls;
