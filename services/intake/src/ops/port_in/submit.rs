//! Handing an order in.

use intake_domain::port_in::requirements::Requirement;
use intake_domain::port_in::{IllegalTransition, SubmitRefusal};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::Tn;

use super::read::requirements_of;
use super::settle::settle;
use super::{Occasion, OrderName, OrderView, Requester, check_etag, find_to_change};
use crate::app::Intake;
use crate::store::inventory;
use crate::store::port_in as store;

/// Why an order was not submitted.
#[derive(Debug, Error)]
pub(crate) enum SubmitError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// It was submitted before.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// Something is missing or wrong.
    #[error("the order is not complete")]
    NotReady(Vec<Requirement>),
    /// These numbers are in another live order. Whose is not told.
    #[error("numbers that are in another order")]
    InFlight(Vec<Tn>),
    /// These numbers are on this platform already.
    #[error("numbers that are in service here already")]
    InService(Vec<Tn>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SubmitRefusal> for SubmitError {
    fn from(refusal: SubmitRefusal) -> Self {
        match refusal {
            SubmitRefusal::Illegal(illegal) => Self::Illegal(illegal),
            SubmitRefusal::NotReady(requirements) => Self::NotReady(requirements),
        }
    }
}

/// Checks everything, takes the numbers, and sends the order on its way.
pub(crate) async fn submit(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    etag: Option<&str>,
) -> Result<OrderView, SubmitError> {
    let occasion = Occasion::of(intake, requester);
    let draft = find_to_change(conn, name, requester)
        .await?
        .ok_or(SubmitError::NotFound)?;
    check_etag(&draft, etag)?;
    let requirements = requirements_of(intake, conn, &draft).await?;
    let transition = draft.clone().submit(requirements, occasion.now)?;
    let tns = draft.open_tns();
    let in_flight = store::live::take(conn, draft.record().id, &tns).await?;
    if !in_flight.is_empty() {
        return Err(SubmitError::InFlight(in_flight));
    }
    let in_service = inventory::find_for_update(conn, &tns).await?;
    if !in_service.is_empty() {
        return Err(SubmitError::InService(
            in_service.into_iter().map(|number| number.tn).collect(),
        ));
    }
    let order = settle(intake, conn, &draft, transition, occasion).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}
