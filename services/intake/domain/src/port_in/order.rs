//! The order as a whole, and what a change of it returns.

use jiff::Timestamp;
use jiff::civil::Date;
use numbering::NpacRegion;
use types::{AccountId, OrderId, RequestNumber, Tn, Ver};

use super::cutover::{Cutover, CutoverFact, Proof};
use super::details::Details;
use super::family::ParentRef;
use super::number::{NumberState, OrderNumber};
use super::reason::OrderReason;
use super::review::{ReturnReason, ReviewCause};
use super::split::ChildRef;
use super::state::{Court, Draft, OrderState, StateName};

/// Numbers in one order at most.
pub const NUMBERS_MAX: usize = 20_000;

/// Everything that is known of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRecord {
    /// Its id.
    pub id: OrderId,
    /// Its number for people.
    pub request_number: RequestNumber,
    /// Whose it is.
    pub account: AccountId,
    /// The order that it is a part of.
    pub parent: Option<ParentRef>,
    /// Rises with every change that is stored.
    pub version: i64,
    /// The version last sent or to be sent.
    pub ver: Ver,
    /// The oldest version whose answers count. Older than `ver` while a cancel is out, and after one was refused.
    pub ver_in_force: Ver,
    /// What the customer says.
    pub details: Details,
    /// The numbers, in the order in which they were given.
    pub numbers: Vec<OrderNumber>,
    /// Where it stands.
    pub state: OrderState,
    /// Since when.
    pub since: Timestamp,
    /// Why it takes longer, as the carrier last said; none once the order has moved on.
    pub delays: Vec<OrderReason>,
    /// When the draft was made.
    pub created_at: Timestamp,
    /// When it was submitted; none for a draft, one that came back from our review too.
    pub submitted_at: Option<Timestamp>,
    /// What it says and knows of its cut-over.
    pub cutover: Cutover,
}

impl OrderRecord {
    /// An empty draft.
    pub fn draft(id: OrderId, request_number: RequestNumber, account: AccountId, now: Timestamp) -> Self {
        Self {
            id,
            request_number,
            account,
            parent: None,
            version: 1,
            ver: Ver::FIRST,
            ver_in_force: Ver::FIRST,
            details: Details::default(),
            numbers: Vec::new(),
            state: OrderState::Draft(Draft::new(now)),
            since: now,
            delays: Vec::new(),
            created_at: now,
            submitted_at: None,
            cutover: Cutover::default(),
        }
    }

    /// When it ended, if it has.
    pub fn ended_at(&self) -> Option<Timestamp> {
        self.state.name().is_final().then_some(self.since)
    }

    /// Whose turn it is; nobody's when the order has ended. What does not work after a cut-over is ours to mend, though
    /// the order has ended; what is held back is for whoever holds it back.
    pub fn court(&self) -> Option<Court> {
        if self.cutover.proof == Some(Proof::Failed) {
            return Some(Court::Us);
        }
        let held = self.cutover.held.as_ref();
        held.map(|held| held.court).or_else(|| self.state.court())
    }
}

/// A port-in order. It changes by its transitions alone, which are in the files beside this one: `draft`, `submit`,
/// `review`, `fix`, `drop_numbers`, `date_change`, `cancel`, `answer`, `foc`, `activation`, `timers`. What may be done
/// in which state is in `actions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub(super) record: OrderRecord,
}

/// Something that happened to an order and that others hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderFact {
    /// A person of ours looks at it before it goes out.
    InReview {
        /// Why.
        causes: Vec<ReviewCause>,
    },
    /// Our review sent it back.
    Returned {
        /// What is to be corrected.
        reasons: Vec<ReturnReason>,
    },
    /// The draft is abandoned soon.
    DraftExpiring {
        /// When.
        expires_at: Timestamp,
    },
    /// The customer has not acted for long, and the order is abandoned soon.
    ActionExpiring {
        /// When.
        expires_at: Timestamp,
    },
    /// It is to go to the carrier.
    Submitted {
        /// Again, corrected.
        resubmitted: bool,
    },
    /// It was divided; its children go out in its place.
    Split {
        /// Which.
        children: Vec<ChildRef>,
    },
    /// Another date is to be asked for, and nothing else.
    DateChangeRequested,
    /// The carrier refused another date.
    DateChangeRefused {
        /// The date wanted before, which holds again.
        wanted: Option<Date>,
        /// The cut-over that holds.
        foc_at: Option<Timestamp>,
    },
    /// The carrier has it.
    Pending,
    /// The losing carrier needs longer.
    Delayed {
        /// Why.
        reasons: Vec<OrderReason>,
    },
    /// The customer has to act.
    ActionRequired {
        /// Why.
        reasons: Vec<OrderReason>,
        /// Data is asked for, rather than the order rejected.
        update_required: bool,
    },
    /// The losing carrier said yes.
    FocConfirmed {
        /// To when.
        foc_at: Timestamp,
    },
    /// The date moved.
    FocMoved {
        /// From when.
        from: Timestamp,
        /// To when.
        foc_at: Timestamp,
        /// The customer asked for another date; else the carrier moved it.
        asked_for: bool,
    },
    /// These numbers are to be cut over.
    ActivationRequested {
        /// Which.
        tns: Vec<Tn>,
    },
    /// Something about its cut-over, or what follows one.
    CutOver(CutoverFact),
    /// These numbers are ours.
    Ported {
        /// Which.
        tns: Vec<Tn>,
        /// Since when.
        at: Timestamp,
    },
    /// A cancel is to go to the carrier.
    CancelRequested,
    /// It is cancelled.
    Cancelled {
        /// The numbers let go.
        tns: Vec<Tn>,
    },
    /// It is refused for good.
    Rejected {
        /// The numbers that cannot port.
        tns: Vec<Tn>,
        /// Why.
        reasons: Vec<OrderReason>,
    },
    /// Nobody acted.
    Abandoned {
        /// The numbers let go.
        tns: Vec<Tn>,
    },
}

/// What a change of an order means for the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InventoryChange {
    /// The order's open numbers arrive: they can be configured, not used.
    Arrive,
    /// These numbers are in service.
    PutInService(Vec<Tn>),
    /// What is incoming by this order will not come.
    Withdraw,
    /// These numbers will not come; the order's others still do.
    WithdrawThese(Vec<Tn>),
    /// These numbers are set up anew, as far as they are incoming.
    Configure(Vec<Tn>),
    /// These numbers were in service and are back with the losing carrier.
    GiveBack(Vec<Tn>),
}

/// A line of an order's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happened, in a word or two.
    pub action: &'static str,
    /// More in words; never a secret.
    pub note: String,
    /// Somebody of ours should look.
    pub is_alarming: bool,
}

impl Entry {
    /// Nothing more to say.
    pub(super) const fn plain(action: &'static str) -> Self {
        Self {
            action,
            note: String::new(),
            is_alarming: false,
        }
    }
}

/// A changed order, and all that follows from the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The order as it is now.
    pub order: Order,
    /// What others hear.
    pub facts: Vec<OrderFact>,
    /// What changes in the inventory.
    pub inventory: Option<InventoryChange>,
    /// The line of its history.
    pub entry: Entry,
}

/// An action that the order's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {from} cannot be {action}")]
pub struct IllegalTransition {
    /// Where the order stands.
    pub from: StateName,
    /// What was wanted, as a past participle.
    pub action: &'static str,
}

impl Order {
    /// Takes an order over from where it is kept.
    pub const fn restore(record: OrderRecord) -> Self {
        Self { record }
    }

    /// Everything that is known of it.
    pub const fn record(&self) -> &OrderRecord {
        &self.record
    }

    /// The numbers of which something can still become.
    pub fn open_tns(&self) -> Vec<Tn> {
        let open = self.record.numbers.iter().filter(|number| number.state.is_open());
        open.map(|number| number.tn).collect()
    }

    /// The region whose clock the order as a whole runs by: that of its first number. Toll-free numbers have none
    /// and run by the clock of the NPAC's own, which is Eastern.
    pub fn region(&self) -> NpacRegion {
        let first = self.record.numbers.iter().find_map(OrderNumber::region);
        first.unwrap_or(NpacRegion::Northeast)
    }

    /// A line of history that changes nothing, for what happens beside the order: a document, a look at its secrets.
    pub fn remark(self, action: &'static str, note: String) -> Transition {
        self.noted(Entry {
            note,
            ..Entry::plain(action)
        })
    }

    /// Refuses documents for an order that has ended: nobody would look at them.
    pub fn check_takes_documents(&self) -> Result<(), IllegalTransition> {
        if self.record.state.name().is_final() {
            Err(self.illegal("added to"))
        } else {
            Ok(())
        }
    }

    pub(super) fn illegal(&self, action: &'static str) -> IllegalTransition {
        IllegalTransition {
            from: self.record.state.name(),
            action,
        }
    }

    /// The order in another state, its open numbers with it.
    pub(super) fn enter(mut self, state: OrderState, now: Timestamp) -> Self {
        let number_state = match &state {
            OrderState::Draft(_) => Some(NumberState::Draft),
            OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::ActionRequired(_) => Some(NumberState::InOrder),
            OrderState::FocConfirmed(_) => Some(NumberState::FocConfirmed),
            // Which numbers are asked for is decided number by number; those of a cancel or a change of date stay as they
            // are until the carrier has spoken; a parent's are in its children.
            OrderState::Activating { .. }
            | OrderState::CancelRequested { .. }
            | OrderState::ChangingDate(_)
            | OrderState::Parent(_) => None,
            OrderState::Ported | OrderState::Cancelled | OrderState::Rejected | OrderState::Abandoned => {
                Some(NumberState::Released)
            }
        };
        if let Some(number_state) = number_state {
            // What the carrier refused to cut over is refused until somebody asks again or there is another date.
            let stays =
                |state| number_state == NumberState::FocConfirmed && state == NumberState::ActivationRefused;
            let open = self
                .record
                .numbers
                .iter_mut()
                .filter(|number| number.state.is_open() && !stays(number.state));
            open.for_each(|number| number.state = number_state);
        }
        // What held the cut-over back belongs to the date that it was for.
        if !matches!(state, OrderState::Activating { .. }) {
            self.record.cutover.held = None;
        }
        self.record.state = state;
        self.record.since = now;
        self.record.delays.clear();
        self
    }

    /// The order at its end, and what is announced of it: PORTED with all its ported numbers when there are any, else
    /// as told. Open numbers are let go.
    pub(super) fn end(self, state: OrderState, told: OrderFact, now: Timestamp) -> (Self, Vec<OrderFact>) {
        let numbers = self.record.numbers.iter();
        let tns: Vec<Tn> = numbers
            .filter(|number| number.state == NumberState::Ported)
            .map(|number| number.tn)
            .collect();
        let (state, fact) = if tns.is_empty() {
            (state, told)
        } else {
            (OrderState::Ported, OrderFact::Ported { tns, at: now })
        };
        (self.enter(state, now), vec![fact])
    }

    /// What leaving the present state means for the inventory: what was to come by it does not.
    pub(super) fn withdrawal(&self) -> Option<InventoryChange> {
        self.record.state.foc_at().map(|_| InventoryChange::Withdraw)
    }

    /// Nothing changed but the history.
    pub(super) fn noted(self, entry: Entry) -> Transition {
        Transition {
            order: self,
            facts: Vec::new(),
            inventory: None,
            entry,
        }
    }
}
