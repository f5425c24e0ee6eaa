//! The worker that acts on silence.

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
        "port-out answers",
        service::due::run(
            "port-out answers",
            intake.base.clock.clone(),
            intake.port_out_wake.clone(),
            lifecycle.token(),
            move |now| {
                let intake = worker.clone();
                async move { ops::port_out::decide_silence(&intake, now).await }
            },
        ),
    );
    Arc::new(Answers {
        intake: intake.clone(),
    })
}

struct Answers {
    intake: Intake,
}

impl DueWork for Answers {
    fn name(&self) -> &'static str {
        "intake.port_out_answers"
    }

    fn backlog(&self, now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async move { Ok(ops::port_out::backlog(&self.intake, now).await?) })
    }
}
