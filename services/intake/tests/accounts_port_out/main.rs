//! Accounts, the inventory and port-outs by the front door: real Postgres, real gRPC, a clock that is moved.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

mod accounts;
mod answers;
mod bootstrap;
mod calls;
mod comments;
mod conflicts;
mod consents;
mod decisions;
#[path = "../port_in/feed.rs"]
mod feed;
mod files;
mod filters;
mod harness;
mod in_time;
mod lawful;
mod lists;
#[expect(dead_code, reason = "the tests of portability use all of it")]
#[path = "../port_in/lookup.rs"]
mod lookup;
mod owners;
mod per_number;
mod permission_sets;
mod policies;
mod progress;
mod protect;
mod protection;
mod protection_events;
mod reasons;
mod receive;
mod records;
mod separations;
mod set_calls;
mod silence;
mod text_replies;
