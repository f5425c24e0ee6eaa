//! The month in which a charge is billed, by the calendar of the account's time zone.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use thiserror::Error;

/// A month closes by itself this long after its end, so that events of its last minutes are on its invoice. Charges
/// that come in later are gathered for as long before they go on a further one.
pub const CLOSING_DELAY: SignedDuration = SignedDuration::from_hours(1);

/// A calendar month. Invariant: kept as its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

/// A month's end lies beyond the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the month is beyond the end of the calendar")]
pub struct OutOfCalendar;

impl Month {
    /// The month of a day.
    pub fn containing(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// The month it is in `zone` at an instant.
    pub fn at(instant: Timestamp, zone: &TimeZone) -> Self {
        Self::containing(zone.to_datetime(instant).date())
    }

    /// Its first day.
    pub const fn first_day(self) -> Date {
        self.0
    }

    /// Whether it is over in `zone`.
    pub fn is_over(self, now: Timestamp, zone: &TimeZone) -> bool {
        self < Self::at(now, zone)
    }

    /// When it is over in `zone`.
    pub fn end(self, zone: &TimeZone) -> Result<Timestamp, OutOfCalendar> {
        let next = self.0.checked_add(1.month()).map_err(|_| OutOfCalendar)?;
        let start = next.to_zoned(zone.clone()).map_err(|_| OutOfCalendar)?;
        Ok(start.timestamp())
    }

    /// When it closes by itself in `zone`, seen from `now`, when a charge of it comes in.
    pub fn closes_at(self, zone: &TimeZone, now: Timestamp) -> Result<Timestamp, OutOfCalendar> {
        let regular = self
            .end(zone)?
            .checked_add(CLOSING_DELAY)
            .map_err(|_| OutOfCalendar)?;
        if now < regular {
            return Ok(regular);
        }
        now.checked_add(CLOSING_DELAY).map_err(|_| OutOfCalendar)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}
