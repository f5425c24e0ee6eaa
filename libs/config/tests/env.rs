//! Reading settings, good and bad.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use config::{ConfigErrors, Env, Fault, Need, markdown_table};
use tempfile::TempDir;

const DEFAULT_LISTEN: &str = "127.0.0.1:7000";

fn listen(env: &mut Env) -> Result<SocketAddr, Fault> {
    env.or(
        "LISTEN",
        "address that serves gRPC",
        DEFAULT_LISTEN.parse().unwrap(),
    )
}

#[test]
fn values_are_read_as_what_they_are() {
    let mut env = Env::from_pairs([
        ("LISTEN", " 0.0.0.0:7001 "),
        ("WORKERS", "8"),
        ("GRACE", "1m 30s"),
        ("PEERS", "intake, billing"),
        ("EMPTY", "  "),
    ]);
    assert_eq!(listen(&mut env), Ok("0.0.0.0:7001".parse().unwrap()));
    assert_eq!(env.required::<u16>("WORKERS", "tasks at once"), Ok(8));
    assert_eq!(
        env.duration_or("GRACE", "time to finish", Duration::ZERO),
        Ok(Duration::from_secs(90))
    );
    assert_eq!(
        env.list::<String>("PEERS", "who may call"),
        Ok(vec!["intake".into(), "billing".into()])
    );
    assert_eq!(
        env.optional::<u16>("EMPTY", "nothing"),
        Ok(None),
        "empty counts as not set"
    );
    env.finish().unwrap();
}

#[test]
fn what_is_not_set_takes_its_default() {
    let mut env = Env::from_pairs::<String, String>([]);
    assert_eq!(listen(&mut env), Ok(DEFAULT_LISTEN.parse().unwrap()));
    assert_eq!(env.optional::<u16>("WORKERS", "tasks at once"), Ok(None));
    assert_eq!(
        env.duration_or("GRACE", "time", Duration::from_secs(30)),
        Ok(Duration::from_secs(30))
    );
    assert_eq!(env.list::<u16>("PORTS", "ports"), Ok(vec![]));
    assert!(env.optional_secret("TOKEN", "token").unwrap().is_none());
    env.finish().unwrap();
}

#[test]
fn all_faults_are_reported_at_once() {
    let mut env = Env::from_pairs([
        ("LISTEN", "everywhere"),
        ("PORTS", "1,x,99999"),
        ("GRACE", "soon"),
    ]);
    let _ = env.required::<String>("DATABASE_URL", "where the data is");
    let _ = listen(&mut env);
    let _ = env.list::<u16>("PORTS", "ports to probe");
    let _ = env.duration_or("GRACE", "time to finish", Duration::ZERO);
    env.refuse("CLOCK_FILE", "production runs on real time");

    let report = env.finish().unwrap_err();
    assert_eq!(
        report.to_string(),
        "the settings cannot be used:\n  \
         DATABASE_URL is not set: where the data is\n  \
         LISTEN cannot be used (invalid socket address syntax): address that serves gRPC\n  \
         PORTS cannot be used (item 2: invalid digit found in string; item 3: number too large to fit in \
         target type): ports to probe\n  \
         GRACE cannot be used (not a span of time such as 250ms, 30s, 5m or 1h 30m): time to finish\n  \
         CLOCK_FILE cannot be used: production runs on real time"
    );
    assert_eq!(report.faults().len(), 5);
}

#[test]
fn a_fault_alone_says_enough_for_whoever_forgets_to_finish() {
    let mut env = Env::from_pairs::<String, String>([]);
    let fault = env.required::<u16>("WORKERS", "tasks at once").unwrap_err();
    assert_eq!(ConfigErrors::from(fault), env.finish().unwrap_err());
}

#[test]
fn spans_of_time() {
    let cases = [
        ("250ms", Some(Duration::from_millis(250))),
        ("30s", Some(Duration::from_secs(30))),
        ("5m", Some(Duration::from_mins(5))),
        ("12h", Some(Duration::from_hours(12))),
        ("PT15M", Some(Duration::from_mins(15))),
        ("30", None),
        ("-5s", None),
        ("1 month", None),
    ];
    for (text, expected) in cases {
        let mut env = Env::from_pairs([("SPAN", text)]);
        assert_eq!(
            env.duration_or("SPAN", "a span", Duration::MAX).ok(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn a_secret_comes_from_the_variable_or_from_the_file_but_not_from_both() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("pin-key");
    fs::write(&file, " from the file \n").unwrap();
    let empty = directory.path().join("empty");
    fs::write(&empty, "\n").unwrap();
    let path = file.to_str().unwrap();
    let missing = directory.path().join("missing");

    let cases = [
        (vec![("KEY", "from the variable")], Ok("from the variable")),
        (vec![("KEY_FILE", path)], Ok(" from the file ")),
        (
            vec![("KEY", "from the variable"), ("KEY_FILE", path)],
            Err("KEY_FILE is set too"),
        ),
        (vec![("KEY_FILE", missing.to_str().unwrap())], Err("No such file")),
        (
            vec![("KEY_FILE", empty.to_str().unwrap())],
            Err("the file is empty"),
        ),
        (vec![], Err("KEY is not set: seals PINs")),
    ];
    for (pairs, expected) in cases {
        let mut env = Env::from_pairs(pairs.clone());
        match (env.secret("KEY", "seals PINs"), expected) {
            (Ok(secret), Ok(expected)) => assert_eq!(secret.expose(), expected, "{pairs:?}"),
            (Err(fault), Err(expected)) => {
                assert!(fault.to_string().contains(expected), "{pairs:?}: {fault}");
            }
            (outcome, _) => panic!("{pairs:?}: {outcome:?}"),
        }
    }
}

#[test]
fn the_value_of_a_secret_is_shown_nowhere() {
    let mut env = Env::from_pairs([("KEY", "hunter2"), ("OTHER", "hunter2")]);
    let fault = env.secret_as("KEY", "seals PINs", str::parse::<u64>).unwrap_err();
    let secret = env.secret("OTHER", "other").unwrap();
    let report = env.finish().unwrap_err();
    let table = markdown_table(env.describe());
    let shown = format!("{fault} {fault:?} {secret:?} {report} {report:?} {env:?} {table}");
    assert!(shown.contains("KEY"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_table_of_settings_can_be_printed_without_any_being_set() {
    let mut env = Env::from_pairs::<String, String>([]);
    let _ = listen(&mut env);
    let _ = env.secret("DATABASE_URL", "the database and role");
    let _ = env.optional::<String>("REDIS_URL", "cache of replies");
    let _ = env.duration_or("GRACE", "time to finish", Duration::from_secs(90));
    let _ = env.optional::<String>("REDIS_URL", "read twice, told once");

    assert_eq!(env.describe()[1].need, Need::Required);
    assert_eq!(
        markdown_table(env.describe()),
        "| setting | what it is | default |\n\
         | --- | --- | --- |\n\
         | `LISTEN` | address that serves gRPC | `127.0.0.1:7000` |\n\
         | `DATABASE_URL` or `DATABASE_URL_FILE` | the database and role | required |\n\
         | `REDIS_URL` | cache of replies | none |\n\
         | `GRACE` | time to finish | `1m 30s` |\n"
    );
}

#[test]
fn the_process_environment_is_read() {
    let mut env = Env::from_process();
    // Cargo sets this for every test it runs.
    assert_eq!(
        env.required::<String>("CARGO_PKG_NAME", "this package"),
        Ok("config".to_owned())
    );
    assert_eq!(
        env.optional::<String>("PORTWAY_NO_SUCH_SETTING", "nothing"),
        Ok(None)
    );
}
