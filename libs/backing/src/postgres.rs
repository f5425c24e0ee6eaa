//! How Postgres is set up and run: `initdb` once, then settings on the command line, so that they follow the program
//! and not the data.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::data_dir::DataDir;
use crate::error::{BackingError, Doing};
use crate::installed::Program;
use crate::local::{Launch, plain_command};
use crate::options::{Durability, Engine};
use crate::signals::{self, Signal};
use crate::{account, subprocess};

/// Half a second is usual; a slow disk that has to be waited for is not.
const INITDB_WITHIN: Duration = Duration::from_mins(2);

/// Settings of every server that is started here, in containers too.
///
/// 300 connections: several services in one process with a pool each, two replicas of each in the failure tests,
/// and tests that run in parallel on one server.
const SETTINGS: [&str; 5] = [
    "max_connections=300",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
    "log_checkpoints=off",
];

/// No commit waits for the disk. After a power failure the data is worth nothing.
/// Commits still reach the operating system before they are acknowledged (`synchronous_commit` stays on): tests kill
/// the server, not the machine, and then nothing that was acknowledged may be missing.
const TEST_SETTINGS: [&str; 2] = ["fsync=off", "full_page_writes=off"];

/// `-c name=value` for each setting.
pub(crate) fn settings(durability: Durability) -> impl Iterator<Item = String> {
    let extra: &[&str] = match durability {
        Durability::Kept => &[],
        Durability::Test => &TEST_SETTINGS,
    };
    SETTINGS
        .iter()
        .chain(extra)
        .flat_map(|setting| ["-c".to_owned(), (*setting).to_owned()])
}

/// The superuser's URL.
pub(crate) fn url(host: &str, port: u16, password: &str) -> String {
    format!("postgres://postgres:{password}@{host}:{port}/postgres")
}

/// The major version that the data in the directory was made by; `None` if there is none yet.
pub(crate) fn data_major(dir: &DataDir) -> Option<u32> {
    let version = fs::read_to_string(dir.engine_dir(Engine::Postgres).join("PG_VERSION")).ok()?;
    version.trim().parse().ok()
}

/// Sets the data up if there is none, and tells how to run the server on it.
pub(crate) fn prepare(
    program: &Program,
    dir: &DataDir,
    durability: Durability,
) -> Result<Launch, BackingError> {
    let data = dir.engine_dir(Engine::Postgres);
    let is_new = data_major(dir).is_none();
    let password = dir.password(Engine::Postgres, is_new)?;
    if is_new {
        initialize(program, dir, &data, durability)?;
    }
    let mut arguments: Vec<OsString> = vec!["-D".into(), data.clone().into()];
    // No Unix socket: everyone connects by URL, and its lock file would be one more thing that a crash leaves.
    let listen = [
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
    ];
    arguments.extend(listen.map(OsString::from));
    arguments.extend(settings(durability).map(OsString::from));
    Ok(Launch {
        engine: Engine::Postgres,
        program: program.path.clone(),
        arguments,
        port_flag: "-p",
        log: dir.file(Engine::Postgres, "log"),
        pid_file: data.join("postmaster.pid"),
        work_dir: data,
        account: dir.account(),
        stop_signal: Signal::Interrupt,
        password,
    })
}

/// Sets up beside the final place and moves there when done: a set-up that was interrupted is not mistaken for data.
fn initialize(
    program: &Program,
    dir: &DataDir,
    data: &Path,
    durability: Durability,
) -> Result<(), BackingError> {
    let unfinished = dir.file(Engine::Postgres, "new");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).doing(|| format!("remove {}", unfinished.display()))?;
    }
    account::create_private_dir(&unfinished, dir.account())?;
    let mut command = plain_command(&program.path.with_file_name("initdb"), &unfinished, dir.account());
    command
        .arg("-D")
        .arg(&unfinished)
        .arg("--pwfile")
        .arg(dir.file(Engine::Postgres, "password"));
    command.args([
        "--username=postgres",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
    ]);
    if durability == Durability::Test {
        command.arg("--no-sync");
    }
    signals::die_with_parent(&mut command, Signal::Kill);
    subprocess::run_successfully(&mut command, INITDB_WITHIN).map_err(|reason| BackingError::Start {
        engine: Engine::Postgres,
        reason: format!("initdb: {reason}"),
    })?;
    fs::rename(&unfinished, data).doing(|| format!("move the new data to {}", data.display()))
}
