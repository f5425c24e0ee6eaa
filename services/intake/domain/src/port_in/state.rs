//! The states of an order. Each owns what exists in it alone.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use reasons::Reason;
use types::Ver;

use super::reason::{OrderReason, waits_for_end_user};
use super::review::{ReturnReason, ReviewCause};

/// What exists of an order only while it is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// When somebody last did something with it.
    pub changed_at: Timestamp,
    /// Its owner was told that it expires.
    pub warned: bool,
    /// Why our review sent it back; empty: it did not.
    pub returned: Vec<ReturnReason>,
}

impl Draft {
    /// A draft that was made or changed now.
    pub const fn new(now: Timestamp) -> Self {
        Self {
            changed_at: now,
            warned: false,
            returned: Vec::new(),
        }
    }
}

/// The losing carrier's yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment {
    /// The cut-over instant.
    pub foc_at: Timestamp,
    /// When we heard of it.
    pub received_at: Timestamp,
    /// Whether the numbers stand in the inventory as incoming already.
    pub incoming: bool,
}

/// Why the customer has to act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The carrier asked for data rather than rejecting.
    pub update_required: bool,
    /// All reasons of its answer.
    pub reasons: Vec<OrderReason>,
}

impl Rejection {
    /// One reason for the whole request, which came in words alone.
    pub(super) fn in_words(reason: Reason, words: &str) -> Self {
        Self {
            update_required: false,
            reasons: vec![OrderReason {
                tn: None,
                reason,
                raw_code: String::new(),
                raw_text: words.to_owned(),
            }],
        }
    }

    /// Both, each reason once. Only where the carrier never rejected does it ask for data alone.
    pub(super) fn joined_with(mut self, later: &Self) -> Self {
        self.update_required &= later.update_required;
        for reason in &later.reasons {
            if !self.reasons.contains(reason) {
                self.reasons.push(reason.clone());
            }
        }
        self
    }
}

/// What the customer has to settle, and for how long they have done nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedAction {
    /// Why.
    pub rejection: Rejection,
    /// When they last did something with the order, or were first asked.
    pub acted_at: Timestamp,
    /// When they were told that it is abandoned soon, if since then.
    pub warned_at: Option<Timestamp>,
}

impl AwaitedAction {
    /// Asked now.
    pub const fn new(rejection: Rejection, now: Timestamp) -> Self {
        Self {
            rejection,
            acted_at: now,
            warned_at: None,
        }
    }

    /// Something more was found: that gives no more time.
    pub(super) fn joined_with(self, later: &Rejection) -> Self {
        Self {
            rejection: self.rejection.joined_with(later),
            ..self
        }
    }
}

/// Whose word an order waits for that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PendingOn {
    /// The losing carrier's.
    Carrier,
    /// Ours: a person has to find out what this means. Not a reason when the carrier gave none.
    Us(Rejection),
}

/// How long a cancel or a change of date has been without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwaitedAnswer {
    /// Not too long until then. Computed once, when it was asked for.
    DueBy(Timestamp),
    /// Too long: a person of ours calls the carrier.
    Overdue,
}

/// A change of the wanted date that the carrier has not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateChange {
    /// The version that asks for it.
    pub ver: Ver,
    /// The date wanted before; none: the earliest.
    pub previous: Option<Date>,
    /// Where the order goes on if it is refused.
    pub from: Fallback,
    /// How long it has been out.
    pub answer: AwaitedAnswer,
}

/// What a cancel or a change of date that the carrier refuses falls back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fallback {
    /// See [`OrderState::Submitted`].
    Submitted,
    /// See [`OrderState::Pending`].
    Pending(PendingOn),
    /// See [`OrderState::ActionRequired`].
    ActionRequired {
        /// What the customer has to settle: what was asked of the carrier gives no more time.
        asked: AwaitedAction,
        /// Since when.
        since: Timestamp,
    },
    /// See [`OrderState::FocConfirmed`].
    FocConfirmed(Commitment),
}

/// Where an order stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderState {
    /// Being written; holds nothing. Abandoned after 30 days without a change.
    Draft(Draft),
    /// Checked and accepted; a person of ours looks at it before it goes out. Shown as submitted.
    InReview(Vec<ReviewCause>),
    /// Checked and accepted, on its way to the carrier.
    Submitted,
    /// With the carrier, or with us, who look at what it said.
    Pending(PendingOn),
    /// The customer has to act; abandoned after 30 days in which they do not.
    ActionRequired(AwaitedAction),
    /// With the carrier, which was asked for another date. Shown as pending.
    ChangingDate(DateChange),
    /// The losing carrier said yes.
    FocConfirmed(Commitment),
    /// The cut-over is under way; abandoned 30 days after it was due.
    Activating {
        /// When it was due.
        foc_at: Timestamp,
    },
    /// At least one number ported and none is open. Final.
    Ported,
    /// A cancel is on its way.
    CancelRequested {
        /// Where the order goes on if it is refused.
        from: Fallback,
        /// How long it has been out.
        answer: AwaitedAnswer,
    },
    /// Cancelled. Final.
    Cancelled,
    /// Refused for good. Final.
    Rejected,
    /// Nobody acted. Final.
    Abandoned,
    /// Divided: it has children, and stands where they stand together. Kept by the database, which sees them all; no
    /// transition leads out of it.
    Parent(Children),
}

/// What the children of a parent come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Children {
    /// Where the least advanced of them stands.
    pub state: StateName,
    /// Whose turn it is with the most urgent of those that are open; nobody's when none is.
    pub court: Option<Court>,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Court {
    /// The customer of the platform.
    Customer,
    /// Our operations.
    Us,
    /// Our carrier partner.
    GainingCarrier,
    /// The carrier that has the numbers.
    LosingCarrier,
    /// The user of the numbers.
    EndUser,
}

impl Court {
    /// Every court.
    pub const ALL: [Self; 5] = [
        Self::Customer,
        Self::Us,
        Self::GainingCarrier,
        Self::LosingCarrier,
        Self::EndUser,
    ];

    /// Whose turn it is with a parent: the first of these with whom any child is, for the others wait by themselves.
    pub const MOST_URGENT_FIRST: [Self; 5] = [
        Self::Customer,
        Self::EndUser,
        Self::Us,
        Self::LosingCarrier,
        Self::GainingCarrier,
    ];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Customer => "CUSTOMER",
            Self::Us => "US",
            Self::GainingCarrier => "GAINING_CARRIER",
            Self::LosingCarrier => "LOSING_CARRIER",
            Self::EndUser => "END_USER",
        }
    }

    /// Reads a stable name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|court| court.code() == code)
    }
}

/// The name of a state, for lists, history and refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each names the state of the same name")]
pub enum StateName {
    Draft,
    Submitted,
    Pending,
    ActionRequired,
    FocConfirmed,
    Activating,
    Ported,
    CancelRequested,
    Cancelled,
    Rejected,
    Abandoned,
}

impl StateName {
    /// Every state.
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::Submitted,
        Self::Pending,
        Self::ActionRequired,
        Self::FocConfirmed,
        Self::Activating,
        Self::Ported,
        Self::CancelRequested,
        Self::Cancelled,
        Self::Rejected,
        Self::Abandoned,
    ];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Submitted => "SUBMITTED",
            Self::Pending => "PENDING",
            Self::ActionRequired => "ACTION_REQUIRED",
            Self::FocConfirmed => "FOC_CONFIRMED",
            Self::Activating => "ACTIVATING",
            Self::Ported => "PORTED",
            Self::CancelRequested => "CANCEL_REQUESTED",
            Self::Cancelled => "CANCELLED",
            Self::Rejected => "REJECTED",
            Self::Abandoned => "ABANDONED",
        }
    }

    /// Whether an order in this state never changes again.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Ported | Self::Cancelled | Self::Rejected | Self::Abandoned => true,
            Self::Draft
            | Self::Submitted
            | Self::Pending
            | Self::ActionRequired
            | Self::FocConfirmed
            | Self::Activating
            | Self::CancelRequested => false,
        }
    }
}

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl OrderState {
    /// Its name.
    pub const fn name(&self) -> StateName {
        match self {
            Self::Draft(_) => StateName::Draft,
            Self::InReview(_) | Self::Submitted => StateName::Submitted,
            Self::Pending(_) | Self::ChangingDate(_) => StateName::Pending,
            Self::ActionRequired(_) => StateName::ActionRequired,
            Self::FocConfirmed(_) => StateName::FocConfirmed,
            Self::Activating { .. } => StateName::Activating,
            Self::Ported => StateName::Ported,
            Self::CancelRequested { .. } => StateName::CancelRequested,
            Self::Cancelled => StateName::Cancelled,
            Self::Rejected => StateName::Rejected,
            Self::Abandoned => StateName::Abandoned,
            Self::Parent(children) => children.state,
        }
    }

    /// Whose turn it is; nobody's when the order has ended.
    pub fn court(&self) -> Option<Court> {
        match self {
            Self::ActionRequired(asked) if waits_for_end_user(&asked.rejection.reasons) => {
                Some(Court::EndUser)
            }
            Self::Draft(_) | Self::ActionRequired(_) => Some(Court::Customer),
            Self::InReview(_) | Self::Submitted | Self::Pending(PendingOn::Us(_)) | Self::FocConfirmed(_) => {
                Some(Court::Us)
            }
            Self::CancelRequested { answer, .. } | Self::ChangingDate(DateChange { answer, .. }) => {
                Some(match answer {
                    AwaitedAnswer::DueBy(_) => Court::LosingCarrier,
                    AwaitedAnswer::Overdue => Court::Us,
                })
            }
            Self::Pending(PendingOn::Carrier) => Some(Court::LosingCarrier),
            Self::Activating { .. } => Some(Court::GainingCarrier),
            Self::Ported | Self::Cancelled | Self::Rejected | Self::Abandoned => None,
            Self::Parent(children) => children.court,
        }
    }

    /// What the customer has to settle now.
    pub const fn rejection(&self) -> Option<&Rejection> {
        if let Self::ActionRequired(asked) = self {
            Some(&asked.rejection)
        } else {
            None
        }
    }

    /// What the carrier gave as reasons and somebody has to settle now: the customer, or we.
    pub const fn unsettled(&self) -> Option<&Rejection> {
        if let Self::Pending(PendingOn::Us(rejection)) = self {
            Some(rejection)
        } else {
            self.rejection()
        }
    }
}
