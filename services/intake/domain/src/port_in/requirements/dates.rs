//! Whether the wanted date can be asked for, for every region that the numbers are of.

use std::collections::BTreeSet;

use calendar::{HolidayCalendar, PortKind, check_wanted_date};
use jiff::Timestamp;
use numbering::NpacRegion;

use super::{CarrierFacts, Requirement};
use crate::port_in::number::OrderNumber;
use crate::port_in::order::Order;

pub(super) fn check(order: &Order, carrier: &CarrierFacts, now: Timestamp) -> Option<Requirement> {
    let record = order.record();
    let wanted = record.details.wanted_date?;
    let kind = carrier.port_kind.unwrap_or(if record.numbers.len() > 1 {
        PortKind::Complex
    } else {
        PortKind::Simple
    });
    let mut regions: BTreeSet<NpacRegion> = record.numbers.iter().filter_map(OrderNumber::region).collect();
    regions.insert(order.region());
    regions.into_iter().find_map(|region| {
        let federal = HolidayCalendar::federal(region.country());
        let calendar = carrier.calendar.as_ref().unwrap_or(&federal);
        let refusal = check_wanted_date(wanted, region, now, kind, carrier.interval_days, calendar).err()?;
        let remedy = "Choose another date, or leave it out for the earliest.";
        Some(Requirement::fault(
            refusal.code(),
            "details.wanted_date",
            refusal.to_string(),
            remedy,
        ))
    })
}
