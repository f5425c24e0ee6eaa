//! What whoever looks at an order wants to know: by when somebody has to act, and what happens next.

use calendar::{HolidayCalendar, business_days_later};
use jiff::Timestamp;

use super::carrier_time::CarrierTime;
use super::order::Order;
use super::state::{AwaitedAnswer, DateChange, OrderState, PendingOn};

/// Our review, the hand-over, a carrier's word on an activation: each takes a business day at most. For how long a carrier may
/// leave a cancel or a change of date unanswered is said in `date_change`.
const OUR_DAYS: u16 = 1;
const CARRIERS_DAYS: u16 = 1;

/// What may happen to an order next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextEventKind {
    /// The customer hands it in.
    Submission,
    /// The gaining carrier takes it in.
    HandOver,
    /// The losing carrier answers.
    Answer,
    /// A person of ours looks.
    Review,
    /// The customer or the end user settles what the carrier found.
    Correction,
    /// The numbers stand in the inventory.
    NumbersIncoming,
    /// The cut-over begins.
    CutOver,
    /// The gaining carrier says that the numbers are active.
    Activation,
    /// The carrier confirms or refuses the cancel.
    CancelAnswer,
}

/// What happens next, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextEvent {
    /// What.
    pub kind: NextEventKind,
    /// When it happens, or by when it has to; none: nobody knows.
    pub at: Option<Timestamp>,
    /// It happens by itself at that time.
    pub is_scheduled: bool,
}

impl Order {
    /// By when whoever's turn it is has to act. Depends on nothing but the order and its carrier, so that it stays what it
    /// was when it was told.
    pub fn court_due(&self, carrier: &CarrierTime) -> Option<Timestamp> {
        let since = self.record.since;
        match &self.record.state {
            OrderState::Draft(draft) => self.draft_ends_at(draft),
            OrderState::ActionRequired(asked) => self.action_ends_at(asked),
            OrderState::InReview(_) | OrderState::Submitted | OrderState::Pending(PendingOn::Us(_)) => {
                our_days_later(carrier, since)
            }
            OrderState::CancelRequested { answer, .. }
            | OrderState::ChangingDate(DateChange { answer, .. }) => {
                match answer {
                    AwaitedAnswer::DueBy(due) => Some(*due),
                    // Longer than we let it wait: it is late already.
                    AwaitedAnswer::Overdue => our_days_later(carrier, since),
                }
            }
            OrderState::Pending(PendingOn::Carrier) => carrier.answer_due(since),
            OrderState::FocConfirmed(commitment) => Some(commitment.foc_at),
            OrderState::Activating { .. } => carrier.business_days_later(since, CARRIERS_DAYS),
            // A parent's is the first of its children's, which the database keeps with it.
            OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => None,
        }
    }
}

fn our_days_later(carrier: &CarrierTime, since: Timestamp) -> Option<Timestamp> {
    let ours = HolidayCalendar::federal(carrier.region.country());
    business_days_later(carrier.region, since, OUR_DAYS, &ours).ok()
}

impl OrderState {
    /// What happens next. `due`: by when somebody has to act; `timer`: when something happens by itself.
    pub fn next_event(
        &self,
        due: Option<Timestamp>,
        timer: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<NextEvent> {
        let (kind, at, is_scheduled) = match self {
            Self::Draft(_) => (NextEventKind::Submission, due, false),
            Self::Submitted => (NextEventKind::HandOver, due, false),
            Self::InReview(_) | Self::Pending(PendingOn::Us(_)) => (NextEventKind::Review, due, false),
            Self::Pending(PendingOn::Carrier) | Self::ChangingDate(_) => (NextEventKind::Answer, due, false),
            Self::ActionRequired(_) => (NextEventKind::Correction, due, false),
            Self::FocConfirmed(commitment) if !commitment.incoming => {
                (NextEventKind::NumbersIncoming, timer, true)
            }
            // Held back: it begins when somebody has done what it waits for, or not at all.
            Self::FocConfirmed(commitment) if commitment.foc_at < now => {
                (NextEventKind::CutOver, None, false)
            }
            Self::FocConfirmed(commitment) => (NextEventKind::CutOver, Some(commitment.foc_at), true),
            Self::Activating { .. } => (NextEventKind::Activation, due, false),
            Self::CancelRequested { .. } => (NextEventKind::CancelAnswer, due, false),
            // Each child of a parent has its own.
            Self::Ported | Self::Cancelled | Self::Rejected | Self::Abandoned | Self::Parent(_) => {
                return None;
            }
        };
        Some(NextEvent {
            kind,
            at,
            is_scheduled,
        })
    }

    /// Whether the order, being cancelled, has no cut-over to look forward to; a parent has none but its
    /// children's.
    pub(super) const fn is_on_its_way_out(&self) -> bool {
        match self {
            Self::CancelRequested { .. }
            | Self::Ported
            | Self::Cancelled
            | Self::Rejected
            | Self::Abandoned
            | Self::Parent(_) => true,
            Self::Draft(_)
            | Self::InReview(_)
            | Self::Submitted
            | Self::Pending(_)
            | Self::ActionRequired(_)
            | Self::ChangingDate(_)
            | Self::FocConfirmed(_)
            | Self::Activating { .. } => false,
        }
    }
}
