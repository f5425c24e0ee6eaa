//! The regions of the NPAC, the database of ported numbers. Each has one clock.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::tz::{self, TimeZone};
use types::{Country, InvalidValue};

use crate::number_info::StateCode;

/// Which states are in which region.
const MEMBERS: &str = include_str!("../data/npac_regions.csv");

static REGION_OF_STATE: LazyLock<BTreeMap<&'static str, NpacRegion>> = LazyLock::new(|| {
    let rows = MEMBERS.lines().skip(1).filter_map(|row| row.split_once(','));
    rows.filter_map(|(region, state)| Some((state, region.parse().ok()?)))
        .collect()
});

/// A region of the NPAC. Ports run by the region's clock, not by the clock of the number's own area code, so a
/// Seattle number is judged on Mountain time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NpacRegion {
    /// New England and New York.
    Northeast,
    /// Pennsylvania to Virginia.
    MidAtlantic,
    /// The South up to Kentucky, with Puerto Rico and the Virgin Islands.
    Southeast,
    /// The Great Lakes.
    Midwest,
    /// Texas to Missouri.
    Southwest,
    /// Washington to Minnesota and New Mexico, with Alaska.
    Western,
    /// California, Nevada and Hawaii, with the Pacific territories.
    WestCoast,
    /// All of Canada.
    Canada,
}

impl NpacRegion {
    /// Every region.
    pub const ALL: [Self; 8] = [
        Self::Northeast,
        Self::MidAtlantic,
        Self::Southeast,
        Self::Midwest,
        Self::Southwest,
        Self::Western,
        Self::WestCoast,
        Self::Canada,
    ];

    /// The region of a state, territory or province.
    pub fn of(country: Country, state: &StateCode) -> Option<Self> {
        match country {
            Country::Ca => Some(Self::Canada),
            Country::Us => state
                .states()
                .find_map(|state| REGION_OF_STATE.get(state).copied()),
        }
    }

    /// The short name, as carriers write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Northeast => "NE",
            Self::MidAtlantic => "MA",
            Self::Southeast => "SE",
            Self::Midwest => "MW",
            Self::Southwest => "SW",
            Self::Western => "W",
            Self::WestCoast => "WC",
            Self::Canada => "CANADA",
        }
    }

    /// The country whose rules and holidays hold in the region.
    pub const fn country(self) -> Country {
        match self {
            Self::Northeast
            | Self::MidAtlantic
            | Self::Southeast
            | Self::Midwest
            | Self::Southwest
            | Self::Western
            | Self::WestCoast => Country::Us,
            Self::Canada => Country::Ca,
        }
    }

    /// The region's predominant time zone, by its name in the time zone database.
    pub const fn time_zone_name(self) -> &'static str {
        match self {
            Self::Northeast | Self::MidAtlantic | Self::Southeast => "America/New_York",
            Self::Midwest | Self::Southwest => "America/Chicago",
            Self::Western => "America/Denver",
            Self::WestCoast => "America/Los_Angeles",
            Self::Canada => "America/Toronto",
        }
    }

    /// The region's predominant time zone: from the machine's time zone database where there is one, because laws
    /// change, else as it was when this was built.
    pub fn time_zone(self) -> TimeZone {
        TimeZone::get(self.time_zone_name()).unwrap_or_else(|_| self.built_in_time_zone())
    }

    fn built_in_time_zone(self) -> TimeZone {
        match self {
            Self::Northeast | Self::MidAtlantic | Self::Southeast => tz::get!("America/New_York"),
            Self::Midwest | Self::Southwest => tz::get!("America/Chicago"),
            Self::Western => tz::get!("America/Denver"),
            Self::WestCoast => tz::get!("America/Los_Angeles"),
            Self::Canada => tz::get!("America/Toronto"),
        }
    }
}

impl fmt::Display for NpacRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for NpacRegion {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = InvalidValue {
            what: "region",
            expected: "one of NE, MA, SE, MW, SW, W, WC, CANADA",
        };
        Self::ALL
            .into_iter()
            .find(|region| region.code() == text)
            .ok_or(refused)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn codes_read_back() {
        for region in NpacRegion::ALL {
            assert_eq!(region.code().parse(), Ok(region));
        }
        assert!("ne".parse::<NpacRegion>().is_err());
    }

    #[test]
    fn every_row_of_the_membership_file_names_a_region_and_a_state() {
        assert_eq!(REGION_OF_STATE.len(), MEMBERS.lines().count() - 1);
        // 50 states, the District of Columbia and five territories.
        assert_eq!(REGION_OF_STATE.len(), 56);
        let region_of = |country, state: &str| NpacRegion::of(country, &state.parse().unwrap());
        assert_eq!(region_of(Country::Us, "WA"), Some(NpacRegion::Western));
        assert_eq!(region_of(Country::Us, "NE"), Some(NpacRegion::Western));
        assert_eq!(region_of(Country::Us, "MA"), Some(NpacRegion::Northeast));
        assert_eq!(region_of(Country::Us, "GU"), Some(NpacRegion::WestCoast));
        assert_eq!(region_of(Country::Ca, "NT/NU/YT"), Some(NpacRegion::Canada));
        assert_eq!(region_of(Country::Us, "XX"), None);
    }

    #[test]
    fn the_compiled_in_clock_agrees_with_the_database() {
        for region in NpacRegion::ALL {
            for instant in [
                "2026-01-15T12:00:00Z",
                "2026-07-15T12:00:00Z",
                "2028-11-05T06:30:00Z",
            ] {
                let instant: Timestamp = instant.parse().unwrap();
                let here = instant.to_zoned(region.time_zone());
                assert_eq!(
                    here.datetime(),
                    instant.to_zoned(region.built_in_time_zone()).datetime(),
                    "{region}"
                );
            }
        }
    }
}
