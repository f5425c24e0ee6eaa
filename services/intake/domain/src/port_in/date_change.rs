//! Asking for another date, and hearing what the carrier says to it.
//!
//! What was before stays in force until the carrier has answered the version that asks: what it says to older versions
//! meanwhile is remembered for the case that it refuses, and changes nothing else.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use reasons::Reason;
use types::Ver;

use super::answer::Says;
use super::carrier_time::CarrierTime;
use super::order::{Entry, Order, OrderFact, Transition};
use super::refusal::Refusal;
use super::requirements::{self, Requirement};
use super::state::{AwaitedAnswer, Commitment, DateChange, Fallback, OrderState, PendingOn, Rejection};
use crate::carrier::LosingCarrier;

/// Business days that a carrier may leave a cancel or a change of date unanswered. Carriers have a business day for a
/// simple request and two for others, by the interval guides of the large ones.
const ANSWERED_WITHIN_DAYS: u16 = 2;
/// Where the committed cut-over comes before that, so long before it: a person can still call.
const ANSWERED_BEFORE_FOC: SignedDuration = SignedDuration::from_hours(12);

/// Whether the package of the version on its way may have left: then the carrier has to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Package {
    /// The gateway has not fetched it.
    Waiting,
    /// It has.
    Fetched,
}

/// What a carrier said when a person asked it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// It did what was asked.
    Confirmed,
    /// It did not and will not.
    Refused,
}

/// Why the date was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateChangeRefusal {
    /// The date of this order is not changed now.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// This date cannot be asked for.
    #[error("the date cannot be asked for")]
    Date(Vec<Requirement>),
}

impl Order {
    /// Asks for another date.
    pub fn change_wanted_date(
        self,
        wanted: Date,
        losing: &LosingCarrier,
        package: Package,
        now: Timestamp,
    ) -> Result<Transition, DateChangeRefusal> {
        self.may_change_date(now)?;
        let previous = self.record.details.wanted_date;
        let mut changed = self;
        changed.record.details.wanted_date = Some(wanted);
        let faults = requirements::of_wanted_date(&changed, losing, now);
        if !faults.is_empty() {
            return Err(DateChangeRefusal::Date(faults));
        }
        let before = previous.map_or_else(|| "the earliest".to_owned(), |date| date.to_string());
        let note = format!("from {before} to {wanted}");
        let at_rest = changed.commitment_at_rest();
        let from = match (&changed.record.state, package) {
            (OrderState::Pending(on), _) => Fallback::Pending(on.clone()),
            (OrderState::Submitted, Package::Fetched) => Fallback::Submitted,
            (OrderState::ActionRequired(asked), _) => Fallback::ActionRequired {
                asked: asked.clone(),
                since: changed.record.since,
            },
            (OrderState::FocConfirmed(_) | OrderState::Activating { .. }, _) => match at_rest {
                Some(commitment) => Fallback::FocConfirmed(commitment),
                None => return Err(Refusal::from(changed.illegal("changed")).into()),
            },
            // Nothing has left yet. Every other state was refused above.
            (
                OrderState::Draft(_)
                | OrderState::InReview(_)
                | OrderState::Submitted
                | OrderState::ChangingDate(_)
                | OrderState::Ported
                | OrderState::CancelRequested { .. }
                | OrderState::Cancelled
                | OrderState::Rejected
                | OrderState::Abandoned
                | OrderState::Parent(_),
                _,
            ) => {
                return Ok(changed.noted(Entry {
                    note,
                    ..Entry::plain("wanted_date_changed")
                }));
            }
        };
        let ver = changed.next_ver().ok_or(Refusal::VersionsExhausted)?;
        let answer = changed.answer_due(losing, now);
        let change = DateChange {
            ver,
            previous,
            from,
            answer,
        };
        let mut order = changed.enter(OrderState::ChangingDate(change), now);
        order.record.ver = ver;
        Ok(Transition {
            order,
            facts: vec![OrderFact::DateChangeRequested],
            inventory: None,
            entry: Entry {
                note,
                ..Entry::plain("date_change_requested")
            },
        })
    }

    /// By when the carrier has to answer what it is asked now, by its own calendar.
    pub(super) fn answer_due(&self, losing: &LosingCarrier, now: Timestamp) -> AwaitedAnswer {
        let carrier = CarrierTime::of(self, losing.profile());
        let due = carrier
            .business_days_later(now, ANSWERED_WITHIN_DAYS)
            .unwrap_or(now);
        let before_foc = self.record.state.foc_at();
        let before_foc = before_foc.and_then(|foc_at| foc_at.checked_sub(ANSWERED_BEFORE_FOC).ok());
        // A date that went by without a cut-over hurries nobody.
        let latest = before_foc.filter(|latest| *latest > now);
        AwaitedAnswer::DueBy(latest.map_or(due, |latest| due.min(latest)))
    }

    /// Hears what the carrier says to a version before the one that asks for another date.
    pub(super) fn hear_before_change(
        mut self,
        change: &DateChange,
        says: &Says,
        now: Timestamp,
    ) -> Transition {
        match says {
            Says::Foc { foc_at } => {
                let (commitment, inventory) = self.commitment_to(*foc_at, now);
                self.record.state = OrderState::ChangingDate(DateChange {
                    from: Fallback::FocConfirmed(commitment),
                    ..change.clone()
                });
                let why = "a change of date is out; the date holds if it is refused";
                return Transition {
                    inventory,
                    ..self.only_heard(says, why, false)
                };
            }
            Says::Rejected(rejection) => {
                let change = change.clone();
                return self.keep_rejection(says, rejection, now, |from| {
                    OrderState::ChangingDate(DateChange { from, ..change })
                });
            }
            Says::Delayed { reasons } => {
                self.record.delays.clone_from(reasons);
            }
            Says::Activated { .. } | Says::Cancelled | Says::ChangeRefused => {}
        }
        self.only_heard(
            says,
            "a change of date is out; it holds if that is refused",
            false,
        )
    }

    /// Whether a rejection says no more than that the change came too late.
    pub(super) fn is_refused_change(rejection: &Rejection) -> bool {
        let is_too_late = |reason: &super::OrderReason| reason.reason == Reason::CannotSupplement;
        !rejection.reasons.is_empty() && rejection.reasons.iter().all(is_too_late)
    }

    /// Goes on where it was before a change of date that was refused; `None` when none was out.
    pub(super) fn take_back_date(mut self, note: &str, now: Timestamp) -> Option<Transition> {
        let OrderState::ChangingDate(change) = self.record.state.clone() else {
            return None;
        };
        self.record.details.wanted_date = change.previous;
        let foc_at = self.record.state.foc_at();
        let is_alarming = change.from.awaits_us();
        let mut facts = vec![OrderFact::DateChangeRefused {
            wanted: change.previous,
            foc_at,
        }];
        facts.extend(self.facts_since(&change.from));
        Some(Transition {
            order: self.fall_back(change.from, now),
            facts,
            inventory: None,
            entry: Entry {
                note: note.to_owned(),
                is_alarming,
                ..Entry::plain("date_change_refused")
            },
        })
    }

    /// Goes on where it was. What reached the carrier means that the order is there as well.
    pub(super) fn fall_back(self, from: Fallback, now: Timestamp) -> Self {
        let since = from.since(now);
        let state = match from {
            Fallback::Submitted => OrderState::Pending(PendingOn::Carrier),
            Fallback::Pending(_) | Fallback::ActionRequired { .. } | Fallback::FocConfirmed(_) => from.into(),
        };
        self.enter(state, since)
    }

    /// What came while the change was out and nobody was told.
    fn facts_since(&self, from: &Fallback) -> Option<OrderFact> {
        match from {
            Fallback::FocConfirmed(Commitment {
                foc_at, received_at, ..
            }) if *received_at >= self.record.since => Some(OrderFact::FocConfirmed { foc_at: *foc_at }),
            Fallback::ActionRequired { asked, .. } => Some(OrderFact::ActionRequired {
                reasons: asked.rejection.reasons.clone(),
                update_required: asked.rejection.update_required,
            }),
            Fallback::Pending(PendingOn::Us(rejection)) => Some(OrderFact::Delayed {
                reasons: rejection.reasons.clone(),
            }),
            Fallback::Submitted => Some(OrderFact::Pending),
            Fallback::FocConfirmed(_) | Fallback::Pending(PendingOn::Carrier) => None,
        }
    }

    /// The carrier works on the version that asks for another date: what it says to older ones no longer counts.
    pub(super) fn put_change_in_force(mut self) -> Self {
        if let OrderState::ChangingDate(DateChange { ver, .. }) = &self.record.state {
            self.record.ver_in_force = *ver;
        }
        self
    }

    pub(super) fn may_settle_date_change(&self) -> Result<&DateChange, Refusal> {
        if let OrderState::ChangingDate(change) = &self.record.state {
            Ok(change)
        } else {
            Err(self.illegal("settled: no change of date is out").into())
        }
    }

    /// Ends a change of date as the carrier told a person.
    pub fn settle_date_change(
        self,
        settlement: Settlement,
        note: &str,
        now: Timestamp,
    ) -> Result<Transition, Refusal> {
        self.may_settle_date_change()?;
        match settlement {
            Settlement::Refused => {
                let order = self.clone();
                self.take_back_date(note, now)
                    .ok_or_else(|| order.illegal("settled").into())
            }
            Settlement::Confirmed => {
                let inventory = self.withdrawal();
                let order = self.put_change_in_force();
                Ok(Transition {
                    order: order.enter(OrderState::Pending(PendingOn::Carrier), now),
                    facts: vec![OrderFact::Pending],
                    inventory,
                    entry: Entry {
                        note: note.to_owned(),
                        ..Entry::plain("date_change_confirmed")
                    },
                })
            }
        }
    }

    /// Whether this version is the one that asks for another date.
    pub(super) fn is_change(&self, ver: Ver) -> bool {
        matches!(&self.record.state, OrderState::ChangingDate(change) if change.ver == ver)
    }
}
