//! Intervals that run only while the carrier works, and the NPAC's timers, which are such intervals.

use jiff::civil::{Time, time};
use jiff::{SignedDuration, Timestamp};
use numbering::NpacRegion;

use crate::holiday_calendar::HolidayCalendar;
use crate::interval::PortKind;
use crate::region_time::{OutOfRange, civil_date, instant};

/// The part of a business day in which business hours run. Invariant: it opens before it closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusinessHours {
    opens: Time,
    closes: Time,
}

impl BusinessHours {
    /// Hours from `opens` to `closes`; none when there would be no time between them.
    pub fn new(opens: Time, closes: Time) -> Option<Self> {
        (opens < closes).then_some(Self { opens, closes })
    }

    /// When the hours start.
    pub const fn opens(self) -> Time {
        self.opens
    }

    /// When the hours end.
    pub const fn closes(self) -> Time {
        self.closes
    }
}

/// 08:00 to 17:00: the day in which a simple port's answer can fall due, nine hours, as long as one NPAC timer.
impl Default for BusinessHours {
    fn default() -> Self {
        Self {
            opens: time(8, 0, 0, 0),
            closes: time(17, 0, 0, 0),
        }
    }
}

/// The instant from which business hours run for something that arrives `at`: then, or when the carrier opens next.
pub(crate) fn business_time_on_or_after(
    region: NpacRegion,
    at: Timestamp,
    calendar: &HolidayCalendar,
) -> Result<Timestamp, OutOfRange> {
    let today = civil_date(region, at);
    let hours = calendar.business_hours();
    if calendar.is_business_day(today) && at < instant(region, today, hours.closes)? {
        return Ok(at.max(instant(region, today, hours.opens)?));
    }
    let next = calendar.business_day_on_or_after(today.tomorrow()?)?;
    instant(region, next, hours.opens)
}

/// The instant at which that much business time has passed since `from`.
pub fn add_business_hours(
    region: NpacRegion,
    from: Timestamp,
    duration: SignedDuration,
    calendar: &HolidayCalendar,
) -> Result<Timestamp, OutOfRange> {
    let mut remaining = duration;
    let mut start = business_time_on_or_after(region, from, calendar)?;
    loop {
        let closes = instant(
            region,
            civil_date(region, start),
            calendar.business_hours().closes,
        )?;
        let until_closing = closes.duration_since(start);
        if remaining <= until_closing {
            return Ok(start.checked_add(remaining)?);
        }
        remaining -= until_closing;
        start = business_time_on_or_after(region, closes, calendar)?;
    }
}

/// When the NPAC stops waiting for the old provider. Computed once and stored: a restart must not move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConcurrenceTimers {
    /// The initial concurrence window ends.
    pub t1_ends: Timestamp,
    /// The final concurrence window ends. From then on the new provider may activate on the due date alone.
    pub t2_ends: Timestamp,
}

/// The timers of a subscription version that the new provider created at `created`: 9 and 9 business hours,
/// 3 and 3 for a simple port, 1 and 1 for wireless.
pub fn concurrence_timers(
    region: NpacRegion,
    created: Timestamp,
    kind: PortKind,
    calendar: &HolidayCalendar,
) -> Result<ConcurrenceTimers, OutOfRange> {
    let window = SignedDuration::from_hours(match kind {
        PortKind::Complex => 9,
        PortKind::Simple => 3,
        PortKind::Wireless => 1,
    });
    let t1_ends = add_business_hours(region, created, window, calendar)?;
    let t2_ends = add_business_hours(region, t1_ends, window, calendar)?;
    Ok(ConcurrenceTimers { t1_ends, t2_ends })
}
