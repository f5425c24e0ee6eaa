//! What is still to be sent, for whoever moves the business clock.

use clock::{Backlog, BacklogFuture, DueWork};
use jiff::Timestamp;
use sqlx::PgPool;

use crate::store;

/// Deliveries that have not ended. None is dated, so there is no next one.
#[derive(Debug)]
pub(crate) struct Deliveries {
    pub(crate) pool: PgPool,
}

impl DueWork for Deliveries {
    fn name(&self) -> &'static str {
        "notification deliveries"
    }

    fn backlog(&self, _now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async {
            Ok(Backlog {
                due_now: store::queue::count_queued(&self.pool).await?,
                next_due: None,
            })
        })
    }
}
