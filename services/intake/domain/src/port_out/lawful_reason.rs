//! The reasons for which numbers may lawfully be held back.

use std::str::FromStr;

use types::Tn;

use super::verdict::{FieldMatch, Matches, Standing};

/// A lawful reason (47 CFR 52.36 and what the FCC has said of it).
///
/// Invariant, by construction: an unpaid balance, a contract or its termination fee, instalments of a device, an
/// unpaid porting fee and a name or address that differs have no variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LawfulReason {
    /// A number is not the account's.
    TnNotFound,
    /// A number is not in service.
    TnNotActive,
    /// The account number that was given is wrong or missing.
    AccountNumber,
    /// The ZIP or postal code that was given is wrong or missing.
    Zip,
    /// The PIN that was given is wrong.
    Pin,
    /// A PIN is set and none was given.
    PinMissing,
    /// The end user locked the number against porting.
    Locked,
    /// Another port of a number is under way.
    PendingOrder,
    /// The end user did not ask for it (47 CFR 64.1120). Said by the end user alone, with proof: never by the account.
    NotAuthorized,
}

/// A reason that the law does not allow, or that we do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one of the reasons for which 47 CFR 52.36 lets a carrier refuse a port-out")]
pub struct NotLawful;

/// What is on record about a number of a case, as far as reasons hang on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReasonFacts {
    /// The number.
    pub tn: Tn,
    /// Where it stands; `None`: it is not the account's.
    pub standing: Option<Standing>,
    /// How what was given compared when the request came.
    pub matches: Matches,
    /// It is locked.
    pub is_locked: bool,
    /// It is in another open port-out.
    pub has_other_port: bool,
}

impl LawfulReason {
    /// Every lawful reason.
    pub const ALL: [Self; 9] = [
        Self::TnNotFound,
        Self::TnNotActive,
        Self::AccountNumber,
        Self::Zip,
        Self::Pin,
        Self::PinMissing,
        Self::Locked,
        Self::PendingOrder,
        Self::NotAuthorized,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TnNotFound => "TN_NOT_FOUND",
            Self::TnNotActive => "TN_NOT_ACTIVE",
            Self::AccountNumber => "ACCOUNT_NUMBER",
            Self::Zip => "ZIP",
            Self::Pin => "PIN",
            Self::PinMissing => "PIN_MISSING",
            Self::Locked => "LOCKED",
            Self::PendingOrder => "PENDING_ORDER",
            Self::NotAuthorized => "NOT_AUTHORIZED",
        }
    }

    /// What it says.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::TnNotFound => "A number of the request is not one of your numbers.",
            Self::TnNotActive => "A number of the request is not in service.",
            Self::AccountNumber => "The account number in the request is wrong or missing.",
            Self::Zip => "The ZIP or postal code in the request is wrong or missing.",
            Self::Pin => "The port-out PIN in the request is wrong.",
            Self::PinMissing => "A port-out PIN is set and the request has none.",
            Self::Locked => "The end user locked the number against porting.",
            Self::PendingOrder => "Another port of a number of the request is under way.",
            Self::NotAuthorized => "The end user says that the request is not theirs.",
        }
    }

    /// What proves it to our operations.
    pub const fn proof(self) -> &'static str {
        match self {
            Self::TnNotFound => "Your record of who holds the number, or of the day it left you.",
            Self::TnNotActive => "The disconnect order, with its date.",
            Self::AccountNumber => "The account number on the end user's last bill.",
            Self::Zip => "The service or billing address on the end user's last bill.",
            Self::Pin | Self::PinMissing => "The day on which the end user set the PIN.",
            Self::Locked => "The end user's request for the lock, with its date.",
            Self::PendingOrder => "The other carrier's request, by its PON.",
            Self::NotAuthorized => "The end user's NO: who was asked, and when and from where it came.",
        }
    }

    /// Whether an account can say it of a number: our own record does not disprove it. Where nothing is on file to compare with,
    /// the account may know better; a PIN that was not set when the request came cannot have been wrong or missing.
    pub const fn can_apply(self, facts: &ReasonFacts) -> bool {
        match self {
            Self::TnNotFound => facts.standing.is_none(),
            Self::TnNotActive => matches!(facts.standing, Some(Standing::Incoming)),
            Self::AccountNumber => !matches!(facts.matches.account_number, FieldMatch::Matched),
            Self::Zip => !matches!(facts.matches.postal_code, FieldMatch::Matched),
            Self::Pin => matches!(facts.matches.pin, FieldMatch::NotMatched),
            Self::PinMissing => matches!(facts.matches.pin, FieldMatch::NotGiven),
            Self::Locked => facts.is_locked,
            Self::PendingOrder => facts.has_other_port,
            Self::NotAuthorized => false,
        }
    }

    /// Those that can be true of any of these numbers.
    pub fn applying_to(facts: &[ReasonFacts]) -> Vec<Self> {
        let applies = |reason: &Self| facts.iter().any(|number| reason.can_apply(number));
        Self::ALL.into_iter().filter(applies).collect()
    }
}

impl FromStr for LawfulReason {
    type Err = NotLawful;

    fn from_str(code: &str) -> Result<Self, NotLawful> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.code() == code)
            .ok_or(NotLawful)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlawful_reasons_cannot_be_said() {
        let unlawful = [
            "",
            "BALANCE_DUE",
            "UNSATISFACTORY_RELATIONSHIP",
            "CONTRACT",
            "EARLY_TERMINATION_FEE",
            "DEVICE_INSTALMENTS",
            "PORT_FEE",
            "NAME",
            "FIRST_NAME",
            "LAST_NAME",
            "BUSINESS_NAME",
            "ADDRESS",
            "the customer still owes us money",
            "pin",
        ];
        for code in unlawful {
            assert_eq!(code.parse::<LawfulReason>(), Err(NotLawful), "{code}");
        }
        for reason in LawfulReason::ALL {
            assert_eq!(reason.code().parse(), Ok(reason));
        }
    }

    /// A number of which all is right: nothing can be said.
    fn right() -> ReasonFacts {
        ReasonFacts {
            tn: "+14158675309".parse().unwrap(),
            standing: Some(Standing::InService),
            matches: Matches {
                account_number: FieldMatch::Matched,
                postal_code: FieldMatch::Matched,
                pin: FieldMatch::Matched,
                name: FieldMatch::NotMatched,
            },
            is_locked: false,
            has_other_port: false,
        }
    }

    #[test]
    fn a_reason_can_be_said_where_our_record_does_not_disprove_it() {
        use FieldMatch::{Matched, NotCompared, NotGiven, NotMatched};
        use LawfulReason::{
            AccountNumber, Locked, PendingOrder, Pin, PinMissing, TnNotActive, TnNotFound, Zip,
        };
        let compared = |account_number, postal_code, pin| ReasonFacts {
            matches: Matches {
                account_number,
                postal_code,
                pin,
                name: NotMatched,
            },
            ..right()
        };
        let cases = [
            (right(), vec![]),
            (compared(Matched, Matched, NotCompared), vec![]),
            (compared(NotCompared, Matched, Matched), vec![AccountNumber]),
            (
                compared(NotMatched, NotCompared, Matched),
                vec![AccountNumber, Zip],
            ),
            (compared(NotGiven, NotGiven, Matched), vec![AccountNumber, Zip]),
            (compared(Matched, Matched, NotMatched), vec![Pin]),
            (compared(Matched, Matched, NotGiven), vec![PinMissing]),
            (
                ReasonFacts {
                    standing: None,
                    ..right()
                },
                vec![TnNotFound],
            ),
            (
                ReasonFacts {
                    standing: Some(Standing::Incoming),
                    ..right()
                },
                vec![TnNotActive],
            ),
            (
                ReasonFacts {
                    is_locked: true,
                    ..right()
                },
                vec![Locked],
            ),
            (
                ReasonFacts {
                    has_other_port: true,
                    ..right()
                },
                vec![PendingOrder],
            ),
        ];
        for (facts, expected) in cases {
            assert_eq!(LawfulReason::applying_to(&[facts]), expected, "{facts:?}");
            assert_eq!(
                LawfulReason::applying_to(&[right(), facts]),
                expected,
                "{facts:?}"
            );
        }
        assert_eq!(LawfulReason::applying_to(&[]), []);
    }
}
