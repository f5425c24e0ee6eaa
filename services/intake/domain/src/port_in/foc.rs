//! Hearing the date to which a carrier commits itself, the first time and whenever it moves.

use jiff::Timestamp;

use super::answer::Says;
use super::order::{Entry, InventoryChange, Order, OrderFact, Transition};
use super::state::{Commitment, Fallback, OrderState};

impl Order {
    pub(super) fn hear_foc(mut self, says: &Says, foc_at: Timestamp, now: Timestamp) -> Transition {
        match self.record.state.clone() {
            OrderState::FocConfirmed(before) if before.foc_at == foc_at => {
                // Whatever was said in between, the date holds.
                self.record.delays.clear();
                self.only_heard(says, "the date is known", false)
            }
            OrderState::Submitted | OrderState::Pending(_) | OrderState::FocConfirmed(_) => {
                self.commit_to(foc_at, false, now)
            }
            // The version that asks for another date, for older ones are heard elsewhere.
            OrderState::ChangingDate(_) => self.put_change_in_force().commit_to(foc_at, true, now),
            // Where the date is the same, what is under way goes on: it began on the day, before the hour.
            OrderState::Activating { foc_at: known } if foc_at != known && foc_at > now => {
                self.commit_to(foc_at, false, now)
            }
            OrderState::Activating { .. } => self.only_heard(says, "the cut-over is under way", false),
            // A rejection does not clear by itself.
            OrderState::ActionRequired(_) => self.only_heard(says, "the customer has to act first", true),
            OrderState::CancelRequested { answer, .. } => {
                let before = self.record.state.foc_at();
                let (commitment, inventory) = self.commitment_to(foc_at, now);
                let from = Fallback::FocConfirmed(commitment);
                self.record.state = OrderState::CancelRequested { from, answer };
                let why = "a cancel is out; the date holds if it is refused";
                let heard = self.only_heard(says, why, false);
                match before {
                    Some(before) if before != foc_at => Transition {
                        inventory,
                        entry: Entry {
                            note: format!("{}; {why}", moved(before, foc_at)),
                            ..Entry::plain("foc_moved")
                        },
                        ..heard
                    },
                    Some(_) | None => Transition { inventory, ..heard },
                }
            }
            OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => self.only_heard(says, "the order is not open", true),
        }
    }

    fn commit_to(mut self, foc_at: Timestamp, asked_for: bool, now: Timestamp) -> Transition {
        let before = self.record.state.foc_at();
        if before != Some(foc_at) {
            self.forget_refused_activations();
        }
        let (commitment, inventory) = self.commitment_to(foc_at, now);
        let (fact, entry) = match before {
            Some(from) if from != foc_at => (
                OrderFact::FocMoved {
                    from,
                    foc_at,
                    asked_for,
                },
                Entry {
                    note: moved(from, foc_at),
                    ..Entry::plain("foc_moved")
                },
            ),
            Some(_) | None => (
                OrderFact::FocConfirmed { foc_at },
                Entry {
                    note: foc_at.to_string(),
                    ..Entry::plain("foc_confirmed")
                },
            ),
        };
        Transition {
            order: self.enter(OrderState::FocConfirmed(commitment), now),
            facts: vec![fact],
            inventory,
            entry,
        }
    }

    /// The commitment to a date, and what it means for numbers that stand in the inventory by an earlier one: they stay
    /// where the new date is near, and come again where it is not.
    pub(super) fn commitment_to(
        &self,
        foc_at: Timestamp,
        now: Timestamp,
    ) -> (Commitment, Option<InventoryChange>) {
        let before = self.record.state.commitment();
        if let Some(known) = before.filter(|before| before.foc_at == foc_at) {
            return (known, None);
        }
        let is_activating = matches!(self.record.state, OrderState::Activating { .. });
        let is_incoming = is_activating || before.is_some_and(|before| before.incoming);
        let commitment = Commitment {
            foc_at,
            received_at: now,
            incoming: false,
        };
        let stays = self.incoming_at(&commitment) <= now;
        let withdrawn = (is_incoming && !stays).then_some(InventoryChange::Withdraw);
        let incoming = is_incoming && stays;
        (
            Commitment {
                incoming,
                ..commitment
            },
            withdrawn,
        )
    }
}

fn moved(from: Timestamp, to: Timestamp) -> String {
    let way = if to < from { "earlier" } else { "later" };
    format!("{way}: from {from} to {to}")
}
