//! Accounts: the tenants of everything else.

use std::fmt;
use std::str::FromStr;

use types::{AccountId, Country, Currency, InvalidValue, Subject};

use crate::port_in::{Email, ShortText};

/// A customer of the platform, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id; never the platform's own.
    pub id: AccountId,
    /// Name shown in mails and invoices.
    pub name: ShortText,
    /// Who holds every customer permission from the start.
    pub owner: Subject,
    /// Where the owner is written to.
    pub owner_email: Email,
    /// The zone in which its people read times.
    pub time_zone: TimeZoneName,
    /// What it is billed in.
    pub currency: Currency,
    /// Where it is.
    pub country: Country,
}

/// A time zone. Invariant: one of the IANA database, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZoneName(String);

impl TimeZoneName {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TimeZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TimeZoneName {
    type Err = InvalidValue;

    fn from_str(name: &str) -> Result<Self, InvalidValue> {
        let is_known = jiff::tz::TimeZone::get(name).is_ok_and(|zone| zone.iana_name().is_some());
        if is_known {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidValue {
                what: "time zone",
                expected: "the name of an IANA time zone, e.g. America/New_York",
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_one_of_the_database() {
        for good in ["America/New_York", "America/Toronto", "UTC"] {
            assert!(good.parse::<TimeZoneName>().is_ok(), "{good}");
        }
        for bad in ["", "EST5", "America/Gotham", "+05:00", "New York"] {
            assert!(bad.parse::<TimeZoneName>().is_err(), "{bad}");
        }
    }
}
