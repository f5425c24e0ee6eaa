//! What may be done with an order now, until when, and why not the rest.
//!
//! **Architecture invariant:** the transitions ask the same functions, so that what is shown is what happens. Another
//! action is a variant of [`Action`], an arm of [`Order::check`], and that call at the start of its transition.

use jiff::{SignedDuration, Timestamp};
use reasons::{Field, Reason, ReasonClass};

use super::order::{IllegalTransition, Order};
use super::refusal::{ActionRefusal, Refusal};
use super::requirements::Requirement;
use super::state::{Children, OrderState, Rejection, StateName};

/// Nothing is changed or cancelled this close to a committed cut-over.
const LOCKED_BEFORE_FOC: SignedDuration = SignedDuration::from_hours(24);

/// What somebody may do with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Replace details of a draft.
    UpdateOrder,
    /// Add numbers to a draft.
    AddNumbers,
    /// Take numbers out of a draft.
    RemoveNumbers,
    /// Add a document.
    UploadDocument,
    /// Set up its numbers, until they are activated.
    ConfigureNumbers,
    /// Hand it in.
    SubmitOrder,
    /// End our review: it goes out.
    ReleaseOrder,
    /// End our review: it goes back to its owner.
    ReturnOrder,
    /// Correct what the carrier found wrong.
    ApplyFix,
    /// Say that the matter is settled with the carrier.
    ConfirmRemedy,
    /// Say what an answer means that we look at.
    SettleRejection,
    /// Let numbers go, so that the others go on.
    DropNumbers,
    /// Ask for another date.
    ChangeWantedDate,
    /// Say how a change of date ended that the carrier does not answer.
    SettleDateChange,
    /// Cancel it.
    CancelOrder,
    /// Say how a cancel ended that the carrier does not answer.
    SettleCancel,
    /// Say when it is activated.
    SetActivation,
    /// Activate it now.
    ActivateOrder,
    /// Have ported numbers given back.
    RequestSnapback,
}

impl Action {
    /// Every action, in the order of an order's life.
    pub const ALL: [Self; 19] = [
        Self::UpdateOrder,
        Self::AddNumbers,
        Self::RemoveNumbers,
        Self::UploadDocument,
        Self::ConfigureNumbers,
        Self::SubmitOrder,
        Self::ReleaseOrder,
        Self::ReturnOrder,
        Self::ApplyFix,
        Self::ConfirmRemedy,
        Self::SettleRejection,
        Self::DropNumbers,
        Self::ChangeWantedDate,
        Self::SettleDateChange,
        Self::CancelOrder,
        Self::SettleCancel,
        Self::SetActivation,
        Self::ActivateOrder,
        Self::RequestSnapback,
    ];

    /// The name of its RPC.
    pub const fn rpc(self) -> &'static str {
        match self {
            Self::UpdateOrder => "UpdateOrder",
            Self::AddNumbers => "AddNumbers",
            Self::RemoveNumbers => "RemoveNumbers",
            Self::UploadDocument => "UploadDocument",
            Self::ConfigureNumbers => "ConfigureNumbers",
            Self::SubmitOrder => "SubmitOrder",
            Self::ReleaseOrder => "ReleaseOrder",
            Self::ReturnOrder => "ReturnOrder",
            Self::ApplyFix => "ApplyFix",
            Self::ConfirmRemedy => "ConfirmRemedy",
            Self::SettleRejection => "SettleRejection",
            Self::DropNumbers => "DropNumbers",
            Self::ChangeWantedDate => "ChangeWantedDate",
            Self::SettleDateChange => "SettleDateChange",
            Self::CancelOrder => "CancelOrder",
            Self::SettleCancel => "SettleCancel",
            Self::SetActivation => "SetActivation",
            Self::ActivateOrder => "ActivateOrder",
            Self::RequestSnapback => "RequestSnapback",
        }
    }

    /// Whether a person of the platform does it, and no customer.
    pub const fn is_for_operations(self) -> bool {
        match self {
            Self::ReleaseOrder
            | Self::ReturnOrder
            | Self::SettleRejection
            | Self::SettleDateChange
            | Self::SettleCancel => true,
            Self::UpdateOrder
            | Self::AddNumbers
            | Self::RemoveNumbers
            | Self::UploadDocument
            | Self::ConfigureNumbers
            | Self::SubmitOrder
            | Self::ApplyFix
            | Self::ConfirmRemedy
            | Self::DropNumbers
            | Self::ChangeWantedDate
            | Self::CancelOrder
            | Self::SetActivation
            | Self::ActivateOrder
            | Self::RequestSnapback => false,
        }
    }
}

/// An action, and until when it is allowed or why not. `None`: allowed without a limit.
pub type ActionRule = (Action, Result<Option<Timestamp>, ActionRefusal>);

impl Order {
    /// Every action. `requirements` is what [`super::requirements`] finds now.
    pub fn actions(&self, requirements: &[Requirement], now: Timestamp) -> Vec<ActionRule> {
        let rule = |action: Action| {
            let until = self.check(action, now)?;
            if matches!(action, Action::SubmitOrder | Action::ReleaseOrder) {
                ActionRefusal::unless_ready(requirements.to_vec())?;
            }
            Ok(until)
        };
        Action::ALL.map(|action| (action, rule(action))).to_vec()
    }

    /// Until when an action is allowed as things stand; `None`: without a limit. Or why it is not.
    pub fn check(&self, action: Action, now: Timestamp) -> Result<Option<Timestamp>, Refusal> {
        match action {
            Action::UpdateOrder | Action::RemoveNumbers => self.may_be_edited()?,
            Action::AddNumbers => self.may_be_edited().map_err(|_| Refusal::NewOrderRequired)?,
            Action::UploadDocument => self.check_takes_documents()?,
            Action::ConfigureNumbers => {
                self.may_be_configured()?;
                return Ok(None);
            }
            Action::SubmitOrder => self.may_be_submitted()?,
            Action::ReleaseOrder | Action::ReturnOrder => self.may_be_reviewed()?,
            Action::ApplyFix => self.may_be_fixed().map(drop)?,
            Action::ConfirmRemedy => self.may_be_confirmed()?,
            Action::SettleRejection => self.may_settle_rejection().map(drop)?,
            Action::DropNumbers => self.may_drop_numbers().map(drop)?,
            Action::ChangeWantedDate => self.may_change_date(now)?,
            Action::SettleDateChange => self.may_settle_date_change().map(drop)?,
            Action::CancelOrder => self.may_be_cancelled(now)?,
            Action::SettleCancel => self.may_settle_cancel()?,
            Action::SetActivation => self.may_set_activation()?,
            Action::ActivateOrder => {
                self.may_be_activated(now)?;
                return Ok(self
                    .record
                    .state
                    .foc_at()
                    .and_then(|foc_at| self.lapses_at(foc_at)));
            }
            Action::RequestSnapback => self.may_be_given_back()?,
        }
        Ok(self.end_of_permission(now))
    }

    /// When what is allowed now ends by itself: with the draft, the customer's time to act, a day before the cut-over, or
    /// with the commitment when that went by.
    fn end_of_permission(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.record.state {
            OrderState::Draft(draft) => self.draft_ends_at(draft),
            OrderState::ActionRequired(asked) => self.action_ends_at(asked),
            OrderState::FocConfirmed(_) | OrderState::ChangingDate(_) | OrderState::Activating { .. } => {
                let foc_at = self.record.state.foc_at()?;
                if self.is_at_rest_past(foc_at, now) {
                    return self.lapses_at(foc_at);
                }
                let locked_at = foc_at.checked_sub(LOCKED_BEFORE_FOC).ok();
                locked_at.filter(|locked_at| *locked_at > now)
            }
            OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => None,
        }
    }

    pub(super) fn may_be_edited(&self) -> Result<(), IllegalTransition> {
        self.require_draft("edited")
    }

    pub(super) fn may_be_submitted(&self) -> Result<(), IllegalTransition> {
        self.require_draft("submitted")
    }

    fn require_draft(&self, action: &'static str) -> Result<(), IllegalTransition> {
        if matches!(self.record.state, OrderState::Draft(_)) {
            Ok(())
        } else {
            Err(self.illegal(action))
        }
    }

    fn require_rejection(&self, action: &'static str) -> Result<&Rejection, Refusal> {
        let rejection = self
            .record
            .state
            .rejection()
            .ok_or_else(|| self.illegal(action))?;
        self.require_version()?;
        Ok(rejection)
    }

    /// Refuses when carriers' forms have no number for another version besides the one that is kept for a cancel.
    fn require_version(&self) -> Result<(), Refusal> {
        self.next_ver().map(drop).ok_or(Refusal::VersionsExhausted)
    }

    fn require_version_to_cancel(&self) -> Result<(), Refusal> {
        self.record.ver.next().map(drop).ok_or(Refusal::VersionsExhausted)
    }

    pub(super) fn may_be_fixed(&self) -> Result<&Rejection, Refusal> {
        self.require_rejection("fixed")
    }

    pub(super) fn may_be_confirmed(&self) -> Result<(), Refusal> {
        let rejection = self.require_rejection("confirmed")?;
        let mut open: Vec<Reason> = rejection.reasons.iter().map(|reason| reason.reason).collect();
        open.retain(|reason| !reason.is_settled_by_confirming());
        open.sort_unstable();
        open.dedup();
        if open.is_empty() {
            Ok(())
        } else {
            Err(Refusal::NotConfirmable(open))
        }
    }

    pub(super) fn may_drop_numbers(&self) -> Result<&Rejection, Refusal> {
        self.require_rejection("rid of numbers")
    }

    pub(super) fn may_change_date(&self, now: Timestamp) -> Result<(), Refusal> {
        match &self.record.state {
            OrderState::Draft(_) | OrderState::InReview(_) => Ok(()),
            OrderState::Submitted | OrderState::Pending(_) => self.require_version(),
            OrderState::ActionRequired(asked) if is_about_the_date(&asked.rejection) => {
                self.require_version()
            }
            OrderState::ActionRequired(_) => Err(Refusal::FixRequired),
            OrderState::FocConfirmed(_) | OrderState::Activating { .. } => {
                self.require_time(now)?;
                self.require_version()
            }
            OrderState::ChangingDate(_) => Err(Refusal::ChangeInProgress),
            OrderState::Ported => Err(Refusal::CompletedUseSnapback),
            OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => Err(self.illegal("changed").into()),
        }
    }

    pub(super) fn may_be_cancelled(&self, now: Timestamp) -> Result<(), Refusal> {
        match &self.record.state {
            OrderState::Draft(_) | OrderState::InReview(_) => Ok(()),
            OrderState::Submitted | OrderState::Pending(_) | OrderState::ActionRequired(_) => {
                self.require_version_to_cancel()
            }
            OrderState::FocConfirmed(_) | OrderState::ChangingDate(_) | OrderState::Activating { .. } => {
                self.require_time(now)?;
                self.require_version_to_cancel()
            }
            // A parent is cancelled by its children; this is what is said when they have all ended.
            OrderState::Ported
            | OrderState::Parent(Children {
                state: StateName::Ported,
                ..
            }) => Err(Refusal::CompletedUseSnapback),
            OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => Err(self.illegal("cancelled").into()),
        }
    }

    /// Refuses within a day of the committed cut-over and while it is under way, not when its date went by without it.
    fn require_time(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.record.state.foc_at() {
            None => Ok(()),
            Some(foc_at) if self.is_at_rest_past(foc_at, now) => Ok(()),
            Some(foc_at) => {
                let is_under_way = matches!(self.record.state, OrderState::Activating { .. });
                if is_under_way || foc_at.duration_since(now) <= LOCKED_BEFORE_FOC {
                    return Err(Refusal::TooLate { foc_at });
                }
                Ok(())
            }
        }
    }
}

/// Whether another date settles all that was said.
fn is_about_the_date(rejection: &Rejection) -> bool {
    rejection
        .reasons
        .iter()
        .all(|reason| match reason.reason.class() {
            ReasonClass::Delay => true,
            ReasonClass::Fix => reason.reason.fields() == [Field::WantedDate],
            ReasonClass::Customer
            | ReasonClass::Split
            | ReasonClass::Reroute
            | ReasonClass::Cancel
            | ReasonClass::Manual => false,
        })
}
