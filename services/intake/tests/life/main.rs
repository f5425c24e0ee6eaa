//! The life of port-in orders: our review, changes of date, what time does, and what may be done when. By the front door,
//! as the tests of `port_in`, whose house and customer these share.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic as the test does"
)]

mod actions;
#[path = "../port_in/customer.rs"]
#[expect(dead_code, reason = "the tests of port_in use all of it")]
mod customer;
mod date_changes;
mod dates_that_move;
mod erasure;
mod expiry;
#[path = "../port_in/feed.rs"]
mod feed;
#[path = "../port_in/harness.rs"]
#[expect(dead_code, reason = "the tests of port_in use all of it")]
mod harness;
#[path = "../port_in/lookup.rs"]
#[expect(dead_code, reason = "the tests of portability use all of it")]
mod lookup;
mod people;
mod policies;
mod proposals;
mod rejections;
mod remaining;
mod reviews;
mod unanswered;
