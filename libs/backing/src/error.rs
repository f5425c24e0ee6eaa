//! The ways in which finding or starting a server fails.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::options::{Engine, Source};

/// Why one source has no server to offer; the next source is tried.
#[derive(Debug)]
pub struct Refusal {
    /// The source that was tried.
    pub source: Source,
    /// What it lacks.
    pub reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match self.source {
            Source::Installed => "installed programs",
            Source::Container => "containers",
            Source::Package => "packages",
        };
        write!(f, "{source}: {}", self.reason)
    }
}

/// Why there is no running server.
#[derive(Debug, thiserror::Error)]
pub enum BackingError {
    /// No URL was given and no source had the server.
    #[error("no {engine} to run on\n{}{}", list(.refusals), remedies(*.engine))]
    NoServer {
        /// The server that is missing.
        engine: Engine,
        /// What was tried, in order.
        refusals: Vec<Refusal>,
    },
    /// `PG_BIN` names a folder without the programs.
    #[error("PG_BIN is {}, which has no postgres and initdb that can be run ({reason})", .dir.display())]
    PgBin {
        /// What `PG_BIN` says.
        dir: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A live process already runs servers in this data directory.
    #[error("process {pid} already runs servers in {} ({running}): stop it, use its servers, or take another directory", .dir.display())]
    InUse {
        /// The data directory.
        dir: PathBuf,
        /// The process that has it.
        pid: String,
        /// Each server that it runs, with its port.
        running: String,
    },
    /// A server of a launcher that is gone has not ended, though it was asked to.
    #[error("process {pid}, a {engine} left in {} by a launcher that is gone, does not end: stop it by hand", .dir.display())]
    Orphan {
        /// Which server.
        engine: Engine,
        /// Its process.
        pid: u32,
        /// Its data directory.
        dir: PathBuf,
    },
    /// The server ended, or did not answer in time, after it was started.
    #[error("{engine} did not start: {reason}")]
    Start {
        /// Which server.
        engine: Engine,
        /// The end of its log, or what was waited for.
        reason: String,
    },
    /// A server that was given by URL cannot be stopped or started from here.
    #[error("the {0} that was given by URL is not ours to stop or start")]
    NotOurs(Engine),
    /// As root, servers run under an account without rights, and this machine has none.
    #[error(
        "servers do not run as root, and there is neither a `postgres` nor a `nobody` account to run them as"
    )]
    NoAccount,
    /// A directory that others could write to, or that is not a directory.
    #[error("{} is not a directory of ours alone: remove it, or name another", .0.display())]
    Unsafe(PathBuf),
    /// A file that a start left behind is missing or unreadable.
    #[error("{} is damaged ({reason}): remove the directory to begin anew", .dir.display())]
    Damaged {
        /// The data directory.
        dir: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The operating system refused.
    #[error("could not {doing}")]
    Io {
        /// What was being done.
        doing: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// Docker answered and had the image, but the container could not be run.
    #[error("could not {doing} the {engine} container")]
    Container {
        /// Which server.
        engine: Engine,
        /// What was being done.
        doing: &'static str,
        /// What Docker said.
        source: testcontainers::TestcontainersError,
    },
}

/// Names what was being done when the operating system refused.
pub(crate) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, BackingError>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, BackingError> {
        self.map_err(|source| BackingError::Io {
            doing: what(),
            source,
        })
    }
}

fn list(refusals: &[Refusal]) -> String {
    refusals
        .iter()
        .fold(String::new(), |text, refusal| text + &format!("  {refusal}\n"))
}

/// The commands that would help, one a line.
fn remedies(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => {
            "one of these helps:
  apt-get install postgresql        (Debian, Ubuntu)
  brew install postgresql@18        (macOS)
  export PG_BIN=/path/to/postgres/bin
  export DATABASE_URL=postgres://superuser:password@host/postgres
  docker pull postgres:18           (or start Docker, where that can pull)
  python3 -m ensurepip              (packages are fetched with pip)"
        }
        Engine::Redis => {
            "one of these helps:
  apt-get install redis-server      (Debian, Ubuntu; or valkey-server)
  brew install valkey               (macOS)
  export REDIS_URL=redis://host:6379
  docker pull valkey/valkey:9       (or start Docker, where that can pull)
  python3 -m ensurepip              (packages are fetched with pip)"
        }
    }
}
