//! A data directory: who has it, the passwords and ports that belong to it, where each server's files lie.
//!
//! One live process has a directory at a time, by a lock that the kernel takes back however that process ends.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::account::{self, Account};
use crate::error::{BackingError, Doing};
use crate::options::{BackingOptions, Engine};

/// A data directory that this process has.
pub(crate) struct DataDir {
    path: PathBuf,
    account: Option<Account>,
    /// Held, never read again: closing it gives the directory back.
    _lock: File,
}

impl DataDir {
    /// Takes the directory, creating it where needed.
    pub(crate) fn open(options: &BackingOptions, on_progress: &dyn Fn(&str)) -> Result<Self, BackingError> {
        let account = account::for_servers()?;
        let path = account::reachable_dir(&options.data_dir, account)?;
        if path.starts_with("/var/tmp") && !options.data_dir.starts_with("/var/tmp") {
            on_progress(&format!(
                "data goes to {}, which the servers' account can reach",
                path.display()
            ));
        }
        let lock = lock(&path)?;
        Ok(Self {
            path,
            account,
            _lock: lock,
        })
    }

    /// The account that servers run under, when not our own.
    pub(crate) fn account(&self) -> Option<Account> {
        self.account
    }

    /// The folder with one server's data.
    pub(crate) fn engine_dir(&self, engine: Engine) -> PathBuf {
        self.path.join(engine.slug())
    }

    /// The file `<engine>.<kind>` beside the server's data.
    pub(crate) fn file(&self, engine: Engine, kind: &str) -> PathBuf {
        self.path.join(format!("{}.{kind}", engine.slug()))
    }

    /// The text of such a file; `None` if there is none.
    pub(crate) fn read(&self, engine: Engine, kind: &str) -> Result<Option<String>, BackingError> {
        let path = self.file(engine, kind);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).doing(|| format!("read {}", path.display())),
        }
    }

    /// Writes such a file so that only the servers' account (and root) can read it.
    pub(crate) fn write(&self, engine: Engine, kind: &str, text: &str) -> Result<PathBuf, BackingError> {
        let path = self.file(engine, kind);
        let private = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path);
        private
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .doing(|| format!("write {}", path.display()))?;
        if let Some(account) = self.account {
            account.own(&path)?;
        }
        Ok(path)
    }

    /// The password of one server, generated when its data is new (`may_generate`).
    pub(crate) fn password(&self, engine: Engine, may_generate: bool) -> Result<String, BackingError> {
        match self.read(engine, "password")? {
            Some(password) if !password.is_empty() => Ok(password),
            Some(_) | None if may_generate => {
                let password = hex::encode(rand::random::<[u8; 16]>());
                self.write(engine, "password", &password)?;
                Ok(password)
            }
            Some(_) | None => Err(BackingError::Damaged {
                dir: self.path.clone(),
                reason: format!("there is data of {engine} but no password for it"),
            }),
        }
    }

    /// The port that one server had when it last ran from here.
    pub(crate) fn recorded_port(&self, engine: Engine) -> Option<u16> {
        self.read(engine, "port")
            .ok()
            .flatten()
            .and_then(|port| port.parse().ok())
    }

    /// Records the port: the next start tries it first, and a second starter is told.
    pub(crate) fn record_port(&self, engine: Engine, port: u16) -> Result<(), BackingError> {
        self.write(engine, "port", &port.to_string()).map(|_| ())
    }
}

fn lock(dir: &Path) -> Result<File, BackingError> {
    let path = dir.join("lock");
    let doing = || format!("lock {}", path.display());
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .doing(doing)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => return Err(in_use(dir, &path)),
        Err(fs::TryLockError::Error(error)) => return Err(error).doing(doing),
    }
    file.set_len(0).doing(doing)?;
    write!(file, "{}", std::process::id()).doing(doing)?;
    Ok(file)
}

fn in_use(dir: &Path, lock: &Path) -> BackingError {
    let read = |path: &Path| fs::read_to_string(path).ok();
    let running: Vec<String> = [Engine::Postgres, Engine::Redis]
        .into_iter()
        .filter_map(|engine| {
            let port = read(&dir.join(format!("{}.port", engine.slug())))?;
            Some(format!("{engine} on port {port}"))
        })
        .collect();
    BackingError::InUse {
        dir: dir.to_owned(),
        pid: read(lock).unwrap_or_else(|| "unknown".to_owned()),
        running: if running.is_empty() {
            "still starting".to_owned()
        } else {
            running.join(", ")
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Durability;

    fn options(dir: &Path) -> BackingOptions {
        BackingOptions::from_env(dir, dir.join("cache"), Durability::Test)
    }

    #[test]
    fn a_second_opener_learns_who_has_the_directory_and_what_runs_there() {
        let root = tempfile::tempdir().unwrap();
        let first = DataDir::open(&options(root.path()), &|_| {}).unwrap();
        first.record_port(Engine::Postgres, 21_432).unwrap();
        let Err(BackingError::InUse { pid, running, .. }) = DataDir::open(&options(root.path()), &|_| {})
        else {
            panic!("the directory was taken twice");
        };
        assert_eq!(
            (pid, running.as_str()),
            (std::process::id().to_string(), "Postgres on port 21432")
        );
        drop(first);
        DataDir::open(&options(root.path()), &|_| {}).unwrap();
    }

    #[test]
    fn a_password_is_kept_and_is_not_made_up_for_data_that_had_another() {
        let root = tempfile::tempdir().unwrap();
        let dir = DataDir::open(&options(root.path()), &|_| {}).unwrap();
        assert!(matches!(
            dir.password(Engine::Postgres, false),
            Err(BackingError::Damaged { .. })
        ));
        let password = dir.password(Engine::Postgres, true).unwrap();
        assert_eq!(password.len(), 32);
        assert_eq!(dir.password(Engine::Postgres, false).unwrap(), password);
        let mode = fs::metadata(dir.file(Engine::Postgres, "password")).unwrap();
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&mode) & 0o777, 0o600);
    }
}
