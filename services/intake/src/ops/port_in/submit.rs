//! Handing an order in.

use intake_domain::port_in::requirements::Requirement;
use intake_domain::port_in::{ActionRefusal, AtCarrier, Order, Refusal, ReviewCause, VersionsExhausted};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::Tn;

use super::divide::{DivideError, divide, division_of, open_all};
use super::read::{requirements_of, taken};
use super::review;
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
    Refused(#[from] Refusal),
    /// Something is missing or wrong.
    #[error("the order is not complete")]
    NotReady(Vec<Requirement>),
    /// These numbers are in another live order. Whose is not told.
    #[error("numbers that are in another order")]
    InFlight(Vec<Tn>),
    /// These numbers are on this platform already.
    #[error("numbers that are in service here already")]
    InService(Vec<Tn>),
    /// Carriers' forms have no number for another version.
    #[error(transparent)]
    VersionsExhausted(VersionsExhausted),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DivideError> for SubmitError {
    fn from(error: DivideError) -> Self {
        match error {
            DivideError::InFlight(tns) => Self::InFlight(tns),
            DivideError::VersionsExhausted(error) => Self::VersionsExhausted(error),
            DivideError::Store(error) => Self::Store(error),
        }
    }
}

impl From<ActionRefusal> for SubmitError {
    fn from(refusal: ActionRefusal) -> Self {
        match refusal {
            ActionRefusal::Refused(refusal) => Self::Refused(refusal),
            ActionRefusal::NotReady(requirements) => Self::NotReady(requirements),
        }
    }
}

/// Checks everything, takes the numbers, and sends the order on its way, or to our review.
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
    let review = review::causes(conn, &draft, &requirements).await?;
    match draft.check_submit(requirements) {
        Ok(()) => {}
        Err(ActionRefusal::NotReady(lacks)) => {
            let mut all = taken(conn, &draft).await?;
            all.extend(lacks);
            return Err(SubmitError::NotReady(all));
        }
        Err(ActionRefusal::Refused(refusal)) => return Err(SubmitError::Refused(refusal)),
    }
    // Divided or not is for the release to see: a review may change in what numbers differ.
    let order = if review.is_empty() {
        let division = division_of(intake, conn, &draft).await?;
        if division.parts.len() > 1 {
            let order = draft.clone().with_secrets(&open_all(intake, conn, &draft).await?);
            divide(intake, conn, &draft, order, AtCarrier::Nothing, occasion).await?
        } else {
            let whole = division.parts.first().map(|part| division.order_of(part));
            hand_in(intake, conn, &draft, whole, review, occasion).await?
        }
    } else {
        hand_in(intake, conn, &draft, None, review, occasion).await?
    };
    refuse_in_service(conn, &draft.open_tns()).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}

/// Hands an order in that stays one, with what its numbers have in common in its details, or one that is reviewed first.
async fn hand_in(
    intake: &Intake,
    conn: &mut PgConnection,
    draft: &Order,
    whole: Option<Order>,
    review: Vec<ReviewCause>,
    occasion: Occasion<'_>,
) -> Result<Order, SubmitError> {
    let transition = whole
        .unwrap_or_else(|| draft.clone())
        .submit(Vec::new(), review, occasion.now)?;
    let id = draft.record().id;
    let wanted: Vec<_> = draft.open_tns().into_iter().map(|tn| (tn, id)).collect();
    let in_flight = store::live::take(conn, &wanted).await?;
    if !in_flight.is_empty() {
        return Err(SubmitError::InFlight(in_flight));
    }
    Ok(settle(intake, conn, draft, transition, occasion).await?)
}

async fn refuse_in_service(conn: &mut PgConnection, tns: &[Tn]) -> Result<(), SubmitError> {
    let in_service = inventory::find_for_update(conn, tns).await?;
    if !in_service.is_empty() {
        return Err(SubmitError::InService(
            in_service.into_iter().map(|number| number.tn).collect(),
        ));
    }
    Ok(())
}
