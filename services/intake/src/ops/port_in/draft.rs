//! Writing a draft.

use std::collections::HashSet;

use intake_domain::port_in::{
    AddRefusal, Detail, IllegalTransition, Order, OrderNumber, OrderRecord, RemoveRefusal,
};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{OrderId, Tn};

use super::settle::settle;
use super::{Occasion, OrderName, OrderView, Requester, check_etag, find_to_change};
use crate::app::Intake;
use crate::store::port_in as store;

/// Why a draft was not changed.
#[derive(Debug, Error)]
pub(crate) enum DraftError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The platform's own account has no orders.
    #[error("the platform's own account has no orders; use a token of the account that ports")]
    NoOrdersOfPlatform,
    /// It is no draft.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// Numbers were not added.
    #[error(transparent)]
    Add(#[from] AddRefusal),
    /// Numbers that are not there were to be taken out.
    #[error("numbers that are not in the order")]
    NotInOrder(Vec<Tn>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<RemoveRefusal> for DraftError {
    fn from(refusal: RemoveRefusal) -> Self {
        match refusal {
            RemoveRefusal::Illegal(illegal) => Self::Illegal(illegal),
            RemoveRefusal::NotInOrder(tns) => Self::NotInOrder(tns),
        }
    }
}

/// Makes a draft.
pub(crate) async fn create(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    details: Vec<Detail>,
    numbers: Vec<OrderNumber>,
) -> Result<OrderView, DraftError> {
    if requester.is_platform {
        return Err(DraftError::NoOrdersOfPlatform);
    }
    let occasion = Occasion::of(intake, requester);
    let request_number = store::order::next_request_number(conn).await?;
    let draft = OrderRecord::draft(
        OrderId::generate(),
        request_number,
        requester.account,
        occasion.now,
    );
    let draft = Order::restore(draft);
    store::order::insert(conn, &draft).await?;
    let transition = draft.clone().begin(details, numbers)?;
    let order = settle(intake, conn, &draft, transition, occasion).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}

/// Replaces details of a draft.
pub(crate) async fn update(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    details: Vec<Detail>,
    etag: Option<&str>,
) -> Result<OrderView, DraftError> {
    let draft = find_to_change(conn, name, requester)
        .await?
        .ok_or(DraftError::NotFound)?;
    check_etag(&draft, etag)?;
    let transition = draft.clone().edit(details)?;
    let order = settle(intake, conn, &draft, transition, Occasion::of(intake, requester)).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}

/// Adds numbers to a draft.
pub(crate) async fn add_numbers(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    numbers: Vec<OrderNumber>,
) -> Result<OrderView, DraftError> {
    let draft = find_to_change(conn, name, requester)
        .await?
        .ok_or(DraftError::NotFound)?;
    let transition = draft.clone().add_numbers(numbers)?;
    let order = settle(intake, conn, &draft, transition, Occasion::of(intake, requester)).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}

/// Takes numbers out of a draft.
pub(crate) async fn remove_numbers(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    tns: &HashSet<Tn>,
) -> Result<OrderView, DraftError> {
    let draft = find_to_change(conn, name, requester)
        .await?
        .ok_or(DraftError::NotFound)?;
    let transition = draft.clone().remove_numbers(tns)?;
    let order = settle(intake, conn, &draft, transition, Occasion::of(intake, requester)).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}
