//! Which numbers of a request may go: one verdict a number, one case an account, one answer to the request.

use std::collections::BTreeMap;

use types::{AccountId, Secret, Tn};

use super::matching::{is_same_account_number, is_same_postal_code};

/// Why a number may not go. None of them can be overruled by the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Denial {
    /// It is no number of ours, or not any more.
    TnNotFound,
    /// It is not in service yet.
    TnNotActive,
    /// It is locked against porting.
    Locked,
    /// It has a PIN and another one was given.
    Pin,
    /// It has a PIN and none was given.
    PinMissing,
    /// The account number is another one, or was not given.
    AccountNumber,
    /// The ZIP or postal code is another one, or was not given.
    Zip,
}

impl Denial {
    /// Every denial.
    pub const ALL: [Self; 7] = [
        Self::TnNotFound,
        Self::TnNotActive,
        Self::Locked,
        Self::Pin,
        Self::PinMissing,
        Self::AccountNumber,
        Self::Zip,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TnNotFound => "TN_NOT_FOUND",
            Self::TnNotActive => "TN_NOT_ACTIVE",
            Self::Locked => "LOCKED",
            Self::Pin => "PIN",
            Self::PinMissing => "PIN_MISSING",
            Self::AccountNumber => "ACCOUNT_NUMBER",
            Self::Zip => "ZIP",
        }
    }

    /// Reads a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|denial| denial.code() == code)
    }
}

/// Whether a number of the inventory is in service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// On its way to us.
    Incoming,
    /// In service.
    InService,
}

/// How the PIN that was given compares with the one that is set. Only a hash is kept, so whoever keeps it compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinCheck {
    /// The same, character by character.
    Right,
    /// Another one.
    Wrong,
    /// None was given.
    NotGiven,
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
    /// How the PIN compares; `None`: no PIN is set, and one that was given does not matter.
    pub pin: Option<PinCheck>,
    /// Our account number; empty: none on file, so nothing to compare with.
    pub account_number: String,
    /// ZIP or postal code; empty: none on file.
    pub postal_code: String,
}

/// What the winning carrier gave to show that it asks for the right subscriber.
#[derive(Debug, Clone)]
pub struct Given {
    /// Account number; empty: not given.
    pub account_number: Secret,
    /// ZIP or postal code; empty: not given.
    pub postal_code: String,
}

/// A number that was asked for, and why it may not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedNumber {
    /// The number.
    pub tn: Tn,
    /// `None`: it may go.
    pub denial: Option<Denial>,
}

/// Whether everything that was asked for may go, as far as we can tell.
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

    /// The verdict on all cases of a request: one denial denies it.
    pub fn of_request(drafts: &[CaseDraft]) -> Self {
        Self::unless(drafts.iter().any(|draft| draft.verdict() == Self::Denied))
    }

    const fn unless(is_denied: bool) -> Self {
        if is_denied { Self::Denied } else { Self::Allowed }
    }
}

/// The numbers of one account in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDraft {
    /// Whose they are; the platform's own account for numbers of nobody, so that operations see them.
    pub account: AccountId,
    /// The numbers, in the order of the request.
    pub numbers: Vec<AskedNumber>,
}

/// Splits the numbers of a request into one case an account. One denied number denies the whole request, whoever has
/// it: the winning carrier gets one answer.
pub fn assess(asked: &[(Tn, Option<SubscriberRecord>)], given: &Given) -> Vec<CaseDraft> {
    let mut by_account: BTreeMap<AccountId, Vec<AskedNumber>> = BTreeMap::new();
    for (tn, record) in asked {
        let (account, denial) = match record {
            Some(record) => (record.account, denial_of(record, given)),
            None => (AccountId::PLATFORM, Some(Denial::TnNotFound)),
        };
        by_account
            .entry(account)
            .or_default()
            .push(AskedNumber { tn: *tn, denial });
    }
    by_account
        .into_iter()
        .map(|(account, numbers)| CaseDraft { account, numbers })
        .collect()
}

impl CaseDraft {
    /// The verdict on these numbers alone.
    pub fn verdict(&self) -> Verdict {
        Verdict::unless(self.numbers.iter().any(|number| number.denial.is_some()))
    }
}

/// The first thing that is wrong, what is least private first.
fn denial_of(record: &SubscriberRecord, given: &Given) -> Option<Denial> {
    match record.standing {
        Standing::Incoming => return Some(Denial::TnNotActive),
        Standing::InService => {}
    }
    if record.is_locked {
        return Some(Denial::Locked);
    }
    match record.pin {
        Some(PinCheck::Wrong) => return Some(Denial::Pin),
        Some(PinCheck::NotGiven) => return Some(Denial::PinMissing),
        Some(PinCheck::Right) | None => {}
    }
    let differs = |ours: &str, is_same: bool| !ours.is_empty() && !is_same;
    let is_same_account = is_same_account_number(&record.account_number, given.account_number.expose());
    if differs(&record.account_number, is_same_account) {
        return Some(Denial::AccountNumber);
    }
    differs(
        &record.postal_code,
        is_same_postal_code(&record.postal_code, &given.postal_code),
    )
    .then_some(Denial::Zip)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tn(line: u32) -> Tn {
        format!("+1415867{line:04}").parse().unwrap()
    }

    fn record(account: AccountId) -> SubscriberRecord {
        SubscriberRecord {
            account,
            standing: Standing::InService,
            is_locked: false,
            pin: None,
            account_number: "0012-A".to_owned(),
            postal_code: "07030".to_owned(),
        }
    }

    fn given() -> Given {
        Given {
            account_number: "12a".into(),
            postal_code: "07030-4321".to_owned(),
        }
    }

    #[test]
    fn each_number_is_denied_for_what_is_wrong_with_it() {
        type Change = fn(&mut SubscriberRecord, &mut Given);
        let cases: [(Change, Option<Denial>); 14] = [
            (|_, _| {}, None),
            (
                |ours, _| ours.standing = Standing::Incoming,
                Some(Denial::TnNotActive),
            ),
            (|ours, _| ours.is_locked = true, Some(Denial::Locked)),
            (|ours, _| ours.pin = Some(PinCheck::Right), None),
            (|ours, _| ours.pin = Some(PinCheck::Wrong), Some(Denial::Pin)),
            (
                |ours, _| ours.pin = Some(PinCheck::NotGiven),
                Some(Denial::PinMissing),
            ),
            (
                |_, given| given.account_number = "13a".into(),
                Some(Denial::AccountNumber),
            ),
            (
                |_, given| given.account_number = "".into(),
                Some(Denial::AccountNumber),
            ),
            (
                |_, given| given.postal_code = "07031".to_owned(),
                Some(Denial::Zip),
            ),
            (|_, given| given.postal_code.clear(), Some(Denial::Zip)),
            // What is not on file cannot be wrong.
            (|ours, _| ours.account_number.clear(), None),
            (|ours, _| ours.postal_code.clear(), None),
            // What is wrong first is named: what is not active needs no PIN, what is locked no account number.
            (
                |ours, _| (ours.standing, ours.is_locked) = (Standing::Incoming, true),
                Some(Denial::TnNotActive),
            ),
            (
                |ours, _| (ours.is_locked, ours.pin) = (true, Some(PinCheck::Wrong)),
                Some(Denial::Locked),
            ),
        ];
        for (index, (change, expected)) in cases.into_iter().enumerate() {
            let (mut ours, mut given) = (record(AccountId::generate()), given());
            change(&mut ours, &mut given);
            let drafts = assess(&[(tn(1), Some(ours))], &given);
            assert_eq!(drafts[0].numbers[0].denial, expected, "case {index}");
            let is_denied = Verdict::of_request(&drafts) == Verdict::Denied;
            assert_eq!(is_denied, expected.is_some(), "case {index}");
        }
    }

    #[test]
    fn each_account_gets_a_case_and_the_platform_the_numbers_of_nobody() {
        let (first, second) = (AccountId::generate(), AccountId::generate());
        let asked = [
            (tn(1), Some(record(first))),
            (tn(2), Some(record(second))),
            (tn(3), None),
            (tn(4), Some(record(first))),
        ];
        let drafts = assess(&asked, &given());
        let of = |account| {
            let draft = drafts.iter().find(|draft| draft.account == account).unwrap();
            draft
                .numbers
                .iter()
                .map(|number| (number.tn, number.denial))
                .collect::<Vec<_>>()
        };
        assert_eq!(drafts.len(), 3);
        assert_eq!(Verdict::of_request(&drafts), Verdict::Denied);
        assert_eq!(of(first), [(tn(1), None), (tn(4), None)]);
        assert_eq!(of(second), [(tn(2), None)]);
        assert_eq!(of(AccountId::PLATFORM), [(tn(3), Some(Denial::TnNotFound))]);
    }

    #[test]
    fn a_denial_reads_back_from_its_code() {
        for denial in Denial::ALL {
            assert_eq!(Denial::from_code(denial.code()), Some(denial));
        }
        assert_eq!(Denial::from_code("NAME"), None);
    }
}
