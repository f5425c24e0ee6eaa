//! When a name or an address on a paper is that of an order.

use intake_domain::port_in::{Address, SubscriberKind};
use intake_domain::record::{is_same_address, is_same_name};
use proptest::prelude::*;

#[test]
fn names_are_the_same_whatever_their_spelling_and_not_whatever_their_words() {
    use SubscriberKind::{Business, Residential};
    let cases = [
        (Residential, "Ann Lee", "ANN LEE", true),
        (Residential, "Ann Lee", "Lee, Ann", true),
        (Residential, "Mary-Ann O'Neil", "ONEIL MARY ANN", true),
        (Residential, "Ann Lee", "Ann M Lee", false),
        (Residential, "Ann Lee", "Bo Lee", false),
        (Business, "Harbor Supply Inc", "HARBOR SUPPLY, INC.", true),
        (Business, "Harbor Supply Co.", "Harbor Supply Company", true),
        (Business, "The Harbor Supply L.L.C.", "Harbor Supply LLC", true),
        (Business, "O'Neil & Sons Ltd", "ONEIL AND SONS LIMITED", true),
        (Business, "HarborSupply Inc", "Harbor Supply Inc", true),
        (
            Business,
            "Harbor Supply of New Jersey Inc",
            "HARBOR SUPPLY OF NEW JERS",
            true,
        ),
        (Business, "Harbor Supply Inc", "Harbor Supply", false),
        (Business, "Harbor Supply Inc", "Supply Harbor Inc", false),
    ];
    for (kind, ours, theirs, expected) in cases {
        assert_eq!(is_same_name(kind, ours, theirs), expected, "{ours} / {theirs}");
    }
}

fn address(street: &str, unit: &str) -> Address {
    Address {
        street: Some(street.parse().unwrap()),
        unit: unit.parse().ok(),
        city: Some("Newark".parse().unwrap()),
        state: Some("NJ".parse().unwrap()),
        postal_code: Some("07102".parse().unwrap()),
    }
}

#[test]
fn addresses_are_the_same_whatever_their_short_forms() {
    let cases = [
        ("21 Market St", "", "21 MARKET STREET, NEWARK, NJ 07102", true),
        ("21 Market St.", "", "21 Market St Newark NJ 07102-1234 USA", true),
        (
            "21 Market St",
            "Apt 4",
            "21 Market Street #4, Newark, NJ 07102",
            true,
        ),
        ("21 Market St Apt 4", "", "21 Market St, Unit 4, Newark NJ", true),
        ("21 Market St", "4", "Apt 4 21 Market St Newark, NJ 07102", true),
        (
            "100 North Broad Avenue",
            "Suite 1200",
            "100 N BROAD AVE STE 1200",
            true,
        ),
        (
            "12 Fifth Ave",
            "",
            "12 5th Avenue, Newark, New Jersey 07102",
            true,
        ),
        ("21 Market St", "", "21 Market St", true),
        ("21 Market St", "", "12 Market St, Newark, NJ 07102", false),
        ("21 Market St", "", "21 Market Ave, Newark, NJ 07102", false),
        ("21 Market St", "Apt 4", "21 Market St, Newark, NJ 07102", false),
        ("21 Market St", "", "21 Market St Apt 4, Newark, NJ 07102", false),
        ("21 Market St", "", "21 Market St, Newark, NJ 07103", false),
        ("21 Market St", "", "21 Market St, Newark, NY 07102", false),
        ("21 Market St", "", "21 Market St, Hoboken, NJ 07102", false),
        ("21 N Market St", "", "21 Market St, Newark, NJ 07102", false),
    ];
    for (street, unit, theirs, expected) in cases {
        assert_eq!(
            is_same_address(&address(street, unit), theirs),
            expected,
            "{street} {unit} / {theirs}"
        );
    }
}

#[test]
fn canadian_codes_are_read_with_and_without_their_space() {
    let ours = Address {
        city: Some("Toronto".parse().unwrap()),
        state: Some("ON".parse().unwrap()),
        postal_code: Some("M5V 3L9".parse().unwrap()),
        ..address("12 King St W", "")
    };
    for theirs in [
        "12 King Street West, Toronto ON M5V 3L9",
        "12 KING ST W TORONTO ON M5V3L9 CANADA",
    ] {
        assert!(is_same_address(&ours, theirs), "{theirs}");
    }
    assert!(!is_same_address(&ours, "12 King Street West, Toronto ON M5V 3L8"));
}

proptest! {
    #[test]
    fn a_name_is_itself_and_no_text_panics(name in any::<String>(), other in any::<String>()) {
        for kind in [SubscriberKind::Business, SubscriberKind::Residential] {
            prop_assert!(is_same_name(kind, &name, &name));
            let _ = is_same_name(kind, &name, &other);
        }
    }

    #[test]
    fn no_address_panics(theirs in any::<String>()) {
        let _ = is_same_address(&address("21 Market St", "Apt 4"), &theirs);
    }
}
