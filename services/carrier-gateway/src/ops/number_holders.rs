//! Who has which numbers.

use std::collections::{BTreeMap, BTreeSet};

use carrier_gateway_domain::{Carrier, NumberPrefix};
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use types::{CarrierId, Tn};

use crate::store;

/// Who has a number; none: nobody knows.
#[derive(Debug)]
pub(crate) struct Holder {
    pub(crate) tn: Tn,
    pub(crate) carrier: Option<Carrier>,
}

/// Who has each of these numbers, in their order.
pub(crate) async fn look_up_numbers(pool: &PgPool, tns: &[Tn]) -> Result<Vec<Holder>, StoreError> {
    let mut conn = pool.acquire().await?;
    let held = store::number_holders::look_up(&mut conn, tns).await?;
    let ids: BTreeSet<&str> = held.iter().flatten().map(CarrierId::as_str).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let carriers = store::carriers::list_by_id(&mut conn, &ids).await?;
    let carriers: BTreeMap<CarrierId, Carrier> = carriers
        .into_iter()
        .map(|carrier| (carrier.id.clone(), carrier))
        .collect();
    let holders = tns.iter().zip(held).map(|(tn, held)| Holder {
        tn: *tn,
        carrier: held.and_then(|id| carriers.get(&id).cloned()),
    });
    Ok(holders.collect())
}

/// Which of the carriers that somebody named there are.
pub(crate) async fn list_known_carriers(
    pool: &PgPool,
    named: &[&str],
) -> Result<BTreeSet<CarrierId>, StoreError> {
    let mut conn = pool.acquire().await?;
    let known = store::carriers::list_by_id(&mut conn, named).await?;
    Ok(known.into_iter().map(|carrier| carrier.id).collect())
}

/// Sets the holders of prefixes, each named once; `None`: nobody.
pub(crate) async fn put_holders(
    conn: &mut PgConnection,
    holders: &[(NumberPrefix, Option<CarrierId>)],
) -> Result<(), StoreError> {
    store::number_holders::put(conn, holders).await
}
