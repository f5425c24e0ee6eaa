//! The service from its front doors: events in; mail, webhooks and gRPC out. Postgres, SMTP and HTTP are real.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as the test does"
)]

mod cases;
mod cases_of_disputes;
mod cases_of_leave;
mod cases_of_ours;
mod deliveries;
mod harness;
mod intake_events;
mod intake_stub;
mod invitations;
mod preferences;
mod receiver;
mod sending;
mod sms_gateway;
mod starting;
mod steps;
mod texts;
