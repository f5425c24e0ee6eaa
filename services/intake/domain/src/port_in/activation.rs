//! Hearing that numbers are ours.
//!
//! The network routes such numbers to us whatever else is under way. So this is true in every state in which the order
//! is open, also where nobody asked for it any more.

use std::collections::HashSet;

use jiff::Timestamp;
use types::Tn;

use super::answer::Says;
use super::cutover::Proof;
use super::number::NumberState;
use super::order::{Entry, InventoryChange, Order, OrderFact, Transition};
use super::state::{OrderState, PendingOn};

impl Order {
    pub(super) fn hear_activation(mut self, says: &Says, tns: &[Tn], now: Timestamp) -> Transition {
        let unasked = match self.record.state {
            OrderState::Submitted
            | OrderState::Pending(PendingOn::Carrier)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. } => None,
            OrderState::Pending(PendingOn::Us(_)) => Some("we had to look first"),
            OrderState::ActionRequired(_) => Some("the customer had to act first"),
            OrderState::CancelRequested { .. } => Some("a cancel is out"),
            OrderState::ChangingDate(_) => Some("a change of date is out"),
            OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => return self.only_heard(says, "the order is not open", true),
        };
        let ported = self.port(tns);
        if ported.is_empty() {
            return self.only_heard(says, "it names no open number of the order", true);
        }
        if self.record.cutover.proof != Some(Proof::Failed) {
            self.record.cutover.proof = Some(Proof::Waiting);
        }
        let mut entry = Entry {
            note: format!("{} numbers", ported.len()),
            ..Entry::plain("ported")
        };
        if let Some(why) = unasked {
            entry.note = format!("{}, though {why}", entry.note);
            entry.is_alarming = true;
        }
        Transition {
            order: self.go_on_after_port(unasked.is_some(), now),
            facts: vec![OrderFact::Ported {
                tns: ported.clone(),
                at: now,
            }],
            entry,
            inventory: Some(InventoryChange::PutInService(ported)),
        }
    }

    /// The open numbers among these, or all when none is named, are ours. Returns which.
    fn port(&mut self, tns: &[Tn]) -> Vec<Tn> {
        let named: HashSet<Tn> = tns.iter().copied().collect();
        let mut ported = Vec::new();
        let open = self
            .record
            .numbers
            .iter_mut()
            .filter(|number| number.state.is_open());
        for number in open.filter(|number| named.is_empty() || named.contains(&number.tn)) {
            number.state = NumberState::Ported;
            ported.push(number.tn);
        }
        ported
    }

    fn go_on_after_port(self, is_unasked: bool, now: Timestamp) -> Self {
        if self.open_tns().is_empty() {
            return self.enter(OrderState::Ported, now);
        }
        // What the other numbers wait for, the customer, the answer to the cancel or their own cut-over, they still
        // wait for.
        if is_unasked || self.record.state.foc_at().is_some() {
            return self;
        }
        // The carrier did not wait for its own commitment: nothing more is to be asked for.
        let mut order = self.enter(OrderState::Activating { foc_at: now }, now);
        let open = order
            .record
            .numbers
            .iter_mut()
            .filter(|number| number.state.is_open());
        open.for_each(|number| number.state = NumberState::Activating);
        order
    }
}
