//! Which numbers are taken, which refused, and with what code: the public functions on the built-in table.

use jiff::civil::{Date, date};
use numbering::{NpacRegion, NumberKind, NumberRefusal, inspect, parse, parse_list, parse_vanity};
use proptest::prelude::*;
use types::Country;

const TODAY: Date = date(2026, 11, 21);

/// The code that `raw` is refused with, or its canonical form.
fn verdict(raw: &str) -> String {
    inspect(raw, TODAY).map_or_else(|refusal| refusal.code().to_owned(), |info| info.tn.to_string())
}

/// Expects the same verdict on every input.
fn assert_verdict(inputs: &[&str], expected: &str) {
    for input in inputs {
        assert_eq!(verdict(input), expected, "{input:?}");
    }
}

#[test]
fn the_usual_ways_to_write_a_number_mean_the_same_number() {
    let inputs = [
        "+1 (415) 867-5309",
        "14158675309",
        "415-867-5309",
        "4158675309",
        "415.867.5309",
        "(415)867-5309",
        "1/415/867/5309",
        " +14158675309\t",
        "(+1) 415 867 5309",
    ];
    assert_verdict(&inputs, "+14158675309");
}

#[test]
fn a_number_needs_ten_digits() {
    let inputs = [
        "",
        " ",
        "+",
        "+1",
        "1",
        "3101234",
        "415867530",
        "41586753091",
        "141586753091",
        "+1158675309",
    ];
    assert_verdict(&inputs, "TN_LENGTH");
}

#[test]
fn area_codes_of_the_wrong_shape_have_codes_of_their_own() {
    assert_verdict(&["0158675309", "1158675309", "+1 015 867 5309"], "NPA_FORMAT");
    assert_verdict(&["2119675309", "9115551234", "411-867-5309"], "NPA_N11");
    assert_verdict(&["3902345678", "9992345678"], "NPA_RESERVED");
    assert_verdict(&["444-444-4444", "5552345678", "9602345678"], "NPA_UNKNOWN");
}

#[test]
fn exchanges_of_the_wrong_shape_have_codes_of_their_own() {
    assert_verdict(&["4150675309", "4151675309", "8001675309"], "NXX_FORMAT");
    assert_verdict(&["2122119999", "2129119999"], "NXX_N11");
    assert_verdict(
        &["2129761234", "2129501234", "2129581234", "2129591234"],
        "NXX_NOT_PORTABLE",
    );
}

#[test]
fn the_reserved_lines_of_555_are_refused_and_no_others() {
    for line in 100..=199 {
        assert_verdict(
            &[&format!("212555{line:04}"), &format!("800555{line:04}")],
            "RESERVED_555",
        );
    }
    assert_verdict(&["2125551212", "800-555-1212"], "RESERVED_555");
    assert_verdict(&["2125550099"], "+12125550099");
    assert_verdict(&["2125550200"], "+12125550200");
    assert_verdict(&["2125552368"], "+12125552368");
}

#[test]
fn numbers_that_belong_to_no_place_are_refused_by_kind() {
    assert_verdict(&["9002345678"], "PREMIUM");
    assert_verdict(&["5002345678", "5332345678", "5882345678"], "PERSONAL");
    assert_verdict(
        &[
            "7002345678",
            "7102345678",
            "6002345678",
            "6222345678",
            "6332345678",
        ],
        "NON_GEOGRAPHIC",
    );
    let not_in_service = [822, 880, 881, 882, 883, 884, 885, 886, 887, 889];
    for npa in not_in_service {
        assert_verdict(&[&format!("{npa}2345678")], "SAC_NOT_IN_SERVICE");
    }
    // 5XX is personal only where the table says so: these are Arizona and Louisiana.
    assert_verdict(&["5202345678"], "+15202345678");
    assert_verdict(&["5042345678"], "+15042345678");
}

#[test]
fn toll_free_numbers_have_a_kind_and_no_place() {
    for raw in [
        "800-555-2368",
        "833 234 5678",
        "8442345678",
        "8552345678",
        "8662345678",
        "8772345678",
        "888-888-8888",
    ] {
        let info = inspect(raw, TODAY).unwrap();
        assert_eq!((info.kind, info.kind.code()), (NumberKind::TollFree, "toll_free"));
        assert_eq!((info.country, info.state, info.region), (None, None, None));
    }
    // Exchanges that carriers keep for themselves elsewhere are customers' here.
    assert_verdict(&["1-800-959-8281"], "+18009598281");
    assert_verdict(&["1-800-411-7246"], "+18004117246");
}

#[test]
fn countries_that_share_plus_one_are_named() {
    for (raw, country) in [
        ("8762345678", "JM"),
        ("2422345678", "BS"),
        ("8092345678", "DO"),
        ("4412345678", "BM"),
    ] {
        let refusal = inspect(raw, TODAY).unwrap_err();
        assert_eq!(
            (refusal.code(), refusal.country()),
            ("NOT_US_CA", Some(country)),
            "{raw}"
        );
        assert!(refusal.to_string().contains(country));
    }
}

#[test]
fn a_number_knows_its_country_state_and_region() {
    let cases = [
        ("4158675309", Country::Us, "CA", NpacRegion::WestCoast),
        ("2068675309", Country::Us, "WA", NpacRegion::Western),
        ("7872345678", Country::Us, "PR", NpacRegion::Southeast),
        ("3402345678", Country::Us, "VI", NpacRegion::Southeast),
        ("6712345678", Country::Us, "GU", NpacRegion::WestCoast),
        ("6702345678", Country::Us, "MP", NpacRegion::WestCoast),
        ("6842345678", Country::Us, "AS", NpacRegion::WestCoast),
        ("4162345678", Country::Ca, "ON", NpacRegion::Canada),
        ("8673931234", Country::Ca, "NT/NU/YT", NpacRegion::Canada),
        ("2122345678", Country::Us, "NY", NpacRegion::Northeast),
        ("3122345678", Country::Us, "IL", NpacRegion::Midwest),
        ("2142345678", Country::Us, "TX", NpacRegion::Southwest),
        ("2022345678", Country::Us, "DC", NpacRegion::MidAtlantic),
    ];
    for (raw, country, state, region) in cases {
        let info = inspect(raw, TODAY).unwrap();
        let place = (
            info.country,
            info.state.as_ref().map(ToString::to_string),
            info.region,
        );
        assert_eq!(
            place,
            (Some(country), Some(state.to_owned()), Some(region)),
            "{raw}"
        );
        assert_eq!(info.kind, NumberKind::Geographic);
    }
}

#[test]
fn what_is_not_a_plain_number_is_refused_for_what_it_is() {
    assert_verdict(
        &["1-800-FLOWERS", "415-867-530O", "41586753O9", "call me"],
        "LETTERS",
    );
    let extensions = [
        "415-867-5309 x12",
        "415-867-5309 ext. 12",
        "4158675309X12",
        "415-867-5309, extension 7",
        "4158675309;ext=12",
        "4158675309#12",
        "514-867-5309 poste 12",
    ];
    assert_verdict(&extensions, "EXTENSION");
    assert_verdict(
        &["４１５８６７５３０９", "४१५८६७५३०९", "415-867-530９", "+४४ 1632"],
        "NON_ASCII_DIGITS",
    );
    assert_verdict(
        &[
            "+44 1632 960961",
            "+4158675309",
            "011 44 1632 960961",
            "0044 1632 960961",
        ],
        "FOREIGN",
    );
    assert_verdict(
        &["415_867_5309", "415867+5309", "++14158675309", "415*867*5309"],
        "TN_CHARACTER",
    );
}

#[test]
fn letters_are_digits_in_vanity_mode_only() {
    let vanity =
        |raw| parse_vanity(raw).map_or_else(|refusal| refusal.code().to_owned(), |tn| tn.to_string());
    assert_eq!(vanity("1-800-FLOWERS"), "+18003569377");
    assert_eq!(vanity("1-800-flowers"), "+18003569377");
    assert_eq!(vanity("415-867-5309"), "+14158675309");
    assert_eq!(vanity("1-800-XEROX12"), "+18009376912");
    assert_eq!(vanity("1-800-FLOWERS x12"), "EXTENSION");
    assert_eq!(vanity("1-800-FLÖWERS"), "LETTERS");
}

#[test]
fn a_number_named_twice_in_a_list_is_refused_with_both_spellings() {
    let verdicts = parse_list([
        "4158675309",
        "bad",
        "+14158675309",
        "2068675309",
        "(415) 867-5309",
    ]);
    let codes: Vec<_> = verdicts
        .iter()
        .map(|verdict| verdict.as_ref().err().map(NumberRefusal::code))
        .collect();
    assert_eq!(
        codes,
        [
            None,
            Some("LETTERS"),
            Some("DUPLICATE_TN"),
            None,
            Some("DUPLICATE_TN")
        ]
    );
    let expected = |again: &str| {
        let (first, again) = ("4158675309".to_owned(), again.to_owned());
        Err(NumberRefusal::DuplicateTn {
            first,
            first_index: 0,
            again,
        })
    };
    assert_eq!(verdicts[2], expected("+14158675309"));
    assert_eq!(verdicts[4], expected("(415) 867-5309"));
    let sentence = verdicts[2].as_ref().unwrap_err().to_string();
    assert!(
        sentence.contains("\"4158675309\"") && sentence.contains("\"+14158675309\""),
        "{sentence}"
    );
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        let raw = String::from_utf8_lossy(&bytes);
        let _ = (parse(&raw), parse_vanity(&raw), inspect(&raw, TODAY));
    }

    #[test]
    fn no_near_number_makes_reading_panic(raw in r"[+0-9A-Zx#;, ().\-٣９]{0,24}") {
        let _ = (parse(&raw), parse_vanity(&raw), inspect(&raw, TODAY));
    }

    #[test]
    fn what_is_taken_reads_back_as_itself(raw in r"(\+?1)?[2-9][0-8][0-9][ -]?[2-9][0-9]{2}[ -]?[0-9]{4}") {
        if let Ok(tn) = parse(&raw) {
            prop_assert_eq!(parse(&tn.to_string()), Ok(tn));
            prop_assert_eq!(parse(&tn.digits()), Ok(tn));
        }
    }
}
