//! Cancelling an order.

use jiff::{SignedDuration, Timestamp};

use super::order::{Entry, IllegalTransition, Order, OrderFact, Transition};
use super::state::{BeforeCancel, OrderState, StateName};

/// Nothing is changed or cancelled this close to a committed cut-over.
const LOCKED_BEFORE_FOC: SignedDuration = SignedDuration::from_hours(24);

/// Why an order was not cancelled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CancelRefusal {
    /// The cut-over is within 24 hours, or under way.
    #[error("the cut-over at {foc_at} is less than 24 hours away or under way; let it complete")]
    TooLate {
        /// The cut-over.
        foc_at: Timestamp,
    },
    /// The numbers are ours.
    #[error("the numbers have ported; what was ported is undone by a snapback")]
    CompletedUseSnapback,
    /// The order has ended, or is being cancelled.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// Carriers' forms have no number for another version.
    #[error("the order was changed too often for another version; call operations")]
    VersionsExhausted,
}

/// Whether there is anything at the carrier that a cancel could be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtCarrier {
    /// The order is there, or may be.
    Perhaps,
    /// It refused the order's first version and never took in nor answered another: it has nothing.
    Nothing,
}

impl Order {
    /// Why a parent is not cancelled all of whose children have ended.
    pub fn refuse_cancel(&self) -> CancelRefusal {
        match self.record.state.name() {
            StateName::Ported => CancelRefusal::CompletedUseSnapback,
            StateName::Draft
            | StateName::Submitted
            | StateName::Pending
            | StateName::ActionRequired
            | StateName::FocConfirmed
            | StateName::Activating
            | StateName::CancelRequested
            | StateName::Cancelled
            | StateName::Rejected
            | StateName::Abandoned => self.illegal("cancelled").into(),
        }
    }

    /// Cancels at once what the carrier does not have, a draft for one; asks it to cancel what it may have.
    pub fn cancel(self, at_carrier: AtCarrier, now: Timestamp) -> Result<Transition, CancelRefusal> {
        let from = match self.record.state.clone() {
            OrderState::Draft => return Ok(self.become_cancelled(now)),
            OrderState::Submitted if at_carrier == AtCarrier::Nothing => {
                return Ok(self.become_cancelled(now));
            }
            OrderState::Submitted => BeforeCancel::Submitted,
            OrderState::Pending { awaits_us } => BeforeCancel::Pending { awaits_us },
            OrderState::ActionRequired(rejection) => BeforeCancel::ActionRequired(rejection),
            OrderState::FocConfirmed(commitment) => {
                if commitment.foc_at.duration_since(now) <= LOCKED_BEFORE_FOC {
                    return Err(CancelRefusal::TooLate {
                        foc_at: commitment.foc_at,
                    });
                }
                BeforeCancel::FocConfirmed(commitment)
            }
            OrderState::Activating { foc_at } => return Err(CancelRefusal::TooLate { foc_at }),
            OrderState::Ported => return Err(CancelRefusal::CompletedUseSnapback),
            OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            // A parent is cancelled by its children.
            | OrderState::Parent(_) => return Err(self.illegal("cancelled").into()),
        };
        let ver = self.record.ver.next().ok_or(CancelRefusal::VersionsExhausted)?;
        let mut order = self.enter(OrderState::CancelRequested { from }, now);
        // The version that is to be cancelled stays in force until the carrier has confirmed.
        order.record.ver = ver;
        Ok(Transition {
            order,
            facts: vec![OrderFact::CancelRequested],
            inventory: None,
            entry: Entry::plain("cancel_requested"),
        })
    }

    pub(super) fn become_cancelled(self, now: Timestamp) -> Transition {
        let (tns, inventory) = (self.open_tns(), self.withdrawal());
        let (order, facts) = self.end(OrderState::Cancelled, OrderFact::Cancelled { tns }, now);
        Transition {
            order,
            facts,
            inventory,
            entry: Entry::plain("cancelled"),
        }
    }
}
