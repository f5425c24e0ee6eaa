//! What remains when the launcher is killed, and a start on that. The launcher is this test binary run again.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use backing::Durability;
use sqlx::{Connection, Executor, PgConnection};

use crate::{data_root, query, redis, start};

/// Tells the launcher below that it is one, and which directory to use.
const DIR: &str = "BACKING_TEST_LAUNCHER_DIR";

#[test]
#[ignore = "a launcher that the other tests here run as a process of its own"]
fn launcher() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let servers = start(Path::new(&dir), Durability::Kept);
    println!("ready {}", servers.postgres.url());
    // Far beyond any test; it is killed.
    std::thread::sleep(Duration::from_mins(2));
}

/// Runs the launcher until its servers answer; returns it with the URL of its Postgres.
fn launch(dir: &Path) -> (Child, String) {
    let mut launcher = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed_launcher::launcher", "--ignored", "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(launcher.stdout.take().unwrap()).lines();
    let url = lines.find_map(|line| line.unwrap().split_once("ready ").map(|(_, url)| url.to_owned()));
    (launcher, url.unwrap())
}

fn kill(launcher: &mut Child) {
    launcher.kill().unwrap();
    launcher.wait().unwrap();
}

fn server_pid(dir: &Path) -> String {
    fs::read_to_string(dir.join("postgres/postmaster.pid"))
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned()
}

async fn keep_a_row(url: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection
        .execute("create table kept as select 5::bigint as answer")
        .await
        .unwrap();
    // The connection stays open: a shutdown that waits for clients would never end.
    std::mem::forget(connection);
}

#[tokio::test]
async fn servers_of_a_killed_launcher_shut_down_cleanly_and_their_data_is_taken_up_at_once() {
    let root = data_root();
    let (mut launcher, url) = launch(root.path());
    keep_a_row(&url).await;
    let pid = server_pid(root.path());
    kill(&mut launcher);

    let servers = start(root.path(), Durability::Kept);
    assert_eq!(query(&servers, "select answer from kept").await.unwrap(), 5);
    redis(&servers, &["PING"]).await.unwrap();
    assert_eq!(servers.postgres.url(), url, "the port is the same");
    assert_ne!(server_pid(root.path()), pid, "the old server ended");
    let log = fs::read_to_string(root.path().join("postgres.log")).unwrap();
    assert!(!log.contains("not properly shut down"), "{log}");
}

#[tokio::test]
async fn data_is_taken_up_after_everything_was_killed() {
    let root = data_root();
    let (mut launcher, url) = launch(root.path());
    keep_a_row(&url).await;
    let redis_pid = fs::read_to_string(root.path().join("redis/redis.pid")).unwrap();
    for pid in [
        server_pid(root.path()),
        redis_pid.trim().to_owned(),
        launcher.id().to_string(),
    ] {
        assert!(
            Command::new("kill")
                .args(["-9", &pid])
                .status()
                .unwrap()
                .success()
        );
    }
    launcher.wait().unwrap();

    let servers = start(root.path(), Durability::Kept);
    assert_eq!(query(&servers, "select answer from kept").await.unwrap(), 5);
    redis(&servers, &["PING"]).await.unwrap();
}

#[test]
fn a_killed_launcher_leaves_no_process() {
    let root = data_root();
    let (mut launcher, _) = launch(root.path());
    let pid = server_pid(root.path());
    kill(&mut launcher);
    let deadline = Instant::now() + Duration::from_secs(20);
    // Postgres removes the file when its shutdown is complete.
    while root.path().join("postgres/postmaster.pid").exists() || root.path().join("redis/redis.pid").exists()
    {
        assert!(
            Instant::now() < deadline,
            "process {pid} of the killed launcher still runs"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_process_id_that_someone_else_got_meanwhile_is_no_obstacle() {
    let root = data_root();
    start(root.path(), Durability::Kept).stop().unwrap();
    let data = root.path().join("postgres");
    let mut someone = Command::new("sleep")
        .arg("60")
        .uid(fs::metadata(&data).unwrap().uid())
        .spawn()
        .unwrap();
    fs::write(data.join("postmaster.pid"), format!("{}\n", someone.id())).unwrap();
    let servers = start(root.path(), Durability::Kept);
    assert!(someone.try_wait().unwrap().is_none(), "it is not ours to end");
    someone.kill().unwrap();
    someone.wait().unwrap();
    servers.stop().unwrap();
}
