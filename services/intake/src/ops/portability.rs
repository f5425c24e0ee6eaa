//! Saying whether numbers can be ported.

use std::collections::{BTreeMap, BTreeSet};

use calendar::civil_date;
use intake_domain::carrier::Holder;
use intake_domain::portability::{self, KnownOfNumbers, Portability};
use numbering::NpacRegion;
use pg::StoreError;
use types::{CarrierId, Tn};

use crate::app::Intake;
use crate::store::{self, inventory, port_in};

/// Judges numbers as people write them. Without the gateway all is said but who has them.
pub(crate) async fn check(intake: &Intake, raw: &[String]) -> Result<Vec<Portability>, StoreError> {
    let now = intake.base.clock.now();
    // Whether an area code is in use yet is a matter of days; the NPAC's own are Eastern.
    let today = civil_date(NpacRegion::Northeast, now);
    let listed = numbering::parse_list(raw.iter().map(String::as_str));
    let numbers: Vec<_> = listed
        .into_iter()
        .map(|tn| tn.and_then(|tn| numbering::describe(tn, today)))
        .collect();
    let tns: Vec<Tn> = numbers.iter().flatten().map(|info| info.tn).collect();
    let holders = holders(intake, &tns).await;
    let known = known_of(intake, &tns, holders).await?;
    Ok(portability::check(numbers, &known, now))
}

/// Who has the numbers; `None`: the gateway does not say now.
pub(crate) async fn holders(intake: &Intake, tns: &[Tn]) -> Option<BTreeMap<Tn, Holder>> {
    if tns.is_empty() {
        return Some(BTreeMap::new());
    }
    match intake.gateway.holders(tns).await {
        Ok(holders) => Some(holders),
        Err(error) => {
            tracing::warn!(error = %grpc::status::chain(&error), "carrier data cannot be asked");
            None
        }
    }
}

async fn known_of(
    intake: &Intake,
    tns: &[Tn],
    holders: Option<BTreeMap<Tn, Holder>>,
) -> Result<KnownOfNumbers, StoreError> {
    let carriers: BTreeSet<CarrierId> = holders
        .iter()
        .flat_map(BTreeMap::values)
        .map(|holder| holder.carrier.clone())
        .collect();
    let carriers: Vec<CarrierId> = carriers.into_iter().collect();
    let mut conn = intake.base.pool.acquire().await?;
    let profiles = store::carriers::list(&mut conn, &carriers).await?;
    Ok(KnownOfNumbers {
        in_flight: port_in::live::among(&mut conn, tns).await?,
        in_service: inventory::among(&mut conn, tns).await?,
        holders,
        profiles: profiles
            .into_iter()
            .map(|profile| (profile.id.clone(), profile))
            .collect(),
    })
}
