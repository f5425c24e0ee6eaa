//! Dividing an order into children: shown of a draft, done at its submission, and done to an order of which the carrier
//! wants several requests.
//!
//! All of it is one transaction: the numbers go from the parent to its children while both are locked, and never are in
//! no order or in two.

use intake_domain::port_in::{
    AtCarrier, Division, KeptSecret, OpenSecrets, Order, OrderState, VersionsExhausted,
};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{OrderId, Tn};

use super::settle::settle;
use super::{Occasion, OrderName, ReadError, Requester};
use crate::app::Intake;
use crate::store::port_in as store;

/// Why an order was not divided.
#[derive(Debug, Error)]
pub(crate) enum DivideError {
    /// These numbers are in another live order. Whose is not told.
    #[error("numbers that are in another order")]
    InFlight(Vec<Tn>),
    /// Carriers' forms have no number for another version.
    #[error(transparent)]
    VersionsExhausted(#[from] VersionsExhausted),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The parts of an order, as they are shown.
pub(crate) async fn preview(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
) -> Result<Division, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = super::read::find(&mut conn, requester, name).await?;
    Ok(division_of(intake, &mut conn, &order).await?)
}

/// The parts of an order. Account numbers are opened to be compared, where single numbers have some.
pub(super) async fn division_of(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
) -> Result<Division, StoreError> {
    let secrets = open_account_numbers(intake, conn, order).await?;
    Ok(order.clone().with_secrets(&secrets).division())
}

/// The order's account number and those of single numbers; nothing when no number has one of its own.
pub(super) async fn open_account_numbers(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
) -> Result<OpenSecrets, StoreError> {
    let (vault, record) = (&intake.base.vault, order.record());
    let is_sealed = |secret: &KeptSecret| matches!(secret, KeptSecret::Stored { .. });
    let own: Vec<Tn> = record
        .numbers
        .iter()
        .filter(|number| number.overrides.account_number.as_ref().is_some_and(is_sealed))
        .map(|number| number.tn)
        .collect();
    if own.is_empty() {
        return Ok(OpenSecrets::default());
    }
    let (account_number, _) = store::order::open_secrets(conn, vault, record.id).await?;
    Ok(OpenSecrets {
        account_number,
        account_numbers: store::numbers::open_own_account_numbers(conn, vault, record.id, &own).await?,
        ..OpenSecrets::default()
    })
}

/// All secrets of an order, for its children to be sealed in their own places.
pub(super) async fn open_all(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
) -> Result<OpenSecrets, StoreError> {
    let (vault, id) = (&intake.base.vault, order.record().id);
    let (account_number, tax_id) = store::order::open_secrets(conn, vault, id).await?;
    let tns = order.open_tns();
    Ok(OpenSecrets {
        account_number,
        tax_id,
        account_numbers: store::numbers::open_own_account_numbers(conn, vault, id, &tns).await?,
        pins: store::numbers::open_pins(conn, vault, id, &tns).await?,
    })
}

/// Makes an order, locked by this transaction as it is `stored`, the parent of the parts of `order`: the same, maybe
/// corrected, its secrets at hand. A child keeps its first part, and the others become its siblings. Sends them on their
/// way. Returns the order that was divided.
pub(super) async fn divide(
    intake: &Intake,
    conn: &mut PgConnection,
    stored: &Order,
    order: Order,
    at_carrier: AtCarrier,
    occasion: Occasion<'_>,
) -> Result<Order, DivideError> {
    let (id, now) = (stored.record().id, occasion.now);
    let division = order.division();
    let is_child = stored.record().parent.is_some();
    let mut children = Vec::with_capacity(division.parts.len());
    for part in division.parts.iter().skip(usize::from(is_child)) {
        let number = store::order::next_request_number(conn).await?;
        children.push(division.child(part, OrderId::generate(), number, now));
    }
    let transition = if is_child {
        order.keep_first(&division, &children, now)?
    } else {
        order.divide(&children, at_carrier, now)?
    };
    let was_live = !matches!(stored.record().state, OrderState::Draft(_));
    take_numbers(conn, was_live.then_some(id), &children).await?;
    settle(intake, conn, stored, transition, occasion).await?;
    for child in children {
        let (child_id, tns) = (child.record().id, child.open_tns());
        send(intake, conn, child, occasion).await?;
        store::cutover::inherit(conn, id, child_id, &tns).await?;
    }
    if !is_child {
        store::cutover::groups::leave(conn, id).await?;
    }
    let divided = store::order::find(conn, OrderName::Id(id), None, store::order::Access::Change).await?;
    Ok(divided.ok_or_else(|| StoreError::corrupt("port_order", &id, &"it is gone"))?)
}

/// From the order that had them while it was live, or anew.
async fn take_numbers(
    conn: &mut PgConnection,
    from: Option<OrderId>,
    children: &[Order],
) -> Result<(), DivideError> {
    let pairs: Vec<(Tn, OrderId)> = children
        .iter()
        .flat_map(|child| child.open_tns().into_iter().map(|tn| (tn, child.record().id)))
        .collect();
    if let Some(from) = from {
        store::live::pass_on(conn, from, &pairs).await?;
        return Ok(());
    }
    let in_flight = store::live::take(conn, &pairs).await?;
    if in_flight.is_empty() {
        Ok(())
    } else {
        Err(DivideError::InFlight(in_flight))
    }
}

/// Hands a child in. What it may lack was found in the order that it comes from.
async fn send(
    intake: &Intake,
    conn: &mut PgConnection,
    child: Order,
    occasion: Occasion<'_>,
) -> Result<(), StoreError> {
    let empty = child.emptied();
    store::order::insert(conn, &empty).await?;
    let transition = child.send_child(occasion.now);
    settle(intake, conn, &empty, transition, occasion).await?;
    Ok(())
}
