//! A whole service, made of the base alone: how it starts, gets ready, listens, drains and ends.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

mod due_work;
mod listening;
mod living;
mod settings;
mod town;
