//! How long a losing carrier may take with an order: its calendar, its rule, its own interval.

use calendar::{HolidayCalendar, PortKind, business_days_later, civil_date, ready};
use jiff::Timestamp;
use jiff::civil::Date;
use numbering::NpacRegion;

use super::order::Order;
use crate::carrier::CarrierProfile;

/// What counts the days of one order.
#[derive(Debug, Clone)]
pub struct CarrierTime {
    /// Whose clock the order runs by.
    pub region: NpacRegion,
    /// When the carrier works.
    pub calendar: HolidayCalendar,
    /// The rule it is held to.
    pub kind: PortKind,
    /// Business days it takes at least by its own word; 0: no more than the rule gives it.
    pub interval_days: u16,
}

impl CarrierTime {
    /// The time of an order's losing carrier. One that is not known works on its country's business days, by the rule
    /// of wireline carriers.
    pub fn of(order: &Order, profile: Option<&CarrierProfile>) -> Self {
        let (region, count) = (order.region(), order.record().numbers.len());
        match profile {
            Some(profile) => Self {
                region,
                calendar: profile.calendar(region),
                kind: profile.network.port_kind(count),
                interval_days: profile.interval_days,
            },
            None => Self {
                region,
                calendar: HolidayCalendar::federal(region.country()),
                kind: if count > 1 {
                    PortKind::Complex
                } else {
                    PortKind::Simple
                },
                interval_days: 0,
            },
        }
    }

    /// The carrier's day at an instant.
    pub(super) fn day(&self, at: Timestamp) -> Date {
        civil_date(self.region, at)
    }

    /// By when the carrier has answered what reached it at `received`: within its own interval, or the time of its rule.
    pub(super) fn answer_due(&self, received: Timestamp) -> Option<Timestamp> {
        if self.interval_days > 0 {
            return self.business_days_later(received, self.interval_days);
        }
        let readiness = ready(self.region, received, self.kind, &self.calendar).ok()?;
        Some(readiness.foc_by)
    }

    pub(super) fn business_days_later(&self, from: Timestamp, days: u16) -> Option<Timestamp> {
        business_days_later(self.region, from, days, &self.calendar).ok()
    }
}
