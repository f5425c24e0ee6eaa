//! Work of billing that falls due by the business clock: each account's month closes an hour after it ended there.

use std::sync::Arc;

use clock::{BacklogFuture, DueWork};
use jiff::Timestamp;
use service::Base;
use service::due::{Pass, Wake};
use sqlx::PgPool;

use crate::ops::close_month;

const NAME: &str = "billing month close";

/// Starts the worker and returns what it has to do, for whoever moves the clock.
pub(crate) fn start(base: &Base) -> Vec<Arc<dyn DueWork>> {
    let pool = base.pool.clone();
    let pass = move |now: Timestamp| {
        let pool = pool.clone();
        async move {
            let worked = close_month::close_due(&pool, now).await?;
            Ok(if worked { Pass::Worked } else { Pass::Idle })
        }
    };
    let token = base.lifecycle.token();
    // Woken by the clock alone: nothing that is added is due at once.
    let wake = Wake::default();
    let worker = service::due::run(NAME, base.clock.clone(), wake, token, pass);
    base.lifecycle.spawn("month close", worker);
    vec![Arc::new(MonthClose {
        pool: base.pool.clone(),
    })]
}

/// The months that are still to be closed.
struct MonthClose {
    pool: PgPool,
}

impl DueWork for MonthClose {
    fn name(&self) -> &'static str {
        NAME
    }

    fn backlog(&self, now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async move { Ok(close_month::backlog(&self.pool, now).await?) })
    }
}
