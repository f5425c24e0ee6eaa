//! Work of the simulator that falls due by the business clock: making visible what the carriers have said by now.

use std::sync::Arc;

use clock::{Backlog, BacklogFuture, DueWork};
use jiff::Timestamp;
use sqlx::PgPool;

use crate::app::Simulator;
use crate::{ops, store};

const NAME: &str = "carrier-sim";

/// Starts the worker and returns what it has to do, for whoever moves the clock.
pub(crate) fn start(simulator: &Simulator) -> Vec<Arc<dyn DueWork>> {
    let base = &simulator.base;
    let pool = base.pool.clone();
    let publish = move |now| {
        let pool = pool.clone();
        async move { ops::publish_batch(&pool, now).await }
    };
    base.lifecycle.spawn(
        NAME,
        service::due::run(
            NAME,
            base.clock.clone(),
            simulator.wake.clone(),
            base.lifecycle.token(),
            publish,
        ),
    );
    vec![Arc::new(Unpublished(base.pool.clone()))]
}

/// What is not visible yet.
struct Unpublished(PgPool);

impl DueWork for Unpublished {
    fn name(&self) -> &str {
        NAME
    }

    fn backlog(&self, now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async move {
            let mut conn = self.0.acquire().await?;
            let (due_now, next_due) = store::change::backlog(&mut conn, now).await?;
            Ok(Backlog { due_now, next_due })
        })
    }
}
