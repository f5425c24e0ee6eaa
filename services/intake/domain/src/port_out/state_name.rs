//! Where a case stands, without what belongs to it.

use super::state::PortOutState;

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateName {
    /// Waiting for the account's decision.
    Pending,
    /// The account refused; operations check the reason.
    RejectionReview,
    /// The numbers may go.
    Authorized,
    /// Refused.
    Rejected,
    /// The numbers are gone.
    PortedOut,
    /// Withdrawn by the winning carrier.
    Cancelled,
}

impl StateName {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::RejectionReview,
        Self::Authorized,
        Self::Rejected,
        Self::PortedOut,
        Self::Cancelled,
    ];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::RejectionReview => "REJECTION_REVIEW",
            Self::Authorized => "AUTHORIZED",
            Self::Rejected => "REJECTED",
            Self::PortedOut => "PORTED_OUT",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Whether a case has ended in it.
    pub const fn is_end(self) -> bool {
        match self {
            Self::Pending | Self::RejectionReview | Self::Authorized => false,
            Self::Rejected | Self::PortedOut | Self::Cancelled => true,
        }
    }
}

impl From<&PortOutState> for StateName {
    fn from(state: &PortOutState) -> Self {
        match state {
            PortOutState::Pending { .. } => Self::Pending,
            PortOutState::RejectionReview { .. } => Self::RejectionReview,
            PortOutState::Authorized { .. } => Self::Authorized,
            PortOutState::Rejected { .. } => Self::Rejected,
            PortOutState::PortedOut { .. } => Self::PortedOut,
            PortOutState::Cancelled { .. } => Self::Cancelled,
        }
    }
}
