//! Papers by the front door: documents read back, which of them are needed, letters made and signed. Over gRPC, and over
//! HTTP on a real socket.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic as the test does"
)]

mod browser;
#[path = "../port_in/customer.rs"]
#[expect(dead_code, reason = "the tests of port_in use all of it")]
mod customer;
mod documents;
#[path = "../port_in/feed.rs"]
mod feed;
#[path = "../port_in/harness.rs"]
#[expect(dead_code, reason = "the tests of port_in use all of it")]
mod harness;
mod letters;
#[path = "../port_in/lookup.rs"]
#[expect(dead_code, reason = "the tests of portability use all of it")]
mod lookup;
mod pages;
mod policies;
mod signer;
mod signing;
