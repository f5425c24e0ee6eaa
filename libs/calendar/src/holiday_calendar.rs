//! A carrier's business days.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use types::Country;

use crate::business_hours::BusinessHours;
use crate::federal_holidays::is_federal_holiday;
use crate::region_time::OutOfRange;

/// What a carrier does on a day, against its country's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayOverride {
    /// It is closed, though others work.
    Closed,
    /// It works, though the day is a holiday. Weekends stay weekends.
    Open,
}

/// The business days of one carrier: Monday to Friday, less its country's federal holidays, with its own
/// exceptions by date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolidayCalendar {
    country: Country,
    overrides: BTreeMap<Date, DayOverride>,
    business_hours: BusinessHours,
}

impl HolidayCalendar {
    /// The calendar of a carrier that keeps exactly the federal holidays of its country.
    pub fn federal(country: Country) -> Self {
        Self {
            country,
            overrides: BTreeMap::new(),
            business_hours: BusinessHours::default(),
        }
    }

    /// The same calendar with exceptions; a later one for the same day wins.
    #[must_use]
    pub fn with_overrides(mut self, overrides: impl IntoIterator<Item = (Date, DayOverride)>) -> Self {
        self.overrides.extend(overrides);
        self
    }

    /// The same calendar with these days closed.
    #[must_use]
    pub fn closed_on(self, days: impl IntoIterator<Item = Date>) -> Self {
        self.with_overrides(days.into_iter().map(|day| (day, DayOverride::Closed)))
    }

    /// The same calendar with these holidays worked.
    #[must_use]
    pub fn open_on(self, days: impl IntoIterator<Item = Date>) -> Self {
        self.with_overrides(days.into_iter().map(|day| (day, DayOverride::Open)))
    }

    /// The same calendar with other hours of work.
    #[must_use]
    pub fn with_business_hours(mut self, business_hours: BusinessHours) -> Self {
        self.business_hours = business_hours;
        self
    }

    /// The hours that count as business hours on a business day.
    pub const fn business_hours(&self) -> BusinessHours {
        self.business_hours
    }

    /// Whether the carrier works on a day.
    pub fn is_business_day(&self, date: Date) -> bool {
        match (date.weekday(), self.overrides.get(&date)) {
            (Weekday::Saturday | Weekday::Sunday, _) | (_, Some(DayOverride::Closed)) => false,
            (_, Some(DayOverride::Open)) => true,
            (_, None) => !is_federal_holiday(self.country, date),
        }
    }

    /// The day itself if the carrier works on it, else the next on which it does.
    pub fn business_day_on_or_after(&self, date: Date) -> Result<Date, OutOfRange> {
        let mut day = date;
        while !self.is_business_day(day) {
            day = day.tomorrow()?;
        }
        Ok(day)
    }

    /// The `days`th business day after a day, which is not counted itself.
    pub fn add_business_days(&self, date: Date, days: u16) -> Result<Date, OutOfRange> {
        let mut day = date;
        for _ in 0..days {
            day = self.business_day_on_or_after(day.tomorrow()?)?;
        }
        Ok(day)
    }

    /// How many business days lie after `from`, up to and including `to`: what [`Self::add_business_days`] adds.
    pub fn business_days_between(&self, from: Date, to: Date) -> usize {
        let is_business_day = |day: &Date| self.is_business_day(*day);
        let first = from.tomorrow().ok();
        std::iter::successors(first, |day| day.tomorrow().ok())
            .take_while(|day| *day <= to)
            .filter(is_business_day)
            .count()
    }
}
