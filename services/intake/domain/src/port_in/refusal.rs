//! Why actions are not allowed.

use jiff::Timestamp;
use reasons::Reason;

use super::cutover::OPENS;
use super::order::IllegalTransition;
use super::requirements::Requirement;

/// Why an action is not allowed now, whatever is asked for by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The order's state does not allow it.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// Numbers are added to drafts alone.
    #[error("numbers cannot be added after submission; make a new order for them")]
    NewOrderRequired,
    /// These reasons are not settled by confirming.
    #[error("{} is settled by corrected data alone", codes(.0))]
    NotConfirmable(Vec<Reason>),
    /// The carrier asks for more than a date.
    #[error("the carrier asks for more than another date; correct it with a fix, which takes the date along")]
    FixRequired,
    /// A change of date is out.
    #[error("a change of date is on its way; the carrier has to answer it first")]
    ChangeInProgress,
    /// The cut-over is within 24 hours, or under way.
    #[error("the cut-over at {foc_at} is less than 24 hours away or under way; let it complete")]
    TooLate {
        /// The cut-over.
        foc_at: Timestamp,
    },
    /// The numbers are ours.
    #[error("the numbers have ported; what was ported is undone by a snapback")]
    CompletedUseSnapback,
    /// The day of the FOC is still to come.
    #[error("{OPENS}, {foc_at}")]
    BeforeFocDay {
        /// The FOC.
        foc_at: Timestamp,
    },
    /// Every number is being activated, is here, or will not come.
    #[error(
        "no number of the order is still to come; what is here is changed in the inventory (UpdateNumbers)"
    )]
    ConfigurationClosed,
    /// There is nothing to be given back.
    #[error("no number of the order is here by it")]
    NothingPorted,
    /// Carriers' forms have no number for another version.
    #[error(
        "the order was changed too often for another version; make a new one, and to cancel call operations"
    )]
    VersionsExhausted,
}

/// Why an action that needs a complete order is not allowed now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActionRefusal {
    /// It would not be allowed for a complete one either.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something is missing or wrong.
    #[error("the order is not complete")]
    NotReady(Vec<Requirement>),
}

impl ActionRefusal {
    /// Refuses while something besides warnings is missing or wrong.
    pub(super) fn unless_ready(requirements: Vec<Requirement>) -> Result<(), Self> {
        if requirements.iter().all(|requirement| requirement.is_warning) {
            Ok(())
        } else {
            Err(Self::NotReady(requirements))
        }
    }
}

fn codes(reasons: &[Reason]) -> String {
    let codes: Vec<&str> = reasons.iter().map(|reason| reason.code()).collect();
    codes.join(", ")
}
