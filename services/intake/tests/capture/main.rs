//! What an order says of its numbers: configuration, overrides, the children it divides into, numbers in bulk, and the
//! inventory they come into.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic as the test does"
)]

mod configuration;
#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "../port_in/customer.rs"]
mod customer;
mod division;
#[path = "../port_in/feed.rs"]
mod feed;
#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "../port_in/harness.rs"]
mod harness;
mod inventory;
#[expect(dead_code, reason = "the tests of checks say who has which number")]
#[path = "../port_in/lookup.rs"]
mod lookup;
mod parents;
mod platform;
mod uploads;
