//! The worker that notes when a dispute is overdue.

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
        "dispute clocks",
        service::due::run(
            "dispute clocks",
            intake.base.clock.clone(),
            intake.dispute_wake.clone(),
            lifecycle.token(),
            move |now| {
                let intake = worker.clone();
                async move { ops::dispute::note_overdue(&intake, now).await }
            },
        ),
    );
    Arc::new(Clocks {
        intake: intake.clone(),
    })
}

struct Clocks {
    intake: Intake,
}

impl DueWork for Clocks {
    fn name(&self) -> &'static str {
        "intake.dispute_clocks"
    }

    fn backlog(&self, now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async move { Ok(ops::dispute::backlog(&self.intake, now).await?) })
    }
}
