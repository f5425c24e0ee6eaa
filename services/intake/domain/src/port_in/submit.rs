//! Handing an order in, and hearing that the carrier has it.

use jiff::Timestamp;
use reasons::Reason;
use types::{Tn, Ver};

use super::cancel::AtCarrier;
use super::meanwhile::after;
use super::order::{Entry, Order, OrderFact, Transition};
use super::refusal::{ActionRefusal, Refusal};
use super::requirements::Requirement;
use super::review::ReviewCause;
use super::state::{DateChange, Fallback, OrderState, PendingOn, Rejection};

/// What is asked of a carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommandKind {
    /// A first request.
    Submit,
    /// The next version of it.
    Supplement,
    /// To cancel it.
    Cancel,
    /// To cut it over.
    Activate,
    /// To undo it.
    Snapback,
    /// To let numbers text.
    EnableMessaging,
}

impl CommandKind {
    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Supplement => "supplement",
            Self::Cancel => "cancel",
            Self::Activate => "activate",
            Self::Snapback => "snapback",
            Self::EnableMessaging => "enable_messaging",
        }
    }
}

/// How far a command has come. Later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommandState {
    /// Asked for.
    Requested,
    /// On the wire, or being tried again.
    Sent,
    /// Taken in by the carrier.
    Acknowledged,
    /// Refused by the carrier.
    Refused,
}

impl CommandState {
    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Sent => "SENT",
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Refused => "REFUSED",
        }
    }
}

/// How far a command has come.
#[derive(Debug, Clone, Copy)]
pub struct CommandHeard<'a> {
    /// What was asked.
    pub kind: CommandKind,
    /// In which version.
    pub ver: Ver,
    /// How far it has come.
    pub state: CommandState,
    /// The numbers it is about, without those that were asked for again since; none: all of the order.
    pub tns: Option<&'a [Tn]>,
    /// Why it was refused, in the carrier's words.
    pub refusal: &'a str,
}

impl OrderFact {
    /// The command to the carrier that goes with the fact.
    pub const fn command(&self) -> Option<CommandKind> {
        match self {
            Self::Submitted { resubmitted: false } => Some(CommandKind::Submit),
            Self::Submitted { resubmitted: true } | Self::DateChangeRequested => {
                Some(CommandKind::Supplement)
            }
            Self::CancelRequested => Some(CommandKind::Cancel),
            Self::ActivationRequested { .. } => Some(CommandKind::Activate),
            Self::CutOver(fact) => fact.command(),
            Self::InReview { .. }
            | Self::Returned { .. }
            | Self::DraftExpiring { .. }
            | Self::ActionExpiring { .. }
            | Self::DateChangeRefused { .. }
            | Self::Split { .. }
            | Self::Pending
            | Self::Delayed { .. }
            | Self::ActionRequired { .. }
            | Self::FocConfirmed { .. }
            | Self::FocMoved { .. }
            | Self::Ported { .. }
            | Self::Cancelled { .. }
            | Self::Rejected { .. }
            | Self::Abandoned { .. } => None,
        }
    }
}

impl Order {
    /// Hands a draft in. `requirements` is what [`super::requirements`] found for it, `review` why a person is to look at
    /// it first; none: it goes out at once.
    pub fn submit(
        self,
        requirements: Vec<Requirement>,
        review: Vec<ReviewCause>,
        now: Timestamp,
    ) -> Result<Transition, ActionRefusal> {
        self.check_submit(requirements)?;
        Ok(self.be_submitted(review, now))
    }

    /// A draft that was checked, on its way or under our review.
    pub(super) fn be_submitted(self, review: Vec<ReviewCause>, now: Timestamp) -> Transition {
        let causes: Vec<&str> = review.iter().map(|cause| cause.code()).collect();
        let note = causes.join(", ");
        let (state, fact) = if review.is_empty() {
            (OrderState::Submitted, OrderFact::Submitted { resubmitted: false })
        } else {
            let causes = review.clone();
            (OrderState::InReview(review), OrderFact::InReview { causes })
        };
        let mut order = self.enter(state, now);
        order.record.submitted_at = Some(now);
        Transition {
            order,
            facts: vec![fact],
            inventory: None,
            entry: Entry {
                note,
                ..Entry::plain("submitted")
            },
        }
    }

    /// Why a draft cannot be handed in, if it cannot.
    pub fn check_submit(&self, requirements: Vec<Requirement>) -> Result<(), ActionRefusal> {
        self.may_be_submitted().map_err(Refusal::from)?;
        ActionRefusal::unless_ready(requirements)
    }

    /// The version that comes next, if it is not the last: that is kept for a cancel, so that every order can be cancelled.
    pub(super) fn next_ver(&self) -> Option<Ver> {
        let next = self.record.ver.next()?;
        next.next().map(|_| next)
    }

    /// Sends the order again as the next version; `None` when carriers' forms have no number for it.
    pub(super) fn resubmit(self, action: &'static str, now: Timestamp) -> Option<Transition> {
        let ver = self.next_ver()?;
        let inventory = self.withdrawal();
        let mut order = self.enter(OrderState::Submitted, now);
        order.record.ver = ver;
        order.record.ver_in_force = ver;
        Some(Transition {
            order,
            facts: vec![OrderFact::Submitted { resubmitted: true }],
            inventory,
            entry: Entry::plain(action),
        })
    }

    /// Hears how far a command has come. `None`: nothing follows from it.
    pub fn follow_command(
        self,
        heard: &CommandHeard<'_>,
        at_carrier: AtCarrier,
        now: Timestamp,
    ) -> Option<Transition> {
        let CommandHeard {
            kind,
            ver,
            state,
            tns,
            refusal,
        } = *heard;
        if ver < self.record.ver_in_force || ver > self.record.ver {
            return None;
        }
        match (kind, state) {
            (CommandKind::Submit | CommandKind::Supplement, CommandState::Acknowledged) => {
                self.be_acknowledged(now)
            }
            (CommandKind::Cancel, CommandState::Refused) => {
                self.be_refused_cancel(ver, refusal, at_carrier, now)
            }
            (CommandKind::Supplement, CommandState::Refused) if self.is_change(ver) => {
                self.take_back_date(refusal, now)
            }
            (CommandKind::Activate, CommandState::Refused) => {
                let order = self.clone();
                let held = order.be_refused_activation(tns, refusal, now);
                Some(held.unwrap_or_else(|| self.be_told_of_refusal(kind, refusal)))
            }
            // A change of date that was taken back already is no longer in force.
            (CommandKind::Submit | CommandKind::Supplement, CommandState::Refused)
                if ver == self.record.ver_in_force =>
            {
                Some(self.be_refused(kind, refusal, now))
            }
            (
                CommandKind::Submit | CommandKind::Supplement | CommandKind::EnableMessaging,
                CommandState::Refused,
            ) => Some(self.be_told_of_refusal(kind, refusal)),
            // What became of a snapback is told with the snapback.
            (CommandKind::Snapback, CommandState::Refused)
            | (
                CommandKind::Cancel
                | CommandKind::Activate
                | CommandKind::Snapback
                | CommandKind::EnableMessaging,
                CommandState::Acknowledged,
            )
            | (_, CommandState::Requested | CommandState::Sent) => None,
        }
    }

    /// What the carrier did not take in waits for a person of ours, who finds out why.
    fn be_refused(self, kind: CommandKind, refusal: &str, now: Timestamp) -> Transition {
        let why = Rejection::in_words(Reason::Unmapped, refusal);
        let mut order = self;
        match &mut order.record.state {
            OrderState::Submitted | OrderState::Pending(_) => {
                let told = order.clone().be_told_of_refusal(kind, refusal);
                return order.wait_for_us(&why, told.entry, now);
            }
            OrderState::CancelRequested { from, .. } | OrderState::ChangingDate(DateChange { from, .. })
                if matches!(from, Fallback::Submitted | Fallback::Pending(_)) =>
            {
                *from = after(from, &why, now).unwrap_or_else(|| from.clone());
            }
            // The carrier has answered: it has what it answered to.
            OrderState::CancelRequested { .. }
            | OrderState::ChangingDate(_)
            | OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::ActionRequired(_)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. }
            | OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => {}
        }
        order.be_told_of_refusal(kind, refusal)
    }

    fn be_told_of_refusal(self, kind: CommandKind, refusal: &str) -> Transition {
        self.noted(Entry {
            action: "command_refused",
            note: format!("{}: {refusal}", kind.code()),
            is_alarming: true,
        })
    }

    fn be_acknowledged(mut self, now: Timestamp) -> Option<Transition> {
        match self.record.state.clone() {
            OrderState::Submitted => {
                let order = self.enter(OrderState::Pending(PendingOn::Carrier), now);
                Some(Transition {
                    order,
                    facts: vec![OrderFact::Pending],
                    inventory: None,
                    entry: Entry::plain("acknowledged"),
                })
            }
            // A change of date overtook the news that the order itself has arrived.
            OrderState::ChangingDate(change) if change.from == Fallback::Submitted => {
                let from = Fallback::Pending(PendingOn::Carrier);
                self.record.state = OrderState::ChangingDate(DateChange { from, ..change });
                let facts = vec![OrderFact::Pending];
                Some(Transition {
                    facts,
                    ..self.noted(Entry::plain("acknowledged"))
                })
            }
            // The answer was faster than the acknowledgement.
            OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Pending(_)
            | OrderState::ChangingDate(_)
            | OrderState::ActionRequired(_)
            | OrderState::FocConfirmed(_)
            | OrderState::Activating { .. }
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => None,
        }
    }

    /// A carrier that never had the order has nothing to cancel: then the order is cancelled, not under way.
    fn be_refused_cancel(
        self,
        ver: Ver,
        refusal: &str,
        at_carrier: AtCarrier,
        now: Timestamp,
    ) -> Option<Transition> {
        let is_cancelling = matches!(self.record.state, OrderState::CancelRequested { .. });
        if !is_cancelling || ver != self.record.ver {
            return None;
        }
        if at_carrier == AtCarrier::Nothing {
            let cancelled = self.become_cancelled(now);
            let entry = Entry {
                note: format!("the carrier never had the order: {refusal}"),
                ..cancelled.entry
            };
            return Some(Transition { entry, ..cancelled });
        }
        self.resume(refusal, now)
    }

    /// Goes on where it was before a cancel that was refused; `None` when there was none.
    pub(super) fn resume(self, note: &str, now: Timestamp) -> Option<Transition> {
        let OrderState::CancelRequested { from, .. } = self.record.state.clone() else {
            return None;
        };
        // The commitment may have come while the cancel was out, so it is told (again) here.
        let facts = match &from {
            Fallback::FocConfirmed(commitment) => vec![OrderFact::FocConfirmed {
                foc_at: commitment.foc_at,
            }],
            Fallback::ActionRequired { asked, .. } => vec![OrderFact::ActionRequired {
                reasons: asked.rejection.reasons.clone(),
                update_required: asked.rejection.update_required,
            }],
            Fallback::Pending(PendingOn::Us(rejection)) => vec![OrderFact::Delayed {
                reasons: rejection.reasons.clone(),
            }],
            Fallback::Submitted | Fallback::Pending(PendingOn::Carrier) => vec![OrderFact::Pending],
        };
        let entry = Entry {
            note: note.to_owned(),
            is_alarming: from.awaits_us(),
            ..Entry::plain("cancel_refused")
        };
        Some(Transition {
            order: self.fall_back(from, now),
            facts,
            inventory: None,
            entry,
        })
    }
}
