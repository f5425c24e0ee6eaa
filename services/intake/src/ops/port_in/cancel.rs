//! Cancelling an order.

use intake_domain::port_in::CancelRefusal;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;

use super::settle::settle;
use super::{Occasion, OrderName, OrderView, Requester, find_to_change};
use crate::app::Intake;
use crate::store::port_in as store;

/// Why an order was not cancelled.
#[derive(Debug, Error)]
pub(crate) enum CancelError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] CancelRefusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Cancels at once what the carrier does not have; asks it to cancel what it may have.
pub(crate) async fn cancel(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
) -> Result<OrderView, CancelError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(CancelError::NotFound)?;
    let at_carrier = store::commands::at_carrier(conn, order.record().id).await?;
    let transition = order.clone().cancel(at_carrier, occasion.now)?;
    let order = settle(intake, conn, &order, transition, occasion).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}
