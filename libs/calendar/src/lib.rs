//! When a port may happen: business days, the clocks of the NPAC's regions, and the intervals of porting rules.
//!
//! A business day is a day, not 24 hours, and midnight is the region's: two days of the year have 23 or 25 hours.
//! Holidays come from a country's federal rule and, for each carrier, from dated overrides that operators keep.
//!
//! **Architecture invariant:** this crate asks no clock; `now` and `received` are parameters, and the same
//! parameters give the same instants for ever, because those are stored and promised to customers.
//! Start at [`ready`]; everything it counts with is in [`HolidayCalendar`].
#![warn(missing_docs)]

mod business_hours;
mod due_date;
mod federal_holidays;
mod holiday_calendar;
mod interval;
mod region_time;
mod wanted_date;

pub use business_hours::{BusinessHours, ConcurrenceTimers, add_business_hours, concurrence_timers};
pub use due_date::{NormalisedDue, normalise_due};
pub use federal_holidays::is_federal_holiday;
pub use holiday_calendar::{DayOverride, HolidayCalendar};
pub use interval::{PortKind, Readiness, business_days_later, ready};
pub use region_time::{OutOfRange, add_calendar_days, age_in_days, civil_date, start_of_day};
pub use wanted_date::{DateRefusal, check_wanted_date, earliest_date};
