//! Whether the date a customer wants can be asked for.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use numbering::NpacRegion;

use crate::holiday_calendar::HolidayCalendar;
use crate::interval::{PortKind, ready};
use crate::region_time::{OutOfRange, civil_date};

/// Why a wanted date was refused. Each names the earliest date that would be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateRefusal {
    /// The losing carrier does not work on the date.
    #[error("{wanted} is not a business day of the losing carrier; the earliest date is {earliest}")]
    NotBusinessDay {
        /// The date that was asked for.
        wanted: Date,
        /// The earliest date that would be taken.
        earliest: Date,
    },
    /// The date is more than 30 days away.
    #[error("{wanted} is too far away: dates are taken up to {latest}; the earliest date is {earliest}")]
    TooFar {
        /// The date that was asked for.
        wanted: Date,
        /// The latest date that would be taken, if the carrier works on it.
        latest: Date,
        /// The earliest date that would be taken.
        earliest: Date,
    },
    /// The date leaves the losing carrier less time than it has by rule or by its own interval.
    #[error("{wanted} is too soon for the losing carrier; the earliest date is {earliest}")]
    TooSoon {
        /// The date that was asked for.
        wanted: Date,
        /// The earliest date that would be taken.
        earliest: Date,
    },
    /// The date has passed.
    #[error("{wanted} has passed; the earliest date is {earliest}")]
    Past {
        /// The date that was asked for.
        wanted: Date,
        /// The earliest date that would be taken.
        earliest: Date,
    },
    /// Today is at the end of the calendar, where no date can be wanted.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

impl DateRefusal {
    /// The stable code, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotBusinessDay { .. } => "DATE_NOT_BUSINESS_DAY",
            Self::TooFar { .. } | Self::OutOfRange(_) => "DATE_TOO_FAR",
            Self::TooSoon { .. } => "DATE_TOO_SOON",
            Self::Past { .. } => "DATE_PAST",
        }
    }

    /// The earliest date that would be taken.
    pub const fn earliest(&self) -> Option<Date> {
        match self {
            Self::NotBusinessDay { earliest, .. }
            | Self::TooFar { earliest, .. }
            | Self::TooSoon { earliest, .. }
            | Self::Past { earliest, .. } => Some(*earliest),
            Self::OutOfRange(_) => None,
        }
    }
}

/// The earliest date that can be asked for now: what the rule allows, and no fewer than `interval_days` business days
/// after today, which is the losing carrier's own interval (0 where it has none).
pub fn earliest_date(
    region: NpacRegion,
    now: Timestamp,
    kind: PortKind,
    interval_days: u16,
    calendar: &HolidayCalendar,
) -> Result<Date, OutOfRange> {
    let by_rule = civil_date(region, ready(region, now, kind, calendar)?.ready_at);
    let by_carrier = calendar.add_business_days(civil_date(region, now), interval_days)?;
    calendar.business_day_on_or_after(by_rule.max(by_carrier))
}

/// Checks the date a customer wants against the region's today and the losing carrier's calendar and interval.
pub fn check_wanted_date(
    wanted: Date,
    region: NpacRegion,
    now: Timestamp,
    kind: PortKind,
    interval_days: u16,
    calendar: &HolidayCalendar,
) -> Result<(), DateRefusal> {
    let earliest = earliest_date(region, now, kind, interval_days, calendar)?;
    let today = civil_date(region, now);
    let latest = today.checked_add(30.days()).map_err(OutOfRange::from)?;
    if wanted < today {
        Err(DateRefusal::Past { wanted, earliest })
    } else if wanted > latest {
        Err(DateRefusal::TooFar {
            wanted,
            latest,
            earliest,
        })
    } else if !calendar.is_business_day(wanted) {
        Err(DateRefusal::NotBusinessDay { wanted, earliest })
    } else if wanted < earliest {
        Err(DateRefusal::TooSoon { wanted, earliest })
    } else {
        Ok(())
    }
}
