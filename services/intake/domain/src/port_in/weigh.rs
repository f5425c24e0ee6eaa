//! What a carrier's reasons mean for an order, taken together: who acts, and what is lost.
//!
//! **Architecture invariant:** what the customer or we still have to settle is never forgotten for another answer to the
//! same version, and never sent again unchanged.

use jiff::Timestamp;
use types::Tn;

use super::number::NumberState;
use super::order::{Entry, InventoryChange, Order, OrderFact, Transition};
use super::reason::{Demand, OrderReason, demand, fails, is_ours};
use super::state::{AwaitedAction, OrderState, PendingOn, Rejection};

/// Who has to act before an order can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HeldUpBy {
    Customer,
    Us,
}

impl Order {
    /// Decides what a rejection's reasons mean.
    pub(super) fn weigh(mut self, action: &'static str, rejection: &Rejection, now: Timestamp) -> Transition {
        let reasons = rejection.reasons.clone();
        let failed = self.fail_numbers(&reasons);
        let inventory = self.withdrawal();
        let entry = Entry {
            note: describe(&reasons),
            ..Entry::plain(action)
        };
        if self.open_tns().is_empty() {
            let told = OrderFact::Rejected { tns: failed, reasons };
            let (order, facts) = self.end(OrderState::Rejected, told, now);
            return Transition {
                order,
                facts,
                inventory,
                entry,
            };
        }
        match (demand(&reasons), self.held_up_by()) {
            (Demand::Customer, _) => Transition {
                inventory,
                entry,
                ..self.ask_customer(rejection, now)
            },
            (Demand::Us, _) | (Demand::GoOnWithoutFailed, Some(HeldUpBy::Us)) => {
                self.wait_for_us(rejection, entry, now)
            }
            (Demand::Patience, None) => Transition {
                facts: vec![OrderFact::Delayed {
                    reasons: reasons.clone(),
                }],
                ..self.delayed_by(&reasons).stay(failed, entry)
            },
            // Somebody has to act first, however long the carrier takes.
            (Demand::Patience, Some(_)) => self.stay(failed, entry),
            // The others still wait for the customer: what was found wrong is never sent again unchanged.
            (Demand::GoOnWithoutFailed, Some(HeldUpBy::Customer)) => {
                let is_alarming = failed.is_empty();
                self.stay(failed, Entry { is_alarming, ..entry })
            }
            // The same again would get the same answer.
            (Demand::GoOnWithoutFailed, None) if failed.is_empty() => self.wait_for_us(rejection, entry, now),
            (Demand::GoOnWithoutFailed, None) => {
                let unsent = self.clone();
                match self.resubmit(action, now) {
                    Some(sent) => Transition { entry, ..sent },
                    None => unsent.wait_for_us(rejection, entry, now),
                }
            }
        }
    }

    /// Takes the numbers out that cannot port by these reasons, and names them.
    fn fail_numbers(&mut self, reasons: &[OrderReason]) -> Vec<Tn> {
        let numbers = self.record.numbers.iter_mut();
        let lost = numbers.filter(|number| number.state.is_open() && fails(number.tn, reasons));
        lost.map(|number| {
            number.state = NumberState::Failed;
            number.tn
        })
        .collect()
    }

    /// Stays where it is, without the numbers that failed.
    fn stay(self, failed: Vec<Tn>, entry: Entry) -> Transition {
        let withdrawn = self.withdrawal().filter(|_| !failed.is_empty());
        Transition {
            inventory: withdrawn.map(|_| InventoryChange::WithdrawThese(failed)),
            ..self.noted(entry)
        }
    }

    fn held_up_by(&self) -> Option<HeldUpBy> {
        match &self.record.state {
            OrderState::ActionRequired(_) if self.awaits_a_fix() => Some(HeldUpBy::Customer),
            OrderState::ActionRequired(asked) if asked.rejection.reasons.iter().any(is_ours) => {
                Some(HeldUpBy::Us)
            }
            OrderState::Pending(PendingOn::Us(_)) => Some(HeldUpBy::Us),
            OrderState::ActionRequired(_)
            | OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(PendingOn::Carrier)
            | OrderState::ChangingDate(_)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. }
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => None,
        }
    }

    /// Whether the customer has something to settle for a number that is still open, or for the order.
    pub(super) fn awaits_a_fix(&self) -> bool {
        let open = self.open_tns();
        matches!(&self.record.state, OrderState::ActionRequired(asked)
        if asked.rejection.reasons.iter().any(|reason| {
            !is_ours(reason) && reason.tn.is_none_or(|tn| open.contains(&tn))
        }))
    }

    /// The customer has to settle every reason that was given for this version, with 30 days for each step.
    fn ask_customer(self, rejection: &Rejection, now: Timestamp) -> Transition {
        let (asked, since) = match &self.record.state {
            OrderState::ActionRequired(before) => (before.clone().joined_with(rejection), self.record.since),
            // What we look into is still to be found out.
            OrderState::Pending(PendingOn::Us(before)) => (
                AwaitedAction::new(before.clone().joined_with(rejection), now),
                now,
            ),
            OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(PendingOn::Carrier)
            | OrderState::ChangingDate(_)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. }
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => (AwaitedAction::new(rejection.clone(), now), now),
        };
        let facts = vec![OrderFact::ActionRequired {
            reasons: asked.rejection.reasons.clone(),
            update_required: asked.rejection.update_required,
        }];
        Transition {
            facts,
            ..self
                .enter(OrderState::ActionRequired(asked), since)
                .noted(Entry::plain("rejected"))
        }
    }

    /// A person of ours has to find out what this means. What the customer has to settle stays theirs.
    pub(super) fn wait_for_us(self, rejection: &Rejection, entry: Entry, now: Timestamp) -> Transition {
        let since = self.record.since;
        let (state, since) = match &self.record.state {
            OrderState::ActionRequired(before) if self.awaits_a_fix() => (
                OrderState::ActionRequired(before.clone().joined_with(rejection)),
                since,
            ),
            OrderState::ActionRequired(before) => (
                OrderState::Pending(PendingOn::Us(before.rejection.clone().joined_with(rejection))),
                now,
            ),
            OrderState::Pending(PendingOn::Us(before)) => (
                OrderState::Pending(PendingOn::Us(before.clone().joined_with(rejection))),
                since,
            ),
            OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(PendingOn::Carrier)
            | OrderState::ChangingDate(_)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. }
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => (OrderState::Pending(PendingOn::Us(rejection.clone())), now),
        };
        Transition {
            inventory: self.withdrawal(),
            facts: vec![OrderFact::Delayed {
                reasons: rejection.reasons.clone(),
            }],
            order: self.enter(state, since),
            entry: Entry {
                is_alarming: true,
                ..entry
            },
        }
    }

    /// Keeps why it takes longer, until the order moves on.
    pub(super) fn delayed_by(mut self, reasons: &[OrderReason]) -> Self {
        self.record.delays = reasons.to_vec();
        self
    }
}

/// The reasons in words for the history, each once.
pub(super) fn describe(reasons: &[OrderReason]) -> String {
    let mut said: Vec<String> = Vec::new();
    for reason in reasons {
        // The carrier's own code too: who looks at a reason that is not known has nothing else.
        let one = format!("{} ({})", reason.reason.code(), reason.raw_code.trim());
        if !said.contains(&one) {
            said.push(one);
        }
    }
    said.join(", ")
}
