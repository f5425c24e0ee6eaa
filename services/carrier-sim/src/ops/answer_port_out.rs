//! Takes our answer to a winning carrier in, and schedules the completion if it is to come by itself.

use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;

use crate::app::Simulator;
use crate::call::{Call, Rpc};
use crate::port_out::{Decision, PortOutAnswer, PortOutKey, Progress, ProgressStep};
use crate::store;
use crate::store::change::Subject;
use crate::store::progress::Origin;

/// Why an answer was not taken in.
#[derive(Debug, Error)]
pub(crate) enum AnswerPortOutError {
    /// No such request was played.
    #[error("there is no such port-out request")]
    NotFound,
    /// The request was answered the other way. A changed mind needs a new version of the request.
    #[error("the request was answered otherwise before")]
    AnsweredOtherwise,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Takes an answer in, once.
pub(crate) async fn answer_port_out(
    simulator: &Simulator,
    answer: &PortOutAnswer,
) -> Result<(), AnswerPortOutError> {
    let now = simulator.base.clock.now();
    let PortOutKey {
        winning_spid,
        pon,
        ver,
    } = &answer.key;
    let mut tx = simulator.base.pool.begin().await.map_err(StoreError::from)?;
    let call = Call {
        called_at: now,
        rpc: Rpc::AnswerPortOut,
        pon: pon.clone(),
        ver: Some(*ver),
        detail: answer.decision.in_words(),
    };
    store::call::insert(&mut tx, &call).await?;
    let versions = store::port_out::lock_versions(&mut tx, winning_spid, pon).await?;
    let terms = versions.iter().find(|version| version.ver == *ver);
    let terms = terms.ok_or(AnswerPortOutError::NotFound)?;
    match store::port_out_answer::find_same(&mut tx, terms.port_out_id, &answer.decision).await? {
        Some(true) => {}
        Some(false) => return Err(AnswerPortOutError::AnsweredOtherwise),
        None => {
            store::port_out_answer::insert(&mut tx, terms.port_out_id, &answer.decision, now).await?;
            // The answer to this version replaces what an earlier one set in motion.
            store::progress::drop_waiting_completions(&mut tx, winning_spid, pon).await?;
            if let (Decision::Authorized { foc_at, .. }, true) = (&answer.decision, terms.complete_at_foc) {
                let at = foc_at.or(terms.requested_foc_at).map_or(now, |at| at.max(now));
                let id = format!("{winning_spid}.{pon}.{ver}.completed");
                schedule_completion(&mut tx, &answer.key, id, at).await?;
            }
        }
    }
    tx.commit().await.map_err(StoreError::from)?;
    simulator.wake.wake();
    Ok(())
}

async fn schedule_completion(
    conn: &mut PgConnection,
    key: &PortOutKey,
    id: String,
    at: Timestamp,
) -> Result<(), StoreError> {
    let progress = Progress {
        id,
        winning_spid: key.winning_spid.clone(),
        pon: key.pon.clone(),
        step: ProgressStep::Ported,
        occurred_at: at,
    };
    if store::progress::insert(conn, &progress, Origin::Completion).await? {
        store::change::add(conn, Subject::Progress(&progress.id), at, 1).await?;
    }
    Ok(())
}
