//! What each kind of news is, for those who tell it.

use crate::{DisputeNews, Invited, PortInNews, PortOutNews, Reason, Step};

/// Who authorizes with nobody of the account asked, as events name them.
const UNASKED: [&str; 2] = ["silence", "policy"];

impl PortInNews {
    /// The step it is.
    pub const fn step(&self) -> Step {
        match self {
            Self::Submitted => Step::PortInSubmitted,
            Self::Resubmitted => Step::PortInResubmitted,
            Self::Pending => Step::PortInPending,
            Self::Delayed { .. } => Step::PortInDelayed,
            Self::ActionRequired { .. } => Step::PortInActionRequired,
            Self::FocConfirmed { .. } => Step::PortInFocConfirmed,
            Self::Ported { .. } => Step::PortInPorted,
            Self::Cancelled => Step::PortInCancelled,
            Self::Rejected { .. } => Step::PortInRejected,
            Self::Abandoned => Step::PortInAbandoned,
            Self::InReview => Step::PortInInReview,
            Self::Returned { .. } => Step::PortInReturned,
            Self::DraftExpiring { .. } => Step::PortInDraftExpiring,
            Self::ActionExpiring { .. } => Step::PortInActionExpiring,
            Self::Split { .. } => Step::PortInSplit,
            Self::FocMoved { .. } => Step::PortInFocMoved,
            Self::DateChangeRefused { .. } => Step::PortInDateChangeRefused,
            Self::Commented { .. } => Step::PortInCommented,
            Self::SigningRequested(_) => Step::PortInSigningRequested,
            Self::Signed { .. } => Step::PortInSigned,
            Self::HeldBack { .. } => Step::PortInHeldBack,
            Self::CapabilityFailed { .. } => Step::PortInCapabilityFailed,
            Self::Proved => Step::PortInProved,
            Self::TemporarySwapped { .. } => Step::PortInTemporarySwapped,
            Self::SnapbackSettled { .. } => Step::PortInSnapbackSettled,
        }
    }

    /// The reasons that come with it; none for most.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Delayed { reasons } | Self::ActionRequired { reasons, .. } | Self::Rejected { reasons } => {
                reasons
            }
            Self::Submitted
            | Self::Resubmitted
            | Self::Pending
            | Self::FocConfirmed { .. }
            | Self::Ported { .. }
            | Self::Cancelled
            | Self::Abandoned
            | Self::InReview
            | Self::Returned { .. }
            | Self::DraftExpiring { .. }
            | Self::ActionExpiring { .. }
            | Self::Split { .. }
            | Self::FocMoved { .. }
            | Self::DateChangeRefused { .. }
            | Self::Commented { .. }
            | Self::SigningRequested(_)
            | Self::Signed { .. }
            | Self::HeldBack { .. }
            | Self::CapabilityFailed { .. }
            | Self::Proved
            | Self::TemporarySwapped { .. }
            | Self::SnapbackSettled { .. } => &[],
        }
    }

    /// Who outside the account is to be written to because of it.
    pub const fn invited(&self) -> Option<Invited> {
        if let Self::SigningRequested(invitation) = self {
            Some(Invited::ByMail(*invitation))
        } else {
            None
        }
    }
}

impl PortOutNews {
    /// The step it is.
    pub const fn step(&self) -> Step {
        match self {
            Self::Received { .. } => Step::PortOutReceived,
            Self::Authorized { .. } => Step::PortOutAuthorized,
            Self::Overruled { .. } => Step::PortOutOverruled,
            Self::RejectionRequested { .. } => Step::PortOutRejectionRequested,
            Self::Rejected { .. } => Step::PortOutRejected,
            Self::FocChanged => Step::PortOutFocChanged,
            Self::PortedOut { .. } => Step::PortOutPortedOut,
            Self::WentWithoutLeave { .. } => Step::PortOutWentWithoutLeave,
            Self::Cancelled => Step::PortOutCancelled,
            Self::Conflicted => Step::PortOutConflicted,
            Self::ConflictSettled { accepted: true } => Step::PortOutConflictAccepted,
            Self::ConflictSettled { accepted: false } => Step::PortOutConflictRefused,
            Self::Answered { .. } => Step::PortOutAnswered,
            Self::ConsentAsked(_) => Step::PortOutConsentAsked,
            Self::Commented { .. } => Step::PortOutCommented,
            Self::NumbersReleased => Step::PortOutNumbersReleased,
        }
    }

    /// The reasons that come with it; none for most.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Rejected { reasons, .. } | Self::Authorized { denied: reasons, .. } => reasons,
            Self::Received { .. }
            | Self::Overruled { .. }
            | Self::RejectionRequested { .. }
            | Self::FocChanged
            | Self::PortedOut { .. }
            | Self::WentWithoutLeave { .. }
            | Self::Cancelled
            | Self::Conflicted
            | Self::ConflictSettled { .. }
            | Self::Answered { .. }
            | Self::ConsentAsked(_)
            | Self::Commented { .. }
            | Self::NumbersReleased => &[],
        }
    }

    /// Whether the account's people are to hear of it by mail: not what one of them decided, and not twice.
    pub fn is_for_people(&self) -> bool {
        match self {
            Self::Authorized { decided_by, .. } => UNASKED.contains(&decided_by.as_str()),
            Self::PortedOut { with_leave, .. } => *with_leave,
            Self::Received { .. }
            | Self::Overruled { .. }
            | Self::RejectionRequested { .. }
            | Self::Rejected { .. }
            | Self::FocChanged
            | Self::Commented { .. }
            | Self::WentWithoutLeave { .. }
            | Self::Cancelled
            | Self::Conflicted
            | Self::ConflictSettled { .. }
            | Self::Answered { .. }
            | Self::ConsentAsked(_)
            | Self::NumbersReleased => true,
        }
    }

    /// Who outside the account is to be written to because of it.
    pub const fn invited(&self) -> Option<Invited> {
        if let Self::ConsentAsked(invited) = self {
            Some(*invited)
        } else {
            None
        }
    }
}

impl DisputeNews {
    /// The step it is.
    pub const fn step(&self) -> Step {
        match self {
            Self::Opened { .. } => Step::DisputeOpened,
            Self::Overdue { .. } => Step::DisputeOverdue,
            Self::SnapbackAsked => Step::DisputeSnapbackAsked,
            Self::SnapbackAnswered { .. } => Step::DisputeSnapbackAnswered,
            Self::Settled { .. } => Step::DisputeSettled,
        }
    }
}
