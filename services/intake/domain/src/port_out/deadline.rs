//! How long a decision may take, and what silence means.

use jiff::{SignedDuration, Timestamp};

use super::policy::Market;

// 47 CFR 52.35 and the wireless industry's 2.5 hours; Canada's wireless rule of 90 minutes.
const US_SIMPLE: SignedDuration = SignedDuration::from_hours(4);
const US_WIRELESS_SIMPLE: SignedDuration = SignedDuration::from_mins(150);
const CANADA_WIRELESS: SignedDuration = SignedDuration::from_mins(90);
const OTHER: SignedDuration = SignedDuration::from_hours(24);

/// What an account's silence means once its answer was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SilenceMeans {
    /// The numbers may go.
    Authorized,
    /// The numbers may not go: nobody consented.
    Rejected,
}

impl SilenceMeans {
    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Authorized => "AUTHORIZED",
            Self::Rejected => "REJECTED",
        }
    }

    /// Reads a stable name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Authorized, Self::Rejected]
            .into_iter()
            .find(|meaning| meaning.code() == code)
    }
}

/// When an answer is due and what happens when none comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerRule {
    /// The earlier of the account's window and the legal deadline.
    pub due_at: Timestamp,
    /// What silence means then.
    pub silence: SilenceMeans,
}

/// The rule for numbers of a market that were asked for at `received_at`. An instant too far away to be written
/// stays what it is: such a request is due at once, which errs on the side of the law.
pub fn answer_rule(
    market: Market,
    is_simple: bool,
    received_at: Timestamp,
    account_window: Option<SignedDuration>,
) -> AnswerRule {
    let (legal, silence) = match (market, is_simple) {
        (Market::UsWireless, true) => (US_WIRELESS_SIMPLE, SilenceMeans::Authorized),
        (Market::UsWireline, true) => (US_SIMPLE, SilenceMeans::Authorized),
        (Market::CanadaWireless, true | false) => (CANADA_WIRELESS, SilenceMeans::Rejected),
        (Market::UsWireline | Market::UsWireless, false) | (Market::CanadaWireline, true | false) => {
            (OTHER, SilenceMeans::Authorized)
        }
    };
    let window = account_window.map_or(legal, |window| window.min(legal));
    let due_at = received_at.checked_add(window).unwrap_or(received_at);
    AnswerRule { due_at, silence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_of_window_and_law_counts() {
        use Market::{CanadaWireless, CanadaWireline, UsWireless, UsWireline};
        use SilenceMeans::{Authorized, Rejected};
        let received: Timestamp = "2026-11-23T15:00:00Z".parse().unwrap();
        // market, simple, the account's window if any and what is left of it in minutes, silence
        let cases = [
            (UsWireline, true, None, 240, Authorized),
            (UsWireline, true, Some(1_440), 240, Authorized),
            (UsWireless, true, Some(1_440), 150, Authorized),
            (UsWireline, false, None, 1_440, Authorized),
            (UsWireless, false, None, 1_440, Authorized),
            (UsWireline, true, Some(60), 60, Authorized),
            (UsWireline, false, Some(2_880), 1_440, Authorized),
            (CanadaWireless, true, None, 90, Rejected),
            (CanadaWireless, false, None, 90, Rejected),
            (CanadaWireline, true, Some(1_440), 1_440, Authorized),
            (CanadaWireline, false, None, 1_440, Authorized),
        ];
        for (market, is_simple, window, after, silence) in cases {
            let rule = answer_rule(market, is_simple, received, window.map(SignedDuration::from_mins));
            let due_at = received + SignedDuration::from_mins(after);
            assert_eq!(
                rule,
                AnswerRule { due_at, silence },
                "{market:?} {is_simple} {window:?}"
            );
        }
    }
}
