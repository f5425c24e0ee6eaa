//! Whether the wanted date can be asked for, for every region that the numbers are of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use numbering::NpacRegion;
use types::Tn;

use super::Requirement;
use super::numbers::is_toll_free;
use crate::carrier::{CarrierProfile, Network, Timing};
use crate::port_in::order::Order;

pub(super) fn check(order: &Order, carrier: Option<&CarrierProfile>, now: Timestamp) -> Vec<Requirement> {
    let Some(wanted) = order.record().details.wanted_date else {
        return Vec::new();
    };
    let timing = timing(order, carrier);
    let regions = regions(order);
    let is_one_region = regions.len() == 1;
    let refusals = regions.into_iter().filter_map(|(region, first)| {
        let refusal = timing.check(wanted, region, now).err()?;
        let remedy = "Choose another date, or leave it out for the earliest.";
        let fault = Requirement::fault(refusal.code(), "details.wanted_date", refusal.to_string(), remedy);
        Some(match first {
            Some(tn) if !is_one_region => fault.about(tn),
            Some(_) | None => fault,
        })
    });
    refusals.collect()
}

/// By what the order's dates are reckoned. Of a carrier that is not known the number of lines decides.
fn timing<'a>(order: &Order, carrier: Option<&'a CarrierProfile>) -> Timing<'a> {
    let network = match carrier {
        _ if is_toll_free(order) => Network::TollFree,
        Some(carrier) => carrier.network,
        None => Network::Wireline,
    };
    Timing::of(network, order.record().numbers.len(), carrier)
}

/// The regions of the numbers, each with its first number; at least the region that the order as a whole runs by.
fn regions(order: &Order) -> BTreeMap<NpacRegion, Option<Tn>> {
    let mut regions = BTreeMap::from([(order.region(), None)]);
    for number in &order.record().numbers {
        if let Some(region) = number.region() {
            regions.entry(region).or_default().get_or_insert(number.tn);
        }
    }
    regions
}

/// The earliest date that can be asked for: the latest of those of its regions.
pub(super) fn earliest(order: &Order, carrier: Option<&CarrierProfile>, now: Timestamp) -> Option<Date> {
    let timing = timing(order, carrier);
    let regions = regions(order).into_keys();
    regions
        .filter_map(|region| timing.earliest(region, now).ok())
        .max()
}
