//! Cancelling an order: by itself, or a parent by its children.

use intake_domain::port_in::{Action, OrderState, Refusal};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{OrderId, RequestNumber};

use super::settle::settle;
use super::{Occasion, OrderName, OrderView, Requester, find_to_change};
use crate::app::Intake;
use crate::ops;
use crate::store::port_in as store;

/// Why an order was not cancelled.
#[derive(Debug, Error)]
pub(crate) enum CancelError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A child that was not cancelled.
#[derive(Debug)]
pub(crate) struct NotCancelled {
    pub(crate) id: OrderId,
    pub(crate) request_number: RequestNumber,
    pub(crate) why: Refusal,
}

/// Cancels at once what the carrier does not have; asks it to cancel what it may have. Returns the order, and of a parent
/// the open children that could not be cancelled.
pub(crate) async fn cancel(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
) -> Result<(OrderView, Vec<NotCancelled>), CancelError> {
    let found = store::order::find(conn, name, requester.scope(), store::order::Access::Read).await?;
    let found = found.ok_or(CancelError::NotFound)?;
    let id = found.record().id;
    if matches!(found.record().state, OrderState::Parent(_)) {
        return cancel_children(intake, conn, requester, id).await;
    }
    cancel_one(intake, conn, requester, id).await?;
    let order = find_to_change(conn, OrderName::Id(id), requester).await?;
    let order = order.ok_or(CancelError::NotFound)?;
    Ok((OrderView::of(intake, conn, order).await?, Vec::new()))
}

async fn cancel_one(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    id: OrderId,
) -> Result<(), CancelError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, OrderName::Id(id), requester)
        .await?
        .ok_or(CancelError::NotFound)?;
    let at_carrier = store::commands::at_carrier(conn, id).await?;
    let losing = ops::carriers::losing_carrier(conn, order.record().details.losing_carrier.as_ref()).await?;
    let transition = order.clone().cancel(at_carrier, &losing, occasion.now)?;
    settle(intake, conn, &order, transition, occasion).await?;
    Ok(())
}

/// Cancels every child that can be; refused as a whole when none can.
async fn cancel_children(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    parent: OrderId,
) -> Result<(OrderView, Vec<NotCancelled>), CancelError> {
    // Children before their parent, as everywhere.
    let locked = store::family::lock_children(conn, parent).await?;
    let children = store::family::list(conn, parent).await?;
    // One that was made just now is not locked, and would be after its parent.
    let children = children.into_iter().filter(|child| locked.contains(&child.id));
    let (mut not_cancelled, mut is_any_cancelled) = (Vec::new(), false);
    for child in children.filter(|child| !child.state.is_final()) {
        match cancel_one(intake, conn, requester, child.id).await {
            Ok(()) => is_any_cancelled = true,
            Err(CancelError::Refused(why)) => not_cancelled.push(NotCancelled {
                id: child.id,
                request_number: child.request_number,
                why,
            }),
            Err(error @ (CancelError::NotFound | CancelError::Store(_))) => return Err(error),
        }
    }
    let order = store::order::find(conn, OrderName::Id(parent), None, store::order::Access::Read).await?;
    let order = order.ok_or(CancelError::NotFound)?;
    if is_any_cancelled {
        return Ok((OrderView::of(intake, conn, order).await?, not_cancelled));
    }
    match not_cancelled.pop() {
        Some(refused) => Err(refused.why.into()),
        None => Err(order
            .check(Action::CancelOrder, intake.base.clock.now())
            .err()
            .map_or(CancelError::NotFound, CancelError::Refused)),
    }
}
