//! Looks for installed programs: `PG_BIN`, `PATH`, then the usual places.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::account::Account;
use crate::error::BackingError;
use crate::options::{BinarySearch, Engine};
use crate::subprocess;

/// Printing a version takes milliseconds; a network file system may be slow at first.
const VERSION_WITHIN: Duration = Duration::from_secs(10);

/// The oldest major version of Postgres that we use.
const POSTGRES_MAJOR_MIN: u32 = 14;

/// Folders of installed programs; a last component that ends with `*` stands for every name that begins so, the
/// highest first, and the part after the bar is below each of them.
const USUAL_PLACES: [&str; 9] = [
    "/usr/lib/postgresql/*|bin",
    "/usr/pgsql-*|bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*|bin",
    "/usr/local/opt/postgresql@*|bin",
    "/opt/homebrew/bin",
    "/usr/local/bin",
    "/usr/bin",
    "/usr/sbin",
];

/// A server program that can be run.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// The program, with no link on the way: Postgres finds its other files beside it.
    pub(crate) path: PathBuf,
    /// What it calls its version.
    pub(crate) version: String,
}

/// Finds the program for `engine`. `data_major` is the version of Postgres that existing data was made by.
/// The inner error says what is missing.
pub(crate) fn find(
    engine: Engine,
    search: &BinarySearch,
    account: Option<Account>,
    data_major: Option<u32>,
) -> Result<Result<Program, String>, BackingError> {
    if let (Engine::Postgres, Some(dir)) = (engine, &search.pg_bin) {
        let found = inspect(engine, &dir.join("postgres"), account, data_major);
        return found.map(Ok).map_err(|reason| BackingError::PgBin {
            dir: dir.clone(),
            reason,
        });
    }
    let names: &[&str] = match engine {
        Engine::Postgres => &["postgres"],
        Engine::Redis => &["valkey-server", "redis-server"],
    };
    let usual = USUAL_PLACES.iter().flat_map(|place| expand(place));
    let mut unfit = None;
    for dir in search.path.iter().cloned().chain(usual) {
        for path in names
            .iter()
            .map(|name| dir.join(name))
            .filter(|path| path.is_file())
        {
            match inspect(engine, &path, account, data_major) {
                Ok(program) => return Ok(Ok(program)),
                Err(reason) => unfit = Some(format!("{}: {reason}", path.display())),
            }
        }
    }
    Ok(Err(unfit.unwrap_or_else(|| {
        format!("no {} on PATH or in the usual places", names.join(" or "))
    })))
}

fn expand(place: &str) -> Vec<PathBuf> {
    let Some((pattern, below)) = place.split_once('|') else {
        return vec![PathBuf::from(place)];
    };
    let pattern = Path::new(pattern.trim_end_matches('*'));
    // "/usr/lib/postgresql/" has no file name of its own: every name in it is meant.
    let (parent, prefix) = match (pattern.to_string_lossy().ends_with('/'), pattern.parent()) {
        (false, Some(parent)) => (parent, pattern.file_name().unwrap_or_default()),
        (true, _) | (_, None) => (pattern, std::ffi::OsStr::new("")),
    };
    let prefix = prefix.to_string_lossy();
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.retain(|name| name.starts_with(&*prefix));
    // The highest version first; "9.6" sorts as 9.
    names.sort_by_key(|name| std::cmp::Reverse(leading_number(name.trim_start_matches(&*prefix))));
    names.iter().map(|name| parent.join(name).join(below)).collect()
}

/// Asks the program for its version, under the account that will run it: that it answers is the proof that this
/// account can reach it and that its libraries are there.
pub(crate) fn inspect(
    engine: Engine,
    path: &Path,
    account: Option<Account>,
    data_major: Option<u32>,
) -> Result<Program, String> {
    let path = path.canonicalize().map_err(|error| error.to_string())?;
    let version = version(engine, &path, account)?;
    if engine == Engine::Postgres {
        // Some packages install the server and its tools apart.
        version_of(&path.with_file_name("initdb"), account)?;
        check_major(leading_number(&version), data_major)?;
    }
    Ok(Program { path, version })
}

fn check_major(major: u32, data_major: Option<u32>) -> Result<(), String> {
    match data_major {
        Some(made_by) if made_by != major => Err(format!("version {major}, but the data is of {made_by}")),
        None if major < POSTGRES_MAJOR_MIN => Err(format!(
            "version {major}, but {POSTGRES_MAJOR_MIN} is the oldest that will do"
        )),
        Some(_) | None => Ok(()),
    }
}

fn version(engine: Engine, path: &Path, account: Option<Account>) -> Result<String, String> {
    let said = version_of(path, account)?;
    parse_version(engine, &said).ok_or_else(|| format!("it calls itself {said:?}"))
}

fn version_of(path: &Path, account: Option<Account>) -> Result<String, String> {
    let mut command = Command::new(path);
    command.arg("--version").current_dir("/");
    if let Some(account) = account {
        account.apply(&mut command);
    }
    subprocess::run_successfully(&mut command, VERSION_WITHIN)
        .map_err(|reason| format!("{} cannot be run ({reason})", path.display()))
}

/// The version in "postgres (PostgreSQL) 15.18 (Debian 15.18-0)" or "Redis server v=7.0.15 sha=00000000:0".
fn parse_version(engine: Engine, said: &str) -> Option<String> {
    let version = match engine {
        Engine::Postgres => said
            .strip_prefix("postgres (PostgreSQL) ")?
            .split_whitespace()
            .next()?,
        Engine::Redis => said.split_whitespace().find_map(|word| word.strip_prefix("v="))?,
    };
    Some(version.to_owned())
}

/// The number that a text begins with; zero if it begins with none.
fn leading_number(text: &str) -> u32 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_each_program_prints_them() {
        let cases = [
            (
                Engine::Postgres,
                "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n",
                Some("15.18"),
            ),
            (Engine::Postgres, "postgres (PostgreSQL) 18.6\n", Some("18.6")),
            (Engine::Postgres, "something else 18\n", None),
            (
                Engine::Redis,
                "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc\n",
                Some("7.0.15"),
            ),
            (
                Engine::Redis,
                "Valkey server v=9.1.2 sha=00000000:0\n",
                Some("9.1.2"),
            ),
            (Engine::Redis, "usage: redis-server\n", None),
        ];
        for (engine, said, expected) in cases {
            assert_eq!(parse_version(engine, said).as_deref(), expected, "{said}");
        }
    }

    #[test]
    fn data_is_only_opened_by_the_version_that_made_it() {
        let cases = [
            (18, None, true),
            (13, None, false),
            (15, Some(15), true),
            (18, Some(15), false),
            (13, Some(13), true),
        ];
        for (major, data_major, fits) in cases {
            assert_eq!(
                check_major(major, data_major).is_ok(),
                fits,
                "{major} on {data_major:?}"
            );
        }
    }

    #[test]
    fn the_highest_of_several_versions_comes_first() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9.6", "15", "18", "postgresql@16"] {
            fs::create_dir_all(root.path().join(version)).unwrap();
        }
        let names = |pattern: &str| -> Vec<PathBuf> {
            let place = format!("{}/{pattern}|bin", root.path().display());
            expand(&place)
                .iter()
                .map(|path| path.strip_prefix(root.path()).unwrap().to_owned())
                .collect()
        };
        assert_eq!(
            names("*")[..2],
            [PathBuf::from("18/bin"), PathBuf::from("15/bin")]
        );
        assert_eq!(names("postgresql@*"), [PathBuf::from("postgresql@16/bin")]);
    }

    #[test]
    fn a_pg_bin_that_cannot_be_used_is_an_error_and_not_passed_over() {
        let search = BinarySearch {
            pg_bin: Some(PathBuf::from("/nonexistent")),
            path: Vec::new(),
        };
        let found = find(Engine::Postgres, &search, None, None);
        assert!(matches!(found, Err(BackingError::PgBin { .. })), "{found:?}");
    }
}
