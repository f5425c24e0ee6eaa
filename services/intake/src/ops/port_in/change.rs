//! Changing what may be changed of an order under way: its date, and which numbers it is about.

use std::collections::HashSet;

use intake_domain::port_in::{
    DateChangeRefusal, DropRefusal, Finding, Refusal, SettleRejectionRefusal, Settlement,
};
use jiff::civil::Date;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::Tn;

use super::settle::settle;
use super::{Occasion, OrderName, OrderView, Requester, check_etag, find_to_change};
use crate::app::Intake;
use crate::ops;
use crate::store::port_in as store;

/// Why an order was not changed.
#[derive(Debug, Error)]
pub(crate) enum ChangeError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The date stays.
    #[error(transparent)]
    Date(#[from] DateChangeRefusal),
    /// The numbers stay.
    #[error(transparent)]
    Drop(#[from] DropRefusal),
    /// There is nothing to settle.
    #[error(transparent)]
    Settle(#[from] Refusal),
    /// There is no answer to settle, or not so.
    #[error(transparent)]
    SettleRejection(#[from] SettleRejectionRefusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Asks for another date.
pub(crate) async fn change_wanted_date(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    wanted: Date,
    etag: Option<&str>,
) -> Result<OrderView, ChangeError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(ChangeError::NotFound)?;
    check_etag(&order, etag)?;
    let record = order.record();
    let losing = ops::carriers::losing_carrier(conn, record.details.losing_carrier.as_ref()).await?;
    let package = store::timeline::package_of(conn, record.id, record.ver).await?;
    let transition = order
        .clone()
        .change_wanted_date(wanted, &losing, package, occasion.now)?;
    let order = settle(intake, conn, &order, transition, occasion).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}

/// Lets numbers go, so that the others go on.
pub(crate) async fn drop_numbers(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    tns: &HashSet<Tn>,
) -> Result<OrderView, ChangeError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(ChangeError::NotFound)?;
    let transition = order.clone().drop_numbers(tns, occasion.now)?;
    let order = settle(intake, conn, &order, transition, occasion).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}

/// What a carrier does not answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unanswered {
    /// A cancel.
    Cancel,
    /// A change of date.
    DateChange,
}

/// Ends a cancel or a change of date as the carrier told a person.
pub(crate) async fn settle_unanswered(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    what: Unanswered,
    (settlement, note): (Settlement, &str),
) -> Result<OrderView, ChangeError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(ChangeError::NotFound)?;
    let asked = order.clone();
    let transition = match what {
        Unanswered::Cancel => asked.settle_cancel(settlement, note, occasion.now)?,
        Unanswered::DateChange => asked.settle_date_change(settlement, note, occasion.now)?,
    };
    let order = settle(intake, conn, &order, transition, occasion).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}

/// Settles an answer that we had to look at, as a person found out what it means.
pub(crate) async fn settle_rejection(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    (finding, note): (&Finding, &str),
    etag: Option<&str>,
) -> Result<OrderView, ChangeError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(ChangeError::NotFound)?;
    check_etag(&order, etag)?;
    let transition = order.clone().settle_rejection(finding, note, occasion.now)?;
    let order = settle(intake, conn, &order, transition, occasion).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}
