//! Cancelling an order.

use jiff::Timestamp;

use super::date_change::Settlement;
use super::order::{Entry, Order, OrderFact, Transition};
use super::refusal::Refusal;
use super::state::{Fallback, OrderState, PendingOn};
use crate::carrier::LosingCarrier;

/// Whether there is anything at the carrier that a cancel could be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtCarrier {
    /// The order is there, or may be.
    Perhaps,
    /// It refused the order's first version and never took in nor answered another: it has nothing.
    Nothing,
}

impl Order {
    /// Cancels at once what the carrier does not have, a draft for one; asks it to cancel what it may have.
    pub fn cancel(
        mut self,
        at_carrier: AtCarrier,
        losing: &LosingCarrier,
        now: Timestamp,
    ) -> Result<Transition, Refusal> {
        self.may_be_cancelled(now)?;
        let from = match self.record.state.clone() {
            OrderState::Draft(_) | OrderState::InReview(_) => return Ok(self.become_cancelled(now)),
            OrderState::Submitted | OrderState::Pending(PendingOn::Us(_))
                if at_carrier == AtCarrier::Nothing =>
            {
                return Ok(self.become_cancelled(now));
            }
            OrderState::Submitted => Fallback::Submitted,
            OrderState::Pending(on) => Fallback::Pending(on),
            OrderState::ActionRequired(asked) => Fallback::ActionRequired {
                asked,
                since: self.record.since,
            },
            OrderState::FocConfirmed(commitment) => Fallback::FocConfirmed(commitment),
            // The cancel takes the place of the change: if it is refused, the carrier's next answer says which date holds.
            OrderState::ChangingDate(change) => {
                self.record.details.wanted_date = change.previous;
                change.from
            }
            OrderState::Activating { .. } => match self.commitment_at_rest() {
                Some(commitment) => Fallback::FocConfirmed(commitment),
                None => return Err(self.illegal("cancelled").into()),
            },
            OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => return Err(self.illegal("cancelled").into()),
        };
        let ver = self.record.ver.next().ok_or(Refusal::VersionsExhausted)?;
        let answer = self.answer_due(losing, now);
        let mut order = self.enter(OrderState::CancelRequested { from, answer }, now);
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

    pub(super) fn may_settle_cancel(&self) -> Result<(), Refusal> {
        if matches!(self.record.state, OrderState::CancelRequested { .. }) {
            Ok(())
        } else {
            Err(self.illegal("settled: no cancel is out").into())
        }
    }

    /// Ends a cancel as the carrier told a person.
    pub fn settle_cancel(
        self,
        settlement: Settlement,
        note: &str,
        now: Timestamp,
    ) -> Result<Transition, Refusal> {
        self.may_settle_cancel()?;
        match settlement {
            Settlement::Confirmed => {
                let cancelled = self.become_cancelled(now);
                let note = note.to_owned();
                let entry = Entry {
                    note,
                    ..cancelled.entry
                };
                Ok(Transition { entry, ..cancelled })
            }
            Settlement::Refused => {
                let order = self.clone();
                self.resume(note, now)
                    .ok_or_else(|| order.illegal("settled").into())
            }
        }
    }
}
