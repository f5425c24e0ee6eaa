//! How long a decision may take, and what silence means.

use jiff::{SignedDuration, Timestamp};
use types::Country;

/// How long an account has unless the law gives it less.
pub const DEFAULT_ACCOUNT_WINDOW: SignedDuration = SignedDuration::from_hours(24);

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

/// The rule for numbers of `country` that were asked for at `received_at`. An instant too far away to be written
/// stays what it is: such a request is due at once, which errs on the side of the law.
pub fn answer_rule(
    country: Country,
    is_wireless: bool,
    is_simple: bool,
    received_at: Timestamp,
    account_window: SignedDuration,
) -> AnswerRule {
    let (legal, silence) = match (country, is_wireless, is_simple) {
        (Country::Us, true, true) => (US_WIRELESS_SIMPLE, SilenceMeans::Authorized),
        (Country::Us, false, true) => (US_SIMPLE, SilenceMeans::Authorized),
        (Country::Ca, true, true | false) => (CANADA_WIRELESS, SilenceMeans::Rejected),
        (Country::Us, true | false, false) | (Country::Ca, false, true | false) => {
            (OTHER, SilenceMeans::Authorized)
        }
    };
    let due_at = received_at
        .checked_add(legal.min(account_window))
        .unwrap_or(received_at);
    AnswerRule { due_at, silence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_of_window_and_law_counts() {
        use Country::{Ca, Us};
        use SilenceMeans::{Authorized, Rejected};
        let received: Timestamp = "2026-11-23T15:00:00Z".parse().unwrap();
        // country, wireless, simple, the account's window and what is left of it in minutes, silence
        let cases = [
            (Us, false, true, 1_440, 240, Authorized),
            (Us, true, true, 1_440, 150, Authorized),
            (Us, false, false, 1_440, 1_440, Authorized),
            (Us, true, false, 1_440, 1_440, Authorized),
            (Us, false, true, 60, 60, Authorized),
            (Us, false, false, 2_880, 1_440, Authorized),
            (Ca, true, true, 1_440, 90, Rejected),
            (Ca, true, false, 1_440, 90, Rejected),
            (Ca, true, true, 30, 30, Rejected),
            (Ca, false, true, 1_440, 1_440, Authorized),
            (Ca, false, false, 1_440, 1_440, Authorized),
        ];
        for (country, is_wireless, is_simple, window, after, silence) in cases {
            let window = SignedDuration::from_mins(window);
            let rule = answer_rule(country, is_wireless, is_simple, received, window);
            let due_at = received + SignedDuration::from_mins(after);
            assert_eq!(
                rule,
                AnswerRule { due_at, silence },
                "{country} {is_wireless} {is_simple} {window:?}"
            );
        }
    }
}
