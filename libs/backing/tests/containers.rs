//! Both servers in containers, run by testcontainers, where Docker answers.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use backing::{BackingOptions, Durability, Origin, Servers, Source};
use sqlx::{Connection, Executor, PgConnection};

fn start(dir: &Path, durability: Durability) -> Servers {
    let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/backing");
    let mut options = BackingOptions::from_env(dir, cache, durability);
    options.sources = vec![Source::Container];
    options.build_images = true;
    backing::start(&options, |line| eprintln!("{line}")).unwrap()
}

fn docker_is_missing() -> bool {
    let answer = backing::docker_answers();
    if let Err(reason) = &answer {
        eprintln!("NOT RUN through containers: {reason}");
    }
    answer.is_err()
}

fn data_root() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::set_permissions(root.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    root
}

async fn connect(servers: &Servers) -> sqlx::Result<PgConnection> {
    PgConnection::connect(servers.postgres.url()).await
}

async fn redis(servers: &Servers, command: &[&str]) -> redis::RedisResult<String> {
    let client = redis::Client::open(servers.redis.url())?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let (name, arguments) = command.split_first().unwrap();
    redis::cmd(name).arg(arguments).query_async(&mut connection).await
}

#[tokio::test]
async fn both_servers_run_in_containers_and_go_away_and_come_back() {
    if docker_is_missing() {
        return;
    }
    let root = data_root();
    let servers = start(root.path(), Durability::Test);
    for server in [&servers.postgres, &servers.redis] {
        assert!(
            matches!(server.origin(), Origin::Container { .. }),
            "{}",
            server.origin()
        );
    }
    let mut connection = connect(&servers).await.unwrap();
    connection
        .execute("create table kept as select 3 as answer")
        .await
        .unwrap();
    redis(&servers, &["SET", "kept", "3"]).await.unwrap();

    servers.postgres.stop().unwrap();
    connect(&servers).await.unwrap_err();
    servers.postgres.start().unwrap();
    let mut connection = connect(&servers).await.unwrap();
    let answer: i32 = sqlx::query_scalar("select answer from kept")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(answer, 3);

    servers.redis.stop().unwrap();
    redis(&servers, &["PING"]).await.unwrap_err();
    servers.redis.start().unwrap();
    redis(&servers, &["PING"]).await.unwrap();
}

#[tokio::test]
async fn kept_data_outlives_its_container() {
    if docker_is_missing() {
        return;
    }
    let root = data_root();
    let first = start(root.path(), Durability::Kept);
    connect(&first)
        .await
        .unwrap()
        .execute("create table kept as select 4 as answer")
        .await
        .unwrap();
    redis(&first, &["SET", "kept", "4"]).await.unwrap();
    let urls = [first.postgres.url().to_owned(), first.redis.url().to_owned()];
    drop(first);

    let second = start(root.path(), Durability::Kept);
    assert_eq!([second.postgres.url(), second.redis.url()], urls);
    let mut connection = connect(&second).await.unwrap();
    let answer: i32 = sqlx::query_scalar("select answer from kept")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(
        (answer, redis(&second, &["GET", "kept"]).await.unwrap().as_str()),
        (4, "4")
    );
    drop(second);
    for engine in ["postgres", "redis"] {
        let volume = fs::read_to_string(root.path().join(format!("{engine}.volume"))).unwrap();
        assert!(
            Command::new("docker")
                .args(["volume", "rm", volume.trim()])
                .status()
                .unwrap()
                .success()
        );
    }
}

#[test]
fn a_container_whose_launcher_was_killed_is_removed_by_the_next_start() {
    if docker_is_missing() {
        return;
    }
    let root = data_root();
    let first = start(&root.path().join("first"), Durability::Test);
    let Origin::Container { image } = first.redis.origin() else {
        panic!("not a container: {}", first.redis.origin());
    };
    let mut launcher = Command::new("true").spawn().unwrap();
    launcher.wait().unwrap();
    let hostname = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let label = format!("portway.launcher={}:{}", hostname.trim(), launcher.id());
    let created = Command::new("docker")
        .args(["create", "--label", &label, image])
        .output()
        .unwrap();
    let id = String::from_utf8(created.stdout).unwrap();
    let exists = || {
        Command::new("docker")
            .args(["inspect", id.trim()])
            .output()
            .unwrap()
            .status
            .success()
    };
    assert!(exists());

    let _second = start(&root.path().join("second"), Durability::Test);
    assert!(!exists(), "nobody would ever remove it");
    let running = first
        .redis
        .url()
        .rsplit_once('@')
        .unwrap()
        .1
        .trim_end_matches("/0")
        .to_owned();
    std::net::TcpStream::connect(running).unwrap();
}
