//! Saying what an answer means that a person of ours had to look at, or a refusal of what was sent.
//!
//! The order then goes on as if the carrier had said that itself. What the customer has to settle besides stays theirs.

use std::collections::BTreeSet;

use jiff::Timestamp;
use reasons::Reason;
use types::Tn;

use super::number::NumberState;
use super::order::{Entry, Order, OrderFact, Transition};
use super::reason::{Demand, OrderReason, demand, is_ours};
use super::refusal::Refusal;
use super::state::{OrderState, PendingOn, Rejection};
use super::weigh::describe;

const ACTION: &str = "rejection_settled";

/// What a part of an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// For which number; none: for the whole order.
    pub tn: Option<Tn>,
    /// What it means.
    pub reason: Reason,
}

/// What a person found out about an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It means this, all of it.
    Means(Vec<Meaning>),
    /// It asks for no change: the order is sent again as it is, or with what the customer still corrects.
    NothingWrong,
    /// The carrier will not let these numbers go by this order.
    Final,
}

/// Why an answer was not settled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettleRejectionRefusal {
    /// There is nothing to settle.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was said to be meant, and cannot be.
    #[error("meanings that settle nothing")]
    Meanings {
        /// Numbers that are not in the order, or not any more.
        not_in_order: Vec<Tn>,
        /// None says more than that we have to look.
        is_still_ours: bool,
    },
}

impl Order {
    /// Settles what we had to look at. `note`: who said it and how.
    pub fn settle_rejection(
        self,
        finding: &Finding,
        note: &str,
        now: Timestamp,
    ) -> Result<Transition, SettleRejectionRefusal> {
        let given = self.may_settle_rejection()?.clone();
        let settled = match finding {
            Finding::Means(meanings) => {
                self.check_meanings(meanings)?;
                let reasons: Vec<OrderReason> =
                    meanings.iter().map(|one| in_words_of(&given, *one)).collect();
                let said = describe(&reasons);
                let meant = Rejection { reasons, ..given };
                let weighed = self.without_ours(now).weigh(ACTION, &meant, now);
                return Ok(told(weighed, &format!("{note}; it means {said}")));
            }
            Finding::NothingWrong if self.awaits_a_fix() => {
                self.without_ours(now).noted(Entry::plain(ACTION))
            }
            Finding::NothingWrong => self.resubmit(ACTION, now).ok_or(Refusal::VersionsExhausted)?,
            Finding::Final => self.refuse_for_good(given.reasons, now),
        };
        Ok(told(settled, note))
    }

    /// What of an answer is ours to find out. An order can be sent again, or ended, whatever its version.
    pub(super) fn may_settle_rejection(&self) -> Result<&Rejection, Refusal> {
        match &self.record.state {
            OrderState::Pending(PendingOn::Us(given)) => Ok(given),
            OrderState::ActionRequired(asked) if asked.rejection.reasons.iter().any(is_ours) => {
                Ok(&asked.rejection)
            }
            OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(PendingOn::Carrier)
            | OrderState::ActionRequired(_)
            | OrderState::ChangingDate(_)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. }
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => {
                Err(self.illegal("settled: no answer to it is ours to look at").into())
            }
        }
    }

    fn check_meanings(&self, meanings: &[Meaning]) -> Result<(), SettleRejectionRefusal> {
        let open: BTreeSet<Tn> = self.open_tns().into_iter().collect();
        let named: BTreeSet<Tn> = meanings.iter().filter_map(|meaning| meaning.tn).collect();
        let not_in_order: Vec<Tn> = named.difference(&open).copied().collect();
        let nothing_said = Rejection {
            update_required: false,
            reasons: Vec::new(),
        };
        let meant: Vec<OrderReason> = meanings
            .iter()
            .map(|meaning| in_words_of(&nothing_said, *meaning))
            .collect();
        let is_still_ours = demand(&meant) == Demand::Us;
        if not_in_order.is_empty() && !is_still_ours {
            return Ok(());
        }
        Err(SettleRejectionRefusal::Meanings {
            not_in_order,
            is_still_ours,
        })
    }

    /// The order with nothing for us to find out.
    fn without_ours(mut self, now: Timestamp) -> Self {
        if matches!(self.record.state, OrderState::Pending(_)) {
            return self.enter(OrderState::Pending(PendingOn::Carrier), now);
        }
        if let OrderState::ActionRequired(asked) = &mut self.record.state {
            asked.rejection.reasons.retain(|reason| !is_ours(reason));
        }
        self
    }

    fn refuse_for_good(mut self, reasons: Vec<OrderReason>, now: Timestamp) -> Transition {
        let (tns, inventory) = (self.open_tns(), self.withdrawal());
        let open = self.record.numbers.iter_mut();
        open.filter(|number| number.state.is_open())
            .for_each(|number| number.state = NumberState::Failed);
        let (order, facts) = self.end(OrderState::Rejected, OrderFact::Rejected { tns, reasons }, now);
        Transition {
            order,
            facts,
            inventory,
            entry: Entry::plain(ACTION),
        }
    }
}

/// A meaning with what the carrier wrote: of that number, else of the whole order, else whatever it wrote first.
fn in_words_of(given: &Rejection, Meaning { tn, reason }: Meaning) -> OrderReason {
    let ours = || given.reasons.iter().filter(|reason| is_ours(reason));
    let of_number = ours().find(|given| given.tn == tn);
    let written = of_number
        .or_else(|| ours().find(|given| given.tn.is_none()))
        .or_else(|| ours().next())
        .or_else(|| given.reasons.first());
    OrderReason {
        tn,
        reason,
        raw_code: written.map(|given| given.raw_code.clone()).unwrap_or_default(),
        raw_text: written.map(|given| given.raw_text.clone()).unwrap_or_default(),
    }
}

fn told(settled: Transition, note: &str) -> Transition {
    Transition {
        entry: Entry {
            note: note.to_owned(),
            ..settled.entry
        },
        ..settled
    }
}
