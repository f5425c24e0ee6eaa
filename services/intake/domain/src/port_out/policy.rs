//! What an account does with requests that nothing on file forbids.
//!
//! **Architecture invariant:** there is no outcome that refuses, so no policy can express an unlawful refusal. Nor can one
//! ask the customer of a wireline carrier first (a wireline losing carrier may not verify a request with its customer),
//! let numbers go where the law wants somebody to say yes, or refuse sooner than the law does by a short window where
//! silence refuses: those rules have no value for it.

use jiff::{SignedDuration, Timestamp};
use types::{Country, Subject};

use super::deadline::{AnswerRule, Came, answer_rule};
use super::verdict::FieldMatch;

const MINUTES_MIN: u16 = 15;
const MINUTES_MAX: u16 = 24 * 60;

/// Which law a request falls under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Market {
    /// Numbers of the US, not for a wireless carrier.
    UsWireline,
    /// Numbers of the US, for a wireless carrier.
    UsWireless,
    /// Numbers of Canada, not for a wireless carrier.
    CanadaWireline,
    /// Numbers of Canada, for a wireless carrier: by consent alone.
    CanadaWireless,
}

impl Market {
    /// The market of numbers of `country`, asked for by a wireless carrier or another one.
    pub const fn of(country: Country, is_wireless: bool) -> Self {
        match (country, is_wireless) {
            (Country::Us, false) => Self::UsWireline,
            (Country::Us, true) => Self::UsWireless,
            (Country::Ca, false) => Self::CanadaWireline,
            (Country::Ca, true) => Self::CanadaWireless,
        }
    }
}

/// How end users are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskBy {
    /// By a link in an email.
    Email,
    /// By a text to the number: whoever holds its phone is its end user.
    Sms,
}

/// What is done with a request of which every number may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The numbers may go at once.
    Authorize,
    /// A person decides, or silence.
    Hold,
    /// The right PIN authorizes at once; where none is set a person decides.
    RequirePin,
    /// The end user says YES or NO; a person can decide meanwhile.
    AskEndUser(AskBy),
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [
        Self::Authorize,
        Self::Hold,
        Self::RequirePin,
        Self::AskEndUser(AskBy::Email),
        Self::AskEndUser(AskBy::Sms),
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Authorize => "AUTHORIZE",
            Self::Hold => "HOLD",
            Self::RequirePin => "REQUIRE_PIN",
            Self::AskEndUser(AskBy::Email) => "ASK_END_USER",
            Self::AskEndUser(AskBy::Sms) => "ASK_END_USER_BY_SMS",
        }
    }

    /// Reads a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    /// Whether it authorizes at once, given how the PINs of the numbers that may go compare.
    pub fn is_at_once(self, pins: impl IntoIterator<Item = FieldMatch>) -> bool {
        match self {
            Self::Authorize => true,
            Self::RequirePin => pins.into_iter().all(|pin| pin == FieldMatch::Matched),
            Self::Hold | Self::AskEndUser(_) => false,
        }
    }
}

/// What can be done in a wireline market: all but asking the end user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WirelineOutcome {
    /// See [`Outcome::Authorize`].
    Authorize,
    /// See [`Outcome::Hold`].
    Hold,
    /// See [`Outcome::RequirePin`].
    RequirePin,
}

/// What can be done where the law wants somebody to say yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentOutcome {
    /// See [`Outcome::Hold`]: the account answers for its end user.
    Hold,
    /// See [`Outcome::AskEndUser`].
    AskEndUser(AskBy),
}

/// The outcome cannot be chosen in this market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the law of this market does not allow it")]
pub struct NotInThisMarket;

impl TryFrom<Outcome> for WirelineOutcome {
    type Error = NotInThisMarket;

    fn try_from(outcome: Outcome) -> Result<Self, NotInThisMarket> {
        match outcome {
            Outcome::Authorize => Ok(Self::Authorize),
            Outcome::Hold => Ok(Self::Hold),
            Outcome::RequirePin => Ok(Self::RequirePin),
            Outcome::AskEndUser(_) => Err(NotInThisMarket),
        }
    }
}

impl TryFrom<Outcome> for ConsentOutcome {
    type Error = NotInThisMarket;

    fn try_from(outcome: Outcome) -> Result<Self, NotInThisMarket> {
        match outcome {
            Outcome::Hold => Ok(Self::Hold),
            Outcome::AskEndUser(by) => Ok(Self::AskEndUser(by)),
            Outcome::Authorize | Outcome::RequirePin => Err(NotInThisMarket),
        }
    }
}

impl From<WirelineOutcome> for Outcome {
    fn from(outcome: WirelineOutcome) -> Self {
        match outcome {
            WirelineOutcome::Authorize => Self::Authorize,
            WirelineOutcome::Hold => Self::Hold,
            WirelineOutcome::RequirePin => Self::RequirePin,
        }
    }
}

impl From<ConsentOutcome> for Outcome {
    fn from(outcome: ConsentOutcome) -> Self {
        match outcome {
            ConsentOutcome::Hold => Self::Hold,
            ConsentOutcome::AskEndUser(by) => Self::AskEndUser(by),
        }
    }
}

/// How long a person may take. Invariant: 15 minutes, so that a person can, to 24 hours, the longest the law gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window(u16);

/// Not a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a window has {MINUTES_MIN} to {MINUTES_MAX} minutes")]
pub struct InvalidWindow;

impl Window {
    /// A window of so many minutes.
    pub const fn from_minutes(minutes: u16) -> Result<Self, InvalidWindow> {
        if minutes >= MINUTES_MIN && minutes <= MINUTES_MAX {
            Ok(Self(minutes))
        } else {
            Err(InvalidWindow)
        }
    }

    /// Its minutes.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// Its length.
    pub fn length(self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.0))
    }
}

/// What is done in a market where silence lets numbers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule<O> {
    /// What is done.
    pub outcome: O,
    /// How long a person may take; `None`: as long as the law gives.
    pub window: Option<Window>,
}

/// What an account does, by market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// [`Market::UsWireline`].
    pub us_wireline: Rule<WirelineOutcome>,
    /// [`Market::UsWireless`].
    pub us_wireless: Rule<Outcome>,
    /// [`Market::CanadaWireline`].
    pub canada_wireline: Rule<WirelineOutcome>,
    /// [`Market::CanadaWireless`]. Silence refuses there, so nobody may shorten the time to say yes.
    pub canada_wireless: ConsentOutcome,
}

impl Default for Policy {
    /// A person decides, in the time the law gives.
    fn default() -> Self {
        let wireline = Rule {
            outcome: WirelineOutcome::Hold,
            window: None,
        };
        Self {
            us_wireline: wireline,
            us_wireless: Rule {
                outcome: Outcome::Hold,
                window: None,
            },
            canada_wireline: wireline,
            canada_wireless: ConsentOutcome::Hold,
        }
    }
}

/// A policy as it was set. Versions count from 1; 0 is what holds before anybody set one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Which one.
    pub version: i32,
    /// What it says.
    pub policy: Policy,
    /// Who set it, and when; `None`: nobody.
    pub set: Option<(Subject, Timestamp)>,
}

/// What a policy makes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// What is done.
    pub outcome: Outcome,
    /// When the answer is due, and what silence means then.
    pub rule: AnswerRule,
}

impl Policy {
    /// What it makes of a request.
    pub fn course(&self, market: Market, is_simple: bool, came: Came) -> Course {
        let (outcome, window) = match market {
            Market::UsWireline => (self.us_wireline.outcome.into(), self.us_wireline.window),
            Market::UsWireless => (self.us_wireless.outcome, self.us_wireless.window),
            Market::CanadaWireline => (self.canada_wireline.outcome.into(), self.canada_wireline.window),
            Market::CanadaWireless => (self.canada_wireless.into(), None),
        };
        let rule = answer_rule(market, is_simple, came, window.map(Window::length));
        Course { outcome, rule }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::port_out::SilenceMeans;

    #[test]
    fn no_outcome_refuses_and_no_market_has_one_that_its_law_forbids() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_code(outcome.code()), Some(outcome));
            let wireline = WirelineOutcome::try_from(outcome);
            assert_eq!(
                wireline.is_err(),
                matches!(outcome, Outcome::AskEndUser(_)),
                "{outcome:?}"
            );
            assert_eq!(wireline.map_or(outcome, Outcome::from), outcome);
            let consent = ConsentOutcome::try_from(outcome);
            assert_eq!(
                consent.is_ok(),
                matches!(outcome, Outcome::Hold | Outcome::AskEndUser(_)),
                "{outcome:?}"
            );
            assert_eq!(consent.map_or(outcome, Outcome::from), outcome);
        }
        for code in ["REFUSE", "REJECT", "DENY", ""] {
            assert_eq!(Outcome::from_code(code), None, "{code}");
        }
    }

    #[test]
    fn only_the_right_pin_of_every_number_authorizes_at_once() {
        use FieldMatch::{Matched, NotCompared};
        let cases = [
            (Outcome::Authorize, vec![NotCompared], true),
            (Outcome::Hold, vec![Matched], false),
            (Outcome::AskEndUser(AskBy::Email), vec![Matched], false),
            (Outcome::AskEndUser(AskBy::Sms), vec![Matched], false),
            (Outcome::RequirePin, vec![Matched, Matched], true),
            (Outcome::RequirePin, vec![Matched, NotCompared], false),
        ];
        for (outcome, pins, expected) in cases {
            assert_eq!(outcome.is_at_once(pins.clone()), expected, "{outcome:?} {pins:?}");
        }
    }

    #[test]
    fn a_window_shortens_what_the_law_gives_but_not_where_silence_refuses() {
        let received: Timestamp = "2026-11-23T15:00:00Z".parse().unwrap();
        let window = Some(Window::from_minutes(60).unwrap());
        let mut policy = Policy::default();
        policy.us_wireline.window = window;
        policy.us_wireless.window = window;
        policy.canada_wireline.window = window;
        // Minutes until the answer is due by default, and with a window of an hour.
        let cases = [
            (Market::UsWireline, 240, 60, SilenceMeans::Authorized),
            (Market::UsWireless, 150, 60, SilenceMeans::Authorized),
            (Market::CanadaWireline, 1_440, 60, SilenceMeans::Authorized),
            (Market::CanadaWireless, 90, 90, SilenceMeans::Rejected),
        ];
        for (market, by_law, with_window, silence) in cases {
            let due = |policy: &Policy| {
                let came = Came {
                    sent_at: received,
                    taken_in_at: received,
                };
                let rule = policy.course(market, true, came).rule;
                assert_eq!(rule.silence, silence, "{market:?}");
                rule.due_at.duration_since(received).as_mins()
            };
            assert_eq!(
                (due(&Policy::default()), due(&policy)),
                (by_law, with_window),
                "{market:?}"
            );
        }
        assert_eq!(Window::from_minutes(14), Err(InvalidWindow));
        assert_eq!(Window::from_minutes(1_441), Err(InvalidWindow));
    }
}
