//! Seeing port-in orders: whose turn it is and until when, lists, files, comments. By the front door, as the tests of
//! `port_in`, whose house and customer these share.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic as the test does"
)]

mod comments;
#[path = "../port_in/customer.rs"]
#[expect(dead_code, reason = "the tests of port_in use all of it")]
mod customer;
mod export;
#[path = "../port_in/feed.rs"]
mod feed;
#[path = "../port_in/harness.rs"]
#[expect(dead_code, reason = "the tests of port_in use all of it")]
mod harness;
mod lists;
#[path = "../port_in/lookup.rs"]
#[expect(dead_code, reason = "the tests of portability use all of it")]
mod lookup;
mod outlook;
mod pages;
mod sorts;
mod tokens;
mod tracking;
