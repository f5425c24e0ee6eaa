//! Whether numbers may be activated, and what stands in the way.

use std::collections::{BTreeMap, HashSet};

use calendar::civil_date;
use jiff::Timestamp;
use types::{OrderId, RequestNumber, Tn};

use super::super::number::NumberState;
use super::super::order::Order;
use super::super::state::{Court, OrderState};
use super::ActivationMode;

/// What holds a cut-over back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoldCode {
    /// It is activated on demand, and nobody has asked.
    AwaitsCall,
    /// There is no FOC yet.
    NotCommitted,
    /// It was rejected.
    Rejected,
    /// The losing carrier said, after its FOC, that it needs longer.
    Delayed,
    /// Its FOC is later.
    LaterDate,
    /// A cancel is on its way.
    Cancelling,
    /// It, or some of its numbers, will not port.
    Ended,
    /// Calls have nowhere to go to.
    RoutingMissing,
    /// There is no confirmed address for emergency calls.
    EmergencyMissing,
    /// There is no caller name, and none was declined.
    CallerNameMissing,
    /// It was not said whether texts are wanted.
    MessagingUndecided,
    /// The carrier was asked to cut it over and refused.
    ActivationRefused,
}

impl HoldCode {
    /// Every code.
    pub const ALL: [Self; 12] = [
        Self::AwaitsCall,
        Self::NotCommitted,
        Self::Rejected,
        Self::Delayed,
        Self::LaterDate,
        Self::Cancelling,
        Self::Ended,
        Self::RoutingMissing,
        Self::EmergencyMissing,
        Self::CallerNameMissing,
        Self::MessagingUndecided,
        Self::ActivationRefused,
    ];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AwaitsCall => "AWAITS_CALL",
            Self::NotCommitted => "NOT_COMMITTED",
            Self::Rejected => "REJECTED",
            Self::Delayed => "DELAYED",
            Self::LaterDate => "LATER_DATE",
            Self::Cancelling => "CANCELLING",
            Self::Ended => "ENDED",
            Self::RoutingMissing => "ROUTING_MISSING",
            Self::EmergencyMissing => "EMERGENCY_MISSING",
            Self::CallerNameMissing => "CALLER_NAME_MISSING",
            Self::MessagingUndecided => "MESSAGING_UNDECIDED",
            Self::ActivationRefused => "ACTIVATION_REFUSED",
        }
    }

    /// What is so, and what ends it.
    pub const fn message(self) -> &'static str {
        match self {
            Self::AwaitsCall => "it is activated on demand; ask for it with ActivateOrder",
            Self::NotCommitted => "the losing carrier has not committed to a date yet",
            Self::Rejected => "it was rejected; correct it, and it goes out again",
            Self::Delayed => "the losing carrier needs longer; its next date ends this",
            Self::LaterDate => "its date is later; all go on the latest date",
            Self::Cancelling => "a cancel is on its way",
            Self::Ended => {
                "it will not port, or some of its numbers; take it out of the group, or release the group"
            }
            Self::RoutingMissing => "set where calls go (ConfigureNumbers)",
            Self::EmergencyMissing => {
                "confirm the address for emergency calls (ConfigureNumbers, PrepareNumbers)"
            }
            Self::CallerNameMissing => {
                "set a caller name (ConfigureNumbers), or decline one (PrepareNumbers)"
            }
            Self::MessagingUndecided => {
                "choose voice and SMS (ConfigureNumbers), or decline texts (PrepareNumbers)"
            }
            Self::ActivationRefused => {
                "the carrier refused to cut it over; operations find out why, then it is asked for again (ActivateOrder), has \
                 another date (ChangeWantedDate) or is cancelled (CancelOrder)"
            }
        }
    }
}

/// One thing that holds an order back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// What.
    pub code: HoldCode,
    /// The other member of the group that it is about; none: the order itself.
    pub member: Option<RequestNumber>,
    /// How many numbers it is about.
    pub number_count: usize,
    /// Whose turn it is.
    pub court: Court,
}

/// An order whose date has come and that is held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBack {
    /// Since when.
    pub since: Timestamp,
    /// Whose turn it is, by the first of the holds.
    pub court: Court,
    /// What holds it back. Not read for lists.
    pub holds: Vec<Hold>,
}

/// An order, with those of its numbers that cut over together.
#[derive(Debug, Clone)]
pub struct Member<'o> {
    /// The order.
    pub order: &'o Order,
    /// Which of its numbers, in any state.
    pub tns: HashSet<Tn>,
    /// How many of those that are open lack what is enforced.
    pub lacking: BTreeMap<HoldCode, usize>,
}

/// Why it is asked whether numbers may be activated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urge {
    /// The FOC has come, or something changed since.
    Time,
    /// Somebody asks for it. From the day of the FOC on, whatever its hour.
    Call,
}

/// One thing that stands in the way, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The order at fault.
    pub order: OrderId,
    /// Its number for people.
    pub request_number: RequestNumber,
    /// What.
    pub code: HoldCode,
    /// How many numbers it is about.
    pub number_count: usize,
    /// Whose turn it is.
    pub court: Court,
}

impl Obstacle {
    /// As `order` sees it.
    pub fn seen_by(&self, order: OrderId) -> Hold {
        Hold {
            code: self.code,
            member: (order != self.order).then_some(self.request_number),
            number_count: self.number_count,
            court: self.court,
        }
    }
}

/// All that stands in the way of activating these members together at `now`; they may go when it is nothing.
///
/// Members that are active or asked for already stand in nobody's way, whoever activated them. Numbers that failed do
/// when there is a group: it goes together or not at all.
pub fn obstacles(members: &[Member<'_>], is_group: bool, urge: Urge, now: Timestamp) -> Vec<Obstacle> {
    members
        .iter()
        .flat_map(|member| member.obstacles(is_group, urge, now))
        .collect()
}

impl Member<'_> {
    fn obstacles(&self, is_group: bool, urge: Urge, now: Timestamp) -> Vec<Obstacle> {
        let numbers = self.order.record().numbers.iter();
        let mine = numbers.filter(|number| self.tns.contains(&number.tn));
        let states: Vec<NumberState> = mine.map(|number| number.state).collect();
        let waiting = states.iter().filter(|state| state.awaits_cutover()).count();
        let has_ended = |state: &&NumberState| matches!(state, NumberState::Failed | NumberState::Released);
        let ended = states.iter().filter(has_ended).count();
        let mut found = Vec::new();
        if is_group && ended > 0 {
            found.push(self.obstacle(HoldCode::Ended, ended, Court::Customer));
        }
        if waiting > 0 {
            found.extend(self.obstacles_of_state(is_group, urge, waiting, now));
        }
        found
    }

    fn obstacles_of_state(
        &self,
        is_group: bool,
        urge: Urge,
        waiting: usize,
        now: Timestamp,
    ) -> Vec<Obstacle> {
        let state = &self.order.record().state;
        let court = state.court().unwrap_or(Court::Us);
        let only = |code, court| vec![self.obstacle(code, waiting, court)];
        match state {
            OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::ChangingDate(_) => only(HoldCode::NotCommitted, court),
            OrderState::ActionRequired(_) => only(HoldCode::Rejected, court),
            OrderState::CancelRequested { .. } => only(HoldCode::Cancelling, court),
            OrderState::FocConfirmed(commitment) => {
                self.obstacles_when_committed(commitment.foc_at, is_group, urge, waiting, now)
            }
            OrderState::Activating { foc_at } => {
                self.obstacles_when_committed(*foc_at, is_group, urge, waiting, now)
            }
            // A parent's numbers are in its children, which are members by themselves.
            OrderState::Parent(_)
            | OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned => Vec::new(),
        }
    }

    fn obstacles_when_committed(
        &self,
        foc_at: Timestamp,
        is_group: bool,
        urge: Urge,
        waiting: usize,
        now: Timestamp,
    ) -> Vec<Obstacle> {
        let region = self.order.region();
        let has_come = match urge {
            Urge::Time => foc_at <= now,
            Urge::Call => civil_date(region, foc_at) <= civil_date(region, now),
        };
        let mut found = Vec::new();
        if !has_come {
            found.push(self.obstacle(HoldCode::LaterDate, waiting, Court::LosingCarrier));
        }
        if is_group && !self.order.record().delays.is_empty() {
            found.push(self.obstacle(HoldCode::Delayed, waiting, Court::LosingCarrier));
        }
        let lacking = self.lacking.iter();
        found.extend(lacking.map(|(code, count)| self.obstacle(*code, *count, Court::Customer)));
        let awaits_call = self.order.record().cutover.activation == ActivationMode::OnDemand;
        match urge {
            // Whoever asks knows that it was refused.
            Urge::Call => {}
            Urge::Time => {
                let refused = self.refused();
                if refused > 0 {
                    found.insert(0, self.obstacle(HoldCode::ActivationRefused, refused, Court::Us));
                }
                if awaits_call && waiting > refused {
                    let uncalled = waiting - refused;
                    found.push(self.obstacle(HoldCode::AwaitsCall, uncalled, Court::Customer));
                }
            }
        }
        found
    }

    /// How many of its numbers the carrier refused to cut over.
    fn refused(&self) -> usize {
        let numbers = self.order.record().numbers.iter();
        let mine = numbers.filter(|number| self.tns.contains(&number.tn));
        mine.filter(|number| number.state == NumberState::ActivationRefused)
            .count()
    }

    fn obstacle(&self, code: HoldCode, number_count: usize, court: Court) -> Obstacle {
        let record = self.order.record();
        Obstacle {
            order: record.id,
            request_number: record.request_number,
            code,
            number_count,
            court,
        }
    }
}
