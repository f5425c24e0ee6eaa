//! The states of an order. Each owns what exists in it alone.

use std::fmt;

use jiff::Timestamp;

use super::reason::{OrderReason, waits_for_end_user};

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

/// What a cancel that the carrier refuses falls back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BeforeCancel {
    /// See [`OrderState::Submitted`].
    Submitted,
    /// See [`OrderState::Pending`].
    Pending {
        /// A person of ours has to look.
        awaits_us: bool,
    },
    /// See [`OrderState::ActionRequired`].
    ActionRequired(Rejection),
    /// See [`OrderState::FocConfirmed`].
    FocConfirmed(Commitment),
}

/// Where an order stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderState {
    /// Being written; holds nothing.
    Draft,
    /// Checked and accepted, on its way to the carrier.
    Submitted,
    /// With the carrier.
    Pending {
        /// A person of ours has to look.
        awaits_us: bool,
    },
    /// The customer has to act; abandoned after 30 days.
    ActionRequired(Rejection),
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
        from: BeforeCancel,
    },
    /// Cancelled. Final.
    Cancelled,
    /// Refused for good. Final.
    Rejected,
    /// Nobody acted. Final.
    Abandoned,
    /// Divided: it has children, and stands where they stand together. Kept by the database, which sees them all; no
    /// transition leads out of it.
    Parent(StateName),
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
            Self::Draft => StateName::Draft,
            Self::Submitted => StateName::Submitted,
            Self::Pending { .. } => StateName::Pending,
            Self::ActionRequired(_) => StateName::ActionRequired,
            Self::FocConfirmed(_) => StateName::FocConfirmed,
            Self::Activating { .. } => StateName::Activating,
            Self::Ported => StateName::Ported,
            Self::CancelRequested { .. } => StateName::CancelRequested,
            Self::Cancelled => StateName::Cancelled,
            Self::Rejected => StateName::Rejected,
            Self::Abandoned => StateName::Abandoned,
            Self::Parent(children) => *children,
        }
    }

    /// Whose turn it is; nobody's when the order has ended.
    pub fn court(&self) -> Option<Court> {
        match self {
            Self::ActionRequired(rejection) if waits_for_end_user(&rejection.reasons) => Some(Court::EndUser),
            Self::Draft | Self::ActionRequired(_) => Some(Court::Customer),
            Self::Submitted | Self::Pending { awaits_us: true } | Self::FocConfirmed(_) => Some(Court::Us),
            Self::Pending { awaits_us: false } | Self::CancelRequested { .. } => Some(Court::LosingCarrier),
            Self::Activating { .. } => Some(Court::GainingCarrier),
            Self::Ported | Self::Cancelled | Self::Rejected | Self::Abandoned => None,
            Self::Parent(children) => court_of_children(*children),
        }
    }

    /// The committed cut-over instant.
    pub const fn foc_at(&self) -> Option<Timestamp> {
        match self {
            Self::FocConfirmed(commitment)
            | Self::CancelRequested {
                from: BeforeCancel::FocConfirmed(commitment),
            } => Some(commitment.foc_at),
            Self::Activating { foc_at } => Some(*foc_at),
            Self::Draft
            | Self::Submitted
            | Self::Pending { .. }
            | Self::ActionRequired(_)
            | Self::Ported
            | Self::CancelRequested { .. }
            | Self::Cancelled
            | Self::Rejected
            | Self::Abandoned
            | Self::Parent(_) => None,
        }
    }
}

/// Whose turn it is while the least advanced child is in this state.
const fn court_of_children(state: StateName) -> Option<Court> {
    match state {
        StateName::Draft | StateName::ActionRequired => Some(Court::Customer),
        StateName::Submitted | StateName::FocConfirmed => Some(Court::Us),
        StateName::Pending | StateName::CancelRequested => Some(Court::LosingCarrier),
        StateName::Activating => Some(Court::GainingCarrier),
        StateName::Ported | StateName::Cancelled | StateName::Rejected | StateName::Abandoned => None,
    }
}

impl From<BeforeCancel> for OrderState {
    fn from(before: BeforeCancel) -> Self {
        match before {
            BeforeCancel::Submitted => Self::Submitted,
            BeforeCancel::Pending { awaits_us } => Self::Pending { awaits_us },
            BeforeCancel::ActionRequired(rejection) => Self::ActionRequired(rejection),
            BeforeCancel::FocConfirmed(commitment) => Self::FocConfirmed(commitment),
        }
    }
}
