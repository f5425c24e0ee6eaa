//! What the caller decides: where data and cache live, how durable the data is, which sources may be used.

use std::fmt;
use std::path::PathBuf;

/// One of the two servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// Redis, or Valkey, which speaks the same protocol.
    Redis,
}

impl Engine {
    /// Lower-case, for file names.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "Postgres",
            Self::Redis => "Redis",
        })
    }
}

/// What becomes of the data when a machine loses power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Every commit is on disk before it is acknowledged; a later start on the same directory resumes from it.
    Kept,
    /// Nothing waits for the disk: for tests, whose data nobody wants back.
    Test,
}

/// Where a server may come from when no URL was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Programs that are installed on this machine.
    Installed,
    /// A container, when Docker answers and has or can get the image.
    Container,
    /// A checksum-pinned package, unpacked into the cache folder.
    Package,
}

impl Source {
    /// All sources, in the order in which they are tried.
    pub const ALL: [Self; 3] = [Self::Installed, Self::Container, Self::Package];
}

/// Where installed programs are looked for, before the usual places of each operating system.
#[derive(Debug, Clone, Default)]
pub struct BinarySearch {
    /// The folder of `postgres` and `initdb`: the user's own choice, so nothing else is tried when it is set.
    pub pg_bin: Option<PathBuf>,
    /// The folders of `PATH`.
    pub path: Vec<PathBuf>,
}

/// How [`start`](crate::start) finds or starts the servers.
pub struct BackingOptions {
    /// A Postgres that the caller was given, as a superuser's URL (it creates databases and roles).
    pub postgres_url: Option<String>,
    /// A Redis that the caller was given.
    pub redis_url: Option<String>,
    /// Holds the data, the passwords and the logs of servers that are started here.
    pub data_dir: PathBuf,
    /// Holds unpacked packages; may be shared by any number of data directories.
    pub cache_dir: PathBuf,
    /// How durable the data is.
    pub durability: Durability,
    /// Where installed programs are looked for.
    pub search: BinarySearch,
    /// Which sources are tried, in this order.
    pub sources: Vec<Source>,
    /// Whether an image that cannot be pulled is made from this machine's programs. Only for tests that are about
    /// containers: everyone else runs such a program as it is.
    pub build_images: bool,
}

impl BackingOptions {
    /// Options with no URLs given, all sources, and the search folders of the environment (`PG_BIN`, `PATH`).
    ///
    /// URLs are the caller's to read and set, because how they are named is the caller's contract with its user.
    #[expect(
        clippy::disallowed_methods,
        reason = "PG_BIN and PATH are where programs lie, not settings of a service: they mean the same everywhere"
    )]
    pub fn from_env(
        data_dir: impl Into<PathBuf>,
        cache_dir: impl Into<PathBuf>,
        durability: Durability,
    ) -> Self {
        let pg_bin = std::env::var("PG_BIN")
            .ok()
            .filter(|dir| !dir.is_empty())
            .map(PathBuf::from);
        let path = std::env::var("PATH").map(|path| std::env::split_paths(&path).collect());
        Self {
            postgres_url: None,
            redis_url: None,
            data_dir: data_dir.into(),
            cache_dir: cache_dir.into(),
            durability,
            search: BinarySearch {
                pg_bin,
                path: path.unwrap_or_default(),
            },
            sources: Source::ALL.to_vec(),
            build_images: false,
        }
    }

    /// The URL that was given for `engine`.
    pub(crate) fn given_url(&self, engine: Engine) -> Option<&str> {
        match engine {
            Engine::Postgres => self.postgres_url.as_deref(),
            Engine::Redis => self.redis_url.as_deref(),
        }
    }
}
