//! Winning carriers' requests for numbers of ours, our answers to them, and what becomes of them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use types::{ConflictId, Pon, Secret, Spid, Tn, Ver};

use crate::script::Reason;

/// A winning carrier's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PortOut {
    /// Which request.
    pub(crate) key: PortOutKey,
    /// Name of the winning carrier.
    pub(crate) winning_name: String,
    /// The numbers, at least one.
    pub(crate) tns: Vec<Tn>,
    /// As the customer gave it.
    pub(crate) account_number: Option<Secret>,
    /// As the customer gave it.
    pub(crate) postal_code: String,
    /// As the customer gave it.
    pub(crate) pin: Option<Secret>,
    /// As the customer gave it.
    pub(crate) end_user_name: String,
    /// The cut-over instant asked for.
    pub(crate) requested_foc_at: Option<Timestamp>,
    /// Whether the winning carrier is wireless.
    pub(crate) wireless: bool,
    /// Whether it is a simple port.
    pub(crate) simple: bool,
    /// When the winning carrier sent it.
    pub(crate) received_at: Timestamp,
}

/// What the winning carrier of a request does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WinnerPlays {
    /// Reports the request ported once it is authorized and its instant has come.
    pub(crate) completes_at_foc: bool,
    /// Refuses every conflict over it.
    pub(crate) refuses_conflicts: bool,
}

/// What names one version of a winning carrier's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PortOutKey {
    /// The winning carrier.
    pub(crate) winning_spid: Spid,
    /// Its purchase order number.
    pub(crate) pon: Pon,
    /// Its version.
    pub(crate) ver: Ver,
}

/// What a winning carrier says to a wish for numbers back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SnapbackAnswer {
    /// Our id of the wish.
    pub(crate) request_id: String,
    /// The numbers; none: all of the request.
    pub(crate) tns: Vec<Tn>,
    /// Why they are not given back; `None`: they are.
    pub(crate) refusal: Option<String>,
    /// When.
    pub(crate) answered_at: Timestamp,
}

/// Our answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PortOutAnswer {
    /// Which request.
    pub(crate) key: PortOutKey,
    /// Yes or no.
    pub(crate) decision: Decision,
}

/// Yes or no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The numbers may go.
    Authorized {
        /// The instant we commit to.
        foc_at: Option<Timestamp>,
        /// Those that may not, each named.
        denied: Vec<Reason>,
    },
    /// They may not.
    Rejected(Vec<Reason>),
}

impl Decision {
    /// Whether it is a yes.
    pub(crate) const fn is_authorized(&self) -> bool {
        match self {
            Self::Authorized { .. } => true,
            Self::Rejected(_) => false,
        }
    }

    /// The numbers that may not go though others may, each once, in order.
    pub(crate) fn denied_tns(&self) -> BTreeSet<Tn> {
        match self {
            Self::Authorized { denied, .. } => denied.iter().filter_map(|reason| reason.tn).collect(),
            Self::Rejected(_) => BTreeSet::new(),
        }
    }

    /// In a line, for the list of calls: "authorized", and the codes with their numbers.
    pub(crate) fn in_words(&self) -> String {
        let (yes, reasons) = match self {
            Self::Authorized { denied, .. } => (Some("authorized".to_owned()), denied),
            Self::Rejected(reasons) => (None, reasons),
        };
        let each = reasons.iter().map(reason_in_words);
        yes.into_iter().chain(each).collect::<Vec<_>>().join("; ")
    }
}

/// A conflict over a request that was authorized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PortOutConflict {
    /// Its id; the same when the call is repeated.
    pub(crate) id: ConflictId,
    /// Over which request.
    pub(crate) key: PortOutKey,
    /// Why, at least one.
    pub(crate) reasons: Vec<Reason>,
    /// The numbers that stay; empty: all.
    pub(crate) tns: Vec<Tn>,
}

impl PortOutConflict {
    /// In a line, for the list of calls.
    pub(crate) fn in_words(&self, is_accepted: bool) -> String {
        let result = if is_accepted { "accepted" } else { "refused" };
        let reasons = self.reasons.iter().map(reason_in_words);
        reasons.chain([result.to_owned()]).collect::<Vec<_>>().join("; ")
    }
}

fn reason_in_words(reason: &Reason) -> String {
    match reason.tn {
        Some(tn) => format!("{tn} {}", reason.code),
        None => reason.code.clone(),
    }
}

/// News of a port-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Unique; the same when it is delivered again.
    pub(crate) id: String,
    /// The winning carrier.
    pub(crate) winning_spid: Spid,
    /// Its purchase order number.
    pub(crate) pon: Pon,
    /// What happened.
    pub(crate) step: ProgressStep,
    /// When.
    pub(crate) occurred_at: Timestamp,
}

/// What became of a port-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProgressStep {
    /// The numbers are active with the winning carrier.
    Ported,
    /// The winning carrier withdrew its request.
    Cancelled,
    /// The cut-over moved to this instant.
    FocChanged(Timestamp),
}

impl ProgressStep {
    /// A progress id for news that was reported without one: the same for the same news, so a repeat adds nothing.
    pub(crate) fn made_up_id(self, winning_spid: &Spid, pon: &Pon) -> String {
        match self {
            Self::Ported => format!("{winning_spid}.{pon}.ported"),
            Self::Cancelled => format!("{winning_spid}.{pon}.cancelled"),
            Self::FocChanged(foc_at) => format!("{winning_spid}.{pon}.foc.{}", foc_at.as_second()),
        }
    }
}
