//! docs/permissions.md says what the code and the protos say.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

use std::collections::{BTreeMap, BTreeSet};

use auth::permissions::{CUSTOMER, PLATFORM};
use auth::{ReadyMade, Rule, Rules};

const PAGE: &str = include_str!("../../../docs/permissions.md");

/// Permission and RPCs of each row of one section's table.
fn documented(heading: &str) -> BTreeMap<String, BTreeSet<String>> {
    let section = PAGE
        .split("\n## ")
        .find(|section| section.starts_with(heading))
        .unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [permission, meaning, rpcs] = cells[..] else {
            panic!("a row of three cells: {row}")
        };
        assert!(!meaning.trim().is_empty(), "{row}");
        (quoted(permission).into_iter().next().unwrap(), quoted(rpcs))
    })
    .collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// RPCs by the permission that opens them, e.g. `PortOutService.GetPortOut`.
fn declared(is_wanted: impl Fn(&Rule) -> bool, listed: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut declared: BTreeMap<String, BTreeSet<String>> = listed
        .iter()
        .map(|permission| ((*permission).to_owned(), BTreeSet::new()))
        .collect();
    for (path, rule) in Rules::portway().unwrap().iter() {
        let Some(permission) = rule.permission.as_ref().filter(|_| is_wanted(rule)) else {
            continue;
        };
        let (service, method) = path.rsplit_once('/').unwrap();
        let service = service.rsplit('.').next().unwrap();
        declared
            .entry(permission.clone())
            .or_default()
            .insert(format!("{service}.{method}"));
    }
    declared
}

#[test]
fn the_page_lists_what_any_account_can_grant() {
    assert_eq!(
        documented("In any account"),
        declared(|rule| !rule.platform, &CUSTOMER)
    );
}

#[test]
fn the_page_lists_what_the_platform_alone_can_grant() {
    assert_eq!(
        documented("In the platform's own"),
        declared(|rule| rule.platform, &PLATFORM)
    );
}

#[test]
fn the_page_lists_the_ready_made_sets() {
    let section = PAGE
        .split("\n## ")
        .find(|section| section.starts_with("Permission sets"));
    let rows = section.unwrap().lines().filter(|line| line.starts_with("| `"));
    let documented: BTreeMap<String, BTreeSet<String>> = rows
        .map(|row| {
            let (name, contents) = row.trim_matches('|').split_once('|').unwrap();
            (quoted(name).into_iter().next().unwrap(), quoted(contents))
        })
        .collect();
    for set in ReadyMade::ALL {
        let listed = documented
            .get(set.name())
            .unwrap_or_else(|| panic!("{set} is not on the page"));
        match set {
            // Said in words.
            ReadyMade::Owner => assert!(listed.is_empty()),
            ReadyMade::Viewer => assert_eq!(listed, &BTreeSet::from([".view".to_owned()])),
            ReadyMade::PortInManager
            | ReadyMade::PortOutViewer
            | ReadyMade::PortOutManager
            | ReadyMade::NumberManager
            | ReadyMade::BillingViewer
            | ReadyMade::NotificationManager
            | ReadyMade::Auditor => {
                let held: BTreeSet<String> = set.permissions(false).into_iter().map(str::to_owned).collect();
                assert_eq!(listed, &held, "{set}");
            }
        }
    }
    assert_eq!(documented.len(), ReadyMade::ALL.len());
}
