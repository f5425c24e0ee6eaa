//! Repeated changes on a real Postgres and a real Redis: one effect, one reply, whatever Redis says or does.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

mod changes;
mod dry_runs;
mod proofs;
mod records;
mod redis_shortcut;
