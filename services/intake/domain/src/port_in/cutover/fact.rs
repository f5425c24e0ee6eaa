//! What others hear of cut-overs.

use jiff::Timestamp;
use types::Tn;

use super::super::order::OrderFact;
use super::super::submit::CommandKind;
use super::{HeldBack, SettledSnapback, Tested};

/// Something about a cut-over that others hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CutoverFact {
    /// The date of the cut-over has come and these numbers are held back.
    HeldBack {
        /// Which.
        tns: Vec<Tn>,
        /// By what, and since when.
        held: HeldBack,
        /// When the losing carrier's commitment lapses.
        lapses_at: Option<Timestamp>,
    },
    /// Something does not work that was tested after the cut-over.
    CapabilityFailed(Tested),
    /// Everything that is wanted was tested and works.
    Proved,
    /// A number took over from the one that stood in for it.
    TemporarySwapped {
        /// The ported number.
        tn: Tn,
        /// The one that stood in.
        temporary: Tn,
    },
    /// Texting is to be asked for on these numbers.
    MessagingRequested {
        /// Which.
        tns: Vec<Tn>,
        /// Under which registration.
        campaign_id: String,
    },
    /// These numbers are to be given back.
    SnapbackRequested {
        /// Which.
        tns: Vec<Tn>,
        /// Why.
        reason: String,
    },
    /// A snapback came to its end.
    SnapbackSettled(SettledSnapback),
}

impl CutoverFact {
    /// The command to the carrier that goes with the fact.
    pub const fn command(&self) -> Option<CommandKind> {
        match self {
            Self::SnapbackRequested { .. } => Some(CommandKind::Snapback),
            Self::MessagingRequested { .. } => Some(CommandKind::EnableMessaging),
            Self::HeldBack { .. }
            | Self::CapabilityFailed(_)
            | Self::Proved
            | Self::TemporarySwapped { .. }
            | Self::SnapbackSettled(_) => None,
        }
    }

    /// The numbers that the command is about.
    fn tns_asked_for(&self) -> Option<&[Tn]> {
        match self {
            Self::MessagingRequested { tns, .. } | Self::SnapbackRequested { tns, .. } => Some(tns),
            Self::HeldBack { .. }
            | Self::CapabilityFailed(_)
            | Self::Proved
            | Self::TemporarySwapped { .. }
            | Self::SnapbackSettled(_) => None,
        }
    }
}

impl OrderFact {
    /// The numbers of a command that can be given again in a version, for other numbers or once more.
    pub fn tns_asked_for(&self) -> Option<&[Tn]> {
        if let Self::ActivationRequested { tns } = self {
            return Some(tns);
        }
        if let Self::CutOver(fact) = self {
            return fact.tns_asked_for();
        }
        None
    }
}
