//! A carrier that numbers are taken from, or that takes numbers.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use calendar::{BusinessHours, DayOverride};
use jiff::civil::Date;
use reasons::Vocabulary;
use types::{CarrierId, Spid};

/// The network of a carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Mobile.
    Wireless,
    /// Fixed lines, cable and voice over IP.
    Wireline,
    /// None of its own: a `RespOrg`, which controls toll-free numbers.
    TollFree,
}

impl Network {
    /// Every one of them.
    pub const ALL: [Self; 3] = [Self::Wireless, Self::Wireline, Self::TollFree];

    /// The stable name, for the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Wireless => "wireless",
            Self::Wireline => "wireline",
            Self::TollFree => "toll_free",
        }
    }

    /// Whose words its carriers' codes are in. There is no list of `RespOrg`s' codes.
    const fn vocabulary(self) -> Option<reasons::Network> {
        match self {
            Self::Wireless => Some(reasons::Network::Wireless),
            Self::Wireline => Some(reasons::Network::Wireline),
            Self::TollFree => None,
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
    /// A letter of authorization even where the law does not ask for one.
    pub loa: bool,
}

/// When a carrier activates numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activation {
    /// The hours of a day, by the clock of the number's NPAC region.
    pub hours: BusinessHours,
    /// Whether it does so at a moment of our choice; else at the committed instant alone.
    pub is_on_demand: bool,
}

/// What is known of a carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// Slug, e.g. `sim-wireless`.
    pub id: CarrierId,
    /// Name.
    pub name: String,
    /// Its service provider id at the NPAC.
    pub spid: Spid,
    /// Its network.
    pub network: Network,
    /// Whose code list it answers with before its network's: mostly its own.
    pub code_list: CarrierId,
    /// What it wants to see.
    pub asks_for: AsksFor,
    /// Business days from an accurate request to the cut-over; none: the rule of its network.
    pub interval_days: Option<NonZeroU16>,
    /// Where it departs from the holidays of a number's country.
    pub days: BTreeMap<Date, DayOverride>,
    /// Whether it reads the answer to a port-out number by number.
    pub answers_per_number: bool,
    /// The oldest bill it accepts, in days; none: any.
    pub bill_age_max_days: Option<NonZeroU16>,
    /// When it activates.
    pub activation: Activation,
    /// Its id as a `RespOrg`: five capital letters or digits.
    pub resp_org: Option<String>,
}

impl Carrier {
    /// Whose words its codes are in.
    pub fn vocabulary(&self) -> Vocabulary {
        Vocabulary {
            carrier: Some(self.code_list.clone()),
            network: self.network.vocabulary(),
        }
    }

    /// The days of one kind on which it departs from its country's holidays, in order.
    pub fn days_of(&self, kind: DayOverride) -> impl Iterator<Item = Date> {
        self.days
            .iter()
            .filter(move |(_, of)| **of == kind)
            .map(|(date, _)| *date)
    }
}
