//! Business days and business hours: what is skipped, and that counting undoes adding.
#![cfg(test)]

use calendar::{
    BusinessHours, HolidayCalendar, OutOfRange, PortKind, add_business_hours, civil_date, concurrence_timers,
    ready,
};
use jiff::civil::{Date, date, time};
use jiff::{SignedDuration, Timestamp};
use numbering::NpacRegion::{self, Northeast, Western};
use proptest::prelude::*;
use types::Country;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn us() -> HolidayCalendar {
    HolidayCalendar::federal(Country::Us)
}

#[test]
fn the_next_business_day_skips_observed_holidays() {
    let cases = [
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2027, 12, 30), date(2028, 1, 3)),
        (date(2026, 11, 10), date(2026, 11, 12)),
        (date(2026, 10, 9), date(2026, 10, 13)),
    ];
    for (from, next) in cases {
        assert_eq!(us().add_business_days(from, 1), Ok(next), "{from}");
    }
    let works_columbus_day = us().open_on([date(2026, 10, 12), date(2026, 10, 10)]);
    assert_eq!(
        works_columbus_day.add_business_days(date(2026, 10, 9), 1),
        Ok(date(2026, 10, 12))
    );
}

#[test]
fn there_is_no_business_day_after_the_last_date() {
    assert_eq!(us().add_business_days(Date::MAX, 1), Err(OutOfRange));
}

#[test]
fn the_timers_of_the_npac_run_in_business_hours() {
    let timers = |created: &str, kind| {
        let timers = concurrence_timers(Northeast, at(created), kind, &us()).unwrap();
        (timers.t1_ends, timers.t2_ends)
    };
    let cases = [
        (
            "2026-11-23T10:00:00-05:00",
            PortKind::Wireless,
            "2026-11-23T11:00:00-05:00",
            "2026-11-23T12:00:00-05:00",
        ),
        (
            "2026-11-23T16:30:00-05:00",
            PortKind::Wireless,
            "2026-11-24T08:30:00-05:00",
            "2026-11-24T09:30:00-05:00",
        ),
        (
            "2026-11-23T13:00:00-05:00",
            PortKind::Simple,
            "2026-11-23T16:00:00-05:00",
            "2026-11-24T10:00:00-05:00",
        ),
        (
            "2026-11-24T10:00:00-05:00",
            PortKind::Complex,
            "2026-11-25T10:00:00-05:00",
            "2026-11-27T10:00:00-05:00",
        ),
        (
            "2026-11-23T08:00:00-05:00",
            PortKind::Complex,
            "2026-11-23T17:00:00-05:00",
            "2026-11-24T17:00:00-05:00",
        ),
    ];
    for (created, kind, t1_ends, t2_ends) in cases {
        assert_eq!(
            timers(created, kind),
            (at(t1_ends), at(t2_ends)),
            "{created} {kind}"
        );
    }
    let long_day = us().with_business_hours(BusinessHours::new(time(7, 0, 0, 0), time(19, 0, 0, 0)).unwrap());
    let timers = concurrence_timers(
        Northeast,
        at("2026-11-23T16:30:00-05:00"),
        PortKind::Wireless,
        &long_day,
    );
    assert_eq!(timers.unwrap().t2_ends, at("2026-11-23T18:30:00-05:00"));
    assert_eq!(BusinessHours::new(time(19, 0, 0, 0), time(7, 0, 0, 0)), None);
}

fn any_date() -> impl Strategy<Value = Date> {
    (2020_i16..2060, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

fn any_calendar() -> impl Strategy<Value = HolidayCalendar> {
    let country = prop_oneof![Just(Country::Us), Just(Country::Ca)];
    let days = || proptest::collection::vec(any_date(), 0..8);
    (country, days(), days())
        .prop_map(|(country, closed, open)| HolidayCalendar::federal(country).closed_on(closed).open_on(open))
}

proptest! {
    #[test]
    fn counting_gives_back_the_days_that_were_added(calendar in any_calendar(), from in any_date(), days in 0_u16..300) {
        let to = calendar.add_business_days(from, days).unwrap();
        prop_assert_eq!(calendar.business_days_between(from, to), usize::from(days));
        prop_assert!(days == 0 || calendar.is_business_day(to));
    }

    #[test]
    fn business_time_adds_up(minutes in 0_i64..6000, more in 0_i64..6000, second in 1_700_000_000_i64..2_000_000_000) {
        let add = |from, minutes| add_business_hours(Western, from, SignedDuration::from_mins(minutes), &us()).unwrap();
        let from = Timestamp::from_second(second).unwrap();
        prop_assert_eq!(add(add(from, minutes), more), add(add(from, 0), minutes + more));
    }

    #[test]
    fn every_request_is_ready_at_the_start_of_a_business_day(
        calendar in any_calendar(), second in 1_600_000_000_i64..2_800_000_000, region in 0_usize..8, is_simple: bool,
    ) {
        let (region, received) = (NpacRegion::ALL[region], Timestamp::from_second(second).unwrap());
        let kind = if is_simple { PortKind::Simple } else { PortKind::Complex };
        let answer = ready(region, received, kind, &calendar).unwrap();
        let ready_on = civil_date(region, answer.ready_at);
        prop_assert!(calendar.is_business_day(ready_on));
        prop_assert_eq!(calendar::start_of_day(region, ready_on), Ok(answer.ready_at));
        prop_assert!(received <= answer.received_at && answer.received_at < answer.foc_by);
        prop_assert!(calendar.is_business_day(civil_date(region, answer.received_at)));
    }
}
