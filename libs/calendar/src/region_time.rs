//! From instants to a region's days and back.

use jiff::civil::{Date, Time};
use jiff::{Span, Timestamp};
use numbering::NpacRegion;

/// A date or an instant is beyond what can be counted with, which is the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the date is beyond the end of the calendar")]
pub struct OutOfRange;

/// Every fault of the time library that can happen here is one of range: zones are known and times exist.
impl From<jiff::Error> for OutOfRange {
    fn from(_: jiff::Error) -> Self {
        Self
    }
}

/// Which day it is in the region at an instant.
pub fn civil_date(region: NpacRegion, at: Timestamp) -> Date {
    at.to_zoned(region.time_zone()).date()
}

/// When a day starts in the region.
pub fn start_of_day(region: NpacRegion, date: Date) -> Result<Timestamp, OutOfRange> {
    instant(region, date, Time::midnight())
}

/// When it is that time of that day in the region.
pub(crate) fn instant(region: NpacRegion, date: Date, time: Time) -> Result<Timestamp, OutOfRange> {
    Ok(date.to_datetime(time).to_zoned(region.time_zone())?.timestamp())
}

/// The same time of the region's day, that many calendar days later.
pub fn add_calendar_days(region: NpacRegion, from: Timestamp, days: u16) -> Result<Timestamp, OutOfRange> {
    let later = from
        .to_zoned(region.time_zone())
        .checked_add(Span::new().try_days(days)?)?;
    Ok(later.timestamp())
}

/// How many days old a document of that date is, counted in the region's days; negative for a date to come.
pub fn age_in_days(region: NpacRegion, dated: Date, now: Timestamp) -> i64 {
    civil_date(region, now).duration_since(dated).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_day_is_the_regions_day() {
        let late: Timestamp = "2026-11-22T05:30:00Z".parse().unwrap();
        assert_eq!(civil_date(NpacRegion::Northeast, late), date(2026, 11, 22));
        assert_eq!(civil_date(NpacRegion::Western, late), date(2026, 11, 21));
    }

    #[test]
    fn ages_count_days_and_not_hours() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let cases = [
            (date(2026, 10, 22), 30),
            (date(2026, 10, 21), 31),
            (date(2026, 11, 21), 0),
            (date(2026, 11, 22), -1),
        ];
        for (dated, age) in cases {
            assert_eq!(age_in_days(NpacRegion::Northeast, dated, now), age, "{dated}");
        }
    }

    #[test]
    fn thirty_days_later_is_the_same_time_of_day_across_a_change_of_clocks() {
        let from: Timestamp = "2026-10-20T14:00:00Z".parse().unwrap();
        let later = add_calendar_days(NpacRegion::Northeast, from, 30);
        assert_eq!(later, Ok("2026-11-19T15:00:00Z".parse().unwrap()));
        assert_eq!(
            add_calendar_days(NpacRegion::Northeast, Timestamp::MAX, 30),
            Err(OutOfRange)
        );
    }
}
