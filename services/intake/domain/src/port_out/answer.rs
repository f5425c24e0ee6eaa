//! How far our answer to a winning carrier has come.

use jiff::Timestamp;

/// Our answer to a winning carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How far it has come.
    pub state: AnswerState,
    /// Since when.
    pub since: Timestamp,
    /// Why the winning carrier refused it, in its words; empty unless it did.
    pub refusal: String,
}

impl Answer {
    /// One that was just decided.
    pub const fn requested(now: Timestamp) -> Self {
        Self {
            state: AnswerState::Requested,
            since: now,
            refusal: String::new(),
        }
    }

    /// What `news` makes of an answer; `None` when it changes nothing. News of an answer that is not on record is the first
    /// that is heard of it.
    pub fn advance(before: Option<&Self>, news: AnswerState, at: Timestamp, refusal: &str) -> Option<Self> {
        let state = match before {
            Some(answer) => answer.state.advance(news)?,
            None => news,
        };
        let refusal = match state {
            AnswerState::Refused => refusal.to_owned(),
            AnswerState::Requested | AnswerState::Sent | AnswerState::Acknowledged => String::new(),
        };
        Some(Self {
            state,
            since: at,
            refusal,
        })
    }
}

/// How far our answer has come. It only goes forward: news that was overtaken changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerState {
    /// Decided, not yet with the carrier.
    Requested,
    /// On the wire, or being tried again.
    Sent,
    /// The winning carrier has it.
    Acknowledged,
    /// The winning carrier refused it.
    Refused,
}

impl AnswerState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Requested, Self::Sent, Self::Acknowledged, Self::Refused];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Sent => "SENT",
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Refused => "REFUSED",
        }
    }

    /// Reads a stable name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// What `news` makes of it; `None` when it changes nothing.
    pub fn advance(self, news: Self) -> Option<Self> {
        (news.rank() > self.rank()).then_some(news)
    }

    /// The carrier's two answers are both last: whichever came first stays.
    const fn rank(self) -> u8 {
        match self {
            Self::Requested => 0,
            Self::Sent => 1,
            Self::Acknowledged | Self::Refused => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AnswerState::{Acknowledged, Refused, Requested, Sent};
    use super::*;

    #[test]
    fn an_answer_only_goes_forward() {
        let forward = [
            (Requested, Sent),
            (Requested, Acknowledged),
            (Requested, Refused),
            (Sent, Acknowledged),
            (Sent, Refused),
        ];
        for from in AnswerState::ALL {
            for news in AnswerState::ALL {
                let expected = forward.contains(&(from, news)).then_some(news);
                assert_eq!(from.advance(news), expected, "{from:?} on {news:?}");
            }
            assert_eq!(AnswerState::from_code(from.code()), Some(from));
        }
    }

    #[test]
    fn the_first_that_is_heard_counts_and_only_a_refusal_says_why() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let answer = |state, refusal: &str| Answer {
            state,
            since: at(2),
            refusal: refusal.to_owned(),
        };
        let requested = Answer::requested(at(1));
        let cases = [
            (None, Sent, Some(answer(Sent, ""))),
            (None, Refused, Some(answer(Refused, "no"))),
            (Some(&requested), Acknowledged, Some(answer(Acknowledged, ""))),
            (Some(&requested), Refused, Some(answer(Refused, "no"))),
            (Some(&requested), Requested, None),
        ];
        for (before, news, expected) in cases {
            assert_eq!(Answer::advance(before, news, at(2), "no"), expected, "{news:?}");
        }
    }
}
