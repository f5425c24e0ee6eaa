//! Letting numbers go from an order that waits for the customer, so that the others go on.

use std::collections::HashSet;

use jiff::Timestamp;
use reasons::ReasonClass;
use types::Tn;

use super::number::NumberState;
use super::order::{Entry, Order, Transition};
use super::reason::OrderReason;
use super::refusal::Refusal;
use super::state::{AwaitedAction, OrderState, Rejection};

/// Why numbers were not let go.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DropRefusal {
    /// No numbers of this order are let go now.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// They are not in the order, or not any more.
    #[error("numbers that are not in the order")]
    NotInOrder(Vec<Tn>),
    /// None would be left.
    #[error("no number would be left; cancel the order instead")]
    All,
}

impl Order {
    /// Lets numbers go, and with them what was said of them. When nothing else is to be settled, the others are sent
    /// again at once.
    pub fn drop_numbers(mut self, tns: &HashSet<Tn>, now: Timestamp) -> Result<Transition, DropRefusal> {
        let rejection = self.may_drop_numbers()?.clone();
        let open: HashSet<Tn> = self.open_tns().into_iter().collect();
        let mut unknown: Vec<Tn> = tns.difference(&open).copied().collect();
        if !unknown.is_empty() {
            unknown.sort_unstable();
            return Err(DropRefusal::NotInOrder(unknown));
        }
        if tns.len() == open.len() {
            return Err(DropRefusal::All);
        }
        let dropped = self
            .record
            .numbers
            .iter_mut()
            .filter(|number| tns.contains(&number.tn));
        dropped.for_each(|number| number.state = NumberState::Released);
        let left = open.len() - tns.len();
        let reasons: Vec<OrderReason> = rejection
            .reasons
            .into_iter()
            .filter(|reason| {
                reason
                    .tn
                    .is_none_or(|tn| open.contains(&tn) && !tns.contains(&tn))
            })
            // One number is not in the way of others.
            .filter(|reason| left > 1 || reason.reason.class() != ReasonClass::Split)
            .collect();
        let note = format!("{} let go", tns.len());
        if reasons.is_empty() {
            let sent = self
                .resubmit("numbers_dropped", now)
                .ok_or(Refusal::VersionsExhausted)?;
            let entry = Entry { note, ..sent.entry };
            return Ok(Transition { entry, ..sent });
        }
        let entry = Entry {
            note,
            ..Entry::plain("numbers_dropped")
        };
        let left = Rejection { reasons, ..rejection };
        let nothing_new = Rejection {
            update_required: left.update_required,
            reasons: Vec::new(),
        };
        self.record.state = OrderState::ActionRequired(AwaitedAction::new(left, now));
        if self.awaits_a_fix() {
            return Ok(self.noted(entry));
        }
        // Nothing is left for the customer to settle, but something for us to find out.
        Ok(self.wait_for_us(&nothing_new, entry, now))
    }
}
