//! What happens to an order because time passes.

use calendar::add_calendar_days;
use jiff::{Timestamp, ToSpan};

use super::order::{Entry, InventoryChange, Order, OrderFact, Transition};
use super::state::{Commitment, OrderState};

/// An order that nobody acts on for so many calendar days is abandoned, and its numbers are free.
const ABANDONED_AFTER_DAYS: u16 = 30;
/// Numbers stand in the inventory so many days before the cut-over.
const INCOMING_BEFORE_DAYS: i64 = 2;

impl Order {
    /// When something happens next though nobody does anything.
    pub fn next_due(&self) -> Option<Timestamp> {
        match &self.record.state {
            OrderState::ActionRequired(_) => self.days_after(self.record.since),
            OrderState::FocConfirmed(commitment) if !commitment.incoming => {
                Some(self.incoming_at(commitment))
            }
            OrderState::FocConfirmed(commitment) => Some(commitment.foc_at),
            OrderState::Activating { foc_at } => self.days_after(*foc_at),
            OrderState::Draft
            | OrderState::Submitted
            | OrderState::Pending { .. }
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => None,
        }
    }

    /// Does what is due. `None`: nothing is.
    pub fn fall_due(self, now: Timestamp) -> Option<Transition> {
        if self.next_due().is_none_or(|due| due > now) {
            return None;
        }
        match self.record.state.clone() {
            OrderState::FocConfirmed(commitment) if !commitment.incoming => Some(self.arrive(commitment)),
            OrderState::FocConfirmed(Commitment { foc_at, .. }) => Some(self.activate(foc_at, now)),
            OrderState::ActionRequired(_) | OrderState::Activating { .. } => Some(self.abandon(now)),
            OrderState::Draft
            | OrderState::Submitted
            | OrderState::Pending { .. }
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => None,
        }
    }

    fn days_after(&self, from: Timestamp) -> Option<Timestamp> {
        add_calendar_days(self.region(), from, ABANDONED_AFTER_DAYS).ok()
    }

    /// The later of the receipt of the FOC and two days before it.
    fn incoming_at(&self, commitment: &Commitment) -> Timestamp {
        let local = commitment.foc_at.to_zoned(self.region().time_zone());
        let before = local.checked_sub(INCOMING_BEFORE_DAYS.days());
        before.map_or(commitment.received_at, |before| {
            before.timestamp().max(commitment.received_at)
        })
    }

    fn arrive(mut self, commitment: Commitment) -> Transition {
        // Not a new state: the order stands in this one since the FOC.
        self.record.state = OrderState::FocConfirmed(Commitment {
            incoming: true,
            ..commitment
        });
        let inventory = Some(InventoryChange::Arrive);
        Transition {
            inventory,
            ..self.noted(Entry::plain("numbers_incoming"))
        }
    }

    fn activate(self, foc_at: Timestamp, now: Timestamp) -> Transition {
        Transition {
            order: self.enter(OrderState::Activating { foc_at }, now),
            facts: vec![OrderFact::ActivationRequested],
            inventory: None,
            entry: Entry::plain("activation_requested"),
        }
    }

    fn abandon(self, now: Timestamp) -> Transition {
        let (tns, inventory) = (self.open_tns(), self.withdrawal());
        let (order, facts) = self.end(OrderState::Abandoned, OrderFact::Abandoned { tns }, now);
        Transition {
            order,
            facts,
            inventory,
            entry: Entry::plain("abandoned"),
        }
    }
}
