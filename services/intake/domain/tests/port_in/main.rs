//! The rules of port-in orders, from outside.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic as the test does"
)]

mod carriers;
mod cross_traffic;
mod cutover;
mod date_changes;
mod divisions;
mod fixes;
mod life;
mod looks;
mod meanwhile;
mod orders;
mod outlook;
mod papers;
mod refused_activations;
mod requirements;
mod timers;
mod transitions;
mod tries;
