//! Plays what becomes of a port-out: ported, withdrawn, moved.

use pg::StoreError;
use thiserror::Error;

use crate::app::Simulator;
use crate::port_out::{Progress, ProgressStep};
use crate::store;
use crate::store::change::Subject;
use crate::store::progress::Origin;

/// Why nothing was reported.
#[derive(Debug, Error)]
pub(crate) enum ReportPortOutError {
    /// No such request was played.
    #[error("there is no such port-out request")]
    NotFound,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Puts the news among the changes, once: now, or when they happen. A completion that waits for its instant gives way
/// to a port or a withdrawal, and moves with the cut-over.
pub(crate) async fn report_port_out(
    simulator: &Simulator,
    news: &Progress,
) -> Result<(), ReportPortOutError> {
    let now = simulator.base.clock.now();
    let mut tx = simulator.base.pool.begin().await.map_err(StoreError::from)?;
    let versions = store::port_out::lock_versions(&mut tx, &news.winning_spid, &news.pon).await?;
    if versions.is_empty() {
        return Err(ReportPortOutError::NotFound);
    }
    if store::progress::insert(&mut tx, news, Origin::Reported).await? {
        let due_at = news.occurred_at.max(now);
        store::change::add(&mut tx, Subject::Progress(&news.id), due_at, 1).await?;
        let waiting =
            store::progress::drop_waiting_completions(&mut tx, &news.winning_spid, &news.pon).await?;
        match news.step {
            ProgressStep::Ported | ProgressStep::Cancelled => {}
            ProgressStep::FocChanged(foc_at) => {
                for id in waiting {
                    let at = foc_at.max(now);
                    let moved = Progress {
                        id,
                        winning_spid: news.winning_spid.clone(),
                        pon: news.pon.clone(),
                        step: ProgressStep::Ported,
                        occurred_at: at,
                    };
                    store::progress::insert(&mut tx, &moved, Origin::Completion).await?;
                    store::change::add(&mut tx, Subject::Progress(&moved.id), at, 1).await?;
                }
            }
        }
    }
    tx.commit().await.map_err(StoreError::from)?;
    simulator.wake.wake();
    Ok(())
}
