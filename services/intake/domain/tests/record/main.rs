//! What is read in bills and customer service records, and when it is what an order says.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic as the test does"
)]

mod layouts;
mod likeness;
