//! What a state knows of the carrier's commitment, and of what it goes back to.

use jiff::Timestamp;

use super::state::{Commitment, DateChange, Fallback, OrderState, PendingOn};

impl Commitment {
    const fn arrived(self) -> Self {
        Self {
            incoming: true,
            ..self
        }
    }
}

impl Fallback {
    /// Since when an order that goes back to it at `now` stands there.
    pub(super) const fn since(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::ActionRequired { since, .. } => *since,
            Self::Submitted | Self::Pending(_) | Self::FocConfirmed(_) => now,
        }
    }

    /// Whether a person of ours has to look then.
    pub(super) const fn awaits_us(&self) -> bool {
        matches!(self, Self::Pending(PendingOn::Us(_)))
    }
}

impl OrderState {
    /// Where the order goes on if what it waits for is refused: a cancel or a change of date.
    pub const fn fallback(&self) -> Option<&Fallback> {
        match self {
            Self::CancelRequested { from, .. } | Self::ChangingDate(DateChange { from, .. }) => Some(from),
            Self::Draft(_)
            | Self::InReview(_)
            | Self::Submitted
            | Self::Pending(_)
            | Self::ActionRequired(_)
            | Self::FocConfirmed(_)
            | Self::Activating { .. }
            | Self::Ported
            | Self::Cancelled
            | Self::Rejected
            | Self::Abandoned
            | Self::Parent(_) => None,
        }
    }

    /// The losing carrier's yes, also while a cancel or a change of date is out.
    pub const fn commitment(&self) -> Option<Commitment> {
        match (self, self.fallback()) {
            (Self::FocConfirmed(commitment), _) | (_, Some(Fallback::FocConfirmed(commitment))) => {
                Some(*commitment)
            }
            (_, _) => None,
        }
    }

    /// The same with its numbers in the inventory.
    pub(super) fn arrived(self) -> Self {
        let of = |from: Fallback| match from {
            Fallback::FocConfirmed(commitment) => Fallback::FocConfirmed(commitment.arrived()),
            Fallback::Submitted | Fallback::Pending(_) | Fallback::ActionRequired { .. } => from,
        };
        match self {
            Self::FocConfirmed(commitment) => Self::FocConfirmed(commitment.arrived()),
            Self::CancelRequested { from, answer } => Self::CancelRequested {
                from: of(from),
                answer,
            },
            Self::ChangingDate(change) => Self::ChangingDate(DateChange {
                from: of(change.from),
                ..change
            }),
            Self::Draft(_)
            | Self::InReview(_)
            | Self::Submitted
            | Self::Pending(_)
            | Self::ActionRequired(_)
            | Self::Activating { .. }
            | Self::Ported
            | Self::Cancelled
            | Self::Rejected
            | Self::Abandoned
            | Self::Parent(_) => self,
        }
    }

    /// The committed cut-over instant.
    pub const fn foc_at(&self) -> Option<Timestamp> {
        match (self, self.commitment()) {
            (Self::Activating { foc_at }, _) => Some(*foc_at),
            (_, Some(commitment)) => Some(commitment.foc_at),
            (_, None) => None,
        }
    }
}

impl From<Fallback> for OrderState {
    fn from(before: Fallback) -> Self {
        match before {
            Fallback::Submitted => Self::Submitted,
            Fallback::Pending(on) => Self::Pending(on),
            Fallback::ActionRequired { asked, .. } => Self::ActionRequired(asked),
            Fallback::FocConfirmed(commitment) => Self::FocConfirmed(commitment),
        }
    }
}
