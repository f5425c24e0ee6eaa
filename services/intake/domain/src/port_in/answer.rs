//! Hearing a carrier's answer.
//!
//! **Architecture invariant:** an answer to an older version, or to an order that has ended, changes nothing but the
//! history. What is not understood waits for a person; it never ends an order.

use jiff::Timestamp;
use reasons::Reason;
use types::{Tn, Ver};

use super::order::{Entry, Order, OrderFact, Transition};
use super::reason::{Demand, OrderReason, demand};
use super::state::{OrderState, PendingOn, Rejection};
use super::weigh::describe;

/// What a carrier says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// No, or not with this data.
    Rejected(Rejection),
    /// Not yet.
    Delayed {
        /// Why.
        reasons: Vec<OrderReason>,
    },
    /// Yes.
    Foc {
        /// To when.
        foc_at: Timestamp,
    },
    /// The numbers are ours.
    Activated {
        /// Which; empty: all.
        tns: Vec<Tn>,
    },
    /// The cancel is confirmed.
    Cancelled,
    /// The cancel or supplement came too late; the request goes on as it was.
    ChangeRefused,
}

impl Says {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rejected(Rejection {
                update_required: true,
                ..
            }) => "update_required",
            Self::Rejected(_) => "rejected",
            Self::Delayed { .. } => "delayed",
            Self::Foc { .. } => "foc",
            Self::Activated { .. } => "activated",
            Self::Cancelled => "cancelled",
            Self::ChangeRefused => "change_refused",
        }
    }
}

impl Order {
    /// Hears what the carrier says to version `ver`.
    pub fn hear(self, says: &Says, ver: Ver, now: Timestamp) -> Transition {
        let state = self.record.state.name();
        let was_sent = !matches!(self.record.state, OrderState::Draft(_) | OrderState::InReview(_));
        if state.is_final() || !was_sent {
            return self.only_heard(says, &format!("the order is {state} and stays so"), true);
        }
        if matches!(self.record.state, OrderState::Parent(_)) {
            let is_expected = matches!(says, Says::Cancelled);
            return self.only_heard(says, "the order is divided, and its children go on", !is_expected);
        }
        if ver > self.record.ver {
            return self.only_heard(says, &format!("version {ver} was never sent"), true);
        }
        if ver < self.record.ver_in_force {
            return self.only_heard(says, &format!("version {ver} is no longer in force"), false);
        }
        if let OrderState::ChangingDate(change) = self.record.state.clone()
            && ver < change.ver
            && !matches!(says, Says::Activated { .. })
        {
            return self.hear_before_change(&change, says, now);
        }
        match says {
            Says::Rejected(rejection) => self.hear_rejection(says, rejection, ver, now),
            Says::Delayed { reasons } => self.hear_delay(says, reasons),
            Says::Foc { foc_at } => self.hear_foc(says, *foc_at, now),
            Says::Activated { tns } => self.hear_activation(says, tns, now),
            Says::Cancelled => self.hear_cancelled(says, ver, now),
            Says::ChangeRefused => self.hear_change_refused(says, ver, now),
        }
    }

    pub(super) fn only_heard(self, says: &Says, why: &str, is_alarming: bool) -> Transition {
        self.noted(Entry {
            action: "answer_recorded",
            note: format!("{}: {why}", says.code()),
            is_alarming,
        })
    }

    fn hear_rejection(self, says: &Says, rejection: &Rejection, ver: Ver, now: Timestamp) -> Transition {
        match self.record.state {
            OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::ActionRequired(_)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. } => self.weigh(says.code(), rejection, now),
            OrderState::ChangingDate(_) if Self::is_refused_change(rejection) => {
                let changing = self.clone();
                let back = self.take_back_date("the carrier says it is too late", now);
                back.unwrap_or_else(|| changing.only_heard(says, "nothing to go back to", true))
            }
            // A delay alone does not say that the change was taken in.
            OrderState::ChangingDate(_) if demand(&rejection.reasons) == Demand::Patience => {
                self.weigh(says.code(), rejection, now)
            }
            OrderState::ChangingDate(_) => self.put_change_in_force().weigh(says.code(), rejection, now),
            OrderState::CancelRequested { .. }
                if ver == self.record.ver && Self::is_refused_change(rejection) =>
            {
                let cancelling = self.clone();
                let resumed = self.resume("the carrier says it is too late", now);
                resumed.unwrap_or_else(|| cancelling.only_heard(says, "nothing to go back to", true))
            }
            OrderState::CancelRequested { answer, .. } => self.keep_rejection(says, rejection, now, |from| {
                OrderState::CancelRequested { from, answer }
            }),
            OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => self.only_heard(says, "the order is not open", true),
        }
    }

    fn hear_delay(self, says: &Says, reasons: &[OrderReason]) -> Transition {
        match self.record.state {
            OrderState::Submitted
            | OrderState::Pending(PendingOn::Carrier)
            | OrderState::ChangingDate(_)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. } => {
                let entry = Entry {
                    note: describe(reasons),
                    ..Entry::plain("delayed")
                };
                let facts = vec![OrderFact::Delayed {
                    reasons: reasons.to_vec(),
                }];
                Transition {
                    facts,
                    ..self.delayed_by(reasons).noted(entry)
                }
            }
            OrderState::Pending(PendingOn::Us(_)) => self.only_heard(says, "we have to act first", false),
            OrderState::ActionRequired(_) => self.only_heard(says, "the customer has to act first", false),
            OrderState::CancelRequested { .. } => self.only_heard(says, "a cancel is out", false),
            OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => self.only_heard(says, "the order is not open", true),
        }
    }

    fn hear_cancelled(self, says: &Says, ver: Ver, now: Timestamp) -> Transition {
        match self.record.state {
            OrderState::CancelRequested { .. } if ver == self.record.ver => self.become_cancelled(now),
            OrderState::CancelRequested { .. }
            | OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::ChangingDate(_)
            | OrderState::ActionRequired(_)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. }
            | OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => self.only_heard(says, "nobody asked for it", true),
        }
    }

    fn hear_change_refused(self, says: &Says, ver: Ver, now: Timestamp) -> Transition {
        match self.record.state {
            OrderState::ChangingDate(_) => {
                let changing = self.clone();
                let back = self.take_back_date("the carrier says it is too late", now);
                back.unwrap_or_else(|| changing.only_heard(says, "nothing to go back to", true))
            }
            OrderState::CancelRequested { .. } if ver == self.record.ver => {
                let cancelling = self.clone();
                let resumed = self.resume("the carrier says it is too late", now);
                resumed.unwrap_or_else(|| cancelling.only_heard(says, "nothing to go back to", true))
            }
            // A supplement was refused: which data the carrier goes on with is for a person to find out.
            OrderState::Submitted | OrderState::Pending(_)
                if ver > Ver::FIRST && ver == self.record.ver_in_force =>
            {
                let entry = Entry::plain("change_refused");
                let refused = Rejection::in_words(Reason::CannotSupplement, "");
                self.wait_for_us(&refused, entry, now)
            }
            OrderState::CancelRequested { .. }
            | OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::ActionRequired(_)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. }
            | OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => self.only_heard(says, "no change is out", true),
        }
    }
}
