//! Which numbers of a request may go: one verdict a number, one case an account, one answer to the request.

use std::collections::BTreeMap;

use types::{AccountId, Secret, Tn};

use super::case::AnswerMode;
use super::lawful_reason::LawfulReason;
use super::matching::{is_same_account_number, is_same_name, is_same_postal_code};

/// Whether a number of the inventory is in service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// On its way to us.
    Incoming,
    /// In service.
    InService,
}

/// How something that was given compares with what is on file. The values themselves are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldMatch {
    /// The same, as far as the field's rule asks for.
    Matched,
    /// Another one.
    NotMatched,
    /// On file, and not given.
    NotGiven,
    /// There is nothing on file to compare with.
    NotCompared,
}

impl FieldMatch {
    /// Every way to compare.
    pub const ALL: [Self; 4] = [Self::Matched, Self::NotMatched, Self::NotGiven, Self::NotCompared];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Matched => "MATCHED",
            Self::NotMatched => "NOT_MATCHED",
            Self::NotGiven => "NOT_GIVEN",
            Self::NotCompared => "NOT_COMPARED",
        }
    }

    /// Reads a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|found| found.code() == code)
    }

    /// Compares by a rule. Empty `ours`: nothing on file; empty `given`: not given.
    fn of(ours: &str, given: &str, is_same: fn(&str, &str) -> bool) -> Self {
        if ours.is_empty() {
            Self::NotCompared
        } else if given.is_empty() {
            Self::NotGiven
        } else if is_same(ours, given) {
            Self::Matched
        } else {
            Self::NotMatched
        }
    }

    /// Whether something on file was not given rightly.
    const fn is_at_fault(self) -> bool {
        match self {
            Self::NotMatched | Self::NotGiven => true,
            Self::Matched | Self::NotCompared => false,
        }
    }
}

/// How each thing that was given for a number compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matches {
    /// The account number.
    pub account_number: FieldMatch,
    /// ZIP or postal code.
    pub postal_code: FieldMatch,
    /// The PIN.
    pub pin: FieldMatch,
    /// The name. It denies nothing.
    pub name: FieldMatch,
}

impl Matches {
    /// Of a number that is not on file.
    pub const NONE: Self = Self {
        account_number: FieldMatch::NotCompared,
        postal_code: FieldMatch::NotCompared,
        pin: FieldMatch::NotCompared,
        name: FieldMatch::NotCompared,
    };
}

/// What is on file about a number of ours.
#[derive(Debug, Clone)]
pub struct SubscriberRecord {
    /// Whose it is.
    pub account: AccountId,
    /// Whether it is in service.
    pub standing: Standing,
    /// Whether it is locked against porting.
    pub is_locked: bool,
    /// Whether the line was separated from its account (Safe Connections Act, 47 USC 345): then the account's lock and
    /// PIN do not hold it, and the account is not told.
    pub is_separated: bool,
    /// How the PIN compares: only hashes are kept, so whoever keeps them compares. Not compared: none is set, and one that
    /// was given does not matter.
    pub pin: FieldMatch,
    /// Our account number; empty: none on file.
    pub account_number: String,
    /// ZIP or postal code; empty: none on file.
    pub postal_code: String,
    /// The end user's name; empty: none on file.
    pub name: String,
}

/// What the winning carrier gave to show that it asks for the right subscriber.
#[derive(Debug, Clone)]
pub struct Given {
    /// Account number; empty: not given.
    pub account_number: Secret,
    /// ZIP or postal code; empty: not given.
    pub postal_code: String,
    /// Name; empty: not given.
    pub name: String,
}

/// A number that was asked for, and why it may not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedNumber {
    /// The number.
    pub tn: Tn,
    /// `None`: it may go. A denial of ours cannot be overruled by the account.
    pub denial: Option<LawfulReason>,
    /// How what was given compares.
    pub matches: Matches,
    /// Whether its line was separated from its account.
    pub is_separated: bool,
}

impl AskedNumber {
    /// As it is judged once its line was separated from its account: the account's lock and PIN do not hold it, and what the
    /// account said of it does not count.
    #[must_use]
    pub fn separate(self) -> Self {
        let matches = Matches {
            pin: FieldMatch::NotCompared,
            ..self.matches
        };
        let denial = match self.denial {
            Some(LawfulReason::TnNotFound | LawfulReason::TnNotActive) => self.denial,
            Some(
                LawfulReason::AccountNumber
                | LawfulReason::Zip
                | LawfulReason::Pin
                | LawfulReason::PinMissing
                | LawfulReason::Locked
                | LawfulReason::PendingOrder
                | LawfulReason::NotAuthorized,
            )
            | None => fault_of(matches),
        };
        Self {
            matches,
            denial,
            is_separated: true,
            ..self
        }
    }
}

/// Whether what was asked for may go, as far as we can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may; the account decides.
    Allowed,
    /// It may not.
    Denied,
}

impl Verdict {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Allowed => "ALLOWED",
            Self::Denied => "DENIED",
        }
    }

    /// The verdict on all cases of a request.
    pub fn of_request(drafts: &[CaseDraft], answers: AnswerMode) -> Self {
        let verdicts = drafts
            .iter()
            .map(|draft| Self::of_numbers(&draft.numbers, answers));
        answers.together(verdicts.map(|verdict| verdict == Self::Denied))
    }

    /// The verdict on some numbers of a request.
    pub fn of_numbers(numbers: &[AskedNumber], answers: AnswerMode) -> Self {
        answers.together(numbers.iter().map(|number| number.denial.is_some()))
    }
}

impl AnswerMode {
    /// One denial denies the whole, or only all denials do.
    fn together(self, mut denials: impl Iterator<Item = bool>) -> Verdict {
        let is_denied = match self {
            Self::Whole => denials.any(|is_denied| is_denied),
            Self::PerNumber => denials.all(|is_denied| is_denied),
        };
        if is_denied {
            Verdict::Denied
        } else {
            Verdict::Allowed
        }
    }
}

/// The numbers of one account in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDraft {
    /// Whose they are; the platform's own account for numbers of nobody and for separated lines, so that operations see
    /// them and nobody else does.
    pub account: AccountId,
    /// The numbers, in the order of the request.
    pub numbers: Vec<AskedNumber>,
}

/// Splits the numbers of a request into one case an account.
pub fn assess(asked: &[(Tn, Option<SubscriberRecord>)], given: &Given) -> Vec<CaseDraft> {
    let mut by_account: BTreeMap<AccountId, Vec<AskedNumber>> = BTreeMap::new();
    for (tn, record) in asked {
        let (account, number) = judge(*tn, record.as_ref(), given);
        by_account.entry(account).or_default().push(number);
    }
    by_account
        .into_iter()
        .map(|(account, numbers)| CaseDraft { account, numbers })
        .collect()
}

fn judge(tn: Tn, record: Option<&SubscriberRecord>, given: &Given) -> (AccountId, AskedNumber) {
    let Some(record) = record else {
        let nobodys = AskedNumber {
            tn,
            denial: Some(LawfulReason::TnNotFound),
            matches: Matches::NONE,
            is_separated: false,
        };
        return (AccountId::PLATFORM, nobodys);
    };
    let matches = Matches {
        account_number: FieldMatch::of(
            &record.account_number,
            given.account_number.expose(),
            is_same_account_number,
        ),
        postal_code: FieldMatch::of(&record.postal_code, &given.postal_code, is_same_postal_code),
        pin: if record.is_separated {
            FieldMatch::NotCompared
        } else {
            record.pin
        },
        name: FieldMatch::of(&record.name, &given.name, is_same_name),
    };
    let account = if record.is_separated {
        AccountId::PLATFORM
    } else {
        record.account
    };
    let number = AskedNumber {
        tn,
        denial: denial_of(record, matches),
        matches,
        is_separated: record.is_separated,
    };
    (account, number)
}

/// The first thing that is wrong, what is least private first.
fn denial_of(record: &SubscriberRecord, matches: Matches) -> Option<LawfulReason> {
    match record.standing {
        Standing::Incoming => return Some(LawfulReason::TnNotActive),
        Standing::InService => {}
    }
    if record.is_locked && !record.is_separated {
        return Some(LawfulReason::Locked);
    }
    match matches.pin {
        FieldMatch::NotMatched => return Some(LawfulReason::Pin),
        FieldMatch::NotGiven => return Some(LawfulReason::PinMissing),
        FieldMatch::Matched | FieldMatch::NotCompared => {}
    }
    fault_of(matches)
}

/// What was given that is not the subscriber's.
fn fault_of(matches: Matches) -> Option<LawfulReason> {
    if matches.account_number.is_at_fault() {
        return Some(LawfulReason::AccountNumber);
    }
    matches.postal_code.is_at_fault().then_some(LawfulReason::Zip)
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
