//! Numbers that are back without the answer to a wish: a carrier said so by telephone, or its answer never came.

use jiff::Timestamp;
use types::{SnapbackId, Tn};

use super::snapback::SnapbackRefusal;
use super::state::{Action, Dispute, State};

/// What was put on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The numbers that are back by it.
    pub tns: Vec<Tn>,
    /// The wish that is over by it: none of the numbers that it asked for is away any more.
    pub ended: Option<SnapbackId>,
}

impl Dispute {
    /// Puts on record that these numbers are back. `wished`: the numbers of the wish that is open, if one is. While one
    /// of those is still away the wish stays open for it.
    pub fn record_return(
        &mut self,
        tns: &[Tn],
        wished: &[Tn],
        now: Timestamp,
    ) -> Result<Recorded, SnapbackRefusal> {
        self.require(Action::RecordReturn)?;
        let tns = self.away_among(tns)?;
        for number in &mut self.numbers {
            if tns.contains(&number.tn) {
                number.returned_at = Some(now);
            }
        }
        let away = self.still_away();
        let is_awaited = wished.iter().any(|tn| away.contains(tn));
        let ended = match self.state {
            State::SnapbackAsked { .. } if is_awaited => return Ok(Recorded { tns, ended: None }),
            State::SnapbackAsked { snapback } => Some(snapback),
            State::Open
            | State::Answered
            | State::SnapbackRefused
            | State::Returned
            | State::Settled { .. } => None,
        };
        self.state = State::Returned;
        Ok(Recorded { tns, ended })
    }
}

#[cfg(test)]
#[path = "recorded_tests.rs"]
mod tests;
