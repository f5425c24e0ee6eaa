//! `portway up` as a process that a test may kill.

use std::fs::File;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use auth::{Issuer, SigningKey};
use portway::client::EndpointsFile;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use testkit::TestDatabase;
use types::AccountId;

use crate::customer::Customer;

const UP_WITHIN: Duration = Duration::from_mins(2);
const DOWN_WITHIN: Duration = Duration::from_secs(30);
/// Monday, 10:00 in New York.
const FIRST_DAY: &str = "2026-11-16T15:00:00Z";

/// How a system is started.
pub struct SystemOptions {
    /// Replicas of each service.
    pub replicas: u8,
    /// A superuser's URL; `None`: a database of its own on the servers of the run.
    pub database_url: Option<String>,
    /// `None`: a logical database of its own on the Redis of the run.
    pub redis_url: Option<String>,
    /// Whether its calendar begins on a Monday that is always the same; else on the day of the run.
    pub begins_on_monday: bool,
    /// The SMS gateway that texts go to; `None`: they go nowhere.
    pub sms_url: Option<String>,
}

impl Default for SystemOptions {
    fn default() -> Self {
        Self {
            replicas: 1,
            database_url: None,
            redis_url: None,
            begins_on_monday: true,
            sms_url: None,
        }
    }
}

/// What a run of the command line came to.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code; `None`: a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

/// A running system. Killed when dropped.
pub struct System {
    // Dropped in this order: the process, then what it works on.
    process: Child,
    endpoints: EndpointsFile,
    dir: TempDir,
    database_url: String,
    redis_url: String,
    first_day: Option<&'static str>,
    sms_url: Option<String>,
    replicas: u8,
    _database: Option<TestDatabase>,
}

impl System {
    /// Starts one with a database of its own.
    pub async fn start(name: &str) -> Self {
        Self::start_with(name, SystemOptions::default()).await
    }

    /// Starts one as told.
    pub async fn start_with(name: &str, options: SystemOptions) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("portway-system-")
            .tempdir()
            .unwrap();
        let (database, database_url) = if let Some(url) = options.database_url {
            (None, url)
        } else {
            let database = TestDatabase::create(name).await;
            let url = database.url().to_owned();
            (Some(database), url)
        };
        let redis_url = match options.redis_url {
            Some(url) => url,
            None => testkit::redis_url().await,
        };
        let first_day = options.begins_on_monday.then_some(FIRST_DAY);
        let process = spawn(
            dir.path(),
            &database_url,
            &redis_url,
            options.replicas,
            first_day,
            options.sms_url.as_deref(),
        );
        let endpoints = wait_until_up(dir.path(), process.id()).await;
        Self {
            process,
            endpoints,
            dir,
            database_url,
            redis_url,
            first_day,
            sms_url: options.sms_url,
            replicas: options.replicas,
            _database: database,
        }
    }

    /// Ends the process at once, as a crash of the machine would.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        let status = self.process.wait().unwrap();
        assert_eq!(
            status.signal(),
            Some(9),
            "the process had ended before it was killed:\n{}",
            self.log()
        );
    }

    /// Starts it again on the same data, and waits until it is ready.
    pub async fn restart(&mut self) {
        self.process = spawn(
            self.dir.path(),
            &self.database_url,
            &self.redis_url,
            self.replicas,
            self.first_day,
            self.sms_url.as_deref(),
        );
        self.endpoints = wait_until_up(self.dir.path(), self.process.id()).await;
    }

    /// Asks it to end and waits until it has, cleanly.
    pub async fn stop(&mut self) {
        let pid = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        testkit::eventually(DOWN_WITHIN, "the process to end", async || {
            self.process.try_wait().unwrap().is_some()
        })
        .await;
        let status = self.process.wait().unwrap();
        assert!(status.success(), "{status}:\n{}", self.log());
    }

    /// Runs the command line against it, as the account's owner.
    pub fn portway(&self, arguments: &[&str]) -> Ran {
        let ran = Command::new(program("portway"))
            .args(arguments)
            .arg("--data-dir")
            .arg(self.dir.path().join("data"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Ran {
            code: ran.status.code(),
            stdout: String::from_utf8(ran.stdout).unwrap(),
            stderr: String::from_utf8(ran.stderr).unwrap(),
        }
    }

    /// A token of somebody in an account, as the system's own identity provider signs it.
    pub fn token(&self, subject: &str, account: AccountId) -> String {
        let secrets = std::fs::read(self.data_dir().join("secrets.json")).unwrap();
        let secrets: serde_json::Value = serde_json::from_slice(&secrets).unwrap();
        let pem = secrets["issuer_pem"].as_str().unwrap();
        let issuer = Issuer::new(SigningKey::from_pem("portway-up", pem).unwrap());
        let life = Duration::from_hours(1);
        issuer.token(&subject.parse().unwrap(), account, life).unwrap()
    }

    /// Where to call it.
    pub fn endpoints(&self) -> &EndpointsFile {
        &self.endpoints
    }

    /// The owner of the account there is from the start, calling the first replica.
    pub fn customer(&self) -> Customer {
        Customer::new(&self.endpoints, 0)
    }

    /// The same, calling the second replica.
    pub fn customer_of_second_replica(&self) -> Customer {
        Customer::new(&self.endpoints, 1)
    }

    /// A session of the database's superuser.
    pub async fn database(&self) -> PgConnection {
        PgConnection::connect(&self.database_url).await.unwrap()
    }

    /// The superuser's URL of the database.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// The Redis it works with.
    pub fn redis_url(&self) -> &str {
        &self.redis_url
    }

    /// The data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// What the process has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }
}

impl Drop for System {
    fn drop(&mut self) {
        // It may have ended already; either way nothing of it is left.
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
        if std::thread::panicking() {
            eprintln!("what the system logged last:\n{}", tail(&self.log()));
        }
    }
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

fn spawn(
    dir: &Path,
    database_url: &str,
    redis_url: &str,
    replicas: u8,
    first_day: Option<&str>,
    sms_url: Option<&str>,
) -> Child {
    let log = File::options()
        .create(true)
        .append(true)
        .open(dir.join("log"))
        .unwrap();
    let clock = first_day.map(|day| ["--clock-start", day]);
    let texts = sms_url.map(|url| ["--sms-url", url]);
    Command::new(program("portway"))
        .args(["up", "--replicas", &replicas.to_string()])
        .args(clock.iter().flatten())
        .args(texts.iter().flatten())
        .arg("--data-dir")
        .arg(dir.join("data"))
        .arg("--cache-dir")
        .arg(dir.join("cache"))
        .env("DATABASE_URL", database_url)
        .env("REDIS_URL", redis_url)
        .env("PORTWAY_LOG", "info")
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// A binary of this build: it stands beside this program, or beside the folder of the test binaries.
pub(crate) fn program(name: &str) -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let here = this.parent().unwrap();
    let folder = if here.ends_with("deps") {
        here.parent().unwrap()
    } else {
        here
    };
    let program = folder.join(name);
    assert!(
        program.exists(),
        "{} is not built: run `make test`, or `cargo build --workspace --all-targets`",
        program.display()
    );
    program
}

async fn wait_until_up(dir: &Path, pid: u32) -> EndpointsFile {
    let data = dir.join("data");
    testkit::eventually_some(UP_WITHIN, "the system to be up", async || {
        EndpointsFile::read(&data)
            .ok()
            .flatten()
            .filter(|endpoints| endpoints.pid == pid)
    })
    .await
}
