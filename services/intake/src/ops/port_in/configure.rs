//! Setting up the numbers of an order.

use std::collections::HashMap;

use intake_domain::port_in::{ConfigureFault, NumberChanges, Order, OrderNumber, OrderState};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{OrderId, Tn};

use super::settle::settle;
use super::{Occasion, OrderName, Requester, check_etag, find_to_change};
use crate::app::Intake;
use crate::store::port_in as store;

/// Why numbers were not changed.
#[derive(Debug, Error)]
pub(crate) enum ConfigureError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// These numbers are in the way; nothing was changed.
    #[error("numbers that cannot be changed")]
    Faults(Vec<ConfigureFault>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The changed numbers, in the order in which they were named, and the order's etag.
#[derive(Debug)]
pub(crate) struct Configured {
    pub(crate) numbers: Vec<OrderNumber>,
    pub(crate) etag: i64,
}

/// Changes numbers of an order: all of them, or none. Those of a parent are changed in its children.
pub(crate) async fn configure(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    changes: Vec<NumberChanges>,
    etag: Option<&str>,
) -> Result<Configured, ConfigureError> {
    let occasion = Occasion::of(intake, requester);
    let order = store::order::find(conn, name, requester.scope(), store::order::Access::Read).await?;
    let order = order.ok_or(ConfigureError::NotFound)?;
    check_etag(&order, etag)?;
    let wanted: Vec<Tn> = changes.iter().map(|change| change.tn).collect();
    let id = order.record().id;
    let (known, etag) = if matches!(order.record().state, OrderState::Parent(_)) {
        let known = configure_children(intake, conn, &order, changes, occasion).await?;
        (known, order.record().version)
    } else {
        let locked = find_to_change(conn, OrderName::Id(id), requester).await?;
        let locked = locked.ok_or(ConfigureError::NotFound)?;
        check_etag(&locked, etag)?;
        let changed = configure_one(intake, conn, &locked, changes, occasion).await?;
        (changed.record().numbers.clone(), changed.record().version)
    };
    let mut known: HashMap<Tn, OrderNumber> = known.into_iter().map(|number| (number.tn, number)).collect();
    let numbers = wanted.iter().filter_map(|tn| known.remove(tn)).collect();
    Ok(Configured { numbers, etag })
}

/// Sets up numbers of an order that stand in the inventory as incoming.
pub(crate) async fn configure_arriving(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    order: OrderId,
    changes: Vec<NumberChanges>,
) -> Result<(), ConfigureError> {
    let order = find_to_change(conn, OrderName::Id(order), requester).await?;
    let order = order.ok_or(ConfigureError::NotFound)?;
    configure_one(intake, conn, &order, changes, Occasion::of(intake, requester)).await?;
    Ok(())
}

async fn configure_one(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
    changes: Vec<NumberChanges>,
    occasion: Occasion<'_>,
) -> Result<Order, ConfigureError> {
    let transition = order.clone().configure(changes).map_err(ConfigureError::Faults)?;
    Ok(settle(intake, conn, order, transition, occasion).await?)
}

/// Each number where it is. What no child has is looked for in the parent, which has what ended before it was divided.
async fn configure_children(
    intake: &Intake,
    conn: &mut PgConnection,
    parent: &Order,
    changes: Vec<NumberChanges>,
    occasion: Occasion<'_>,
) -> Result<Vec<OrderNumber>, ConfigureError> {
    let id = parent.record().id;
    let places = store::numbers::list_of_children(conn, id).await?;
    let places: HashMap<Tn, OrderId> = places
        .into_iter()
        .map(|(child, number)| (number.tn, child))
        .collect();
    let mut by_child: HashMap<OrderId, Vec<NumberChanges>> = HashMap::new();
    for change in changes {
        let place = places.get(&change.tn).copied().unwrap_or(id);
        by_child.entry(place).or_default().push(change);
    }
    let (mut changed, mut faults) = (Vec::new(), Vec::new());
    if let Some(misplaced) = by_child.remove(&id)
        && let Err(found) = parent.clone().configure(misplaced)
    {
        faults.extend(found);
    }
    for child in store::family::lock_children(conn, id).await? {
        let Some(changes) = by_child.remove(&child) else {
            continue;
        };
        let order =
            store::order::find(conn, OrderName::Id(child), None, store::order::Access::Change).await?;
        let order = order.ok_or(ConfigureError::NotFound)?;
        match configure_one(intake, conn, &order, changes, occasion).await {
            Ok(order) => changed.extend(order.record().numbers.iter().cloned()),
            Err(ConfigureError::Faults(found)) => faults.extend(found),
            Err(error @ (ConfigureError::NotFound | ConfigureError::Store(_))) => return Err(error),
        }
    }
    if faults.is_empty() {
        Ok(changed)
    } else {
        Err(ConfigureError::Faults(faults))
    }
}
