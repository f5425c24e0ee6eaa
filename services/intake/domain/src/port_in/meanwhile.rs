//! Rejections that come while a cancel or a change of date is out. They hold if what is out is refused, and are told then.

use jiff::Timestamp;

use super::answer::Says;
use super::order::{InventoryChange, Order, Transition};
use super::reason::{Demand, demand};
use super::state::{AwaitedAction, Commitment, Fallback, OrderState, PendingOn, Rejection};

impl Order {
    /// Keeps a rejection for the case that what is out is refused. `waiting`: the state that waits for the answer, going back
    /// to another one if it is no.
    pub(super) fn keep_rejection(
        mut self,
        says: &Says,
        rejection: &Rejection,
        now: Timestamp,
        waiting: impl FnOnce(Fallback) -> OrderState,
    ) -> Transition {
        let before = self.record.state.fallback().cloned();
        let next = before.as_ref().and_then(|before| after(before, rejection, now));
        let Some(next) = next else {
            return self.only_heard(says, "it goes on as it was if what is out is refused", false);
        };
        // The carrier no longer stands by its date.
        let is_incoming = matches!(
            before,
            Some(Fallback::FocConfirmed(Commitment { incoming: true, .. }))
        );
        self.record.state = waiting(next);
        Transition {
            inventory: is_incoming.then_some(InventoryChange::Withdraw),
            ..self.only_heard(says, "it holds if what is out is refused", false)
        }
    }
}

/// What to go back to after a rejection; `None`: to what it was. What is no matter of the customer's is looked at by a person
/// then; what was given as a reason before stays one. The customer's time begins with the first rejection.
pub(super) fn after(before: &Fallback, rejection: &Rejection, now: Timestamp) -> Option<Fallback> {
    let is_for_us = match demand(&rejection.reasons) {
        Demand::Customer => false,
        Demand::Us | Demand::GoOnWithoutFailed => true,
        Demand::Patience => return None,
    };
    Some(match before {
        Fallback::ActionRequired { asked: known, since } => Fallback::ActionRequired {
            asked: known.clone().joined_with(rejection),
            since: *since,
        },
        Fallback::Pending(PendingOn::Us(known)) => {
            let joined = known.clone().joined_with(rejection);
            if is_for_us {
                Fallback::Pending(PendingOn::Us(joined))
            } else {
                asked(joined, now)
            }
        }
        Fallback::Submitted | Fallback::Pending(PendingOn::Carrier) | Fallback::FocConfirmed(_) => {
            if is_for_us {
                Fallback::Pending(PendingOn::Us(rejection.clone()))
            } else {
                asked(rejection.clone(), now)
            }
        }
    })
}

const fn asked(rejection: Rejection, since: Timestamp) -> Fallback {
    let asked = AwaitedAction::new(rejection, since);
    Fallback::ActionRequired { asked, since }
}
