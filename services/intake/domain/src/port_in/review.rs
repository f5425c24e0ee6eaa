//! Our review of an order before it goes out: by policy nobody's, or a person's.
//!
//! **Architecture invariant:** nothing of an order goes to a carrier before its review has ended; the fact that the
//! gateway acts on is announced at the release.

use jiff::Timestamp;

use super::order::{Entry, Order, OrderFact, Transition};
use super::refusal::{ActionRefusal, Refusal};
use super::requirements::Requirement;
use super::state::{Draft, OrderState};
use super::text::{Note, ShortText};

/// Why a person looks at an order before it goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewCause {
    /// The account's policy has every order reviewed.
    EveryOrder,
    /// It has more numbers than the policy lets pass.
    ManyNumbers,
    /// No order of the account has been sent to a carrier yet.
    FirstOrder,
    /// Its requirements have warnings.
    Warnings,
    /// A review returned it before.
    ReturnedBefore,
}

impl ReviewCause {
    /// Every cause.
    pub const ALL: [Self; 5] = [
        Self::EveryOrder,
        Self::ManyNumbers,
        Self::FirstOrder,
        Self::Warnings,
        Self::ReturnedBefore,
    ];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EveryOrder => "EVERY_ORDER",
            Self::ManyNumbers => "MANY_NUMBERS",
            Self::FirstOrder => "FIRST_ORDER",
            Self::Warnings => "WARNINGS",
            Self::ReturnedBefore => "RETURNED_BEFORE",
        }
    }
}

/// One thing to correct before an order can go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnReason {
    /// The field, as requirements name it; none: the order as a whole.
    pub field: Option<ShortText>,
    /// What is to be done.
    pub message: Note,
}

/// Which orders of an account a person reviews: those to which a rule applies. Without a rule: none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReviewPolicy {
    /// Every order.
    pub every_order: bool,
    /// Orders of more numbers than this.
    pub numbers_over: Option<u32>,
    /// Orders of an account of which none has been sent yet.
    pub first_order: bool,
    /// Orders whose requirements have warnings.
    pub warnings: bool,
}

impl ReviewPolicy {
    /// Why a person is to look at this draft; none: it goes out at once. `is_first`: no order of its account has been sent.
    pub fn causes(&self, draft: &Order, requirements: &[Requirement], is_first: bool) -> Vec<ReviewCause> {
        let numbers = u32::try_from(draft.record().numbers.len()).unwrap_or(u32::MAX);
        let applies = |cause: ReviewCause| match cause {
            ReviewCause::EveryOrder => self.every_order,
            ReviewCause::ManyNumbers => self.numbers_over.is_some_and(|most| numbers > most),
            ReviewCause::FirstOrder => self.first_order && is_first,
            ReviewCause::Warnings => self.warnings && requirements.iter().any(|one| one.is_warning),
            // What a person sent back, a person lets go.
            ReviewCause::ReturnedBefore => {
                matches!(&draft.record().state, OrderState::Draft(draft) if !draft.returned.is_empty())
            }
        };
        ReviewCause::ALL
            .into_iter()
            .filter(|cause| applies(*cause))
            .collect()
    }
}

impl Order {
    /// Lets the order go out. `requirements` is what [`super::requirements`] finds now: a review takes days, and dates pass.
    pub fn release(
        self,
        requirements: Vec<Requirement>,
        note: Option<Note>,
        now: Timestamp,
    ) -> Result<Transition, ActionRefusal> {
        self.check_release(requirements)?;
        let entry = Entry {
            note: note.map(|note| note.to_string()).unwrap_or_default(),
            ..Entry::plain("released")
        };
        Ok(Transition {
            order: self.enter(OrderState::Submitted, now),
            facts: vec![OrderFact::Submitted { resubmitted: false }],
            inventory: None,
            entry,
        })
    }

    /// Why an order under review cannot go out, if it cannot.
    pub fn check_release(&self, requirements: Vec<Requirement>) -> Result<(), ActionRefusal> {
        self.may_be_reviewed()?;
        ActionRefusal::unless_ready(requirements)
    }

    /// Sends the order back to its owner: a draft again, all of which can be changed, that holds no numbers.
    pub fn send_back(self, reasons: Vec<ReturnReason>, now: Timestamp) -> Result<Transition, Refusal> {
        self.may_be_reviewed()?;
        let told: Vec<String> = reasons.iter().map(|reason| reason.message.to_string()).collect();
        let draft = Draft {
            returned: reasons.clone(),
            ..Draft::new(now)
        };
        let mut order = self.enter(OrderState::Draft(draft), now);
        order.record.submitted_at = None;
        let entry = Entry {
            note: told.join("; "),
            ..Entry::plain("returned")
        };
        Ok(Transition {
            order,
            facts: vec![OrderFact::Returned { reasons }],
            inventory: None,
            entry,
        })
    }

    pub(super) fn may_be_reviewed(&self) -> Result<(), Refusal> {
        match self.record.state {
            OrderState::InReview(_) => Ok(()),
            OrderState::Draft(_)
            | OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::ActionRequired(_)
            | OrderState::ChangingDate(_)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. }
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => Err(self.illegal("reviewed: no review of it is pending").into()),
        }
    }
}
