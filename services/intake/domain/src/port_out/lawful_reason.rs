//! The reasons for which numbers may lawfully be held back.

use std::str::FromStr;

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

/// What is known of the numbers of a case, as far as reasons hang on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReasonFacts {
    /// One of them has a port-out PIN.
    pub has_pin: bool,
    /// One of them is locked.
    pub is_locked: bool,
    /// One of them is in another open port-out.
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

    /// Whether an account can say it of numbers of which these facts are known. What the request itself gave may always be
    /// wrong in the eyes of the account; a PIN, a lock or another port are there or are not.
    pub const fn can_apply(self, facts: ReasonFacts) -> bool {
        match self {
            Self::TnNotFound | Self::TnNotActive | Self::AccountNumber | Self::Zip => true,
            Self::Pin | Self::PinMissing => facts.has_pin,
            Self::Locked => facts.is_locked,
            Self::PendingOrder => facts.has_other_port,
            Self::NotAuthorized => false,
        }
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

    #[test]
    fn a_reason_about_a_pin_a_lock_or_another_port_needs_one() {
        let none = ReasonFacts {
            has_pin: false,
            is_locked: false,
            has_other_port: false,
        };
        let always = [
            LawfulReason::TnNotFound,
            LawfulReason::TnNotActive,
            LawfulReason::AccountNumber,
            LawfulReason::Zip,
        ];
        let able = |facts| {
            let reasons = LawfulReason::ALL
                .into_iter()
                .filter(move |reason| reason.can_apply(facts));
            reasons
                .filter(|reason| !always.contains(reason))
                .collect::<Vec<_>>()
        };
        assert!(always.iter().all(|reason| reason.can_apply(none)));
        assert_eq!(able(none), []);
        assert_eq!(
            able(ReasonFacts {
                has_pin: true,
                ..none
            }),
            [LawfulReason::Pin, LawfulReason::PinMissing]
        );
        assert_eq!(
            able(ReasonFacts {
                is_locked: true,
                ..none
            }),
            [LawfulReason::Locked]
        );
        assert_eq!(
            able(ReasonFacts {
                has_other_port: true,
                ..none
            }),
            [LawfulReason::PendingOrder]
        );
    }
}
