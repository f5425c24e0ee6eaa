//! What an account sees of its numbers, and how it uses them.

use std::collections::{BTreeMap, HashMap};

use intake_domain::port_in::{NumberChange, NumberChanges, NumberConfig, Setting};
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use types::{AccountId, OrderId, Tn};

use super::port_in::{ConfigureError, Requester, configure_arriving};
use crate::app::Intake;
use crate::store;

pub(crate) use crate::store::account_numbers::NumberFilter;
pub(crate) use crate::store::inventory::{InventoryNumber, InventoryState};

/// New settings of one number.
#[derive(Debug, Clone)]
pub(crate) struct NumberSettings {
    pub(crate) tn: Tn,
    pub(crate) settings: Vec<Setting>,
}

/// Why numbers were not changed.
#[derive(Debug, Error)]
pub(crate) enum NumbersError {
    /// The account does not have these.
    #[error("numbers that the account does not have")]
    NotInInventory(Vec<Tn>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A page of an account's numbers, by number.
pub(crate) async fn list(
    pool: &PgPool,
    account: AccountId,
    filter: &NumberFilter,
) -> Result<Vec<InventoryNumber>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::account_numbers::list(&mut conn, account, filter).await
}

/// One number, if the account has it.
pub(crate) async fn get(
    pool: &PgPool,
    account: AccountId,
    tn: Tn,
) -> Result<Option<InventoryNumber>, StoreError> {
    let mut conn = pool.acquire().await?;
    Ok(store::account_numbers::find(&mut conn, account, &[tn])
        .await?
        .pop())
}

/// Changes how numbers are used: all of them, or none. What is incoming is set up in its order, and so here: should the
/// cut-over move, the number comes again as it was set up last.
pub(crate) async fn update(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    updates: Vec<NumberSettings>,
) -> Result<Vec<InventoryNumber>, NumbersError> {
    let tns: Vec<Tn> = updates.iter().map(|update| update.tn).collect();
    let known = find(conn, requester.account, &tns).await?;
    let missing: Vec<Tn> = tns.iter().copied().filter(|tn| !known.contains_key(tn)).collect();
    if !missing.is_empty() {
        return Err(NumbersError::NotInInventory(missing));
    }
    let mut arriving: BTreeMap<OrderId, Vec<NumberChanges>> = BTreeMap::new();
    let mut in_service: HashMap<Tn, Vec<Setting>> = HashMap::new();
    for NumberSettings { tn, settings } in updates {
        match known.get(&tn) {
            Some(number) if number.state == InventoryState::Incoming => {
                let changes = settings.into_iter().map(NumberChange::Setting).collect();
                arriving
                    .entry(number.origin)
                    .or_default()
                    .push(NumberChanges { tn, changes });
            }
            Some(_) | None => {
                in_service.insert(tn, settings);
            }
        }
    }
    // Orders before the inventory, and all of them before the parents that they change, as everywhere.
    let orders: Vec<OrderId> = arriving.keys().copied().collect();
    store::port_in::order::lock(conn, &orders).await?;
    for (order, changes) in arriving {
        let configured = configure_arriving(intake, conn, requester, order, changes).await;
        configured.map_err(|error| match error {
            // It was activated just now.
            ConfigureError::NotFound | ConfigureError::Faults(_) => StoreError::Stale("the number"),
            ConfigureError::Store(error) => error,
        })?;
    }
    set_up_in_service(conn, requester.account, in_service).await?;
    let mut known = find(conn, requester.account, &tns).await?;
    Ok(tns.iter().filter_map(|tn| known.remove(tn)).collect())
}

async fn set_up_in_service(
    conn: &mut PgConnection,
    account: AccountId,
    mut settings: HashMap<Tn, Vec<Setting>>,
) -> Result<(), StoreError> {
    let wanted: Vec<Tn> = settings.keys().copied().collect();
    let locked = store::inventory::find_for_update(conn, &wanted).await?;
    let is_ours =
        |number: &InventoryNumber| number.account == account && number.state == InventoryState::InService;
    if locked.len() != wanted.len() || !locked.iter().all(is_ours) {
        return Err(StoreError::Stale("the number"));
    }
    let set_up: Vec<_> = locked
        .into_iter()
        .map(|number| {
            let changes = settings.remove(&number.tn).unwrap_or_default();
            let config = changes.into_iter().fold(number.config, NumberConfig::with);
            (number.tn, number.origin, config)
        })
        .collect();
    let set_up: Vec<_> = set_up
        .iter()
        .map(|(tn, origin, config)| (*tn, *origin, config))
        .collect();
    store::account_numbers::configure_in_service(conn, &set_up).await
}

async fn find(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
) -> Result<HashMap<Tn, InventoryNumber>, StoreError> {
    let found = store::account_numbers::find(conn, account, tns).await?;
    Ok(found.into_iter().map(|number| (number.tn, number)).collect())
}
