//! A dispute, and what may be done about it in each state.

use jiff::Timestamp;
use types::{AccountId, DisputeId, RequestNumber, SnapbackId, Tn};

use super::clocks::{CLOCKS, Clock, ClockKind, Missed};
use super::terms::{About, Direction, Kind, Outcome, Reporter, StateName, words};
use crate::port_in::Court;

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has answered yet.
    Open,
    /// Somebody said why the port stands. To be settled.
    Answered,
    /// The carrier is asked to undo the port.
    SnapbackAsked {
        /// By this wish.
        snapback: SnapbackId,
    },
    /// It refused.
    SnapbackRefused,
    /// Numbers are back where they were. To be settled.
    Returned,
    /// Over. Final.
    Settled {
        /// Since when.
        at: Timestamp,
    },
}

impl State {
    /// Its name alone.
    pub const fn name(self) -> StateName {
        match self {
            Self::Open => StateName::Open,
            Self::Answered => StateName::Answered,
            Self::SnapbackAsked { .. } => StateName::SnapbackAsked,
            Self::SnapbackRefused => StateName::SnapbackRefused,
            Self::Returned => StateName::Returned,
            Self::Settled { .. } => StateName::Settled,
        }
    }

    /// When it was settled.
    pub const fn settled_at(self) -> Option<Timestamp> {
        match self {
            Self::Settled { at } => Some(at),
            Self::Open
            | Self::Answered
            | Self::SnapbackAsked { .. }
            | Self::SnapbackRefused
            | Self::Returned => None,
        }
    }
}

words! {
    /// What can be done about a dispute.
    Action {
        /// Put on record what somebody says.
        MakeStatement = "MAKE_STATEMENT",
        /// Answer it.
        Answer = "ANSWER",
        /// Ask the carrier to undo the port.
        RequestSnapback = "REQUEST_SNAPBACK",
        /// Put on record that numbers are back.
        RecordReturn = "RECORD_RETURN",
        /// Take it back.
        Withdraw = "WITHDRAW",
        /// End it.
        Settle = "SETTLE",
    }
}

/// The action does not fit the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a dispute that is {from} does not take {}", action.code())]
pub struct IllegalAction {
    /// Where it stands.
    pub from: &'static str,
    /// What was asked.
    pub action: Action,
}

/// One number of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisputedNumber {
    /// The number.
    pub tn: Tn,
    /// Since when it is back where it was before the port.
    pub returned_at: Option<Timestamp>,
    /// How the dispute ended for it; set when it is settled.
    pub outcome: Option<Outcome>,
}

impl DisputedNumber {
    /// A number about which nothing is settled.
    pub const fn new(tn: Tn) -> Self {
        Self {
            tn,
            returned_at: None,
            outcome: None,
        }
    }
}

/// A port that is said to be unauthorized or mistaken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// Its number, for people.
    pub number: RequestNumber,
    /// Whose order or port-out it is about.
    pub account: AccountId,
    /// Rises with every change.
    pub version: i64,
    /// The port.
    pub about: About,
    /// What is said to be wrong.
    pub kind: Kind,
    /// Who reported it.
    pub reporter: Reporter,
    /// Name of whoever did.
    pub reporter_name: String,
    /// The other carrier.
    pub carrier_name: String,
    /// Who opened it.
    pub opened_by: String,
    /// When.
    pub opened_at: Timestamp,
    /// The numbers, by number.
    pub numbers: Vec<DisputedNumber>,
    /// Where it stands.
    pub state: State,
    /// The clocks that ran out.
    pub missed: Missed,
    /// Why it ended as it did.
    pub explanation: String,
    /// The numbers that the account pays a fee for.
    pub charged: Vec<Tn>,
}

impl Dispute {
    /// The bare numbers.
    pub fn tns(&self) -> Vec<Tn> {
        self.numbers.iter().map(|number| number.tn).collect()
    }

    /// The numbers that are not back where they were.
    pub fn still_away(&self) -> Vec<Tn> {
        let away = self.numbers.iter().filter(|number| number.returned_at.is_none());
        away.map(|number| number.tn).collect()
    }

    /// Whether `action` may be done now. A new state or action does not compile until somebody decides.
    pub fn allows(&self, action: Action) -> bool {
        let is_any_back = self.numbers.iter().any(|number| number.returned_at.is_some());
        let is_any_away = self.numbers.iter().any(|number| number.returned_at.is_none());
        match (self.state, action) {
            (
                State::Open,
                Action::MakeStatement
                | Action::Answer
                | Action::RequestSnapback
                | Action::RecordReturn
                | Action::Withdraw
                | Action::Settle,
            )
            | (
                State::Answered | State::SnapbackRefused | State::Returned,
                Action::MakeStatement | Action::Settle,
            )
            | (State::SnapbackAsked { .. }, Action::MakeStatement | Action::RecordReturn) => true,
            (State::Answered | State::SnapbackRefused, Action::Withdraw) => !is_any_back,
            (
                State::Answered | State::SnapbackRefused | State::Returned,
                Action::RequestSnapback | Action::RecordReturn,
            ) => is_any_away,
            (State::Answered | State::SnapbackRefused | State::Returned, Action::Answer)
            | (State::Returned, Action::Withdraw)
            | (
                State::SnapbackAsked { .. },
                Action::Answer | Action::RequestSnapback | Action::Withdraw | Action::Settle,
            )
            | (
                State::Settled { .. },
                Action::MakeStatement
                | Action::Answer
                | Action::RequestSnapback
                | Action::RecordReturn
                | Action::Withdraw
                | Action::Settle,
            ) => false,
        }
    }

    /// What may be done now.
    pub fn actions(&self) -> Vec<Action> {
        let allowed = Action::ALL.iter().copied();
        allowed.filter(|action| self.allows(*action)).collect()
    }

    /// Refuses what may not be done now.
    pub(super) fn require(&self, action: Action) -> Result<(), IllegalAction> {
        if self.allows(action) {
            Ok(())
        } else {
            Err(IllegalAction {
                from: self.state.name().code(),
                action,
            })
        }
    }

    /// Who has to act; `None`: it is over. An open dispute about numbers that came is the account's to answer, which
    /// knows who allowed the port; about numbers that left it is ours, who can ask for them.
    pub const fn court(&self) -> Option<Court> {
        match (self.state, self.about.direction()) {
            (State::Open, Direction::PortIn) => Some(Court::Customer),
            (State::Open, Direction::PortOut)
            | (
                State::Answered | State::SnapbackRefused | State::Returned,
                Direction::PortIn | Direction::PortOut,
            ) => Some(Court::Us),
            (State::SnapbackAsked { .. }, Direction::PortIn) => Some(Court::LosingCarrier),
            (State::SnapbackAsked { .. }, Direction::PortOut) => Some(Court::GainingCarrier),
            (State::Settled { .. }, Direction::PortIn | Direction::PortOut) => None,
        }
    }

    /// Its clocks.
    pub fn clocks(&self) -> [Clock; 2] {
        CLOCKS.map(|rule| Clock {
            kind: rule.kind,
            due_at: rule.due_at(self.opened_at),
            is_running: self.runs(rule.kind),
            missed_at: self.missed.of(rule.kind),
        })
    }

    /// The next clock that runs out; `None`: it is over, or all have run out.
    pub fn next_clock(&self) -> Option<Clock> {
        let clocks = self.clocks().into_iter();
        clocks
            .filter(|clock| clock.is_running && clock.missed_at.is_none())
            .min_by_key(|clock| clock.due_at)
    }

    /// Whether what a clock waits for has yet to happen.
    const fn runs(&self, kind: ClockKind) -> bool {
        match (self.state, kind) {
            (State::Open, ClockKind::Answer | ClockKind::Resolution)
            | (
                State::Answered | State::SnapbackAsked { .. } | State::SnapbackRefused | State::Returned,
                ClockKind::Resolution,
            ) => true,
            (
                State::Answered
                | State::SnapbackAsked { .. }
                | State::SnapbackRefused
                | State::Returned
                | State::Settled { .. },
                ClockKind::Answer,
            )
            | (State::Settled { .. }, ClockKind::Resolution) => false,
        }
    }

    /// Whether a clock that still runs has run out.
    pub fn is_overdue(&self) -> bool {
        let mut clocks = self.clocks().into_iter();
        clocks.any(|clock| clock.is_running && clock.missed_at.is_some())
    }

    /// Notes the clock that has run out longest, if one has that was not noted.
    pub fn run_out(&mut self, now: Timestamp) -> Option<Clock> {
        let clock = self.next_clock().filter(|clock| clock.due_at <= now)?;
        self.missed.note(clock.kind, now);
        Some(clock)
    }

    /// Takes a statement, which answers the dispute or only says something.
    pub fn hear(&mut self, is_answer: bool) -> Result<(), IllegalAction> {
        if is_answer {
            self.require(Action::Answer)?;
            self.state = State::Answered;
            Ok(())
        } else {
            self.require(Action::MakeStatement)
        }
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
