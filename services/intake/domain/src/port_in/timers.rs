//! What happens to an order because time passes.

use calendar::add_calendar_days;
use jiff::{Timestamp, ToSpan};

use super::order::{Entry, InventoryChange, Order, OrderFact, Transition};
use super::state::{AwaitedAction, AwaitedAnswer, Commitment, DateChange, Draft, OrderState};

/// An order that nobody acts on for so many calendar days is abandoned, and its numbers are free.
const ABANDONED_AFTER_DAYS: u16 = 30;
/// So is a draft that nobody changes. It holds nothing, but its secrets must not lie about; and what a losing carrier
/// accepts, a letter of authorization or a bill, is out of date after as long.
const DRAFT_ENDS_AFTER_DAYS: u16 = 30;
/// Of either end the owner is told three days before: so many days after the last change.
const WARNED_AFTER_DAYS: u16 = 27;
/// However late the warning comes, so many days are left after it.
const DAYS_AFTER_WARNING: u16 = 3;
/// Numbers stand in the inventory so many days before the cut-over.
const INCOMING_BEFORE_DAYS: i64 = 2;

impl Order {
    /// When something happens next though nobody does anything.
    pub fn next_due(&self) -> Option<Timestamp> {
        match &self.record.state {
            OrderState::ActionRequired(asked) if asked.warned_at.is_some() => self.action_ends_at(asked),
            OrderState::ActionRequired(asked) => self.days_on(asked.acted_at, WARNED_AFTER_DAYS),
            OrderState::FocConfirmed(Commitment { incoming: false, .. }) => self.arrival_at(),
            // Its date, until it is decided about the cut-over; then the end of the commitment.
            OrderState::FocConfirmed(Commitment { foc_at, .. }) | OrderState::Activating { foc_at } => {
                let undecided = self.cutover_at().filter(|_| self.record.cutover.held.is_none());
                undecided.or_else(|| self.lapses_at(*foc_at))
            }
            OrderState::Draft(draft) if draft.warned => self.draft_ends_at(draft),
            OrderState::Draft(draft) => self.days_on(draft.changed_at, WARNED_AFTER_DAYS),
            OrderState::CancelRequested { answer, .. }
            | OrderState::ChangingDate(DateChange { answer, .. }) => match answer {
                // The numbers arrive two days before their date whatever is asked of the carrier.
                AwaitedAnswer::DueBy(due) => Some(self.arrival_at().map_or(*due, |at| at.min(*due))),
                AwaitedAnswer::Overdue => self.arrival_at(),
            },
            OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => None,
        }
    }

    /// Does what is due. `None`: nothing is, or the cut-over, about which it is not decided here: see
    /// [`Order::awaits_decision`].
    pub fn fall_due(self, now: Timestamp) -> Option<Transition> {
        if self.next_due().is_none_or(|due| due > now) || self.awaits_decision(now) {
            return None;
        }
        if self.arrival_at().is_some_and(|at| at <= now) {
            return Some(self.arrive());
        }
        match self.record.state.clone() {
            OrderState::ActionRequired(asked) if asked.warned_at.is_none() => {
                Some(self.warn_who_was_asked(asked, now))
            }
            OrderState::ActionRequired(_) | OrderState::FocConfirmed(_) | OrderState::Activating { .. } => {
                Some(self.abandon(now))
            }
            OrderState::Draft(draft) if draft.warned => Some(self.abandon(now)),
            OrderState::Draft(draft) => Some(self.warn_of_end(draft)),
            OrderState::CancelRequested { from, .. } => {
                let answer = AwaitedAnswer::Overdue;
                Some(self.take_up(OrderState::CancelRequested { from, answer }, "the cancel"))
            }
            OrderState::ChangingDate(change) => {
                let answer = AwaitedAnswer::Overdue;
                let state = OrderState::ChangingDate(DateChange { answer, ..change });
                Some(self.take_up(state, "the change of date"))
            }
            OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => None,
        }
    }

    /// When a commitment lapses that was never acted on: thirty days after its date.
    pub(super) fn lapses_at(&self, foc_at: Timestamp) -> Option<Timestamp> {
        self.days_after(foc_at)
    }

    fn days_after(&self, from: Timestamp) -> Option<Timestamp> {
        self.days_on(from, ABANDONED_AFTER_DAYS)
    }

    fn days_on(&self, from: Timestamp, days: u16) -> Option<Timestamp> {
        add_calendar_days(self.region(), from, days).ok()
    }

    /// When a draft is abandoned if nobody changes it.
    pub(super) fn draft_ends_at(&self, draft: &Draft) -> Option<Timestamp> {
        self.days_on(draft.changed_at, DRAFT_ENDS_AFTER_DAYS)
    }

    /// When an order is abandoned of which the customer does not settle what was found.
    pub(super) fn action_ends_at(&self, asked: &AwaitedAction) -> Option<Timestamp> {
        let ends_at = self.days_after(asked.acted_at);
        let warned_at = asked.warned_at;
        ends_at.max(warned_at.and_then(|at| self.days_on(at, DAYS_AFTER_WARNING)))
    }

    /// The order with the customer's time begun anew, because somebody did something with it; `None` when it is no draft and
    /// asks the customer for nothing.
    pub fn keep(mut self, now: Timestamp) -> Option<Self> {
        match &mut self.record.state {
            OrderState::Draft(draft) => {
                draft.changed_at = now;
                draft.warned = false;
            }
            OrderState::ActionRequired(asked) => {
                asked.acted_at = now;
                asked.warned_at = None;
            }
            OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::ChangingDate(_)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. }
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => return None,
        }
        Some(self)
    }

    fn warn_who_was_asked(mut self, asked: AwaitedAction, now: Timestamp) -> Transition {
        let asked = AwaitedAction {
            warned_at: Some(now),
            ..asked
        };
        let expires_at = self.action_ends_at(&asked);
        // Not a new state: what was asked is as old as it is.
        self.record.state = OrderState::ActionRequired(asked);
        let facts = expires_at.map(|expires_at| OrderFact::ActionExpiring { expires_at });
        Transition {
            facts: facts.into_iter().collect(),
            ..self.noted(Entry::plain("action_expiring"))
        }
    }

    fn warn_of_end(mut self, draft: Draft) -> Transition {
        let expires_at = self.draft_ends_at(&draft);
        // Not a new state: the draft stays as old as it is.
        self.record.state = OrderState::Draft(Draft {
            warned: true,
            ..draft
        });
        let facts = expires_at.map(|expires_at| OrderFact::DraftExpiring { expires_at });
        Transition {
            facts: facts.into_iter().collect(),
            ..self.noted(Entry::plain("draft_expiring"))
        }
    }

    /// What a carrier does not answer comes to a person of ours.
    fn take_up(mut self, state: OrderState, what: &str) -> Transition {
        self.record.state = state;
        self.noted(Entry {
            action: "unanswered",
            note: format!("the carrier has not answered {what}"),
            is_alarming: true,
        })
    }

    /// The later of the receipt of the FOC and two days before it.
    pub(super) fn incoming_at(&self, commitment: &Commitment) -> Timestamp {
        let local = commitment.foc_at.to_zoned(self.region().time_zone());
        let before = local.checked_sub(INCOMING_BEFORE_DAYS.days());
        before.map_or(commitment.received_at, |before| {
            before.timestamp().max(commitment.received_at)
        })
    }

    /// When the numbers arrive that a carrier has committed to; none: they have, or nothing was committed to.
    fn arrival_at(&self) -> Option<Timestamp> {
        let commitment = self.record.state.commitment();
        let to_come = commitment.filter(|commitment| !commitment.incoming);
        to_come.map(|commitment| self.incoming_at(&commitment))
    }

    fn arrive(mut self) -> Transition {
        // Not a new state: the order stands in this one since the FOC, or since something was asked of the carrier.
        self.record.state = self.record.state.arrived();
        let inventory = Some(InventoryChange::Arrive);
        Transition {
            inventory,
            ..self.noted(Entry::plain("numbers_incoming"))
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
