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

/// When a request was sent and when we had it: the law counts from the one, an account's window from the other. Nobody can
/// answer what is still on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    /// When the winning carrier sent it, by its clock.
    pub sent_at: Timestamp,
    /// When we took it in.
    pub taken_in_at: Timestamp,
}

impl Came {
    /// A carrier's clock that is ahead of ours gives nobody more time.
    fn law_counts_from(self) -> Timestamp {
        self.sent_at.min(self.taken_in_at)
    }
}

/// The rule for numbers of a market. An instant too far away to be written stays what it is: such a request is due at once,
/// which errs on the side of the law.
pub fn answer_rule(
    market: Market,
    is_simple: bool,
    came: Came,
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
    let from = came.law_counts_from();
    let by_law = from.checked_add(legal).unwrap_or(from);
    let by_account = account_window.and_then(|window| came.taken_in_at.checked_add(window).ok());
    AnswerRule {
        due_at: by_account.map_or(by_law, |due_at| due_at.min(by_law)),
        silence,
    }
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
            let came = Came {
                sent_at: received,
                taken_in_at: received,
            };
            let rule = answer_rule(market, is_simple, came, window.map(SignedDuration::from_mins));
            let due_at = received + SignedDuration::from_mins(after);
            assert_eq!(
                rule,
                AnswerRule { due_at, silence },
                "{market:?} {is_simple} {window:?}"
            );
        }
    }

    #[test]
    fn the_law_counts_from_the_request_and_the_window_from_when_we_have_it() {
        let sent_at: Timestamp = "2026-11-23T15:00:00Z".parse().unwrap();
        // So long on its way, the account's window, and when it is due, all in minutes from when it was sent.
        let cases = [
            (0, Some(15), 15),
            (20, Some(15), 35),
            (225, Some(15), 240),
            (230, Some(15), 240),
            (300, Some(15), 240),
            (20, None, 240),
            // A carrier's clock that is ahead of ours.
            (-60, None, 180),
            (-60, Some(15), -45),
        ];
        for (on_its_way, window, after) in cases {
            let came = Came {
                sent_at,
                taken_in_at: sent_at + SignedDuration::from_mins(on_its_way),
            };
            let window = window.map(SignedDuration::from_mins);
            let rule = answer_rule(Market::UsWireline, true, came, window);
            assert_eq!(
                rule.due_at.duration_since(sent_at).as_mins(),
                after,
                "{on_its_way} {window:?}"
            );
        }
    }
}
