use super::*;

fn tn(line: u32) -> Tn {
    format!("+1415867{line:04}").parse().unwrap()
}

fn record(account: AccountId) -> SubscriberRecord {
    SubscriberRecord {
        account,
        standing: Standing::InService,
        is_locked: false,
        is_separated: false,
        pin: FieldMatch::NotCompared,
        account_number: "0012-A".to_owned(),
        postal_code: "07030".to_owned(),
        name: "Ann Lee".to_owned(),
    }
}

fn given() -> Given {
    Given {
        account_number: "12a".into(),
        postal_code: "07030-4321".to_owned(),
        name: "ANN LEE".to_owned(),
    }
}

type Change = fn(&mut SubscriberRecord, &mut Given);

/// What is changed of a request that is right in everything, and what comes of it.
fn cases() -> [(Change, Option<LawfulReason>); 18] {
    use LawfulReason::{AccountNumber, Locked, Pin, PinMissing, TnNotActive, Zip};
    [
        (|_, _| {}, None),
        (|ours, _| ours.standing = Standing::Incoming, Some(TnNotActive)),
        (|ours, _| ours.is_locked = true, Some(Locked)),
        (|ours, _| ours.pin = FieldMatch::Matched, None),
        (|ours, _| ours.pin = FieldMatch::NotMatched, Some(Pin)),
        (|ours, _| ours.pin = FieldMatch::NotGiven, Some(PinMissing)),
        (
            |_, given| given.account_number = "13a".into(),
            Some(AccountNumber),
        ),
        (|_, given| given.account_number = "".into(), Some(AccountNumber)),
        (|_, given| given.postal_code = "07031".to_owned(), Some(Zip)),
        (|_, given| given.postal_code.clear(), Some(Zip)),
        // What is not on file cannot be wrong.
        (|ours, _| ours.account_number.clear(), None),
        (|ours, _| ours.postal_code.clear(), None),
        // A name is compared, and denies nothing.
        (|_, given| given.name = "Bob Ray".to_owned(), None),
        (|_, given| given.name.clear(), None),
        // What is wrong first is named: what is not active needs no PIN, what is locked no account number.
        (
            |ours, _| (ours.standing, ours.is_locked) = (Standing::Incoming, true),
            Some(TnNotActive),
        ),
        (
            |ours, _| (ours.is_locked, ours.pin) = (true, FieldMatch::NotMatched),
            Some(Locked),
        ),
        // The account's lock and PIN do not hold a line that was separated from it; the rest is compared.
        (
            |ours, _| (ours.is_separated, ours.is_locked, ours.pin) = (true, true, FieldMatch::NotMatched),
            None,
        ),
        (
            |ours, given| (ours.is_separated, given.postal_code) = (true, "07031".to_owned()),
            Some(Zip),
        ),
    ]
}

#[test]
fn each_number_is_denied_for_what_is_wrong_with_it() {
    for (index, (change, expected)) in cases().into_iter().enumerate() {
        let (mut ours, mut given) = (record(AccountId::generate()), given());
        change(&mut ours, &mut given);
        let drafts = assess(&[(tn(1), Some(ours))], &given);
        assert_eq!(drafts[0].numbers[0].denial, expected, "case {index}");
        for answers in [AnswerMode::Whole, AnswerMode::PerNumber] {
            let is_denied = Verdict::of_request(&drafts, answers) == Verdict::Denied;
            assert_eq!(is_denied, expected.is_some(), "case {index}");
        }
    }
}

#[test]
fn each_field_says_how_it_compares() {
    use FieldMatch::{Matched, NotCompared, NotGiven, NotMatched};
    let cases: [(Change, [FieldMatch; 4]); 5] = [
        (|_, _| {}, [Matched, Matched, NotCompared, Matched]),
        (
            |_, given| given.name = "Bob".to_owned(),
            [Matched, Matched, NotCompared, NotMatched],
        ),
        (
            |ours, given| {
                ours.pin = NotMatched;
                given.account_number = "9".into();
                given.name.clear();
            },
            [NotMatched, Matched, NotMatched, NotGiven],
        ),
        (
            |ours, given| {
                ours.name.clear();
                given.postal_code.clear();
            },
            [Matched, NotGiven, NotCompared, NotCompared],
        ),
        (
            |ours, _| ours.account_number.clear(),
            [NotCompared, Matched, NotCompared, Matched],
        ),
    ];
    for (index, (change, expected)) in cases.into_iter().enumerate() {
        let (mut ours, mut given) = (record(AccountId::generate()), given());
        change(&mut ours, &mut given);
        let matches = assess(&[(tn(1), Some(ours))], &given)[0].numbers[0].matches;
        let found = [
            matches.account_number,
            matches.postal_code,
            matches.pin,
            matches.name,
        ];
        assert_eq!(found, expected, "case {index}");
    }
    for found in FieldMatch::ALL {
        assert_eq!(FieldMatch::from_code(found.code()), Some(found));
    }
}

#[test]
fn each_account_gets_a_case_and_the_platform_the_numbers_of_nobody() {
    let (first, second) = (AccountId::generate(), AccountId::generate());
    let mut separated = record(first);
    separated.is_separated = true;
    let asked = [
        (tn(1), Some(record(first))),
        (tn(2), Some(record(second))),
        (tn(3), None),
        (tn(4), Some(record(first))),
        (tn(5), Some(separated)),
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
    assert_eq!(of(first), [(tn(1), None), (tn(4), None)]);
    assert_eq!(of(second), [(tn(2), None)]);
    assert_eq!(
        of(AccountId::PLATFORM),
        [(tn(3), Some(LawfulReason::TnNotFound)), (tn(5), None)]
    );
    assert_eq!(Verdict::of_request(&drafts, AnswerMode::Whole), Verdict::Denied);
    assert_eq!(
        Verdict::of_request(&drafts, AnswerMode::PerNumber),
        Verdict::Allowed
    );
}

#[test]
fn a_separated_number_is_judged_by_what_was_given_alone() {
    use FieldMatch::{Matched, NotCompared, NotGiven, NotMatched};
    use LawfulReason::{AccountNumber, Locked, Pin, PinMissing, TnNotActive, Zip};
    // The denial before; how the PIN, the account number and the ZIP compare; the denial after.
    let cases = [
        (None, [Matched, Matched, Matched], None),
        (Some(Locked), [Matched, Matched, Matched], None),
        (Some(Pin), [NotMatched, Matched, NotCompared], None),
        (
            Some(PinMissing),
            [NotGiven, NotMatched, Matched],
            Some(AccountNumber),
        ),
        (Some(Zip), [NotCompared, Matched, NotGiven], Some(Zip)),
        // The account's word for it, which had been upheld.
        (Some(Zip), [NotCompared, NotCompared, NotCompared], None),
        (
            Some(TnNotActive),
            [NotCompared, Matched, Matched],
            Some(TnNotActive),
        ),
    ];
    for (denial, [pin, account_number, postal_code], after) in cases {
        let number = AskedNumber {
            tn: "+14158675309".parse().unwrap(),
            denial,
            matches: Matches {
                account_number,
                postal_code,
                pin,
                name: NotMatched,
            },
            is_separated: false,
        };
        let separated = number.separate();
        assert_eq!(separated.denial, after, "{denial:?}");
        assert!(separated.is_separated && separated.matches.pin == NotCompared);
    }
}
