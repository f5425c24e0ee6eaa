//! `portway dispute`: what it asks for, what it prints and writes, how it ends.

use std::process::Stdio;

use tokio::process::Command;

use crate::portway;
use crate::stub::{EVIDENCE, PATIENCE, Stub, TOKEN};

/// A command, and what it asks for.
const CHANGES: [(&[&str], &str); 7] = [
    (
        &[
            "open",
            "--port-out",
            "PO_1",
            "--number",
            "(415) 867-5309",
            "--kind",
            "unauthorized",
            "--reporter",
            "end-user",
            "--reporter-name",
            "Ann Lee",
            "--statement",
            "not me",
        ],
        "open port-out PO_1 [\"+14158675309\"] DISPUTE_KIND_UNAUTHORIZED DISPUTE_REPORTER_END_USER Ann Lee: not me",
    ),
    (
        &[
            "open",
            "--order",
            "PI_1",
            "--kind",
            "mistaken",
            "--reporter",
            "carrier",
            "--reporter-name",
            "Other",
            "--statement",
            "a wrong digit",
        ],
        "open order PI_1 [] DISPUTE_KIND_MISTAKEN DISPUTE_REPORTER_CARRIER Other: a wrong digit",
    ),
    (
        &["state", "DI_1", "it is signed", "--answer"],
        "state DI_1 it is signed true",
    ),
    (
        &["snapback", "DI_1", "--reason", "not theirs"],
        "snapback DI_1 [] not theirs",
    ),
    (
        &[
            "returned",
            "DI_1",
            "--number",
            "4158675309,4158675310",
            "--explanation",
            "by telephone",
        ],
        "returned DI_1 [\"+14158675309\", \"+14158675310\"] by telephone",
    ),
    (
        &[
            "settle",
            "DI_1",
            "--outcome",
            "upheld",
            "--number",
            "4158675309=returned",
            "--waive-fee",
        ],
        "settle DI_1 [\"+14158675309=RETURNED\"] UPHELD \"\" waived: true",
    ),
    (
        &[
            "settle",
            "DI_1",
            "--number",
            "4158675309=upheld",
            "--explanation",
            "signed",
        ],
        "settle DI_1 [\"+14158675309=UPHELD\"] UNSPECIFIED \"signed\" waived: false",
    ),
];

#[tokio::test]
async fn each_change_asks_for_what_the_command_names() {
    let stub = Stub::start().await;
    for (arguments, what) in CHANGES {
        for (added, prefix) in [(&["--dry-run"][..], "try "), (&[], "")] {
            let ran = portway(&stub, &[&["dispute"], arguments, added].concat()).await;
            assert_eq!(ran.exit, 0, "{arguments:?}: {}", ran.stderr);
            assert!(ran.stdout.contains("DI_100001"), "{}", ran.stdout);
            assert_eq!(ran.stderr.contains("nothing was changed"), !added.is_empty());
            assert_eq!(stub.changes().pop().unwrap().1, format!("{prefix}{what}"));
        }
    }
}

#[tokio::test]
async fn a_refusal_and_a_dispute_that_is_not_there_have_exit_codes() {
    let stub = Stub::start().await;
    let withdraw = ["dispute", "withdraw", "DI_1", "--explanation", "my son"];
    let ran = portway(&stub, &withdraw).await;
    assert_eq!(ran.exit, 6, "{}", ran.stderr);
    assert!(ran.stderr.contains("ILLEGAL_TRANSITION"), "{}", ran.stderr);
    assert_eq!(stub.changes()[0].1, "withdraw DI_1 my son");
    assert_eq!(portway(&stub, &["dispute", "show", "DI_404"]).await.exit, 4);
    let unsaid = ["dispute", "settle", "DI_1"];
    assert_eq!(portway(&stub, &unsaid).await.exit, 2);
    let nobody = [
        "dispute",
        "returned",
        "DI_1",
        "--number",
        "12",
        "--explanation",
        "so",
    ];
    assert_eq!(portway(&stub, &nobody).await.exit, 2);
    assert_eq!(stub.changes().len(), 1);
}

#[tokio::test]
async fn a_dispute_shows_what_was_said_asked_and_answered_late() {
    let stub = Stub::start().await;
    let ran = portway(&stub, &["dispute", "show", "DI_100001"]).await;
    for part in [
        "PORT_OUT PO_100001",
        "Ann Lee (END_USER)",
        "I never asked for this",
        "on record; the carrier answered later: REFUSED",
    ] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    let ran = portway(&stub, &["dispute", "show", "DI_100001", "-o", "json"]).await;
    assert_eq!(ran.json()["state"], "DISPUTE_STATE_RETURNED");
}

#[tokio::test]
async fn the_list_follows_the_pages_and_hands_on_its_filters() {
    let stub = Stub::start().await;
    let all = ["dispute", "list", "--limit", "1000", "-o", "json"];
    assert_eq!(portway(&stub, &all).await.json().as_array().unwrap().len(), 250);
    let filters = [
        "dispute",
        "list",
        "--limit",
        "1",
        "--state",
        "snapback-refused",
        "--direction",
        "port-in",
        "--number",
        "415",
        "--overdue",
        "--account",
        "acme",
        "-o",
        "json",
    ];
    let found = portway(&stub, &filters).await.json()[0].clone();
    assert_eq!(found["state"], "DISPUTE_STATE_SNAPBACK_REFUSED");
    assert_eq!(found["direction"], "DISPUTE_DIRECTION_PORT_IN");
    assert_eq!(
        (found["carrier_name"].as_str(), found["account_id"].as_str()),
        (Some("415 true"), Some("acme"))
    );
}

#[tokio::test]
async fn evidence_is_written_whole_or_not_at_all() {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let run = async |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_portway"))
            .args(["dispute", "evidence"])
            .args(arguments)
            .env_clear()
            .current_dir(folder.path())
            .env("PORTWAY_ENDPOINT", stub.url())
            .env("PORTWAY_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(PATIENCE, output).await.unwrap().unwrap();
        output.status.code().unwrap()
    };
    let files = || {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(run(&["DI_666", "--file", "broken.zip"]).await, 7);
    assert!(files().is_empty(), "{:?}", files());
    assert_eq!(run(&["DI_100001"]).await, 0);
    assert_eq!(run(&["DI_100001", "--file", "mine.zip"]).await, 0);
    assert_eq!(files(), ["DI_100001.zip", "mine.zip"]);
    for name in files() {
        assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), EVIDENCE);
    }
}
