//! The instant to which a firm order commitment commits.

use calendar::{HolidayCalendar, OutOfRange, civil_date, start_of_day};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use numbering::NpacRegion;
use types::Tn;

/// Without a wanted date the cut-over is on this day after the answer, or the first business day from there.
const DAYS_TO_CUT_OVER: i32 = 3;
/// The clock for numbers that belong to no region: toll-free ones, and area codes that are not in service.
const REGION_OF_THE_REST: NpacRegion = NpacRegion::Northeast;

/// The start of the wanted day in the region of `first_tn`, if that day is still to come, else of the third day.
pub(super) fn committed_at(
    answered_at: Timestamp,
    wanted: Option<Date>,
    first_tn: Option<Tn>,
) -> Result<Timestamp, OutOfRange> {
    let region = region_of(first_tn, answered_at);
    if let Some(wanted) = wanted {
        let start = start_of_day(region, wanted)?;
        if start > answered_at {
            return Ok(start);
        }
    }
    let third_day = civil_date(region, answered_at).checked_add(DAYS_TO_CUT_OVER.days())?;
    let business_days = HolidayCalendar::federal(region.country());
    start_of_day(region, business_days.business_day_on_or_after(third_day)?)
}

fn region_of(tn: Option<Tn>, at: Timestamp) -> NpacRegion {
    let on = at.to_zoned(TimeZone::UTC).date();
    tn.and_then(|tn| numbering::describe(tn, on).ok())
        .and_then(|info| info.region)
        .unwrap_or(REGION_OF_THE_REST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_is_the_start_of_a_day_in_the_region_of_the_first_number() {
        let (wednesday, before_thanksgiving) = ("2026-10-07T15:00:00Z", "2026-11-23T15:00:00Z");
        let (new_york, seattle, toll_free) = ("+12128675309", "+12068675309", "+18008675309");
        let cases = [
            // The third day is a Saturday, then comes Monday, which is Columbus Day.
            (wednesday, None, new_york, "2026-10-13T04:00:00Z"),
            // Numbers of Seattle go by the clock of the Western region, Mountain time.
            (wednesday, None, seattle, "2026-10-13T06:00:00Z"),
            (wednesday, None, toll_free, "2026-10-13T04:00:00Z"),
            // Thanksgiving is the third day.
            (before_thanksgiving, None, new_york, "2026-11-27T05:00:00Z"),
            (wednesday, Some("2026-10-20"), new_york, "2026-10-20T04:00:00Z"),
            (wednesday, Some("2026-10-20"), seattle, "2026-10-20T06:00:00Z"),
            // What is wanted is given, whatever day it is, unless it has begun.
            (wednesday, Some("2026-10-10"), new_york, "2026-10-10T04:00:00Z"),
            (wednesday, Some("2026-10-07"), new_york, "2026-10-13T04:00:00Z"),
            // After the change of clocks.
            (wednesday, Some("2026-12-01"), new_york, "2026-12-01T05:00:00Z"),
        ];
        for (answered_at, wanted, tn, expected) in cases {
            let wanted = wanted.map(|date| date.parse().unwrap());
            let committed = committed_at(answered_at.parse().unwrap(), wanted, Some(tn.parse().unwrap()));
            assert_eq!(
                committed,
                Ok(expected.parse().unwrap()),
                "{answered_at} {wanted:?} {tn}"
            );
        }
    }
}
