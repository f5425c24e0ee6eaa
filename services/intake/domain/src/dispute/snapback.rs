//! Undoing the port that is disputed.

use jiff::Timestamp;
use types::{SnapbackId, Tn};

use super::state::{Action, Dispute, IllegalAction, State};
use crate::port_in::cutover::SnapbackState;

/// A wish to have the port of some numbers undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedBack {
    /// Its id; for numbers that came, that of the order's snapback.
    pub id: SnapbackId,
    /// The numbers.
    pub tns: Vec<Tn>,
    /// Why, in words that the carrier reads.
    pub reason: String,
    /// How far it has come.
    pub state: SnapbackState,
    /// Why the carrier refused.
    pub refusal: String,
    /// Who asked for it.
    pub requested_by: String,
    /// When.
    pub requested_at: Timestamp,
    /// Since when it is in this state.
    pub since: Timestamp,
    /// It is over because its numbers were put on record as being back.
    pub is_ended_by_record: bool,
    /// What the carrier said after that, and when; it changed nothing.
    pub late_answer: Option<(SnapbackState, Timestamp)>,
}

/// Why numbers were not asked for, or not put on record as being back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapbackRefusal {
    /// Not now.
    #[error(transparent)]
    Illegal(#[from] IllegalAction),
    /// These are not disputed here, or are back already.
    #[error("numbers that this dispute is not about, or that are back already")]
    NotAway(Vec<Tn>),
}

impl Dispute {
    /// The numbers that can be asked for when these are named, or when none is: then all that are not back.
    pub fn wanted_back(&self, tns: &[Tn]) -> Result<Vec<Tn>, SnapbackRefusal> {
        self.require(Action::RequestSnapback)?;
        self.away_among(tns)
    }

    /// These numbers, each once, or all that are not back when none is named. Each must be away.
    pub(super) fn away_among(&self, tns: &[Tn]) -> Result<Vec<Tn>, SnapbackRefusal> {
        let away = self.still_away();
        let strange: Vec<Tn> = tns.iter().copied().filter(|tn| !away.contains(tn)).collect();
        if !strange.is_empty() {
            return Err(SnapbackRefusal::NotAway(strange));
        }
        let mut named = if tns.is_empty() { away } else { tns.to_vec() };
        named.sort_unstable();
        named.dedup();
        Ok(named)
    }

    /// Asks for the port of these numbers to be undone, by this wish. Returns them.
    pub fn ask_back(&mut self, tns: &[Tn], snapback: SnapbackId) -> Result<Vec<Tn>, SnapbackRefusal> {
        let wanted = self.wanted_back(tns)?;
        self.state = State::SnapbackAsked { snapback };
        Ok(wanted)
    }

    /// Hears that these numbers are back, or with none that the carrier refused. False: nobody asked, or not by this
    /// wish, and nothing changes.
    pub fn hear_snapback(&mut self, snapback: SnapbackId, returned: &[Tn], now: Timestamp) -> bool {
        match self.state {
            State::SnapbackAsked { snapback: asked } if asked == snapback => {}
            State::SnapbackAsked { .. }
            | State::Open
            | State::Answered
            | State::SnapbackRefused
            | State::Returned
            | State::Settled { .. } => return false,
        }
        for number in &mut self.numbers {
            if returned.contains(&number.tn) && number.returned_at.is_none() {
                number.returned_at = Some(now);
            }
        }
        self.state = if returned.is_empty() {
            State::SnapbackRefused
        } else {
            State::Returned
        };
        true
    }
}
