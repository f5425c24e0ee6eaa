//! What a number can lack before it is cut over, and what an account demands of it.

use std::collections::{BTreeMap, HashSet};

use types::Tn;

use super::super::order::Order;
use super::HoldCode;

/// What a number can lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// Where its calls go.
    Routing,
    /// A confirmed address for emergency calls.
    Emergency,
    /// A caller name, or the word that none is wanted.
    CallerName,
    /// Whether it is to text.
    Messaging,
}

impl Item {
    /// Every item.
    pub const ALL: [Self; 4] = [Self::Routing, Self::Emergency, Self::CallerName, Self::Messaging];

    /// How to satisfy it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Routing => "set the application or trunk that its calls go to (ConfigureNumbers)",
            Self::Emergency => {
                "set its emergency address (ConfigureNumbers), then confirm that address (PrepareNumbers)"
            }
            Self::CallerName => "set a caller name (ConfigureNumbers), or decline one (PrepareNumbers)",
            Self::Messaging => "choose voice and SMS (ConfigureNumbers), or decline texts (PrepareNumbers)",
        }
    }

    /// What a cut-over that waits for it is held back by.
    pub const fn hold(self) -> HoldCode {
        match self {
            Self::Routing => HoldCode::RoutingMissing,
            Self::Emergency => HoldCode::EmergencyMissing,
            Self::CallerName => HoldCode::CallerNameMissing,
            Self::Messaging => HoldCode::MessagingUndecided,
        }
    }
}

/// What follows when an item is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Demand {
    /// Nothing.
    Off,
    /// It is shown, and the cut-over goes on.
    #[default]
    Warn,
    /// The cut-over waits for it.
    Enforce,
}

impl Demand {
    /// Every demand.
    pub const ALL: [Self; 3] = [Self::Off, Self::Warn, Self::Enforce];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Warn => "WARN",
            Self::Enforce => "ENFORCE",
        }
    }
}

/// What an account demands of each number before it is cut over. Warns of everything unless it was told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// Of its routing.
    pub routing: Demand,
    /// Of its emergency address.
    pub emergency: Demand,
    /// Of its caller name.
    pub caller_name: Demand,
    /// Of whether it texts.
    pub messaging: Demand,
}

impl Policy {
    /// What is demanded of one item.
    pub const fn of(&self, item: Item) -> Demand {
        match item {
            Item::Routing => self.routing,
            Item::Emergency => self.emergency,
            Item::CallerName => self.caller_name,
            Item::Messaging => self.messaging,
        }
    }

    /// How many of these numbers of an order that are still to be cut over lack what is demanded so.
    pub fn lacking(
        &self,
        order: &Order,
        tns: &HashSet<Tn>,
        known: &BTreeMap<Tn, NumberReadiness>,
        demand: Demand,
    ) -> BTreeMap<HoldCode, usize> {
        let mut lacking = BTreeMap::new();
        let numbers = order.record().numbers.iter();
        let waiting = numbers.filter(|number| number.state.awaits_cutover() && tns.contains(&number.tn));
        for number in waiting {
            let ready = known.get(&number.tn).copied().unwrap_or_default();
            for item in Item::ALL.into_iter().filter(|item| self.of(*item) == demand) {
                if !ready.has(item) {
                    *lacking.entry(item.hold()).or_default() += 1;
                }
            }
        }
        lacking
    }

    /// Whether it demands nothing of any number.
    pub fn is_off(&self) -> bool {
        Item::ALL.into_iter().all(|item| self.of(item) == Demand::Off)
    }
}

/// What is known of one number's readiness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an item of its own, there or not"
)]
pub struct NumberReadiness {
    /// It is known where its calls go.
    pub is_routed: bool,
    /// Its emergency address is the one that was confirmed.
    pub has_emergency_address: bool,
    /// It has a caller name, or none is wanted.
    pub has_caller_name: bool,
    /// It was said whether it texts.
    pub has_capabilities: bool,
}

impl NumberReadiness {
    /// Whether an item is there.
    pub const fn has(&self, item: Item) -> bool {
        match item {
            Item::Routing => self.is_routed,
            Item::Emergency => self.has_emergency_address,
            Item::CallerName => self.has_caller_name,
            Item::Messaging => self.has_capabilities,
        }
    }
}
