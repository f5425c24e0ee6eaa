//! The table of area codes: what ships is whole, and what operators add takes effect on its day.

use std::collections::BTreeSet;

use jiff::civil::date;
use numbering::{NumberRefusal, NumberingTable, TableError};
use types::Country;

const HEADER: &str = "npa,kind,country,state,tz_default,tz_candidates,effective_from";

#[test]
fn every_area_code_that_ships_has_a_verdict() {
    let on = date(2026, 11, 21);
    let files = [
        include_str!("../data/npa.csv"),
        include_str!("../data/service_codes.csv"),
    ];
    let rows: Vec<&str> = files.iter().flat_map(|file| file.lines().skip(1)).collect();
    assert_eq!(rows.len(), 469 + 12);
    for row in &rows {
        let columns: Vec<&str> = row.split(',').collect();
        let verdict = NumberingTable::built_in().inspect(&format!("{}2345678", columns[0]), on);
        let code = verdict.as_ref().err().map(NumberRefusal::code);
        let expected = match (columns[1], columns[2]) {
            ("geographic", "US" | "CA") | ("toll_free", _) => None,
            ("geographic", _) => Some("NOT_US_CA"),
            ("premium", _) => Some("PREMIUM"),
            ("personal_5xx", _) => Some("PERSONAL"),
            ("toll_free_reserved", _) => Some("SAC_NOT_IN_SERVICE"),
            _ => Some("NON_GEOGRAPHIC"),
        };
        assert_eq!(code, expected, "{row}");
        if let (Ok(info), "geographic") = (verdict, columns[1]) {
            assert_eq!(info.country.map(Country::code), Some(columns[2]), "{row}");
            assert!(info.region.is_some(), "{row}");
        }
    }
    let distinct: BTreeSet<&str> = rows.iter().map(|row| &row[..3]).collect();
    assert_eq!(distinct.len(), rows.len());
}

#[test]
fn a_new_area_code_counts_from_its_day_on() {
    let overrides = format!("{HEADER}\n429,geographic,US,MO,America/Chicago,,2027-02-01\n");
    let table = NumberingTable::built_in().with_overrides(&overrides).unwrap();
    let raw = "429-234-5678";
    let before = table.inspect(raw, date(2027, 1, 31)).unwrap_err();
    assert_eq!(before.code(), "NPA_NOT_YET_ACTIVE");
    assert!(before.to_string().contains("2027-02-01"));
    assert_eq!(
        table
            .inspect(raw, date(2027, 2, 1))
            .unwrap()
            .state
            .unwrap()
            .as_str(),
        "MO"
    );
    assert!(table.parse(raw).is_ok(), "reading needs no date");
}

#[test]
fn a_dated_row_makes_an_area_code_that_ships_wait() {
    let overrides = format!("{HEADER}\n822,toll_free,,,,,2027-06-01\n212,geographic,US,NY,,,2027-06-01\n");
    let table = NumberingTable::built_in().with_overrides(&overrides).unwrap();
    for raw in ["8222345678", "2122345678"] {
        let code = |on| table.inspect(raw, on).as_ref().err().map(NumberRefusal::code);
        assert_eq!(code(date(2027, 5, 31)), Some("NPA_NOT_YET_ACTIVE"));
        assert_eq!(code(date(2027, 6, 1)), None);
    }
}

#[test]
fn a_row_without_a_date_replaces_the_one_that_ships() {
    let overrides = format!("{HEADER}\n212,geographic,US,NJ,America/New_York,,\n");
    let table = NumberingTable::built_in().with_overrides(&overrides).unwrap();
    let state = |table: &NumberingTable| {
        table
            .inspect("2122345678", date(2026, 1, 1))
            .unwrap()
            .state
            .unwrap()
    };
    assert_eq!(
        (state(&table).as_str(), state(NumberingTable::built_in()).as_str()),
        ("NJ", "NY")
    );
}

#[test]
fn a_broken_row_is_refused_by_its_line() {
    let rows = [
        "235,geographic,US,Missouri,,,",
        "235,geographic,US,XX,,,",
        "235,geographic,USA,MO,,,",
        "235,planetary,US,MO,,,",
        "35,geographic,US,MO,,,",
    ];
    for row in rows {
        let overrides = format!("{HEADER}\n239,geographic,US,FL,,,\n{row}\n");
        let error = NumberingTable::built_in().with_overrides(&overrides).unwrap_err();
        assert!(
            matches!(error, TableError::Row { line: 3, .. }),
            "{row}: {error:?}"
        );
    }
    for row in [
        "235,geographic,US",
        "abc,geographic,US,MO,,,",
        "235,geographic,US,MO,,,soon",
    ] {
        let error = NumberingTable::built_in()
            .with_overrides(&format!("{HEADER}\n{row}\n"))
            .unwrap_err();
        assert!(matches!(error, TableError::Unreadable(_)), "{row}: {error:?}");
    }
}
