//! The worker that does to orders what time asks for.

use std::sync::Arc;

use clock::{BacklogFuture, DueWork};
use jiff::Timestamp;

use crate::app::Intake;
use crate::ops;

/// Starts the worker and returns what it has to do.
pub(crate) fn start(intake: &Intake) -> Arc<dyn DueWork> {
    let worker = intake.clone();
    let lifecycle = &intake.base.lifecycle;
    lifecycle.spawn(
        "port-in timers",
        service::due::run(
            "port-in timers",
            intake.base.clock.clone(),
            intake.port_in_wake.clone(),
            lifecycle.token(),
            move |now| {
                let intake = worker.clone();
                async move { ops::port_in::do_what_is_due(&intake, now).await }
            },
        ),
    );
    Arc::new(Timers {
        intake: intake.clone(),
    })
}

struct Timers {
    intake: Intake,
}

impl DueWork for Timers {
    fn name(&self) -> &'static str {
        "intake.port_in_timers"
    }

    fn backlog(&self, now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async move { Ok(ops::port_in::backlog(&self.intake, now).await?) })
    }
}
