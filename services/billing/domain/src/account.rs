//! What billing knows of an account.

use jiff::tz::TimeZone;
use thiserror::Error;
use types::{AccountId, Currency};

/// What billing keeps of an account: how it is called, which currency it pays in, and where its months begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BilledAccount {
    /// The account.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Its time zone, which has an IANA name.
    pub time_zone: TimeZone,
    /// The currency it pays in.
    pub currency: Currency,
}

/// The text names no time zone that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the time zone must be a known IANA name")]
pub struct InvalidTimeZone;

/// The time zone of an IANA name, such as `America/New_York`.
pub fn time_zone(name: &str) -> Result<TimeZone, InvalidTimeZone> {
    let zone = TimeZone::get(name).map_err(|_| InvalidTimeZone)?;
    // `Etc/Unknown` is found too, but has no name to be stored by.
    if zone.iana_name().is_some() {
        Ok(zone)
    } else {
        Err(InvalidTimeZone)
    }
}
