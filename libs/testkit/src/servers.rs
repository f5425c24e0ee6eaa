//! The servers of a test run, of one test, and in containers.

use std::fs::{self, File};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use backing::{BackingOptions, Durability, Servers, Source};
use tempfile::TempDir;

/// What the data directories of test servers begin with, in the folder for temporary files.
const DIR_PREFIX: &str = "portway-testkit-";

/// A directory that is younger may be about to be taken.
const ABANDONED_AFTER: Duration = Duration::from_mins(1);

/// The servers that every test of this run shares: those of `DATABASE_URL` and `REDIS_URL`, which
/// `testkit-servers` sets, else this process's own. What a test keeps there must be its own, see
/// [`TestDatabase`](crate::TestDatabase) and [`redis_url`](crate::redis_url); a test that stops a server needs
/// [`PrivateServers`].
pub fn servers() -> &'static Servers {
    static SHARED: OnceLock<PrivateServers> = OnceLock::new();
    SHARED.get_or_init(PrivateServers::shared)
}

/// Servers that one owner has to itself, with a directory that goes with them.
pub struct PrivateServers {
    // Before the directory, so that the servers stop before their data goes.
    servers: Servers,
    _dir: TempDir,
}

impl PrivateServers {
    /// Starts servers from this machine's programs or from packages, for a test that stops or breaks them.
    pub fn start() -> Self {
        Self::of(|options| options.sources = vec![Source::Installed, Source::Package, Source::Container])
    }

    /// The servers that were given by URL; those that were not are started.
    #[expect(
        clippy::disallowed_methods,
        reason = "the two settings of a test run, which `testkit-servers` hands to every process of it"
    )]
    pub fn shared() -> Self {
        let given = |name: &str| std::env::var(name).ok().filter(|url| !url.is_empty());
        Self::of(|options| {
            options.postgres_url = given("DATABASE_URL");
            options.redis_url = given("REDIS_URL");
        })
    }

    fn of(adjust: impl FnOnce(&mut BackingOptions)) -> Self {
        remove_abandoned_dirs();
        let dir = tempfile::Builder::new().prefix(DIR_PREFIX).tempdir().unwrap();
        // The servers' account passes through it.
        fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let mut options = BackingOptions::from_env(dir.path(), cache_dir(), Durability::Test);
        adjust(&mut options);
        let servers = backing::start(&options, |line| eprintln!("testkit: {line}"));
        // Shown as a person reads it, with the commands that help.
        let servers = servers.unwrap_or_else(|error| panic!("no servers to test on: {}", chain(&error)));
        Self { servers, _dir: dir }
    }
}

impl Deref for PrivateServers {
    type Target = Servers;

    fn deref(&self) -> &Servers {
        &self.servers
    }
}

/// Servers in containers, with images made here when none can be pulled; `None` where Docker does not answer, which
/// is said plainly, because a suite that passed without containers must not look as if it had used them.
pub fn container_servers() -> Option<PrivateServers> {
    if let Err(reason) = backing::docker_answers() {
        eprintln!("NOT RUN THROUGH CONTAINERS: {reason}");
        return None;
    }
    let servers = PrivateServers::of(|options| {
        options.sources = vec![Source::Container];
        options.build_images = true;
    });
    eprintln!(
        "run through containers: {}, {}",
        servers.postgres.origin(),
        servers.redis.origin()
    );
    Some(servers)
}

/// The project's cache, which outlives a clean build.
fn cache_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/backing")
}

/// A process that was killed leaves its directory, though not its servers. So does one that ends: what lives as
/// long as the process is never dropped.
fn remove_abandoned_dirs() {
    let entries = fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(DIR_PREFIX));
    for dir in ours.map(|entry| entry.path()).filter(|dir| is_abandoned(dir)) {
        // Another process may be removing it, or it is someone else's.
        let _ = fs::remove_dir_all(dir);
    }
}

fn is_abandoned(dir: &Path) -> bool {
    let Ok(lock) = File::open(dir.join("lock")) else {
        return false;
    };
    let age = lock
        .metadata()
        .and_then(|metadata| metadata.modified())
        .ok()
        .and_then(|it| it.elapsed().ok());
    age.is_some_and(|age| age > ABANDONED_AFTER) && lock.try_lock().is_ok()
}

fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(
        || error.to_string(),
        |source| format!("{error}: {}", chain(source)),
    )
}
