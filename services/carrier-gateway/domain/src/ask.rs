//! What is asked of a carrier, and about what.

use std::collections::BTreeSet;

use types::{OrderId, PortOutId, Spid, Tn, Ver};
use uuid::Uuid;

use crate::port_out::PortOutAnswer;

/// What a command asks of a carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommandKind {
    /// A first request.
    Submit,
    /// A supplement with the next version (SUP 2 or 3).
    Supplement,
    /// A cancel (SUP 1).
    Cancel,
    /// The cut-over.
    Activate,
    /// The answer to a port-out.
    AnswerPortOut,
    /// Undoing a port.
    Snapback,
    /// Texting.
    EnableMessaging,
}

impl CommandKind {
    /// Every one of them.
    pub const ALL: [Self; 7] = [
        Self::Submit,
        Self::Supplement,
        Self::Cancel,
        Self::Activate,
        Self::AnswerPortOut,
        Self::Snapback,
        Self::EnableMessaging,
    ];

    /// The stable name, for the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Supplement => "supplement",
            Self::Cancel => "cancel",
            Self::Activate => "activate",
            Self::AnswerPortOut => "answer_port_out",
            Self::Snapback => "snapback",
            Self::EnableMessaging => "enable_messaging",
        }
    }
}

/// What is asked about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderAsk {
    /// Send it for the first time.
    Submit,
    /// Send it again, corrected.
    Supplement {
        /// Whether the wanted date is all that changed since the version before (SUP 2).
        date_only: bool,
    },
    /// Withdraw it.
    Cancel,
    /// Cut numbers over.
    Activate {
        /// Which; empty: all.
        tns: BTreeSet<Tn>,
    },
    /// Ask for numbers to be given back to the losing carrier.
    Snapback {
        /// Which; empty: all.
        tns: BTreeSet<Tn>,
        /// Why, for the carrier to read.
        reason: String,
    },
    /// Ask for texting.
    EnableMessaging {
        /// Which; empty: all.
        tns: BTreeSet<Tn>,
        /// What they are registered under.
        campaign: String,
    },
}

impl OrderAsk {
    /// How a version is sent: the first is a new request, every later one a supplement.
    pub fn sends(ver: Ver, date_only: bool) -> Self {
        if ver == Ver::FIRST {
            Self::Submit
        } else {
            Self::Supplement { date_only }
        }
    }

    /// The kind of command that asks it.
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Submit => CommandKind::Submit,
            Self::Supplement { .. } => CommandKind::Supplement,
            Self::Cancel => CommandKind::Cancel,
            Self::Activate { .. } => CommandKind::Activate,
            Self::Snapback { .. } => CommandKind::Snapback,
            Self::EnableMessaging { .. } => CommandKind::EnableMessaging,
        }
    }

    /// The numbers it is about, when they may be some of the order's; `None`: it is about the order.
    pub const fn tns(&self) -> Option<&BTreeSet<Tn>> {
        match self {
            Self::Submit | Self::Supplement { .. } | Self::Cancel => None,
            Self::Activate { tns } | Self::Snapback { tns, .. } | Self::EnableMessaging { tns, .. } => {
                Some(tns)
            }
        }
    }
}

/// What a command is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A port-in order.
    Order {
        /// The order.
        order: OrderId,
        /// What is asked.
        ask: OrderAsk,
    },
    /// A port-out case of ours.
    PortOut {
        /// The case.
        port_out: PortOutId,
        /// The winning carrier.
        winning_spid: Spid,
        /// What we answer for this case.
        answer: PortOutAnswer,
    },
}

impl About {
    /// The order or the case, as events name it.
    pub const fn subject(&self) -> Uuid {
        match self {
            Self::Order { order, .. } => order.as_uuid(),
            Self::PortOut { port_out, .. } => port_out.as_uuid(),
        }
    }

    /// The kind of the command.
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Order { ask, .. } => ask.kind(),
            Self::PortOut { .. } => CommandKind::AnswerPortOut,
        }
    }

    /// The numbers it is about, when they may be some of an order's.
    pub const fn tns(&self) -> Option<&BTreeSet<Tn>> {
        match self {
            Self::Order { ask, .. } => ask.tns(),
            Self::PortOut { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_version_is_submitted_and_every_later_one_supplements_it() {
        for date_only in [false, true] {
            assert_eq!(OrderAsk::sends(Ver::FIRST, date_only), OrderAsk::Submit);
            for later in [2, 99] {
                let sent = OrderAsk::sends(Ver::new(later).unwrap(), date_only);
                assert_eq!(sent, OrderAsk::Supplement { date_only }, "{later}");
            }
        }
    }
}
