//! What the simulated carriers were asked and told, as it is listed. Never with a secret.

use jiff::Timestamp;
use types::{Pon, Tn, Ver};

/// The RPCs that are listed: those that tell the carriers something. Polls are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rpc {
    /// A request or supplement.
    SubmitPort,
    /// A cancel.
    CancelPort,
    /// A cut-over.
    ActivatePort,
    /// An answer to a winning carrier.
    AnswerPortOut,
    /// The wish for numbers back.
    SnapbackPort,
    /// The wish for texting.
    EnableMessaging,
    /// The wish for numbers back that left us.
    SnapbackPortOut,
    /// A conflict over what a winning carrier was answered.
    RaisePortOutConflict,
}

impl Rpc {
    /// Its name in the proto.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SubmitPort => "SubmitPort",
            Self::CancelPort => "CancelPort",
            Self::ActivatePort => "ActivatePort",
            Self::AnswerPortOut => "AnswerPortOut",
            Self::SnapbackPort => "SnapbackPort",
            Self::EnableMessaging => "EnableMessaging",
            Self::SnapbackPortOut => "SnapbackPortOut",
            Self::RaisePortOutConflict => "RaisePortOutConflict",
        }
    }

    /// The RPC of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        [
            Self::SubmitPort,
            Self::CancelPort,
            Self::ActivatePort,
            Self::AnswerPortOut,
            Self::SnapbackPort,
            Self::EnableMessaging,
            Self::SnapbackPortOut,
            Self::RaisePortOutConflict,
        ]
        .into_iter()
        .find(|rpc| rpc.name() == name)
    }
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// When.
    pub(crate) called_at: Timestamp,
    /// What.
    pub(crate) rpc: Rpc,
    /// About which request.
    pub(crate) pon: Pon,
    /// About which version, where the RPC has one.
    pub(crate) ver: Option<Ver>,
    /// What was said, in a line; never a secret.
    pub(crate) detail: String,
}

impl Call {
    /// A call about numbers of a request, which are named unless all are meant.
    pub(crate) fn about_numbers(called_at: Timestamp, rpc: Rpc, pon: &Pon, tns: &[Tn]) -> Self {
        let tns: Vec<String> = tns.iter().map(Tn::to_string).collect();
        Self {
            called_at,
            rpc,
            pon: pon.clone(),
            ver: None,
            detail: tns.join(", "),
        }
    }
}
