//! Clocks that have run out.

use clock::Backlog;
use intake_domain::dispute::Dispute;
use jiff::Timestamp;
use pg::StoreError;
use service::due::Pass;
use sqlx::PgConnection;

use crate::announce;
use crate::app::Intake;
use crate::store;

/// Notes and announces the clock that ran out first, if one did. Any number of replicas may run it: the dispute is locked,
/// and a clock that was noted is not due any more.
pub(crate) async fn note_overdue(intake: &Intake, now: Timestamp) -> Result<Pass, StoreError> {
    let mut tx = intake.base.pool.begin().await?;
    let Some(mut dispute) = store::dispute::lock_due(&mut tx, now).await? else {
        return Ok(Pass::Idle);
    };
    let id = dispute.id;
    match note(&mut tx, &mut dispute, now).await {
        Ok(()) => tx.commit().await?,
        Err(error) if error.is_transient() => return Err(error),
        // One dispute that cannot be noted must not hold up all others.
        Err(error) => {
            tx.rollback().await?;
            tracing::error!(dispute.id = %id, error = %grpc::status::chain(&error), "a clock could not be noted");
            let mut conn = intake.base.pool.acquire().await?;
            store::dispute::postpone(&mut conn, id).await?;
        }
    }
    Ok(Pass::Worked)
}

async fn note(conn: &mut PgConnection, dispute: &mut Dispute, now: Timestamp) -> Result<(), StoreError> {
    let clock = dispute
        .run_out(now)
        .ok_or_else(|| StoreError::corrupt("dispute", &dispute.id, &"due_at is not when a clock runs out"))?;
    store::dispute::save(conn, dispute).await?;
    tracing::warn!(alert = true, dispute.id = %dispute.id, clock = clock.kind.code(), "a dispute is overdue");
    announce::dispute::overdue(conn, dispute, clock, now).await
}

/// How many clocks have run out unnoted, and when the next one will.
pub(crate) async fn backlog(intake: &Intake, now: Timestamp) -> Result<Backlog, StoreError> {
    let mut conn = intake.base.pool.acquire().await?;
    let (due, next_due) = store::dispute::due_counts(&mut conn, now).await?;
    Ok(Backlog {
        due_now: u64::try_from(due).unwrap_or_default(),
        next_due,
    })
}
