//! Looking at orders.

use intake_domain::port_in::Order;
use intake_domain::port_in::requirements::{CarrierFacts, DocumentFacts, Requirement, of_order};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::OrderId;

use super::{Document, ListedOrder, OrderFilter, OrderName, OrderView, Requester, TimelineEntry};
use crate::app::Intake;
use crate::ops::carriers;
use crate::store::port_in as store;

/// Why there is nothing to see.
#[derive(Debug, Error)]
pub(crate) enum ReadError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// One order.
pub(crate) async fn get(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
) -> Result<OrderView, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = find(&mut conn, requester, name).await?;
    Ok(OrderView::of(&mut conn, order).await?)
}

/// A page of orders.
pub(crate) async fn list(
    intake: &Intake,
    requester: &Requester,
    filter: OrderFilter,
) -> Result<Vec<ListedOrder>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let filter = OrderFilter {
        account: requester.scope(),
        ..filter
    };
    Ok(store::list::list(&mut conn, &filter).await?)
}

/// A page of an order's history.
pub(crate) async fn timeline(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
    after: i64,
    limit: i64,
) -> Result<Vec<TimelineEntry>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = find(&mut conn, requester, name).await?;
    Ok(store::timeline::list(&mut conn, order.record().id, after, limit).await?)
}

/// The documents of an order.
pub(crate) async fn documents(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
) -> Result<Vec<Document>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = find(&mut conn, requester, name).await?;
    Ok(store::documents::list(&mut conn, order.record().id).await?)
}

/// All that an order lacks.
pub(crate) async fn requirements(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
) -> Result<Vec<Requirement>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = find(&mut conn, requester, name).await?;
    Ok(requirements_of(intake, &mut conn, &order).await?)
}

pub(super) async fn requirements_of(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
) -> Result<Vec<Requirement>, StoreError> {
    let documents = document_facts(conn, order.record().id).await?;
    let carrier = CarrierFacts {
        losing: carriers::losing_carrier(conn, order.record().details.losing_carrier.as_ref()).await?,
        ..CarrierFacts::UNKNOWN
    };
    Ok(of_order(order, &documents, &carrier, intake.base.clock.now()))
}

pub(super) async fn document_facts(
    conn: &mut PgConnection,
    order: OrderId,
) -> Result<Vec<DocumentFacts>, StoreError> {
    let documents = store::documents::list(conn, order).await?;
    Ok(documents.into_iter().map(|document| document.facts).collect())
}

async fn find(conn: &mut PgConnection, requester: &Requester, name: OrderName) -> Result<Order, ReadError> {
    let found = store::order::find(conn, name, requester.scope(), store::order::Access::Read).await?;
    found.ok_or(ReadError::NotFound)
}
