//! The online commands against a stub of the services: what they send, what they print, how they exit.
#![cfg(test)]

mod access;
mod calls;
mod disputes;
mod stub;

use std::path::Path;
use std::process::Stdio;

use portway_proto::intake::v1::OrderState;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::stub::{ORDER_ID, PATIENCE, Step, Stub, TOKEN};

/// What a run of the program left behind.
struct Ran {
    stdout: String,
    stderr: String,
    exit: i32,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.stdout, self.stderr))
    }
}

async fn portway(stub: &Stub, arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_portway"))
        .args(arguments)
        .env_clear()
        .env("PORTWAY_ENDPOINT", stub.url())
        .env("PORTWAY_TOKEN", TOKEN)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, output).await.unwrap().unwrap();
    Ran {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        exit: output.status.code().unwrap(),
    }
}

/// Writes a file and gives its path.
fn file(folder: &Path, name: &str, content: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// An order file of that many numbers.
fn order_file(folder: &Path, numbers: usize) -> String {
    let numbers: Vec<_> = (0..numbers)
        .map(|line| json!({"phone_number": format!("201867{line:04}")}))
        .collect();
    let order = json!({"losing_carrier": "sim-wireless", "numbers": numbers});
    file(folder, "order.json", order.to_string().as_bytes())
}

#[tokio::test]
async fn a_draft_is_written_in_steps_that_can_be_repeated_under_one_key() {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let order = order_file(folder.path(), 2_500);
    let csv = file(folder.path(), "numbers.csv", &b"Phone Number,PIN\n".repeat(5_000));
    let pdf = file(folder.path(), "loa.pdf", &vec![7; 100_000]);
    let arguments = [
        "port-in",
        "create",
        "--file",
        &order,
        "--numbers",
        &csv,
        "--loa",
        &pdf,
        "--loa-signed",
        "2026-11-20",
        "--submit",
        "--idempotency-key",
        "k-1",
        "-o",
        "json",
    ];
    let ran = portway(&stub, &arguments).await;
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["request_number"], "PI_100001");
    assert_eq!(ran.json()["state"], "ORDER_STATE_SUBMITTED");
    let expected = [
        ("k-1.create", "create sim-wireless 1000".to_owned()),
        ("k-1.numbers-0", "add 1000".to_owned()),
        ("k-1.numbers-1", "add 500".to_owned()),
        ("k-1.numbers", "import 85000 bytes, good lines: false".to_owned()),
        (
            "k-1.loa",
            "upload LOA loa.pdf of 2026-11-20, 100000 bytes".to_owned(),
        ),
        ("k-1.submit", "submit".to_owned()),
    ];
    let changes = stub.changes();
    assert_eq!(changes, expected.map(|(key, what)| (key.to_owned(), what)));
}

#[tokio::test]
async fn a_wrong_line_is_named_and_nothing_is_submitted() {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let order = order_file(folder.path(), 0);
    let csv = file(folder.path(), "numbers.csv", b"Phone Number\nbad\n");
    let arguments = [
        "port-in",
        "create",
        "--file",
        &order,
        "--numbers",
        &csv,
        "--submit",
    ];
    let ran = portway(&stub, &arguments).await;
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr
            .contains("line 2, Phone Number: a number has ten digits (TN_LENGTH)"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("The draft PI_100001 stands"),
        "{}",
        ran.stderr
    );
    assert!(!stub.changes().iter().any(|(_, what)| what == "submit"));
    // With consent the good lines are taken and the order goes in.
    let consenting = [&arguments[..], &["--take-good-lines"]].concat();
    assert_eq!(portway(&stub, &consenting).await.exit, 0);
    assert!(stub.changes().iter().any(|(_, what)| what == "submit"));
}

#[tokio::test]
async fn every_change_gets_a_key_of_its_own() {
    let stub = Stub::start().await;
    for _ in 0..2 {
        assert_eq!(portway(&stub, &["port-in", "submit", "PI_100001"]).await.exit, 0);
    }
    let fix = [
        "port-in",
        "fix",
        "PI_100001",
        "--set",
        "pin:201-867-5309=1234",
        "--set",
        "service_address.city=Hoboken",
    ];
    assert_eq!(portway(&stub, &fix).await.exit, 0);
    let (keys, whats): (Vec<_>, Vec<_>) = stub.changes().into_iter().unzip();
    assert_eq!(
        whats,
        [
            "submit",
            "submit",
            "fix pin +12018675309 1234; service_address   in Hoboken"
        ]
    );
    assert!(
        keys.iter().all(|key| key.len() == 36) && keys[0] != keys[1],
        "{keys:?}"
    );
}

#[tokio::test]
async fn lists_follow_the_pages_up_to_the_limit() {
    let stub = Stub::start().await;
    let all = portway(&stub, &["port-in", "list", "--limit", "1000", "-o", "json"]).await;
    assert_eq!(
        (all.json().as_array().unwrap().len(), all.stderr.as_str()),
        (250, "")
    );
    let some = portway(&stub, &["port-in", "list", "--limit", "150", "-o", "json"]).await;
    assert_eq!(some.json().as_array().unwrap().len(), 150);
    assert!(some.stderr.contains("raise --limit"), "{}", some.stderr);
    let table = portway(
        &stub,
        &["port-in", "list", "--limit", "1", "--state", "action-required"],
    )
    .await;
    let lines: Vec<_> = table
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .collect();
    assert_eq!(lines[0][..2], ["ORDER", "STATE"]);
    assert_eq!(lines[1][..2], ["PI_1", "ACTION_REQUIRED"]);
}

#[tokio::test]
async fn a_requirement_unmet_is_an_answer_of_no() {
    let stub = Stub::start().await;
    let ran = portway(&stub, &["port-in", "requirements", "PI_100001", "-o", "json"]).await;
    assert_eq!(ran.exit, 1);
    assert_eq!(ran.json()["requirements"][0]["code"], "LOA_MISSING");
    assert_eq!(ran.json()["ready"], false);
}

#[tokio::test]
async fn what_is_not_there_and_who_may_not_ask_have_exit_codes() {
    let stub = Stub::start().await;
    let ran = portway(&stub, &["port-in", "show", "PI_404"]).await;
    assert_eq!(
        (ran.exit, ran.stderr.as_str()),
        (4, "error: there is no such order (ORDER_NOT_FOUND)\n")
    );
    let ran = portway(&stub, &["port-in", "show", "PI_404", "--token", "another"]).await;
    assert_eq!(ran.exit, 3, "{}", ran.stderr);
}

/// From PENDING by way of a rejection to PORTED, with a drain in between after which an event comes again.
fn port_with_a_drain() -> Vec<Vec<Step>> {
    vec![
        vec![
            Step::CaughtUp(4),
            Step::Read(2),
            Step::Event(5, "OrderPending", OrderState::Pending),
            Step::Other(6),
            Step::Read(3),
            Step::Event(7, "OrderActionRequired", OrderState::ActionRequired),
            Step::Read(4),
            Step::Drain,
        ],
        vec![
            Step::Event(7, "OrderActionRequired", OrderState::ActionRequired),
            Step::Event(8, "OrderPorted", OrderState::Ported),
        ],
    ]
}

#[tokio::test]
async fn watch_tells_each_thing_once_and_ends_with_the_order() {
    let stub = Stub::start().await;
    stub.play(port_with_a_drain());
    let ran = portway(&stub, &["port-in", "watch", "PI_100001"]).await;
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "PI_100001 DRAFT version 01",
            "2026-11-23T16:00:00Z OrderPending: PI_100001 PENDING version 01",
            "2026-11-23T16:00:00Z OrderActionRequired: PI_100001 ACTION_REQUIRED version 01",
            "2026-11-23T16:00:00Z OrderPorted: PI_100001 PORTED version 01",
        ]
    );
    assert_eq!(stub.starts(), ["FromNow(true)", "After 3/7"]);
}

#[tokio::test]
async fn watch_of_an_order_that_fails_says_no() {
    let stub = Stub::start().await;
    stub.play(vec![vec![
        Step::CaughtUp(1),
        Step::Read(2),
        Step::Event(2, "OrderCancelled", OrderState::Cancelled),
    ]]);
    let ran = portway(&stub, &["port-in", "watch", "PI_100001", "-o", "json"]).await;
    assert_eq!(ran.exit, 1);
    let states: Vec<_> = ran
        .stdout
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["state"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(states, ["ORDER_STATE_DRAFT", "ORDER_STATE_CANCELLED"]);
}

#[tokio::test]
async fn the_tail_of_events_ends_where_told_to() {
    let stub = Stub::start().await;
    stub.play(vec![vec![
        Step::Event(1, "OrderPending", OrderState::Pending),
        Step::Other(2),
        Step::CaughtUp(2),
        Step::End,
    ]]);
    let arguments = [
        "events",
        "tail",
        "--until-now",
        "--types",
        "OrderPending,other.v1.Thing",
        "-o",
        "json",
    ];
    let ran = portway(&stub, &arguments).await;
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let events: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["subject_id"], ORDER_ID);
    assert_eq!(events[0]["position"], json!({"partition": 3, "offset": 1}));
    assert_eq!(stub.starts(), ["FromOldest(true)"]);
    assert_eq!(stub.types(), ["portway.intake.v1.OrderPending", "other.v1.Thing"]);
}

#[tokio::test]
async fn the_endpoints_file_of_a_data_directory_is_used_and_its_token_stays_local() {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let endpoints = portway::client::EndpointsFile {
        intake: stub.url(),
        carrier_gateway: stub.url(),
        notification: stub.url(),
        billing: stub.url(),
        carrier_sim: stub.url(),
        token: TOKEN.into(),
        platform_token: "platform".into(),
        replicas: std::collections::BTreeMap::new(),
        mail_dir: None,
        pid: 0,
    };
    endpoints.write(folder.path()).unwrap();
    let run = async |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portway"));
        let output = command
            .args(arguments)
            .env_clear()
            .current_dir(folder.path())
            .output()
            .await
            .unwrap();
        output.status.code().unwrap()
    };
    let (show, here) = (["port-in", "show", "PI_100001"], ["--data-dir", "."]);
    assert_eq!(run(&[&show[..], &here].concat()).await, 0);
    assert_eq!(run(&[&show[..], &here, &["--platform"]].concat()).await, 3);
    let elsewhere = ["--endpoint", &stub.url()];
    assert_eq!(run(&[&show[..], &here, &elsewhere].concat()).await, 3);
    assert_eq!(
        stub.tokens(),
        [format!("Bearer {TOKEN}"), "Bearer platform".to_owned()]
    );
}
