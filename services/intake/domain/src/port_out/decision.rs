//! Who decided a case, and why it was refused.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use types::{InvalidValue, Subject, Tn};

use super::lawful_reason::LawfulReason;

/// A refusal, before anybody checked it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The reason.
    pub reason: LawfulReason,
    /// The numbers it is true of.
    pub tns: Vec<Tn>,
    /// What proves it, in words.
    pub explanation: String,
    /// Who refused.
    pub by: Claimant,
    /// When.
    pub at: Timestamp,
}

/// Who refuses, before anybody checked it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimant {
    /// A subject of the account.
    Subject(Subject),
    /// An end user who was asked.
    EndUser,
}

/// No subject has a space in its name.
const END_USER: &str = "end user";

impl fmt::Display for Claimant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject(subject) => subject.fmt(f),
            Self::EndUser => f.write_str(END_USER),
        }
    }
}

impl FromStr for Claimant {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text {
            END_USER => Ok(Self::EndUser),
            subject => subject.parse().map(Self::Subject),
        }
    }
}

/// Who decided, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who.
    pub by: Decider,
    /// When.
    pub at: Timestamp,
}

/// Who, or what, decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decider {
    /// A subject of the account, or of the platform for a rejection that was upheld.
    Subject(Subject),
    /// Nobody answered in time.
    Silence,
    /// Our own rules, or the account's policy.
    Policy,
    /// The end user was asked.
    EndUser,
    /// A rejection did not stand: operations said so, or the time for checking it ran out.
    Overruled,
}

impl fmt::Display for Decider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject(subject) => subject.fmt(f),
            Self::Silence => f.write_str("silence"),
            Self::Policy => f.write_str("policy"),
            Self::EndUser => f.write_str(END_USER),
            Self::Overruled => f.write_str("overruled"),
        }
    }
}

/// Why a case was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grounds {
    /// Numbers of this case are denied; the reasons stand with the numbers.
    NumbersDenied,
    /// Another number of the same request is denied, and the request gets one answer.
    OtherNumberDenied,
    /// The reason of the account or of its end user, upheld.
    Upheld(LawfulReason),
    /// Where the law asks for consent: nobody consented, or an end user who was asked said NO.
    NoConsent,
}

impl Grounds {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NumbersDenied => "NUMBERS_DENIED",
            Self::OtherNumberDenied => "OTHER_NUMBER_DENIED",
            Self::Upheld(reason) => reason.code(),
            Self::NoConsent => "NO_CONSENT",
        }
    }

    /// Reads a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::NumbersDenied, Self::OtherNumberDenied, Self::NoConsent]
            .into_iter()
            .find(|grounds| grounds.code() == code)
            .or_else(|| code.parse().ok().map(Self::Upheld))
    }
}
