//! What is found wrong before a carrier sees it: by the front door, with the gateway's carrier data played by a stub.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic as the test does"
)]

mod carriers;
#[path = "../port_in/customer.rs"]
#[expect(dead_code, reason = "other tests ask for more")]
mod customer;
mod drafts;
#[path = "../port_in/feed.rs"]
mod feed;
#[path = "../port_in/harness.rs"]
#[expect(dead_code, reason = "other tests ask for more")]
mod harness;
#[path = "../port_in/lookup.rs"]
mod lookup;
mod portability;
mod preflight;
mod requirements;
