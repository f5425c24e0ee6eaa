//! A losing carrier, as the carrier gateway tells of it: what it asks for, how long it takes, when it works.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use calendar::{
    BusinessHours, DateRefusal, DayOverride, HolidayCalendar, OutOfRange, PortKind, check_wanted_date,
    civil_date, earliest_date,
};
use jiff::Timestamp;
use jiff::civil::Date;
use numbering::NpacRegion;
use types::{CarrierId, Spid};

/// Which way numbers leave a carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Network {
    /// Wireless: by wireless port request.
    Wireless,
    /// Wireline or VoIP: by local service request.
    Wireline,
    /// A `RespOrg`: toll-free numbers move by a change of `RespOrg`.
    TollFree,
}

impl Network {
    /// Every network.
    pub const ALL: [Self; 3] = [Self::Wireless, Self::Wireline, Self::TollFree];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Wireless => "WIRELESS",
            Self::Wireline => "WIRELINE",
            Self::TollFree => "TOLL_FREE",
        }
    }

    /// Which rule an order of so many numbers runs by. There is none for a change of `RespOrg`; it is given the business
    /// day that a simple port takes, and the `RespOrg`'s own interval goes on top.
    pub const fn port_kind(self, number_count: usize) -> PortKind {
        match self {
            Self::Wireless => PortKind::Wireless,
            Self::Wireline if number_count > 1 => PortKind::Complex,
            Self::Wireline | Self::TollFree => PortKind::Simple,
        }
    }
}

/// What a carrier wants to see before it lets a number go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsksFor {
    /// A PIN with every number.
    pub pin: bool,
    /// The account number.
    pub account_number: bool,
    /// A letter of authorization.
    pub loa: bool,
}

/// What is known of a carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierProfile {
    /// Its name in orders.
    pub id: CarrierId,
    /// Its name for people.
    pub name: String,
    /// Its id at the NPAC.
    pub spid: Spid,
    /// Which way numbers leave it.
    pub network: Network,
    /// What it wants to see.
    pub asks_for: AsksFor,
    /// Business days it takes at least; 0: no more than the rule of its network gives it.
    pub interval_days: u16,
    /// Where it departs from the federal holidays of a number's country.
    pub days: BTreeMap<Date, DayOverride>,
    /// Answers each number of a request by itself, instead of the request as a whole.
    pub answers_per_number: bool,
    /// Refuses bills that are older than so many days; none: takes any.
    pub bill_age_max_days: Option<NonZeroU16>,
    /// The hours, by the clock of a number's region, in which it activates numbers when asked to; none: it activates them
    /// at the committed instant alone.
    pub activates_on_demand: Option<BusinessHours>,
    /// Its id as a `RespOrg`.
    pub resp_org: Option<String>,
}

impl CarrierProfile {
    /// When it works in a region.
    pub fn calendar(&self, region: NpacRegion) -> HolidayCalendar {
        let days = self.days.iter().map(|(date, day)| (*date, *day));
        HolidayCalendar::federal(region.country()).with_overrides(days)
    }
}

/// What is known of the carrier that an order names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LosingCarrier {
    /// Nothing: the order names none, or the gateway has not told of any carrier yet.
    #[default]
    Untold,
    /// There is no carrier of that name.
    NoSuch,
    /// This.
    Known(Box<CarrierProfile>),
}

impl LosingCarrier {
    /// Its profile, if it has one.
    pub const fn profile(&self) -> Option<&CarrierProfile> {
        match self {
            Self::Known(profile) => Some(profile),
            Self::Untold | Self::NoSuch => None,
        }
    }
}

/// Who has a number, by the gateway's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The carrier.
    pub carrier: CarrierId,
    /// Its name for people.
    pub name: String,
    /// Its id at the NPAC.
    pub spid: Option<Spid>,
    /// Which way numbers leave it.
    pub network: Network,
    /// The `RespOrg` id that controls the number.
    pub resp_org: Option<String>,
}

/// By what the dates of an order, or of numbers that would be one, are reckoned.
#[derive(Debug, Clone, Copy)]
pub struct Timing<'a> {
    profile: Option<&'a CarrierProfile>,
    kind: PortKind,
}

impl<'a> Timing<'a> {
    /// Of so many numbers that leave by this network. Of a carrier without a profile only the federal holidays are known.
    pub const fn of(network: Network, number_count: usize, profile: Option<&'a CarrierProfile>) -> Self {
        Self {
            profile,
            kind: network.port_kind(number_count),
        }
    }

    fn calendar(self, region: NpacRegion) -> HolidayCalendar {
        let federal = || HolidayCalendar::federal(region.country());
        self.profile
            .map_or_else(federal, |profile| profile.calendar(region))
    }

    fn interval_days(self) -> u16 {
        self.profile.map_or(0, |profile| profile.interval_days)
    }

    /// The earliest date that numbers of a region can be wanted for.
    pub fn earliest(self, region: NpacRegion, now: Timestamp) -> Result<Date, OutOfRange> {
        earliest_date(
            region,
            now,
            self.kind,
            self.interval_days(),
            &self.calendar(region),
        )
    }

    /// Business days of the carrier from today to a date, by the clock of a region.
    pub fn business_days_to(self, date: Date, region: NpacRegion, now: Timestamp) -> usize {
        self.calendar(region)
            .business_days_between(civil_date(region, now), date)
    }

    /// Whether numbers of a region can be wanted for a date.
    pub fn check(self, wanted: Date, region: NpacRegion, now: Timestamp) -> Result<(), DateRefusal> {
        let calendar = self.calendar(region);
        check_wanted_date(wanted, region, now, self.kind, self.interval_days(), &calendar)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_carrier_has_its_own_days_in_each_country() {
        let columbus_day = date(2026, 10, 12);
        let day_after_thanksgiving = date(2026, 11, 27);
        let carrier = CarrierProfile {
            id: "sim-wireline".parse().unwrap(),
            name: "Sim Wireline".to_owned(),
            spid: "SIML".parse().unwrap(),
            network: Network::Wireline,
            asks_for: AsksFor {
                pin: false,
                account_number: true,
                loa: false,
            },
            interval_days: 0,
            days: BTreeMap::from([
                (columbus_day, DayOverride::Open),
                (day_after_thanksgiving, DayOverride::Closed),
            ]),
            answers_per_number: false,
            bill_age_max_days: None,
            activates_on_demand: None,
            resp_org: None,
        };
        let us = carrier.calendar(NpacRegion::Western);
        assert!(us.is_business_day(columbus_day) && !us.is_business_day(day_after_thanksgiving));
        assert!(!us.is_business_day(date(2026, 11, 26)));
        assert!(
            carrier
                .calendar(NpacRegion::Canada)
                .is_business_day(date(2026, 11, 26))
        );
    }

    #[test]
    fn the_network_and_the_number_of_lines_say_which_rule_holds() {
        let cases = [
            (Network::Wireless, 1, PortKind::Wireless),
            (Network::Wireless, 5, PortKind::Wireless),
            (Network::Wireline, 1, PortKind::Simple),
            (Network::Wireline, 2, PortKind::Complex),
            (Network::TollFree, 3, PortKind::Simple),
        ];
        for (network, numbers, expected) in cases {
            assert_eq!(network.port_kind(numbers), expected, "{network:?} {numbers}");
        }
    }
}
