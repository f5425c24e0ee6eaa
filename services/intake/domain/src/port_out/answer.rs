//! How far our answer to a winning carrier has come.

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
}
