//! The hours in which a losing carrier cuts over when it is asked to.

use calendar::{BusinessHours, HolidayCalendar, add_business_hours, civil_date, start_of_day};
use jiff::{SignedDuration, Timestamp};

use crate::carrier::CarrierProfile;

use super::super::order::Order;

/// When `ActivateOrder` opens, in words.
pub(in crate::port_in) const OPENS: &str =
    "the losing carrier activates on demand in its hours from the day of the FOC on";

/// Why numbers cannot be cut over at the moment that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WindowRefusal {
    /// The losing carrier cuts over at its FOC alone.
    #[error("this losing carrier activates at its FOC, not on demand")]
    NotOnDemand,
    /// It is not the time.
    #[error("{OPENS}; next from {opens_at}")]
    Closed {
        /// When it is.
        opens_at: Timestamp,
    },
    /// There is no such time in the calendar.
    #[error("the date is beyond the calendar")]
    BeyondCalendar,
}

/// Checks that the order's carrier cuts over at `now`: on one of its business days, within its hours by the clock of the
/// order's region, on the day of the FOC or later. A carrier of which nothing is known keeps the usual hours.
pub fn check_window(
    order: &Order,
    carrier: Option<&CarrierProfile>,
    foc_at: Timestamp,
    now: Timestamp,
) -> Result<(), WindowRefusal> {
    let region = order.region();
    let (calendar, hours) = match carrier {
        None => (
            HolidayCalendar::federal(region.country()),
            BusinessHours::default(),
        ),
        Some(profile) => {
            let hours = profile.activates_on_demand.ok_or(WindowRefusal::NotOnDemand)?;
            (profile.calendar(region), hours)
        }
    };
    let opens_at = start_of_day(region, civil_date(region, foc_at))
        .and_then(|from| {
            let calendar = calendar.with_business_hours(hours);
            add_business_hours(region, from.max(now), SignedDuration::ZERO, &calendar)
        })
        .map_err(|_beyond| WindowRefusal::BeyondCalendar)?;
    if opens_at == now {
        Ok(())
    } else {
        Err(WindowRefusal::Closed { opens_at })
    }
}
