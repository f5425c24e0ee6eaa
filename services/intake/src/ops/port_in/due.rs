//! What happens to orders because time passes.

use clock::Backlog;
use jiff::Timestamp;
use pg::StoreError;
use service::due::Pass;
use sqlx::PgConnection;
use types::OrderId;

use super::settle::settle_about;
use super::{Occasion, OrderName};
use crate::app::Intake;
use crate::store::port_in as store;

/// Does what is due for one order, the one that has waited longest.
pub(crate) async fn do_what_is_due(intake: &Intake, now: Timestamp) -> Result<Pass, StoreError> {
    let mut tx = intake.base.pool.begin().await?;
    let Some((id, _)) = store::due::claim(&mut tx, now).await? else {
        return Ok(Pass::Idle);
    };
    match fall_due(intake, &mut tx, id, now).await {
        Ok(()) => tx.commit().await?,
        Err(error) if error.is_transient() => return Err(error),
        // One order that cannot be acted on must not hold up all others.
        Err(error) => {
            tx.rollback().await?;
            tracing::error!(order.id = %id, error = %grpc::status::chain(&error), "what was due could not be done");
            let mut conn = intake.base.pool.acquire().await?;
            store::due::postpone(&mut conn, id).await?;
        }
    }
    Ok(Pass::Worked)
}

async fn fall_due(
    intake: &Intake,
    conn: &mut PgConnection,
    id: OrderId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let corrupt = |why: &'static str| StoreError::corrupt("port_order", &id, &why);
    let found = store::order::find(conn, OrderName::Id(id), None, store::order::Access::Change).await?;
    let order = found.ok_or_else(|| corrupt("it is gone"))?;
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
    Ok(())
}

/// How many orders are due, and when the next is.
pub(crate) async fn backlog(intake: &Intake, now: Timestamp) -> Result<Backlog, StoreError> {
    let mut conn = intake.base.pool.acquire().await?;
    store::due::backlog(&mut conn, now).await
}
