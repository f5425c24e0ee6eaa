//! Servers from this machine's programs (Redis from its package where none is installed): their start, their data,
//! their end, and what a killed launcher leaves.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

mod away_and_back;
mod killed_launcher;

use std::path::{Path, PathBuf};

use backing::{BackingError, BackingOptions, Durability, Origin, Servers, Source};
use sqlx::{Connection, Executor, PgConnection};

/// The project's cache, so that packages are fetched once.
fn cache_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/backing")
}

/// A directory that a server's account can reach.
fn data_root() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    std::fs::set_permissions(root.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    root
}

fn options(dir: &Path, durability: Durability) -> BackingOptions {
    let mut options = BackingOptions::from_env(dir, cache_dir(), durability);
    // What Docker has is another test's business.
    options.sources = vec![Source::Installed, Source::Package];
    options
}

fn start(dir: &Path, durability: Durability) -> Servers {
    backing::start(&options(dir, durability), |line| eprintln!("{line}")).unwrap()
}

async fn query(servers: &Servers, sql: &'static str) -> sqlx::Result<i64> {
    let mut connection = PgConnection::connect(servers.postgres.url()).await?;
    sqlx::query_scalar(sql).fetch_one(&mut connection).await
}

async fn execute(servers: &Servers, sql: &'static str) {
    PgConnection::connect(servers.postgres.url())
        .await
        .unwrap()
        .execute(sql)
        .await
        .unwrap();
}

async fn redis(servers: &Servers, command: &[&str]) -> redis::RedisResult<String> {
    let client = redis::Client::open(servers.redis.url())?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let (name, arguments) = command.split_first().unwrap();
    redis::cmd(name).arg(arguments).query_async(&mut connection).await
}

#[tokio::test]
async fn kept_data_and_urls_are_the_same_after_a_stop_and_a_start() {
    let root = data_root();
    let first = start(root.path(), Durability::Kept);
    execute(&first, "create table kept as select 42::bigint as answer").await;
    redis(&first, &["SET", "kept", "42"]).await.unwrap();
    let urls = [first.postgres.url().to_owned(), first.redis.url().to_owned()];
    first.stop().unwrap();
    drop(first);

    let second = start(root.path(), Durability::Kept);
    assert_eq!([second.postgres.url(), second.redis.url()], urls);
    assert_eq!(query(&second, "select answer from kept").await.unwrap(), 42);
    assert_eq!(redis(&second, &["GET", "kept"]).await.unwrap(), "42");
    assert_eq!(
        query(
            &second,
            "select count(*) from pg_settings where name = 'fsync' and setting = 'on'"
        )
        .await
        .unwrap(),
        1
    );
}

#[tokio::test]
async fn test_servers_wait_for_no_disk_and_take_many_connections_from_strangers_never() {
    let root = data_root();
    let servers = start(root.path(), Durability::Test);
    let facts = "select count(*) from pg_settings
                  where (name, setting) in (('fsync', 'off'), ('max_connections', '300'), ('TimeZone', 'UTC'))";
    assert_eq!(query(&servers, facts).await.unwrap(), 3);
    let (_, address) = servers.postgres.url().split_once('@').unwrap();
    let stranger = PgConnection::connect(&format!("postgres://postgres:guess@{address}")).await;
    assert!(stranger.is_err(), "a wrong password must not do");
    let (_, address) = servers.redis.url().split_once('@').unwrap();
    let stranger = redis::Client::open(format!("redis://{address}")).unwrap();
    let refused = match stranger.get_multiplexed_async_connection().await {
        Ok(mut connection) => redis::cmd("PING")
            .query_async::<String>(&mut connection)
            .await
            .is_err(),
        Err(_) => true,
    };
    assert!(refused, "no password must not do");
}

#[test]
fn a_second_starter_is_told_who_has_the_directory() {
    let root = data_root();
    let servers = start(root.path(), Durability::Test);
    let port = servers
        .postgres
        .url()
        .rsplit_once(':')
        .unwrap()
        .1
        .strip_suffix("/postgres")
        .unwrap()
        .to_owned();
    let error = backing::start(&options(root.path(), Durability::Test), |_| {})
        .err()
        .unwrap();
    assert!(matches!(error, BackingError::InUse { .. }), "{error}");
    assert!(
        error.to_string().contains(&format!("Postgres on port {port}")),
        "{error}"
    );
}

#[test]
fn servers_that_were_given_are_taken_as_they_are() {
    let root = data_root();
    let dir = root.path().join("never");
    let mut options = options(&dir, Durability::Kept);
    options.postgres_url = Some("postgres://elsewhere/postgres".to_owned());
    options.redis_url = Some("redis://elsewhere".to_owned());
    let servers = backing::start(&options, |_| {}).unwrap();
    assert_eq!(
        (servers.postgres.url(), servers.redis.url()),
        ("postgres://elsewhere/postgres", "redis://elsewhere")
    );
    assert_eq!(servers.postgres.origin(), &Origin::Given);
    assert!(matches!(servers.postgres.stop(), Err(BackingError::NotOurs(_))));
    servers.stop().unwrap();
    assert!(!dir.exists(), "nothing to keep, nothing created");
}

#[test]
fn a_machine_without_servers_learns_what_would_help() {
    let root = data_root();
    let mut options = options(root.path(), Durability::Kept);
    options.sources = Vec::new();
    let message = backing::start(&options, |_| {}).err().unwrap().to_string();
    for remedy in [
        "apt-get install postgresql",
        "brew install",
        "DATABASE_URL",
        "docker pull",
        "PG_BIN",
    ] {
        assert!(message.contains(remedy), "{message}");
    }
}

#[test]
fn data_of_another_version_is_left_alone() {
    let root = data_root();
    let data = root.path().join("data/postgres");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("PG_VERSION"), "9").unwrap();
    let error = backing::start(&options(&root.path().join("data"), Durability::Kept), |_| {})
        .err()
        .unwrap();
    assert!(matches!(error, BackingError::NoServer { .. }), "{error}");
    assert!(error.to_string().contains("the data is of 9"), "{error}");
}
