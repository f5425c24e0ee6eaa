//! What is asked of a carrier, and about what.

use std::collections::BTreeSet;

use types::{OrderId, PortOutId, SnapbackId, Spid, Tn, Ver};
use uuid::Uuid;

use crate::port_out::{PortOutAnswer, PortOutConflict, Reading};

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
    /// A conflict over a port-out that was authorized.
    ConflictPortOut,
    /// Asking for numbers back that left.
    SnapbackPortOut,
}

impl CommandKind {
    /// Every one of them.
    pub const ALL: [Self; 9] = [
        Self::Submit,
        Self::Supplement,
        Self::Cancel,
        Self::Activate,
        Self::AnswerPortOut,
        Self::Snapback,
        Self::EnableMessaging,
        Self::ConflictPortOut,
        Self::SnapbackPortOut,
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
            Self::ConflictPortOut => "conflict_port_out",
            Self::SnapbackPortOut => "snapback_port_out",
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
        /// What it is told.
        tell: PortOutTell,
    },
    /// Numbers that left by a port-out case of ours, which the winning carrier is to give back.
    PortOutSnapback {
        /// The case.
        port_out: PortOutId,
        /// The winning carrier.
        winning_spid: Spid,
        /// Which numbers.
        tns: BTreeSet<Tn>,
        /// Why, for the carrier to read.
        reason: String,
        /// Our id of the wish.
        request_id: SnapbackId,
    },
}

/// What a winning carrier is told of a port-out case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortOutTell {
    /// What we answer for this case.
    Answer {
        /// The answer.
        answer: PortOutAnswer,
        /// How the carrier reads it; `None`: that was not kept yet when it was decided.
        reading: Option<Reading>,
        /// How many cases the request has, whose answers are one; `None`: as many as were made of it when it came.
        cases: Option<i16>,
    },
    /// That numbers are not to go after all.
    Conflict(PortOutConflict),
}

impl PortOutTell {
    /// The kind of command that tells it.
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Answer { .. } => CommandKind::AnswerPortOut,
            Self::Conflict(_) => CommandKind::ConflictPortOut,
        }
    }
}

impl About {
    /// The order or the case, as events name it.
    pub const fn subject(&self) -> Uuid {
        match self {
            Self::Order { order, .. } => order.as_uuid(),
            Self::PortOut { port_out, .. } | Self::PortOutSnapback { port_out, .. } => port_out.as_uuid(),
        }
    }

    /// The kind of the command.
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Order { ask, .. } => ask.kind(),
            Self::PortOut { tell, .. } => tell.kind(),
            Self::PortOutSnapback { .. } => CommandKind::SnapbackPortOut,
        }
    }

    /// The numbers it is about, when they may be some of an order's.
    pub const fn tns(&self) -> Option<&BTreeSet<Tn>> {
        match self {
            Self::Order { ask, .. } => ask.tns(),
            Self::PortOut { .. } => None,
            Self::PortOutSnapback { tns, .. } => Some(tns),
        }
    }

    /// Our id of what is asked for, where it has one.
    pub const fn request_id(&self) -> Option<SnapbackId> {
        match self {
            Self::Order { .. } | Self::PortOut { .. } => None,
            Self::PortOutSnapback { request_id, .. } => Some(*request_id),
        }
    }

    /// The conflict it raises, if that is what it does.
    pub const fn conflict(&self) -> Option<&PortOutConflict> {
        match self {
            Self::PortOut {
                tell: PortOutTell::Conflict(conflict),
                ..
            } => Some(conflict),
            Self::PortOut {
                tell: PortOutTell::Answer { .. },
                ..
            }
            | Self::Order { .. }
            | Self::PortOutSnapback { .. } => None,
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
