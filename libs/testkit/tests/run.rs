//! A test run's servers, from the outside: `testkit-servers` around a command, and what each test gets of them.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

use std::process::{Command, Output};

use sqlx::Executor;
use testkit::TestDatabase;

fn testkit_servers(script: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_testkit-servers"));
    command.args(["--", "sh", "-c", script]);
    command
        .env_remove("DATABASE_URL")
        .env_remove("REDIS_URL")
        .output()
        .unwrap()
}

#[test]
fn a_command_runs_on_servers_that_stop_with_it_and_its_exit_code_is_passed_on() {
    let output = testkit_servers("echo \"$DATABASE_URL $REDIS_URL\"; exit 7");
    assert_eq!(
        output.status.code(),
        Some(7),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let urls = String::from_utf8(output.stdout).unwrap();
    let (postgres, redis) = urls.trim().split_once(' ').unwrap();
    for url in [postgres, redis] {
        let (_, address) = url.split_once('@').unwrap();
        let address = address.split_once('/').unwrap().0;
        assert!(
            std::net::TcpStream::connect(address).is_err(),
            "{address} still answers"
        );
    }
}

#[test]
fn a_command_that_does_not_exist_is_told() {
    let output = Command::new(env!("CARGO_BIN_EXE_testkit-servers"))
        .args(["--", "/nonexistent"])
        .env("DATABASE_URL", "postgres://given/postgres")
        .env("REDIS_URL", "redis://given")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(127));
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not be run"));
}

#[tokio::test]
async fn each_test_has_a_database_of_its_own_which_goes_with_it() {
    let one = TestDatabase::create("Each test; its own").await;
    let other = TestDatabase::create("Each test; its own").await;
    one.connect()
        .await
        .execute("create table only_here ()")
        .await
        .unwrap();
    other
        .connect()
        .await
        .execute("select * from only_here")
        .await
        .unwrap_err();
    assert!(one.name().starts_with("test_eachtestitsown_"), "{}", one.name());

    let (name, _held) = (one.name().to_owned(), one.connect().await);
    drop(one);
    let mut connection = other.connect().await;
    let found: Option<String> =
        sqlx::query_scalar("select datname::text from pg_database where datname = $1")
            .bind(&name)
            .fetch_optional(&mut connection)
            .await
            .unwrap();
    assert_eq!(found, None, "it is dropped, open connections or not");
}

#[tokio::test]
async fn each_call_gets_a_redis_database_of_its_own() {
    let (one, other) = (testkit::redis_url().await, testkit::redis_url().await);
    let get = async |url: &str, command: &str| -> Option<String> {
        let client = redis::Client::open(url).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let words: Vec<&str> = command.split(' ').collect();
        redis::cmd(words[0])
            .arg(&words[1..])
            .query_async(&mut connection)
            .await
            .unwrap()
    };
    get(&one, "SET key mine").await;
    assert_eq!(get(&one, "GET key").await.as_deref(), Some("mine"));
    assert_eq!(get(&other, "GET key").await, None);
}
