//! Which wanted dates are taken, and what the refusals say.
#![cfg(test)]

use calendar::{HolidayCalendar, PortKind, check_wanted_date};
use jiff::Timestamp;
use jiff::civil::date;
use numbering::NpacRegion::{Northeast, WestCoast};
use types::Country;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn us() -> HolidayCalendar {
    HolidayCalendar::federal(Country::Us)
}

#[test]
fn a_wanted_date_is_refused_with_its_cause_and_the_earliest_date() {
    // Saturday; a simple request counts from Monday and is ready on Tuesday.
    let now = at("2026-11-21T12:00:00-05:00");
    let earliest = date(2026, 11, 24);
    let cases = [
        (date(2026, 11, 28), Some("DATE_NOT_BUSINESS_DAY")),
        (date(2026, 11, 26), Some("DATE_NOT_BUSINESS_DAY")),
        (date(2026, 12, 22), Some("DATE_TOO_FAR")),
        (date(2026, 12, 26), Some("DATE_TOO_FAR")),
        (date(2026, 11, 20), Some("DATE_PAST")),
        (date(2026, 11, 23), Some("DATE_TOO_SOON")),
        (earliest, None),
        (date(2026, 12, 21), None),
    ];
    for (wanted, code) in cases {
        let verdict = check_wanted_date(wanted, Northeast, now, PortKind::Simple, 0, &us());
        assert_eq!(verdict.err().map(|refusal| refusal.code()), code, "{wanted}");
        if let Err(refusal) = verdict {
            assert_eq!(refusal.earliest(), Some(earliest));
            assert!(refusal.to_string().contains("2026-11-24"), "{refusal}");
        }
    }
}

#[test]
fn a_carriers_own_interval_counts_when_it_is_longer_than_the_rule() {
    let now = at("2026-11-23T10:00:00-05:00");
    let earliest = |kind, interval| calendar::earliest_date(Northeast, now, kind, interval, &us());
    assert_eq!(earliest(PortKind::Simple, 0), Ok(date(2026, 11, 24)));
    assert_eq!(earliest(PortKind::Simple, 5), Ok(date(2026, 12, 1)));
    assert_eq!(earliest(PortKind::Complex, 2), Ok(date(2026, 11, 30)));
    assert_eq!(earliest(PortKind::Wireless, 0), Ok(date(2026, 11, 23)));
    let refusal =
        check_wanted_date(date(2026, 11, 30), Northeast, now, PortKind::Simple, 5, &us()).unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.earliest()),
        ("DATE_TOO_SOON", Some(date(2026, 12, 1)))
    );
}

#[test]
fn today_is_the_regions_today() {
    // Already Tuesday in New York, still Monday in California.
    let now = at("2026-11-24T05:00:00Z");
    let verdict = |region| check_wanted_date(date(2026, 11, 23), region, now, PortKind::Wireless, 0, &us());
    assert_eq!(verdict(Northeast).unwrap_err().code(), "DATE_PAST");
    assert_eq!(verdict(WestCoast), Ok(()));
}
