//! When a request that arrives is answered and ready, case by case.
#![cfg(test)]

use calendar::{HolidayCalendar, OutOfRange, PortKind, Readiness, ready};
use jiff::Timestamp;
use jiff::civil::date;
use numbering::NpacRegion::{Canada, Northeast, Western};
use types::Country;

/// Simple ports, on the federal calendar: region, arrives, counts as received, FOC due, ready.
const SIMPLE_PORTS: &str = "
# Inside the window, to its last second; and just after it.
W   2026-11-23T20:00:00Z       2026-11-23T20:00:00Z       2026-11-23T17:00:00-07:00  2026-11-24T07:00:00Z
W   2026-11-23T20:00:01Z       2026-11-24T15:00:00Z       2026-11-24T12:00:00-07:00  2026-11-25T07:00:00Z
W   2026-11-23T20:00:00.001Z   2026-11-24T15:00:00Z       2026-11-24T12:00:00-07:00  2026-11-25T07:00:00Z
# Thanksgiving.
NE  2026-11-25T12:59:00-05:00  2026-11-25T12:59:00-05:00  2026-11-25T16:59:00-05:00  2026-11-27T05:00:00Z
NE  2026-11-25T13:30:00-05:00  2026-11-27T08:00:00-05:00  2026-11-27T12:00:00-05:00  2026-11-30T05:00:00Z
NE  2026-11-26T10:00:00-05:00  2026-11-27T08:00:00-05:00  2026-11-27T12:00:00-05:00  2026-11-30T05:00:00Z
# Clocks go forward, and back, between.
NE  2026-03-06T14:30:00-05:00  2026-03-09T08:00:00-04:00  2026-03-09T12:00:00-04:00  2026-03-10T04:00:00Z
SW  2026-10-30T11:00:00-05:00  2026-10-30T11:00:00-05:00  2026-10-30T15:00:00-05:00  2026-11-02T06:00:00Z
# Independence Day is a Saturday, observed on Friday.
WC  2026-07-02T11:00:00-07:00  2026-07-02T11:00:00-07:00  2026-07-02T15:00:00-07:00  2026-07-06T07:00:00Z
# Before the window opens.
MW  2026-12-24T06:30:00-06:00  2026-12-24T08:00:00-06:00  2026-12-24T12:00:00-06:00  2026-12-28T06:00:00Z
MA  2026-11-23T07:59:59-05:00  2026-11-23T08:00:00-05:00  2026-11-23T12:00:00-05:00  2026-11-24T05:00:00Z
# A Saturday.
SE  2026-11-21T10:00:00-05:00  2026-11-23T08:00:00-05:00  2026-11-23T12:00:00-05:00  2026-11-24T05:00:00Z
";

/// Complex ports: the same columns.
const COMPLEX_PORTS: &str = "
NE  2026-07-01T10:15:00-04:00  2026-07-01T10:15:00-04:00  2026-07-02T10:15:00-04:00  2026-07-08T00:00:00-04:00
NE  2026-05-21T10:15:00-04:00  2026-05-21T10:15:00-04:00  2026-05-22T10:15:00-04:00  2026-05-28T00:00:00-04:00
NE  2026-09-04T20:00:00-04:00  2026-09-04T20:00:00-04:00  2026-09-08T20:00:00-04:00  2026-09-11T00:00:00-04:00
NE  2028-02-25T00:00:00-05:00  2028-02-25T00:00:00-05:00  2028-02-28T00:00:00-05:00  2028-03-02T00:00:00-05:00
NE  2026-03-06T10:15:00-05:00  2026-03-06T10:15:00-05:00  2026-03-09T10:15:00-04:00  2026-03-12T00:00:00-04:00
# A Saturday counts from Monday's opening.
NE  2026-11-21T10:00:00-05:00  2026-11-23T08:00:00-05:00  2026-11-24T08:00:00-05:00  2026-11-30T00:00:00-05:00
";

/// Canada, where simple wireline ports run by the same rule as complex ones.
const CANADIAN_WIRELINE_PORTS: &str = "
CANADA  2026-10-09T14:00:00-04:00  2026-10-09T14:00:00-04:00  2026-10-13T14:00:00-04:00  2026-10-14T00:00:00-04:00
CANADA  2026-06-30T14:00:00-04:00  2026-06-30T14:00:00-04:00  2026-07-02T14:00:00-04:00  2026-07-03T00:00:00-04:00
";

/// Canada counts wireless in business hours.
const CANADIAN_WIRELESS_PORTS: &str = "
CANADA  2026-11-23T10:00:00-05:00  2026-11-23T10:00:00-05:00  2026-11-23T10:30:00-05:00  2026-11-23T12:30:00-05:00
CANADA  2026-11-23T16:00:00-05:00  2026-11-23T16:00:00-05:00  2026-11-23T16:30:00-05:00  2026-11-24T09:30:00-05:00
CANADA  2026-11-21T22:00:00-05:00  2026-11-23T08:00:00-05:00  2026-11-23T08:30:00-05:00  2026-11-23T10:30:00-05:00
";

/// The US counts wireless by the clock, on a Saturday night too.
const US_WIRELESS_PORTS: &str = "
NE  2026-11-21T22:00:00-05:00  2026-11-21T22:00:00-05:00  2026-11-21T22:30:00-05:00  2026-11-22T00:30:00-05:00
";

/// Checks every row of a table.
fn assert_ready(table: &str, kind: PortKind) {
    let rows = table
        .lines()
        .filter(|row| !row.is_empty() && !row.starts_with('#'));
    for row in rows {
        let columns: Vec<&str> = row.split_whitespace().collect();
        let [region, received, received_at, foc_by, ready_at] = columns[..] else {
            panic!("{row}")
        };
        let region: numbering::NpacRegion = region.parse().unwrap();
        let answer = ready(
            region,
            at(received),
            kind,
            &HolidayCalendar::federal(region.country()),
        );
        let expected = Readiness {
            received_at: at(received_at),
            foc_by: at(foc_by),
            ready_at: at(ready_at),
        };
        assert_eq!(answer, Ok(expected), "{kind} {row}");
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn us() -> HolidayCalendar {
    HolidayCalendar::federal(Country::Us)
}

#[test]
fn a_simple_port_is_ready_after_one_business_day_of_its_region() {
    assert_ready(SIMPLE_PORTS, PortKind::Simple);
}

#[test]
fn a_complex_port_takes_four_business_days_or_two_in_canada() {
    assert_ready(COMPLEX_PORTS, PortKind::Complex);
    assert_ready(CANADIAN_WIRELINE_PORTS, PortKind::Complex);
    assert_ready(CANADIAN_WIRELINE_PORTS, PortKind::Simple);
}

#[test]
fn wireless_runs_by_the_clock_in_the_us_and_by_business_hours_in_canada() {
    assert_ready(US_WIRELESS_PORTS, PortKind::Wireless);
    assert_ready(CANADIAN_WIRELESS_PORTS, PortKind::Wireless);
}

#[test]
fn a_seattle_number_runs_on_mountain_time() {
    let seattle = numbering::inspect("206-867-5309", date(2026, 11, 23))
        .unwrap()
        .region
        .unwrap();
    let ready_at = |received| {
        ready(seattle, at(received), PortKind::Simple, &us())
            .unwrap()
            .ready_at
    };
    assert_eq!(ready_at("2026-11-23T20:00:00Z"), at("2026-11-24T07:00:00Z"));
    assert_eq!(ready_at("2026-11-23T20:00:01Z"), at("2026-11-25T07:00:00Z"));
}

#[test]
fn a_carriers_own_holiday_moves_everything() {
    let closed = us().closed_on([date(2026, 11, 27)]);
    let answer = ready(
        Northeast,
        at("2026-11-25T13:30:00-05:00"),
        PortKind::Simple,
        &closed,
    )
    .unwrap();
    assert_eq!(answer.received_at, at("2026-11-30T08:00:00-05:00"));
    assert_eq!(answer.ready_at, at("2026-12-01T05:00:00Z"));
}

#[test]
fn the_end_of_the_calendar_is_an_answer_and_not_a_panic() {
    for kind in [PortKind::Simple, PortKind::Complex, PortKind::Wireless] {
        assert_eq!(
            ready(
                Canada,
                Timestamp::MAX,
                kind,
                &HolidayCalendar::federal(Country::Ca)
            ),
            Err(OutOfRange)
        );
        assert_eq!(ready(Western, Timestamp::MAX, kind, &us()), Err(OutOfRange));
        assert!(ready(Western, Timestamp::MIN, kind, &us()).is_ok());
    }
}
