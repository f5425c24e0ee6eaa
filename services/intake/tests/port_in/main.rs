//! Port-in orders by the front door: real Postgres, real gRPC, the gateway's events over a real feed, a clock that is
//! moved. The tests have several threads, because a service's tasks end while its database is dropped.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic as the test does"
)]

mod answers;
mod cancels;
mod customer;
mod cutover;
mod cutover_after;
mod cutover_groups;
mod cutover_ready;
mod dispute_calls;
mod dispute_returns;
mod disputes;
mod documents;
mod drafts;
mod early_and_late_tests;
mod evidence;
mod feed;
mod fixes;
#[expect(dead_code, reason = "the tests of papers open links and ask for them")]
mod harness;
mod imports;
mod journey;
mod lists;
#[expect(dead_code, reason = "the tests of checks say who has which number")]
mod lookup;
mod privacy;
mod races;
mod refused_activations;
mod repeats;
mod snapback_answers;
mod stand_ins;
mod timers;
