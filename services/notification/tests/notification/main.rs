//! The service from its front doors: events in; mail, webhooks and gRPC out. Postgres, SMTP and HTTP are real.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as the test does"
)]

mod cases;
mod deliveries;
mod harness;
mod intake_events;
mod preferences;
mod receiver;
mod sending;
mod starting;
mod steps;
