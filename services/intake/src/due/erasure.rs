//! The worker that erases what orders kept secret.

use std::sync::Arc;

use clock::{BacklogFuture, DueWork};
use jiff::Timestamp;
use service::due::Wake;

use crate::app::Intake;
use crate::ops;

/// Starts the worker and returns what it has to do.
pub(crate) fn start(intake: &Intake) -> Arc<dyn DueWork> {
    let worker = intake.clone();
    let lifecycle = &intake.base.lifecycle;
    lifecycle.spawn(
        "secrets' erasure",
        service::due::run(
            "secrets' erasure",
            intake.base.clock.clone(),
            // Nothing is in a hurry.
            Wake::default(),
            lifecycle.token(),
            move |now| {
                let intake = worker.clone();
                async move { ops::port_in::erase_secrets(&intake, now).await }
            },
        ),
    );
    Arc::new(Erasure {
        intake: intake.clone(),
    })
}

struct Erasure {
    intake: Intake,
}

impl DueWork for Erasure {
    fn name(&self) -> &'static str {
        "intake.secrets_erasure"
    }

    fn backlog(&self, now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async move { Ok(ops::port_in::erasure_backlog(&self.intake, now).await?) })
    }
}
