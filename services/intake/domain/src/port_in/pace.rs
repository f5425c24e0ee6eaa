//! How long losing carriers take, counted from the orders they had.

use std::collections::BTreeMap;

use jiff::Timestamp;
use types::Country;

use super::carrier_time::CarrierTime;
use super::number::OrderNumber;
use super::order::Order;
use super::state::{OrderState, StateName};

/// What takes longer is counted with it: a year of business days.
const BUSINESS_DAYS_MAX: u16 = 250;

/// A part of an order's way that the losing carrier sets the pace of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leg {
    /// From handing in a version to the FOC.
    ToFoc,
    /// From the first FOC to the last number's being ours.
    ToPort,
}

impl Leg {
    /// Both.
    pub const ALL: [Self; 2] = [Self::ToFoc, Self::ToPort];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ToFoc => "TO_FOC",
            Self::ToPort => "TO_PORT",
        }
    }
}

/// The numbers that carriers have one pace for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PacedKind {
    /// Numbers of the United States.
    Us,
    /// Numbers of Canada.
    Canada,
    /// Toll-free numbers.
    TollFree,
}

impl PacedKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Us, Self::Canada, Self::TollFree];

    /// The kind of an order: that of its first number.
    pub fn of(order: &Order) -> Self {
        let first = order.record().numbers.first();
        match first.map(|number| (number.country, OrderNumber::is_toll_free(number))) {
            Some((_, true)) => Self::TollFree,
            Some((Some(Country::Ca), false)) => Self::Canada,
            Some((Some(Country::Us) | None, false)) | None => Self::Us,
        }
    }

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Us => "US",
            Self::Canada => "CANADA",
            Self::TollFree => "TOLL_FREE",
        }
    }
}

/// What a transition means for the leg that an order is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegStep {
    /// It goes on.
    GoOn,
    /// A leg starts, whatever was before.
    Start(Leg),
    /// This leg has come to its end, if it is the one that the order is on; the other may start.
    Finish(Leg, Option<Leg>),
    /// The leg ends without having come to its end: it says nothing of the carrier.
    BreakOff,
}

impl LegStep {
    /// What a transition from `before` to `after` means.
    pub fn between(before: &Order, after: &Order) -> Self {
        let (was, is) = (before.record.state.name(), after.record.state.name());
        if was == is && before.record.ver == after.record.ver {
            return Self::GoOn;
        }
        if matches!(after.record.state, OrderState::Parent(_)) {
            // Each child is timed by itself.
            return Self::BreakOff;
        }
        match is {
            StateName::Submitted => Self::Start(Leg::ToFoc),
            StateName::FocConfirmed if matches!(was, StateName::Submitted | StateName::Pending) => {
                Self::Finish(Leg::ToFoc, Some(Leg::ToPort))
            }
            StateName::Ported if matches!(was, StateName::FocConfirmed | StateName::Activating) => {
                Self::Finish(Leg::ToPort, None)
            }
            StateName::Draft
            | StateName::ActionRequired
            | StateName::Ported
            | StateName::Cancelled
            | StateName::Rejected
            | StateName::Abandoned => Self::BreakOff,
            StateName::Pending
            | StateName::FocConfirmed
            | StateName::Activating
            | StateName::CancelRequested => Self::GoOn,
        }
    }
}

/// How many business days of the carrier a leg took.
pub fn leg_days(carrier: &CarrierTime, started: Timestamp, ended: Timestamp) -> u16 {
    let days = carrier
        .calendar
        .business_days_between(carrier.day(started), carrier.day(ended));
    u16::try_from(days).unwrap_or(u16::MAX).min(BUSINESS_DAYS_MAX)
}

/// How many orders took how many business days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram(BTreeMap<u16, u64>);

impl Histogram {
    /// How many orders it holds.
    pub fn observations(&self) -> u64 {
        self.0.values().sum()
    }

    /// The fewest business days within which that many of a hundred orders were through; none of no orders.
    pub fn percentile(&self, per_cent: u64) -> Option<u16> {
        let rank = (self.observations() * per_cent).div_ceil(100).max(1);
        let mut seen = 0;
        self.0.iter().find_map(|(days, orders)| {
            seen += orders;
            (seen >= rank).then_some(*days)
        })
    }
}

impl FromIterator<(u16, u64)> for Histogram {
    fn from_iter<I: IntoIterator<Item = (u16, u64)>>(counts: I) -> Self {
        let mut histogram = Self::default();
        for (days, orders) in counts {
            *histogram.0.entry(days).or_default() += orders;
        }
        histogram
    }
}
