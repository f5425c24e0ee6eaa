//! What becomes of a case: from the winning carrier's request to the numbers' leaving, or not.
//!
//! A transition takes the state and returns the new one with the fact to announce. Each names every state, so that a
//! new one fails to compile until somebody decides.

use jiff::Timestamp;
use types::Subject;

use super::consent::Objection;
use super::deadline::SilenceMeans;
use super::decision::{Claim, Claimant, Decider, Decision, Grounds};
use super::state_name::StateName;
use super::verdict::Verdict;

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortOutState {
    /// Waiting for the account's decision.
    Pending {
        /// When silence decides.
        answer_due_at: Timestamp,
    },
    /// The account or its end user refused; operations check the reason.
    RejectionReview {
        /// When the refusal is overruled by itself.
        answer_due_at: Timestamp,
        /// What they say.
        claim: Claim,
    },
    /// The numbers may go.
    Authorized {
        /// Who decided, and when.
        decision: Decision,
    },
    /// Refused. Final, unless the numbers go all the same.
    Rejected {
        /// Why.
        grounds: Grounds,
        /// Who decided, and when.
        decision: Decision,
    },
    /// The numbers are gone. Final.
    PortedOut {
        /// Since when.
        at: Timestamp,
        /// The last decision before; `None`: they went while none had been taken.
        decision: Option<Decision>,
    },
    /// Withdrawn by the winning carrier. Final, unless the numbers go all the same.
    Cancelled {
        /// Since when.
        at: Timestamp,
        /// The last decision before.
        decision: Option<Decision>,
    },
}

/// What happened, to be announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortOutFact {
    /// The winning carrier asks.
    Received,
    /// The numbers may go.
    Authorized,
    /// The account or its end user refused; operations are to check.
    RejectionRequested,
    /// Refused.
    Rejected,
    /// The numbers are gone.
    PortedOut {
        /// False: they went although nobody had let them, which a person should look at.
        was_authorized: bool,
    },
    /// Withdrawn.
    Cancelled,
}

/// What the winning carrier's side reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The numbers are active there.
    PortedOut,
    /// The request was withdrawn, or replaced by a later version.
    Withdrawn,
}

/// The action does not fit the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a port-out that is {from} cannot be {action}")]
pub struct IllegalTransition {
    /// Where it stands.
    pub from: &'static str,
    /// What was asked.
    pub action: &'static str,
}

/// A new state and the fact to announce.
pub type Transition = Result<(PortOutState, PortOutFact), IllegalTransition>;

impl PortOutState {
    /// Where a new case stands: waiting for the account, unless a number of the request is denied. Then it is refused
    /// at once, because the request gets one answer.
    pub fn received(
        own: Verdict,
        request: Verdict,
        answer_due_at: Timestamp,
        now: Timestamp,
    ) -> (Self, PortOutFact) {
        match (own, request) {
            (Verdict::Denied, Verdict::Denied | Verdict::Allowed) => {
                Self::rejected(Grounds::NumbersDenied, Decider::Policy, now)
            }
            (Verdict::Allowed, Verdict::Denied) => {
                Self::rejected(Grounds::OtherNumberDenied, Decider::Policy, now)
            }
            (Verdict::Allowed, Verdict::Allowed) => (Self::Pending { answer_due_at }, PortOutFact::Received),
        }
    }

    /// The account lets the numbers go.
    pub fn accept(self, by: Subject, now: Timestamp) -> Transition {
        match self {
            Self::Pending { .. } => Ok(Self::authorized(Decider::Subject(by), now)),
            Self::RejectionReview { .. }
            | Self::Authorized { .. }
            | Self::Rejected { .. }
            | Self::PortedOut { .. }
            | Self::Cancelled { .. } => self.illegal("accepted"),
        }
    }

    /// The account refuses; operations are to check.
    pub fn refuse(self, claim: Claim) -> Transition {
        match self {
            Self::Pending { answer_due_at } => Ok(Self::in_review(answer_due_at, claim)),
            Self::RejectionReview { .. }
            | Self::Authorized { .. }
            | Self::Rejected { .. }
            | Self::PortedOut { .. }
            | Self::Cancelled { .. } => self.illegal("rejected"),
        }
    }

    /// The account's policy lets the numbers go, with nobody asked.
    pub fn apply_policy(self, now: Timestamp) -> Transition {
        match self {
            Self::Pending { .. } => Ok(Self::authorized(Decider::Policy, now)),
            Self::RejectionReview { .. }
            | Self::Authorized { .. }
            | Self::Rejected { .. }
            | Self::PortedOut { .. }
            | Self::Cancelled { .. } => self.illegal("authorized by policy"),
        }
    }

    /// Every end user who was asked said YES. The account's own refusal, if there is one, goes before that.
    pub fn consent(self, now: Timestamp) -> Transition {
        match self {
            Self::Pending { .. } => Ok(Self::authorized(Decider::EndUser, now)),
            Self::RejectionReview { .. }
            | Self::Authorized { .. }
            | Self::Rejected { .. }
            | Self::PortedOut { .. }
            | Self::Cancelled { .. } => self.illegal("consented to"),
        }
    }

    /// End users who were asked said NO. Where silence refuses, so does a NO. Where silence authorizes, a NO refuses no more
    /// by itself than silence does: it is a reason that operations check, like any that the account gives, in the same
    /// time. The account's own, if there is one, goes before it.
    pub fn object(self, objection: &Objection, silence: SilenceMeans, now: Timestamp) -> Transition {
        match (self, silence) {
            (Self::Pending { .. } | Self::RejectionReview { .. }, SilenceMeans::Rejected) => {
                Ok(Self::rejected(Grounds::NoConsent, Decider::EndUser, now))
            }
            (Self::Pending { answer_due_at }, SilenceMeans::Authorized) => {
                Ok(Self::in_review(answer_due_at, objection.claim()))
            }
            (Self::RejectionReview { answer_due_at, claim }, SilenceMeans::Authorized) => match claim.by {
                Claimant::EndUser => Ok(Self::in_review(answer_due_at, objection.claim())),
                Claimant::Subject(_) => {
                    Self::RejectionReview { answer_due_at, claim }.illegal("objected to by its end user")
                }
            },
            (
                state @ (Self::Authorized { .. }
                | Self::Rejected { .. }
                | Self::PortedOut { .. }
                | Self::Cancelled { .. }),
                SilenceMeans::Authorized | SilenceMeans::Rejected,
            ) => state.illegal("objected to by its end user"),
        }
    }

    /// Its numbers were found to be locked after they had been judged: when they were to be authorized, or since.
    pub fn lock(self, now: Timestamp) -> Transition {
        match self {
            Self::Pending { .. } | Self::RejectionReview { .. } | Self::Authorized { .. } => {
                Ok(Self::rejected(Grounds::NumbersDenied, Decider::Policy, now))
            }
            Self::Rejected { .. } | Self::PortedOut { .. } | Self::Cancelled { .. } => self.illegal("locked"),
        }
    }

    /// Operations find that the refusal stands. `rest` says whether any number is left that may go: then those may.
    pub fn uphold(self, rest: Verdict, by: Subject, now: Timestamp) -> Transition {
        match self {
            Self::RejectionReview { claim, .. } => Ok(match rest {
                Verdict::Denied => Self::rejected(Grounds::Upheld(claim.reason), Decider::Subject(by), now),
                Verdict::Allowed => Self::authorized(Decider::Subject(by), now),
            }),
            Self::Pending { .. }
            | Self::Authorized { .. }
            | Self::Rejected { .. }
            | Self::PortedOut { .. }
            | Self::Cancelled { .. } => self.illegal("upheld"),
        }
    }

    /// Operations find that the refusal does not stand.
    pub fn overrule(self, now: Timestamp) -> Transition {
        match self {
            Self::RejectionReview { .. } => Ok(Self::authorized(Decider::Overruled, now)),
            Self::Pending { .. }
            | Self::Authorized { .. }
            | Self::Rejected { .. }
            | Self::PortedOut { .. }
            | Self::Cancelled { .. } => self.illegal("overruled"),
        }
    }

    /// The answer was due and there is none. A refusal that is still being checked is overruled where silence lets
    /// numbers go; where it holds them, they stay.
    pub fn fall_silent(self, silence: SilenceMeans, now: Timestamp) -> Transition {
        match (self, silence) {
            (Self::Pending { answer_due_at }, SilenceMeans::Authorized) if answer_due_at <= now => {
                Ok(Self::authorized(Decider::Silence, now))
            }
            (Self::RejectionReview { answer_due_at, .. }, SilenceMeans::Authorized)
                if answer_due_at <= now =>
            {
                Ok(Self::authorized(Decider::Overruled, now))
            }
            (
                Self::Pending { answer_due_at } | Self::RejectionReview { answer_due_at, .. },
                SilenceMeans::Rejected,
            ) if answer_due_at <= now => Ok(Self::rejected(Grounds::NoConsent, Decider::Silence, now)),
            (
                state @ (Self::Pending { .. }
                | Self::RejectionReview { .. }
                | Self::Authorized { .. }
                | Self::Rejected { .. }
                | Self::PortedOut { .. }
                | Self::Cancelled { .. }),
                SilenceMeans::Authorized | SilenceMeans::Rejected,
            ) => state.illegal("decided by silence"),
        }
    }

    /// Another case of the same request was refused: the request gets one answer. An authorization that has not been
    /// told to anybody yet falls with it.
    pub fn fall_with_request(self, now: Timestamp) -> Transition {
        match self {
            Self::Pending { .. } | Self::RejectionReview { .. } | Self::Authorized { .. } => {
                Ok(Self::rejected(Grounds::OtherNumberDenied, Decider::Policy, now))
            }
            Self::Rejected { .. } | Self::PortedOut { .. } | Self::Cancelled { .. } => {
                self.illegal("rejected with its request")
            }
        }
    }

    /// What a report of the winning carrier's side makes of it; `None` when it changes nothing. Numbers that are
    /// gone are gone, whatever had been decided.
    pub fn report(self, progress: Progress, at: Timestamp) -> Option<(Self, PortOutFact)> {
        let is_authorized = matches!(self, Self::Authorized { .. });
        let decision = match self {
            Self::Pending { .. } | Self::RejectionReview { .. } => None,
            Self::Authorized { decision } => Some(decision),
            Self::Rejected { decision, .. } => match progress {
                Progress::PortedOut => Some(decision),
                Progress::Withdrawn => return None,
            },
            Self::Cancelled { decision, .. } => match progress {
                Progress::PortedOut => decision,
                Progress::Withdrawn => return None,
            },
            Self::PortedOut { .. } => return None,
        };
        Some(match progress {
            Progress::PortedOut => {
                let fact = PortOutFact::PortedOut {
                    was_authorized: is_authorized,
                };
                (Self::PortedOut { at, decision }, fact)
            }
            Progress::Withdrawn => (Self::Cancelled { at, decision }, PortOutFact::Cancelled),
        })
    }

    /// The stable name.
    pub fn name(&self) -> &'static str {
        StateName::from(self).code()
    }

    /// When it ended; `None` while it is open.
    pub const fn ended_at(&self) -> Option<Timestamp> {
        match self {
            Self::Pending { .. } | Self::RejectionReview { .. } | Self::Authorized { .. } => None,
            Self::Rejected { decision, .. } => Some(decision.at),
            Self::PortedOut { at, .. } | Self::Cancelled { at, .. } => Some(*at),
        }
    }

    /// When silence decides, while nobody has.
    pub const fn answer_due_at(&self) -> Option<Timestamp> {
        match self {
            Self::Pending { answer_due_at } | Self::RejectionReview { answer_due_at, .. } => {
                Some(*answer_due_at)
            }
            Self::Authorized { .. }
            | Self::Rejected { .. }
            | Self::PortedOut { .. }
            | Self::Cancelled { .. } => None,
        }
    }

    /// The last decision.
    pub const fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Pending { .. } | Self::RejectionReview { .. } => None,
            Self::Authorized { decision } | Self::Rejected { decision, .. } => Some(decision),
            Self::PortedOut { decision, .. } | Self::Cancelled { decision, .. } => decision.as_ref(),
        }
    }

    fn in_review(answer_due_at: Timestamp, claim: Claim) -> (Self, PortOutFact) {
        (
            Self::RejectionReview { answer_due_at, claim },
            PortOutFact::RejectionRequested,
        )
    }

    pub(super) fn authorized(by: Decider, at: Timestamp) -> (Self, PortOutFact) {
        (
            Self::Authorized {
                decision: Decision { by, at },
            },
            PortOutFact::Authorized,
        )
    }

    pub(super) fn rejected(grounds: Grounds, by: Decider, at: Timestamp) -> (Self, PortOutFact) {
        (
            Self::Rejected {
                grounds,
                decision: Decision { by, at },
            },
            PortOutFact::Rejected,
        )
    }

    fn illegal(&self, action: &'static str) -> Transition {
        Err(IllegalTransition {
            from: self.name(),
            action,
        })
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
