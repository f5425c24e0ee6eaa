//! What happens to orders because time passes.

use clock::Backlog;
use jiff::Timestamp;
use pg::StoreError;
use service::due::Pass;
use sqlx::PgConnection;
use types::OrderId;

use super::cutover;
use super::settle::settle_about;
use super::{Occasion, OrderName};
use crate::app::Intake;
use crate::store::port_in as store;

/// Does what is due for one order, the one that has waited longest.
pub(crate) async fn do_what_is_due(intake: &Intake, now: Timestamp) -> Result<Pass, StoreError> {
    if look_again(intake, now).await? == Pass::Worked {
        return Ok(Pass::Worked);
    }
    let mut tx = intake.base.pool.begin().await?;
    let Some((id, _)) = store::due::claim(&mut tx, now).await? else {
        return Ok(Pass::Idle);
    };
    match fall_due(intake, &mut tx, id, now).await {
        Ok(Due::Done) => tx.commit().await?,
        Ok(Due::CutOver) => {
            // Whom it concerns is locked anew, in an order of its own.
            tx.rollback().await?;
            cut_over(intake, id, now).await?;
        }
        Err(error) if error.is_transient() => return Err(error),
        // One order that cannot be acted on must not hold up all others.
        Err(error) => {
            tx.rollback().await?;
            postpone(intake, id, &error).await?;
        }
    }
    Ok(Pass::Worked)
}

/// What came of an order that is due.
enum Due {
    /// It is done.
    Done,
    /// Its cut-over is to be decided, which concerns others as well.
    CutOver,
}

async fn postpone(intake: &Intake, id: OrderId, error: &StoreError) -> Result<(), StoreError> {
    tracing::error!(order.id = %id, error = %grpc::status::chain(error), "what was due could not be done");
    let mut conn = intake.base.pool.acquire().await?;
    store::due::postpone(&mut conn, id).await
}

async fn cut_over(intake: &Intake, id: OrderId, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = intake.base.pool.begin().await?;
    match cutover::decide(intake, &mut tx, id, now).await {
        Ok(()) => Ok(tx.commit().await?),
        Err(error) if error.is_transient() => Err(error),
        Err(error) => {
            tx.rollback().await?;
            postpone(intake, id, &error).await
        }
    }
}

/// Decides again about one order that is held back and of which something changed.
async fn look_again(intake: &Intake, now: Timestamp) -> Result<Pass, StoreError> {
    let mut tx = intake.base.pool.begin().await?;
    let Some((look, id, decided)) = cutover::look_again(intake, &mut tx, now).await? else {
        return Ok(Pass::Idle);
    };
    match decided {
        Ok(()) => tx.commit().await?,
        Err(error) if error.is_transient() => return Err(error),
        Err(error) => {
            tx.rollback().await?;
            tracing::error!(order.id = %id, error = %grpc::status::chain(&error), "it could not be decided again");
            let mut conn = intake.base.pool.acquire().await?;
            store::cutover::looks::postpone(&mut conn, look).await?;
        }
    }
    Ok(Pass::Worked)
}

async fn fall_due(
    intake: &Intake,
    conn: &mut PgConnection,
    id: OrderId,
    now: Timestamp,
) -> Result<Due, StoreError> {
    let corrupt = |why: &'static str| StoreError::corrupt("port_order", &id, &why);
    let found = store::order::find(conn, OrderName::Id(id), None, store::order::Access::Change).await?;
    let order = found.ok_or_else(|| corrupt("it is gone"))?;
    if order.awaits_decision(now) {
        return Ok(Due::CutOver);
    }
    let transition = order
        .clone()
        .fall_due(now)
        .ok_or_else(|| corrupt("due_at is not when it is due"))?;
    let about = order.record().ver;
    settle_about(
        intake,
        conn,
        &order,
        transition,
        about,
        Occasion {
            actor: "service:intake",
            now,
        },
    )
    .await?;
    Ok(Due::Done)
}

/// How many orders are due, and when the next is.
pub(crate) async fn backlog(intake: &Intake, now: Timestamp) -> Result<Backlog, StoreError> {
    let mut conn = intake.base.pool.acquire().await?;
    let due = store::due::backlog(&mut conn, now).await?;
    let looks = store::cutover::looks::count(&mut conn).await?;
    Ok(Backlog {
        due_now: due.due_now + looks,
        ..due
    })
}
