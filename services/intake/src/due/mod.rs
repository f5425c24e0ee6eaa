//! Work of intake that falls due by the business clock.

pub(crate) mod dispute;
pub(crate) mod erasure;
pub(crate) mod port_in;
pub(crate) mod port_out;

use std::sync::Arc;

use clock::DueWork;

use crate::app::Intake;

/// Starts the workers and returns what they have to do, for whoever moves the clock.
pub(crate) fn start(intake: &Intake) -> Vec<Arc<dyn DueWork>> {
    vec![
        port_in::start(intake),
        port_out::start(intake),
        dispute::start(intake),
        erasure::start(intake),
    ]
}
