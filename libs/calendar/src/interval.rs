//! How long a port takes by rule: from the instant a request counts as received to the instant its numbers are ready.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Time, time};
use jiff::{SignedDuration, Timestamp};
use numbering::NpacRegion;
use types::{Country, InvalidValue};

use crate::business_hours::{add_business_hours, business_time_on_or_after};
use crate::holiday_calendar::HolidayCalendar;
use crate::region_time::{OutOfRange, civil_date, instant, start_of_day};

/// A simple request counts as received on its day from this time on...
const WINDOW_OPENS: Time = time(8, 0, 0, 0);
/// ...to this time, inclusive.
const WINDOW_CLOSES: Time = time(13, 0, 0, 0);
const SIMPLE_FOC: SignedDuration = SignedDuration::from_hours(4);
const WIRELESS_FOC: SignedDuration = SignedDuration::from_mins(30);
const WIRELESS_READY: SignedDuration = SignedDuration::from_mins(150);

/// Which rule a port runs by. Projects of more than 50 numbers are negotiated and run by none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortKind {
    /// One line without complications, wireline or between wireline and wireless.
    Simple,
    /// Any other port with a wireline side.
    Complex,
    /// Wireless to wireless.
    Wireless,
}

impl PortKind {
    /// The stable name, for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Complex => "complex",
            Self::Wireless => "wireless",
        }
    }
}

impl fmt::Display for PortKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for PortKind {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = InvalidValue {
            what: "kind of port",
            expected: "simple, complex or wireless",
        };
        let all = [Self::Simple, Self::Complex, Self::Wireless];
        all.into_iter().find(|kind| kind.code() == text).ok_or(refused)
    }
}

/// The instants that a request promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// From when the request counts as received; later than it came when it came outside the hours.
    pub received_at: Timestamp,
    /// When the losing carrier's commitment is due.
    pub foc_by: Timestamp,
    /// From when the numbers may be activated.
    pub ready_at: Timestamp,
}

/// When a request that arrives at `received` is answered and ready, by the rule of its region and kind. `calendar`
/// is the losing carrier's. In Canada a simple port runs by the rule of all wireline ports.
pub fn ready(
    region: NpacRegion,
    received: Timestamp,
    kind: PortKind,
    calendar: &HolidayCalendar,
) -> Result<Readiness, OutOfRange> {
    match (kind, region.country()) {
        (PortKind::Simple, Country::Us) => ready_simple(region, received, calendar),
        (PortKind::Complex, Country::Us) => ready_in_days(region, received, 4, calendar),
        (PortKind::Simple | PortKind::Complex, Country::Ca) => ready_in_days(region, received, 2, calendar),
        (PortKind::Wireless, Country::Us) => Ok(Readiness {
            received_at: received,
            foc_by: received.checked_add(WIRELESS_FOC)?,
            ready_at: received.checked_add(WIRELESS_READY)?,
        }),
        (PortKind::Wireless, Country::Ca) => Ok(Readiness {
            received_at: business_time_on_or_after(region, received, calendar)?,
            foc_by: add_business_hours(region, received, WIRELESS_FOC, calendar)?,
            ready_at: add_business_hours(region, received, WIRELESS_READY, calendar)?,
        }),
    }
}

/// One business day: received within the window, ready at the start of the next business day.
fn ready_simple(
    region: NpacRegion,
    received: Timestamp,
    calendar: &HolidayCalendar,
) -> Result<Readiness, OutOfRange> {
    let today = civil_date(region, received);
    let is_in_time = calendar.is_business_day(today) && received <= instant(region, today, WINDOW_CLOSES)?;
    let day = if is_in_time {
        today
    } else {
        calendar.add_business_days(today, 1)?
    };
    let received_at = received.max(instant(region, day, WINDOW_OPENS)?);
    let ready_on = calendar.add_business_days(day, 1)?;
    let foc_by = received_at.checked_add(SIMPLE_FOC)?;
    Ok(Readiness {
        received_at,
        foc_by,
        ready_at: start_of_day(region, ready_on)?,
    })
}

/// Several business days: answered within a business day, to the minute, and ready at the start of the last. What
/// comes on a day off counts from the next business day's opening.
fn ready_in_days(
    region: NpacRegion,
    received: Timestamp,
    days: u16,
    calendar: &HolidayCalendar,
) -> Result<Readiness, OutOfRange> {
    let received_at = received_on_a_business_day(region, received, calendar)?;
    let day = civil_date(region, received_at);
    Ok(Readiness {
        received_at,
        foc_by: business_days_later(region, received, 1, calendar)?,
        ready_at: start_of_day(region, calendar.add_business_days(day, days)?)?,
    })
}

/// The same time of the region's day, that many business days later. What comes on a day off counts from the next
/// business day's opening.
pub fn business_days_later(
    region: NpacRegion,
    from: Timestamp,
    days: u16,
    calendar: &HolidayCalendar,
) -> Result<Timestamp, OutOfRange> {
    let counted = received_on_a_business_day(region, from, calendar)?.to_zoned(region.time_zone());
    let day = calendar.add_business_days(counted.date(), days)?;
    instant(region, day, counted.time())
}

fn received_on_a_business_day(
    region: NpacRegion,
    received: Timestamp,
    calendar: &HolidayCalendar,
) -> Result<Timestamp, OutOfRange> {
    let today = civil_date(region, received);
    let day = calendar.business_day_on_or_after(today)?;
    if day == today {
        Ok(received)
    } else {
        instant(region, day, WINDOW_OPENS)
    }
}
