//! The offline tools, as a script meets them: what they print, and how they exit.
#![cfg(test)]

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// What a run of the program left behind.
struct Ran {
    stdout: String,
    stderr: String,
    exit: i32,
}

fn portway(arguments: &[&str]) -> Ran {
    portway_fed(arguments, "")
}

fn portway_fed(arguments: &[&str], stdin: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_portway"))
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read closes its end, which is its right.
    let _unread = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        exit: output.status.code().unwrap(),
    }
}

fn json_of(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", ran.stdout, ran.stderr))
}

/// Input, tn, kind, country, state, region, code; `-` is null.
const NUMBERS: &str = "
+1 (415) 867-5309 | +14158675309 | geographic | US | CA       | WC     | -
206-867-5309      | +12068675309 | geographic | US | WA       | W      | -
7872345678        | +17872345678 | geographic | US | PR       | SE     | -
6712345678        | +16712345678 | geographic | US | GU       | WC     | -
4162345678        | +14162345678 | geographic | CA | ON       | CANADA | -
8673931234        | +18673931234 | geographic | CA | NT/NU/YT | CANADA | -
800-555-2368      | +18005552368 | toll_free  | -  | -        | -      | -
888-888-8888      | +18888888888 | toll_free  | -  | -        | -      | -
415867530         | -            | -          | -  | -        | -      | TN_LENGTH
0158675309        | -            | -          | -  | -        | -      | NPA_FORMAT
9115551234        | -            | -          | -  | -        | -      | NPA_N11
3902345678        | -            | -          | -  | -        | -      | NPA_RESERVED
444-444-4444      | -            | -          | -  | -        | -      | NPA_UNKNOWN
4151675309        | -            | -          | -  | -        | -      | NXX_FORMAT
2129761234        | -            | -          | -  | -        | -      | NXX_NOT_PORTABLE
2125550100        | -            | -          | -  | -        | -      | RESERVED_555
9002345678        | -            | -          | -  | -        | -      | PREMIUM
5332345678        | -            | -          | -  | -        | -      | PERSONAL
6002345678        | -            | -          | -  | -        | -      | NON_GEOGRAPHIC
8762345678        | -            | -          | JM | -        | -      | NOT_US_CA
8092345678        | -            | -          | DO | -        | -      | NOT_US_CA
1-800-FLOWERS     | -            | -          | -  | -        | -      | LETTERS
415-867-5309 x12  | -            | -          | -  | -        | -      | EXTENSION
+44 1632 960961   | -            | -          | -  | -        | -      | FOREIGN
４１５８６７５３０９ | -         | -          | -  | -        | -      | NON_ASCII_DIGITS
14158675309       | +14158675309 | geographic | US | CA       | WC     | DUPLICATE_TN
";

#[test]
fn each_number_gets_its_verdict_in_the_promised_shape() {
    let rows: Vec<Vec<&str>> = NUMBERS
        .trim()
        .lines()
        .map(|row| row.split('|').map(str::trim).collect())
        .collect();
    let mut arguments = vec!["number", "inspect", "--on", "2026-11-21", "-o", "json"];
    arguments.extend(rows.iter().map(|row| row[0]));
    let ran = portway(&arguments);
    let known = |text: &str| {
        if text == "-" {
            Value::Null
        } else {
            Value::from(text)
        }
    };
    let expected: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "input": row[0], "tn": known(row[1]), "kind": known(row[2]), "country": known(row[3]),
                "state": known(row[4]), "region": known(row[5]), "code": known(row[6]),
            })
        })
        .collect();
    let answer = json_of(&ran);
    for (verdict, expected) in answer.as_array().unwrap().iter().zip(&expected) {
        assert_eq!(verdict, expected);
    }
    assert_eq!(answer.as_array().unwrap().len(), expected.len());
    assert_eq!(ran.exit, 1);
}

#[test]
fn numbers_come_from_the_standard_input_too_and_options_may_follow() {
    let ran = portway_fed(
        &["number", "inspect", "-", "2128675309", "-o", "json"],
        "415-867-5309\n\n 800 867 5309 \r\n",
    );
    let answer = json_of(&ran);
    let tns: Vec<_> = answer
        .as_array()
        .unwrap()
        .iter()
        .map(|verdict| verdict["tn"].as_str().unwrap())
        .collect();
    assert_eq!(tns, ["+14158675309", "+18008675309", "+12128675309"]);
    assert_eq!(ran.exit, 0);
}

#[test]
fn letters_are_digits_when_asked_for() {
    let ran = portway(&["number", "inspect", "--vanity", "1-800-FLOWERS", "-o", "json"]);
    let told = json_of(&ran);
    assert_eq!(
        (&told[0]["input"], &told[0]["tn"], &told[0]["kind"]),
        (
            &"1-800-FLOWERS".into(),
            &"+18003569377".into(),
            &"toll_free".into()
        )
    );
}

#[test]
fn an_area_code_is_judged_by_the_day_asked_for() {
    let ran = portway(&[
        "number",
        "inspect",
        "--on",
        "2026-11-21",
        "4158675309",
        "8762345678",
    ]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stdout.contains("NOT_US_CA") && ran.stdout.contains("ok"),
        "{}",
        ran.stdout
    );
    // People are told which earlier number a repeated one repeats.
    let ran = portway(&["number", "inspect", "4158675309", "+14158675309"]);
    assert!(
        ran.stdout
            .contains("\"+14158675309\" is the same number as \"4158675309\""),
        "{}",
        ran.stdout
    );
}

/// Region, received, kind, closed; then received_at, foc_by, ready_at.
const CALENDAR: &str = "
W      2026-11-23T20:00:00Z      simple   -          2026-11-23T20:00:00Z 2026-11-24T00:00:00Z 2026-11-24T07:00:00Z
W      2026-11-23T20:00:01Z      simple   -          2026-11-24T15:00:00Z 2026-11-24T19:00:00Z 2026-11-25T07:00:00Z
NE     2026-11-25T13:30:00-05:00 simple   -          2026-11-27T13:00:00Z 2026-11-27T17:00:00Z 2026-11-30T05:00:00Z
NE     2026-11-25T13:30:00-05:00 simple   2026-11-27 2026-11-30T13:00:00Z 2026-11-30T17:00:00Z 2026-12-01T05:00:00Z
ne     2026-07-01T10:15:00-04:00 Complex  -          2026-07-01T14:15:00Z 2026-07-02T14:15:00Z 2026-07-08T04:00:00Z
CANADA 2026-10-09T14:00:00-04:00 complex  -          2026-10-09T18:00:00Z 2026-10-13T18:00:00Z 2026-10-14T04:00:00Z
NE     2026-11-21T22:00:00-05:00 wireless -          2026-11-22T03:00:00Z 2026-11-22T03:30:00Z 2026-11-22T05:30:00Z
";

#[test]
fn a_port_is_answered_and_ready_by_rule() {
    for row in CALENDAR.trim().lines() {
        let columns: Vec<&str> = row.split_whitespace().collect();
        let [region, received, kind, closed, received_at, foc_by, ready_at] = columns[..] else {
            panic!("{row}")
        };
        let mut arguments = vec![
            "-o",
            "json",
            "calendar",
            "ready",
            "--region",
            region,
            "--received",
            received,
            "--kind",
            kind,
        ];
        if closed != "-" {
            arguments.extend(["--closed", closed]);
        }
        let ran = portway(&arguments);
        let expected = json!({"received_at": received_at, "foc_by": foc_by, "ready_at": ready_at});
        assert_eq!((json_of(&ran), ran.exit), (expected, 0), "{row}");
    }
}

#[test]
fn closed_days_may_be_listed_repeated_or_separated_by_commas() {
    let ready = |closed: &[&str]| {
        let mut arguments = vec![
            "calendar",
            "ready",
            "--region",
            "NE",
            "--received",
            "2026-11-25T13:30:00-05:00",
        ];
        arguments.extend(["--kind", "simple"]);
        arguments.extend(closed);
        arguments.extend(["--output", "json"]);
        json_of(&portway(&arguments))["ready_at"].clone()
    };
    for closed in [
        &["--closed", "2026-11-27", "2026-11-30"][..],
        &["--closed", "2026-11-27,2026-11-30"],
        &["--closed", "2026-11-27", "--closed", "2026-11-30"],
    ] {
        assert_eq!(ready(closed), "2026-12-02T05:00:00Z", "{closed:?}");
    }
}

/// Carrier, code; then reason, class, actor.
const REASONS: &[[&str; 5]] = &[
    ["tmobile", "6B", "PIN", "fix", "customer"],
    ["T-Mobile", "6B", "PIN", "fix", "customer"],
    ["bandwidth", "6B", "INTERNAL_PORT", "reroute", "us"],
    ["any", " 8a ", "ACCOUNT_NUMBER", "fix", "customer"],
    ["wireless", "8C", "PIN", "fix", "customer"],
    ["wireline", "E6h", "NEW_BTN_REQUIRED", "fix", "customer"],
    ["wireline", "8C", "UNMAPPED", "manual", "us"],
    ["any", "6H", "SYSTEM_OUTAGE", "delay", "losing_carrier"],
    ["any", "ZZ9", "UNMAPPED", "manual", "us"],
];

#[test]
fn a_carriers_code_is_explained_in_the_promised_shape() {
    for [carrier, code, reason, class, actor] in REASONS {
        let ran = portway(&["reason", "explain", "--carrier", carrier, code, "-o", "json"]);
        let answer = json_of(&ran);
        let keys: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["actor", "class", "raw", "reason", "remedy"]);
        let verdict = [
            &answer["reason"],
            &answer["class"],
            &answer["actor"],
            &answer["raw"],
        ];
        assert_eq!(verdict, [reason, class, actor, code], "{carrier} {code}");
        assert!(answer["remedy"].as_str().unwrap().len() > 20, "{carrier} {code}");
        assert_eq!(ran.exit, 0);
    }
}

/// Arguments, and a word that tells what is wrong with them. Nobody listens on port 1.
const NONSENSE: &str = "
number inspect | required
calendar ready --region XX --received 2026-11-23T20:00:00Z --kind simple | CANADA
calendar ready --region NE --received 2026-11-23T20:00:00 --kind simple | received
calendar ready --region NE --received 2026-11-23T20:00:00Z --kind large | wireless
calendar ready --region NE --received 2026-11-23T20:00:00Z --kind simple --closed x | closed
calendar ready --region NE --received 9999-12-30T00:00:00Z --kind complex | calendar
reason explain --carrier * 6B | carrier
reason explain 6B | --carrier
port-in create --file /no/such/order.toml --endpoint http://127.0.0.1:1 --token t | /no/such
port-in create --file order.toml --loa loa.pdf | --loa-signed
port-in fix PI_1 --set pin | FIELD
port-in fix PI_1 | --set
port-in list --endpoint 127.0.0.1:1 | http://
port-in list --data-dir /no/such | portway up
invoices list --endpoint intake=http://127.0.0.1:1 --token t | billing
nonsense | nonsense
";

#[test]
fn what_makes_no_sense_exits_with_2_and_says_why() {
    for row in NONSENSE.trim().lines() {
        let (arguments, word) = row.split_once(" | ").unwrap();
        let ran = portway(&arguments.split(' ').collect::<Vec<_>>());
        assert_eq!((ran.exit, ran.stdout.as_str()), (2, ""), "{row} {}", ran.stderr);
        assert!(ran.stderr.contains(word), "{row} {}", ran.stderr);
    }
}

#[test]
fn without_a_token_nothing_is_asked() {
    let ran = portway(&["numbers", "list", "--endpoint", "http://127.0.0.1:1"]);
    assert_eq!(ran.exit, 3);
    assert!(ran.stderr.contains("PORTWAY_TOKEN"), "{}", ran.stderr);
}

#[test]
fn a_service_that_is_not_there_exits_with_5() {
    for command in [
        &["numbers", "list"][..],
        &["invoices", "list"],
        &["port-in", "watch", "PI_1"],
        &["events", "tail"],
    ] {
        let mut arguments = command.to_vec();
        arguments.extend(["--endpoint", "http://127.0.0.1:1", "--token", "t"]);
        let ran = portway(&arguments);
        assert_eq!(ran.exit, 5, "{command:?} {}", ran.stderr);
        assert!(ran.stderr.contains("refused"), "{}", ran.stderr);
    }
}

#[test]
fn help_shows_examples_and_hides_tokens() {
    let help = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_portway"))
            .args(arguments)
            .env("PORTWAY_TOKEN", "hush")
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let groups = [
        &["--help"][..],
        &["number", "inspect", "--help"],
        &["calendar", "ready", "--help"],
        &["reason", "explain", "--help"],
        &["port-in", "--help"],
        &["port-in", "create", "--help"],
        &["port-in", "fix", "--help"],
        &["port-out", "--help"],
        &["numbers", "--help"],
        &["events", "--help"],
        &["invoices", "--help"],
        &["completions", "--help"],
    ];
    for arguments in groups {
        let text = help(arguments);
        assert!(text.contains("Examples:"), "{arguments:?}");
        assert!(!text.contains("hush"), "{arguments:?}");
    }
}

#[test]
fn completions_are_made_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = portway(&["completions", shell]);
        assert_eq!(ran.exit, 0);
        assert!(ran.stdout.contains("port-out"), "{shell}");
    }
}
