//! How Redis (or Valkey) is set up and run. Its settings are in a file that only its account reads, because the
//! password is one of them.

use std::ffi::OsString;

use crate::account;
use crate::data_dir::DataDir;
use crate::error::BackingError;
use crate::installed::Program;
use crate::local::Launch;
use crate::options::{Durability, Engine};
use crate::signals::Signal;

/// Enough for a database per test; an empty one costs nothing.
const DATABASES: u32 = 1024;

/// Settings of every server that is started here, in containers too.
pub(crate) fn settings(durability: Durability) -> Vec<(&'static str, String)> {
    let appendonly = match durability {
        // Everything in Redis can be found out again from Postgres, so a second's worth may be lost (the default).
        Durability::Kept => "yes",
        Durability::Test => "no",
    };
    vec![
        ("databases", DATABASES.to_string()),
        ("appendonly", appendonly.to_owned()),
        ("save", String::new()),
    ]
}

/// The URL of its first database.
pub(crate) fn url(host: &str, port: u16, password: &str) -> String {
    format!("redis://:{password}@{host}:{port}/0")
}

/// Writes its settings, and tells how to run the server.
pub(crate) fn prepare(
    program: &Program,
    dir: &DataDir,
    durability: Durability,
) -> Result<Launch, BackingError> {
    let data = dir.engine_dir(Engine::Redis);
    account::create_private_dir(&data, dir.account())?;
    // Its password is in the settings, which are written at each start: a new one does for old data.
    let password = dir.password(Engine::Redis, true)?;
    let pid_file = data.join("redis.pid");
    let mut lines = vec![
        "bind 127.0.0.1".to_owned(),
        format!("requirepass {password}"),
        format!("dir \"{}\"", data.display()),
        format!("pidfile \"{}\"", pid_file.display()),
    ];
    let settings = settings(durability).into_iter();
    lines.extend(settings.map(|(name, value)| format!("{name} \"{value}\"")));
    let config = dir.write(Engine::Redis, "conf", &(lines.join("\n") + "\n"))?;
    Ok(Launch {
        engine: Engine::Redis,
        program: program.path.clone(),
        arguments: vec![OsString::from(config)],
        port_flag: "--port",
        work_dir: data,
        log: dir.file(Engine::Redis, "log"),
        pid_file,
        account: dir.account(),
        stop_signal: Signal::Terminate,
        password,
    })
}
