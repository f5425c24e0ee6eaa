//! Conflicts: numbers that were locked after the winning carrier had been told that they may go.
//!
//! An authorization that left cannot be taken back alone: the winning carrier has to accept that the numbers stay. Until it
//! has, and when it refuses, they are authorized.

use jiff::Timestamp;
use types::{ConflictId, PortOutId, Tn};

use super::answer::AnswerState;

/// A conflict over numbers of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Its id.
    pub id: ConflictId,
    /// The case.
    pub port_out: PortOutId,
    /// The numbers that are not to go after all.
    pub tns: Vec<Tn>,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// How far it has come.
    pub state: ConflictState,
}

/// How far a conflict has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConflictState {
    /// Not yet with the winning carrier.
    Requested,
    /// On the wire, or being tried again.
    Sent,
    /// The winning carrier accepted it: the numbers stay.
    Accepted {
        /// When.
        at: Timestamp,
    },
    /// The winning carrier refused it: the numbers go.
    Refused {
        /// When.
        at: Timestamp,
        /// Why, in its words.
        refusal: String,
    },
}

impl ConflictState {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Sent => "SENT",
            Self::Accepted { .. } => "ACCEPTED",
            Self::Refused { .. } => "REFUSED",
        }
    }

    /// When the winning carrier settled it; `None` while it is open.
    pub const fn settled_at(&self) -> Option<Timestamp> {
        match self {
            Self::Requested | Self::Sent => None,
            Self::Accepted { at } | Self::Refused { at, .. } => Some(*at),
        }
    }

    /// What news of the command that raises it make of it; `None` when they were overtaken.
    pub fn advance(&self, news: AnswerState, at: Timestamp, refusal: &str) -> Option<Self> {
        let is_settled = self.settled_at().is_some();
        match news {
            AnswerState::Requested => None,
            AnswerState::Sent => (*self == Self::Requested).then_some(Self::Sent),
            AnswerState::Acknowledged => (!is_settled).then_some(Self::Accepted { at }),
            AnswerState::Refused => (!is_settled).then(|| Self::Refused {
                at,
                refusal: refusal.to_owned(),
            }),
        }
    }
}

impl Conflict {
    /// Which of `locked` no open conflict is about yet.
    pub fn not_raised_yet(conflicts: &[Self], locked: &[Tn]) -> Vec<Tn> {
        let open = conflicts
            .iter()
            .filter(|conflict| conflict.state.settled_at().is_none());
        let raised: Vec<Tn> = open.flat_map(|conflict| conflict.tns.iter().copied()).collect();
        locked.iter().copied().filter(|tn| !raised.contains(tn)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn states() -> [ConflictState; 4] {
        [
            ConflictState::Requested,
            ConflictState::Sent,
            ConflictState::Accepted { at: at(1) },
            ConflictState::Refused {
                at: at(1),
                refusal: "too late".to_owned(),
            },
        ]
    }

    #[test]
    fn a_conflict_is_settled_once() {
        use AnswerState::{Acknowledged, Refused, Requested, Sent};
        // What each news makes of requested, sent, accepted, refused; `-` changes nothing.
        let table = [
            (Requested, ["-", "-", "-", "-"]),
            (Sent, ["SENT", "-", "-", "-"]),
            (Acknowledged, ["ACCEPTED", "ACCEPTED", "-", "-"]),
            (Refused, ["REFUSED", "REFUSED", "-", "-"]),
        ];
        for (news, expected) in table {
            for (state, expected) in states().into_iter().zip(expected) {
                let made = state.advance(news, at(2), "no");
                assert_eq!(
                    made.map_or("-", |made| made.code()),
                    expected,
                    "{news:?} on {}",
                    state.code()
                );
            }
        }
    }

    #[test]
    fn a_number_is_in_one_open_conflict_at_a_time() {
        let tn = |line: u32| format!("+1415867{line:04}").parse::<Tn>().unwrap();
        let [requested, sent, accepted, refused] = states();
        let conflicts: Vec<Conflict> = [(1, requested), (2, sent), (3, accepted), (4, refused)]
            .into_iter()
            .map(|(line, state)| Conflict {
                id: ConflictId::generate(),
                port_out: PortOutId::generate(),
                tns: vec![tn(line)],
                raised_at: at(0),
                state,
            })
            .collect();
        let locked: Vec<Tn> = (1..=5).map(tn).collect();
        assert_eq!(
            Conflict::not_raised_yet(&conflicts, &locked),
            [tn(3), tn(4), tn(5)]
        );
    }
}
