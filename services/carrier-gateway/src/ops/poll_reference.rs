//! Asks about single requests, for partners whose change feed loses something.

use carrier_gateway_domain::{CarrierAnswer, Unreadable, schedule};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgPool;

use super::ClaimedSubmission;
use super::record_answer::record_answer;
use crate::store;
use crate::store::answers::FoundBy;

/// Claims requests that are to be asked about by `now`.
pub(crate) async fn claim_references(
    pool: &PgPool,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<ClaimedSubmission>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::submissions::claim_due(&mut conn, now, limit).await
}

/// Records what the carrier has said about a request so far, and says when it is asked again. False: another worker
/// asks about it by now, and nothing was recorded.
pub(crate) async fn record_reference(
    pool: &PgPool,
    connection: &str,
    claimed: &ClaimedSubmission,
    answers: Result<Vec<Result<CarrierAnswer, Unreadable>>, String>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = pool.begin().await?;
    let (answers, refusal) = match answers {
        Ok(answers) => (answers, None),
        Err(refusal) => (Vec::new(), Some(refusal)),
    };
    for answer in &answers {
        match answer {
            Ok(answer) if answer.pon == claimed.pon => {
                record_answer(&mut tx, connection, answer, FoundBy::Reference, now).await?;
            }
            Ok(answer) => {
                tracing::error!(pon = %claimed.pon, answer.id = answer.answer_id, "an answer about another request");
            }
            Err(unreadable) => store::unreadable::insert(&mut tx, connection, "", unreadable, now).await?,
        }
    }
    let next_poll_at = schedule::next_reference_poll(claimed.acknowledged_at, now);
    if !store::submissions::reschedule(&mut tx, claimed, next_poll_at, refusal.as_deref()).await? {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

/// Asking failed; it is tried again after a pause.
pub(crate) async fn rest_reference(
    pool: &PgPool,
    claimed: &ClaimedSubmission,
    error: &str,
) -> Result<bool, StoreError> {
    let mut conn = pool.acquire().await?;
    let pause = schedule::retry_pause(claimed.attempts);
    store::submissions::rest(&mut conn, claimed, pause, error).await
}
