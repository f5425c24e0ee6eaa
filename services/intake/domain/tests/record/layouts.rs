//! Papers as carriers lay them out: what stands behind a label is read, everything else is left alone.

use intake_domain::record::{AccountRecord, Feature, numbers_in, read};
use proptest::prelude::*;
use types::Tn;

const LABELLED: &str = include_str!("papers/csr_labelled.txt");
const TABLE: &str = include_str!("papers/csr_table.txt");
const IDENTIFIERS: &str = include_str!("papers/csr_identifiers.txt");
const ONE_CELL: &str = include_str!("papers/bill_one_cell.txt");
const MASKED: &str = include_str!("papers/bill_masked.txt");
const CANADA: &str = include_str!("papers/csr_canada.txt");

/// A record in words, so that a whole one can be compared.
#[derive(Debug, PartialEq, Eq, Default)]
struct Said<'a> {
    names: Vec<&'a str>,
    addresses: Vec<&'a str>,
    accounts: Vec<&'a str>,
    btns: Vec<&'a str>,
    lines: Vec<&'a str>,
    features: Vec<(Feature, Vec<&'a str>)>,
}

fn check(paper: &str, expected: &Said<'_>) {
    let record = read(paper);
    let last_seven =
        |tns: &[Tn]| -> Vec<String> { tns.iter().map(|tn| tn.digits()[3..].to_owned()).collect() };
    assert_eq!(record.names, expected.names, "names");
    assert_eq!(record.addresses, expected.addresses, "addresses");
    let accounts: Vec<&str> = record.account_numbers.iter().map(types::Secret::expose).collect();
    assert_eq!(accounts, expected.accounts, "account numbers");
    assert_eq!(last_seven(&record.btns), expected.btns, "billing numbers");
    assert_eq!(last_seven(&record.lines), expected.lines, "lines");
    let features: Vec<(Feature, Vec<String>)> = record
        .features
        .iter()
        .map(|found| (found.feature, last_seven(&found.tns)))
        .collect();
    let expected: Vec<(Feature, Vec<String>)> = expected
        .features
        .iter()
        .map(|(feature, tns)| (*feature, tns.iter().map(|tn| (*tn).to_owned()).collect()))
        .collect();
    assert_eq!(features, expected, "features");
}

#[test]
fn a_record_with_a_label_before_each_value() {
    check(
        LABELLED,
        &Said {
            names: vec!["Lee, Ann"],
            addresses: vec!["21 Market Street, Apt 4, Newark, NJ 07102-1234"],
            accounts: vec!["4471-0092-88"],
            btns: vec!["8670100"],
            lines: vec!["8670100", "8670123", "8670124"],
            features: vec![(Feature::HuntGroup, vec!["8670123", "8670124"])],
        },
    );
}

#[test]
fn a_record_in_columns() {
    check(
        TABLE,
        &Said {
            names: vec!["Harbor Supply Company, Inc."],
            addresses: vec!["100 N. Broad St., Suite 1200, Newark NJ 07102"],
            accounts: vec!["000044710092"],
            btns: vec!["8670100"],
            lines: vec![
                "8670100", "8670101", "8670102", "8670103", "8670104", "8670105", "8670106", "8670107",
                "8670108", "8670109", "8670123", "8670124",
            ],
            features: vec![(Feature::Dsl, vec!["8670123"]), (Feature::Isdn, vec!["8670124"])],
        },
    );
}

#[test]
fn a_record_in_the_carriers_own_identifiers() {
    check(
        IDENTIFIERS,
        &Said {
            names: vec!["HARBOR SUPPLY INC"],
            addresses: vec!["100 N BROAD ST STE 1200, NEWARK, NJ 07102"],
            btns: vec!["8670100"],
            lines: vec!["8670100", "8670123", "8670124"],
            features: vec![
                (Feature::HuntGroup, vec!["8670123", "8670124"]),
                (Feature::Freeze, vec!["8670100"]),
                (Feature::Reseller, vec![]),
            ],
            ..Said::default()
        },
    );
}

#[test]
fn a_bill_whose_lines_run_together() {
    check(
        ONE_CELL,
        &Said {
            names: vec!["ANN M LEE"],
            addresses: vec!["21 Market St, Newark, NJ 07102"],
            accounts: vec!["4471 0092 8812", "4471"],
            ..Said::default()
        },
    );
    assert_eq!(
        numbers_in(ONE_CELL).len(),
        3,
        "the numbers in a paper are found all the same"
    );
}

#[test]
fn a_record_whose_columns_run_together() {
    let paper = "Customer Name ANN M LEE Account Number 4471-0092\n\
        Service Address 21 Market St, Newark, NJ 07102\n\
        Account Name Page 1 of 2\n\
        BTN 201-867-0100 Class of Service 1FR\n";
    check(
        paper,
        &Said {
            names: vec!["ANN M LEE"],
            addresses: vec!["21 Market St, Newark, NJ 07102"],
            btns: vec!["8670100"],
            ..Said::default()
        },
    );
}

#[test]
fn a_bill_that_hides_the_account_number_says_none() {
    check(
        MASKED,
        &Said {
            names: vec!["HARBOR SUPPLY INC"],
            ..Said::default()
        },
    );
}

#[test]
fn a_canadian_record_in_two_languages() {
    check(
        CANADA,
        &Said {
            names: vec!["O'Neil & Sons Limited"],
            addresses: vec!["12 Rue King Ouest, Bureau 300, Toronto ON M5V 3L9"],
            accounts: vec!["77-120044"],
            btns: vec!["8670100"],
            lines: vec!["8670100", "8670123"],
            features: vec![(Feature::Reseller, vec![])],
        },
    );
}

#[test]
fn what_is_denied_or_left_blank_or_spoken_of_is_no_feature() {
    let features = |text: &str| {
        let record = read(text);
        record
            .features
            .into_iter()
            .map(|found| found.feature)
            .collect::<Vec<_>>()
    };
    for text in [
        "Hunting: N",
        "Hunting - none",
        "DSL: N/A",
        "No DSL on this line",
        "Reseller:",
        "Reseller:    Bill date: 11/1/2026",
        "DSL available",
        "ISDN: not ordered",
        "Customer Name: Centrex Cleaning LLC",
        "Service Address: 4 Hunting Lane",
        "You can now order DSL at your home for a very low price when you call one of our friendly agents",
        "",
    ] {
        assert_eq!(features(text), [], "{text}");
    }
    let cases = [
        ("DSL: Yes", Feature::Dsl),
        ("ADSL2 none, ADSL 20M", Feature::Dsl),
        ("Hunting: sequential", Feature::HuntGroup),
        ("Hunt Group   A", Feature::HuntGroup),
        ("ISDN BRI", Feature::Isdn),
        ("CENTREX STATION", Feature::Centrex),
        ("Distinctive Ringing service", Feature::DistinctiveRing),
        ("Port Protection: Enabled", Feature::Freeze),
        ("Reseller Name: Acme Voice", Feature::Reseller),
    ];
    for (text, feature) in cases {
        assert_eq!(features(text), [feature], "{text}");
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_not_read() {
    for text in [
        "Name of the bank: First Harbor",
        "Account number changes take effect at once",
        "Customer: see reverse",
        "Customer Name: Account Number:",
        "Service Address: same as billing address",
        "BTN: 201-867-0100 and 201-867-0101",
        "Account Number: 12/01/2026",
        "Account: $52.11",
        "Name   Qty   Price",
        "Service Address: PO: 77",
    ] {
        assert_eq!(read(text), AccountRecord::default(), "{text}");
    }
}

/// What a stranger may send to keep us busy does not.
#[test]
fn a_paper_that_is_made_to_be_slow_is_not() {
    let lines = [
        "TN: TN: TN: 201-867-0000 - 0999, 202-867-0000 - 0999 /TN 203-867-0000 /TN 204-867-0000\n",
        "1 TN: 201-867-0000\n",
        "DSL  201-867-0000 - 0999  ISDN  202-867-0000 - 0999  DSL  HTG  DSL\n",
        "201-867-0000 - 0999 201-867-0001 - 0999 201-867-0002 - 0999 201-867-0003 - 0999\n",
        "Account Number  Account Number  Account Number  Customer Name  Service Address\n",
    ];
    for line in lines {
        let paper = line.repeat((1 << 20) / line.len());
        let record = read(&paper);
        assert!(record.lines.len() <= 20_000);
        assert!(numbers_in(&paper).len() <= 21_000);
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = read(&text);
    }

    #[test]
    fn no_paper_in_pieces_panics(
        pieces in prop::collection::vec(
            prop_oneof![
                Just("Account Number".to_owned()),
                Just("BTN:".to_owned()),
                Just("Service Address:".to_owned()),
                Just("/TN 201 867-0100/HTG".to_owned()),
                Just("Numbers on account".to_owned()),
                Just("\n".to_owned()),
                Just("   ".to_owned()),
                "[A-Za-z0-9 #:/.-]{0,20}",
                "\\PC{0,5}",
            ],
            0..40,
        )
    ) {
        let _ = read(&pieces.concat());
    }

    /// However a paper is cut off, what is read of it is no more than of the whole.
    #[test]
    fn a_labelled_value_is_read_back(account in "[0-9]{6,12}", line in 200_u16..=9_999, gap in "(:|: |:  |   |\n|:\n)") {
        let paper = format!("Account Number{gap}{account}\nBilling Telephone Number{gap}201-867-{line:04}\n");
        let record = read(&paper);
        let accounts: Vec<&str> = record.account_numbers.iter().map(types::Secret::expose).collect();
        prop_assert_eq!(accounts, [account.as_str()]);
        prop_assert_eq!(record.btns, [format!("+1201867{line:04}").parse::<Tn>().unwrap()]);
    }
}
