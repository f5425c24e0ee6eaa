//! What becomes of a case whose numbers are separated from their account while it is open.

use jiff::Timestamp;
use types::Tn;

use super::decision::{Decider, Grounds};
use super::state::{PortOutFact, PortOutState};
use super::verdict::Verdict;

impl PortOutState {
    /// All of its numbers were separated from their account, which has no say in them any more: they go, unless they are
    /// denied. `None`: it is so already, or it is over.
    pub fn separate(self, own: Verdict, now: Timestamp) -> Option<(Self, PortOutFact)> {
        match (self, own) {
            (Self::Pending { .. } | Self::RejectionReview { .. }, Verdict::Allowed) => {
                Some(Self::authorized(Decider::Policy, now))
            }
            (
                Self::Pending { .. } | Self::RejectionReview { .. } | Self::Authorized { .. },
                Verdict::Denied,
            ) => Some(Self::rejected(Grounds::NumbersDenied, Decider::Policy, now)),
            (Self::Authorized { .. }, Verdict::Allowed)
            | (
                Self::Rejected { .. } | Self::PortedOut { .. } | Self::Cancelled { .. },
                Verdict::Allowed | Verdict::Denied,
            ) => None,
        }
    }

    /// These numbers are of the case no more: what was claimed of them alone is claimed no more.
    #[must_use]
    pub fn without(self, tns: &[Tn]) -> Self {
        match self {
            Self::RejectionReview {
                answer_due_at,
                mut claim,
            } => {
                claim.tns.retain(|tn| !tns.contains(tn));
                if claim.tns.is_empty() {
                    Self::Pending { answer_due_at }
                } else {
                    Self::RejectionReview { answer_due_at, claim }
                }
            }
            Self::Pending { .. }
            | Self::Authorized { .. }
            | Self::Rejected { .. }
            | Self::PortedOut { .. }
            | Self::Cancelled { .. } => self,
        }
    }
}
