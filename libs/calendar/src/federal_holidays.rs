//! The federal holidays of the US and Canada, by rule, for any year.

use jiff::civil::{Date, Weekday};
use types::Country;

/// Whether a day is a federal holiday of the country, or the weekday on which one is observed.
pub fn is_federal_holiday(country: Country, date: Date) -> bool {
    match country {
        Country::Us => is_us_weekday_holiday(date) || is_observed_in_us(date),
        Country::Ca => {
            is_canadian_weekday_holiday(date) || is_observed_in_canada(date) || is_good_friday(date)
        }
    }
}

/// Which of its weekday in the month a date is, counted from 1.
fn week_of_month(date: Date) -> i8 {
    (date.day() - 1) / 7 + 1
}

/// Holidays that are the nth of a weekday in a month.
fn is_us_weekday_holiday(date: Date) -> bool {
    match (date.month(), date.weekday(), week_of_month(date)) {
        // Martin Luther King's birthday, Washington's birthday, Labor Day, Columbus Day.
        (1 | 2, Weekday::Monday, week) => week == 3,
        (9, Weekday::Monday, week) => week == 1,
        (10, Weekday::Monday, week) => week == 2,
        // Thanksgiving.
        (11, Weekday::Thursday, week) => week == 4,
        // Memorial Day is the last Monday of May, the fourth or the fifth.
        (5, Weekday::Monday, _) => date.day() >= 25,
        _ => false,
    }
}

/// New Year's Day, Juneteenth, Independence Day, Veterans Day, Christmas.
fn is_us_fixed_holiday(date: Date) -> bool {
    matches!(
        (date.month(), date.day()),
        (1, 1) | (6, 19) | (7, 4) | (11, 11) | (12, 25)
    )
}

/// A holiday on Saturday is observed the Friday before, one on Sunday the Monday after.
fn is_observed_in_us(date: Date) -> bool {
    let is_moved_here = match date.weekday() {
        Weekday::Friday => date.tomorrow().is_ok_and(is_us_fixed_holiday),
        Weekday::Monday => date.yesterday().is_ok_and(is_us_fixed_holiday),
        Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Saturday | Weekday::Sunday => {
            false
        }
    };
    is_us_fixed_holiday(date) || is_moved_here
}

fn is_canadian_weekday_holiday(date: Date) -> bool {
    match (date.month(), date.weekday()) {
        // Victoria Day is the Monday before 25 May.
        (5, Weekday::Monday) => (18..=24).contains(&date.day()),
        // Labour Day; Thanksgiving.
        (9, Weekday::Monday) => week_of_month(date) == 1,
        (10, Weekday::Monday) => week_of_month(date) == 2,
        _ => false,
    }
}

/// New Year's Day, Canada Day, Truth and Reconciliation, Remembrance Day, Christmas, Boxing Day.
fn is_canadian_fixed_holiday(date: Date) -> bool {
    matches!(
        (date.month(), date.day()),
        (1 | 7, 1) | (9, 30) | (11, 11) | (12, 25 | 26)
    )
}

/// A holiday on a weekend is observed on the next working day: Monday, or Tuesday where Boxing Day or its
/// substitute has the Monday.
fn is_observed_in_canada(date: Date) -> bool {
    let is_moved_here = match date.weekday() {
        Weekday::Monday => {
            let sunday = date.yesterday();
            let saturday = sunday.clone().and_then(Date::yesterday);
            sunday.is_ok_and(is_canadian_fixed_holiday) || saturday.is_ok_and(is_canadian_fixed_holiday)
        }
        Weekday::Tuesday => matches!((date.month(), date.day()), (12, 27 | 28)),
        Weekday::Wednesday | Weekday::Thursday | Weekday::Friday | Weekday::Saturday | Weekday::Sunday => {
            false
        }
    };
    is_canadian_fixed_holiday(date) || is_moved_here
}

fn is_good_friday(date: Date) -> bool {
    date.tomorrow()
        .and_then(Date::tomorrow)
        .is_ok_and(is_easter_sunday)
}

/// The Gregorian computus ("Meeus/Jones/Butcher"); its single letters are the names it is published with.
#[expect(clippy::many_single_char_names, reason = "the published names of the terms")]
fn is_easter_sunday(date: Date) -> bool {
    let year = i32::from(date.year());
    let a = year % 19;
    let (b, c) = (year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    i32::from(date.month()) == month && i32::from(date.day()) == day
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    /// The holidays of a year that fall on a weekday, as month and day.
    fn weekday_holidays(country: Country, year: i16) -> Vec<(i8, i8)> {
        date(year, 1, 1)
            .series(1.day())
            .take_while(|day| day.year() == year)
            .filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
            .filter(|day| is_federal_holiday(country, *day))
            .map(|day| (day.month(), day.day()))
            .collect()
    }

    #[test]
    fn the_us_set_is_the_published_one() {
        // As published by the Office of Personnel Management for each year.
        let expected_2026 = [
            (1, 1),
            (1, 19),
            (2, 16),
            (5, 25),
            (6, 19),
            (7, 3),
            (9, 7),
            (10, 12),
            (11, 11),
            (11, 26),
            (12, 25),
        ];
        assert_eq!(weekday_holidays(Country::Us, 2026), expected_2026);
        let expected_2027 = [
            (1, 1),
            (1, 18),
            (2, 15),
            (5, 31),
            (6, 18),
            (7, 5),
            (9, 6),
            (10, 11),
            (11, 11),
            (11, 25),
            (12, 24),
            (12, 31),
        ];
        assert_eq!(weekday_holidays(Country::Us, 2027), expected_2027);
    }

    #[test]
    fn the_canadian_set_moves_weekend_days_forward() {
        let expected_2026 = [
            (1, 1),
            (4, 3),
            (5, 18),
            (7, 1),
            (9, 7),
            (9, 30),
            (10, 12),
            (11, 11),
            (12, 25),
            (12, 28),
        ];
        assert_eq!(weekday_holidays(Country::Ca, 2026), expected_2026);
        let expected_2027 = [
            (1, 1),
            (3, 26),
            (5, 24),
            (7, 1),
            (9, 6),
            (9, 30),
            (10, 11),
            (11, 11),
            (12, 27),
            (12, 28),
        ];
        assert_eq!(weekday_holidays(Country::Ca, 2027), expected_2027);
        let boxing_day_on_monday: Vec<_> = weekday_holidays(Country::Ca, 2033)
            .into_iter()
            .filter(|(month, _)| *month == 12)
            .collect();
        assert_eq!(boxing_day_on_monday, [(12, 26), (12, 27)]);
    }

    #[test]
    fn easter_is_where_the_church_puts_it() {
        for (year, month, day) in [
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ] {
            assert!(is_easter_sunday(date(year, month, day)), "{year}");
        }
        assert!(!is_easter_sunday(date(2026, 4, 12)));
    }
}
