//! Servers in containers, run by testcontainers: for a machine that has Docker and no servers, and for the suite
//! that always runs in containers.
//!
//! Data that is kept lies in a named volume. Ports are chosen here, because a port that Docker chooses is another
//! one after the container was stopped and started. They are published on all interfaces, for want of a choice in
//! testcontainers; the generated password is what guards them.

mod docker;
mod image;
mod keeper;
mod local_image;

use std::thread;
use std::time::{Duration, Instant};

use testcontainers::core::{ContainerPort, Mount};
use testcontainers::{ContainerRequest, GenericImage, ImageExt};

pub use docker::docker_answers;

use crate::data_dir::DataDir;
use crate::error::{BackingError, Doing};
use crate::options::{BackingOptions, Durability, Engine};
use crate::subprocess::LOOK_AGAIN;
use crate::{port, postgres, probe, redis};
use keeper::{Keeper, Order, Place};

/// A first start sets the data up, on a file system in layers.
const READY_WITHIN: Duration = Duration::from_secs(90);
/// How often a container that does not answer is asked whether it still runs.
const LOOK_AT_CONTAINER: Duration = Duration::from_secs(1);
/// Ports are only known to be taken when Docker refuses them.
const PORT_ATTEMPTS_MAX: usize = 5;
/// Where the official image keeps its data; ours does the same.
const POSTGRES_DATA: &str = "/var/lib/postgresql";
const REDIS_DATA: &str = "/data";
const REDIS_CONFIG: &str = "/redis.conf";

/// A server that runs, or ran, in a container.
pub(crate) struct ContainerServer {
    engine: Engine,
    image: String,
    place: Place,
    port: u16,
    password: String,
    keeper: Keeper,
}

/// The volume that holds the data of this directory, if there is one.
pub(crate) fn volume(engine: Engine, dir: &DataDir) -> Result<Option<String>, BackingError> {
    dir.read(engine, "volume")
}

/// Starts a container and waits until its server answers. The inner error says what is missing.
pub(crate) fn start(
    engine: Engine,
    options: &BackingOptions,
    dir: &DataDir,
    on_progress: &dyn Fn(&str),
) -> Result<Result<ContainerServer, String>, BackingError> {
    if let Err(reason) = docker_answers() {
        return Ok(Err(reason));
    }
    docker::remove_abandoned();
    let image = match image::obtain(engine, options, dir, on_progress)? {
        Ok(image) => image,
        Err(reason) => return Ok(Err(reason)),
    };
    let volume = match options.durability {
        Durability::Kept => Some(ensure_volume(engine, dir, &image)?),
        Durability::Test => None,
    };
    on_progress(&format!("starting {engine} in a container of {image}"));
    let password = dir.password(engine, true)?;
    for attempt in 1_usize.. {
        if let Some(name) = &volume {
            // A launcher that was killed leaves its container, which has the volume.
            docker::stop_and_remove(name);
        }
        let recorded = dir
            .recorded_port(engine)
            .filter(|port| attempt == 1 && port::is_free(*port));
        let port = match recorded {
            Some(port) => port,
            None => port::free_port().doing(|| "find a free port".to_owned())?,
        };
        let request = request(
            engine,
            &image,
            port,
            &password,
            options.durability,
            volume.as_deref(),
        );
        match Keeper::start(engine, request, volume.is_some()) {
            Ok((keeper, place)) => {
                let image = image.clone();
                let server = ContainerServer {
                    engine,
                    image,
                    place,
                    port,
                    password,
                    keeper,
                };
                server.wait_until_ready()?;
                dir.record_port(engine, port)?;
                return Ok(Ok(server));
            }
            // What Docker made in vain is removed with what else this process abandons.
            Err(error) if attempt < PORT_ATTEMPTS_MAX && is_port_taken(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Err("no free port".to_owned()))
}

fn ensure_volume(engine: Engine, dir: &DataDir, image: &str) -> Result<String, BackingError> {
    if let Some(volume) = volume(engine, dir)? {
        return Ok(volume);
    }
    // Named at random: a directory that was removed must not find the data of its former self, whose password is
    // lost.
    let volume = format!(
        "portway-{}-{}",
        engine.slug(),
        hex::encode(rand::random::<[u8; 6]>())
    );
    dir.write(engine, "image", image)?;
    dir.write(engine, "volume", &volume)?;
    Ok(volume)
}

fn is_port_taken(error: &BackingError) -> bool {
    let BackingError::Container { source, .. } = error else {
        return false;
    };
    let said = format!("{source:?}");
    said.contains("port is already allocated") || said.contains("address already in use")
}

fn request(
    engine: Engine,
    image: &str,
    port: u16,
    password: &str,
    durability: Durability,
    volume: Option<&str>,
) -> ContainerRequest<GenericImage> {
    let (name, tag) = image.rsplit_once(':').unwrap_or((image, "latest"));
    let image = GenericImage::new(name, tag);
    let (inner_port, data) = match engine {
        Engine::Postgres => (5432, POSTGRES_DATA),
        Engine::Redis => (6379, REDIS_DATA),
    };
    let request = image
        .with_mapped_port(port, ContainerPort::Tcp(inner_port))
        .with_label(docker::LAUNCHER_LABEL, docker::launcher())
        .with_startup_timeout(READY_WITHIN);
    let request = match volume {
        Some(volume) => request
            .with_container_name(volume)
            .with_mount(Mount::volume_mount(volume, data)),
        None => request,
    };
    match engine {
        Engine::Postgres => request
            .with_env_var("POSTGRES_PASSWORD", password)
            .with_env_var("PGDATA", format!("{POSTGRES_DATA}/data"))
            .with_cmd(postgres::settings(durability)),
        Engine::Redis => request
            .with_copy_to(REDIS_CONFIG, redis_config(password, durability).into_bytes())
            .with_cmd([REDIS_CONFIG]),
    }
}

fn redis_config(password: &str, durability: Durability) -> String {
    let settings = redis::settings(durability).into_iter();
    let lines: Vec<String> = settings
        .map(|(name, value)| format!("{name} \"{value}\""))
        .collect();
    format!("requirepass {password}\ndir {REDIS_DATA}\n{}\n", lines.join("\n"))
}

impl ContainerServer {
    pub(crate) fn host(&self) -> &str {
        &self.place.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    pub(crate) fn image(&self) -> &str {
        &self.image
    }

    pub(crate) fn stop(&self) -> Result<(), BackingError> {
        self.keeper.order(Order::Stop)
    }

    pub(crate) fn kill(&self) -> Result<(), BackingError> {
        self.keeper.order(Order::Kill)
    }

    pub(crate) fn start(&self) -> Result<(), BackingError> {
        self.keeper.order(Order::Start)?;
        self.wait_until_ready()
    }

    fn wait_until_ready(&self) -> Result<(), BackingError> {
        let started = Instant::now();
        let mut looked = started;
        while !self.answers() {
            if looked.elapsed() >= LOOK_AT_CONTAINER {
                looked = Instant::now();
                if let Some(said) = docker::last_words(&self.place.id) {
                    let reason = format!("its container ended:\n{said}");
                    return Err(BackingError::Start {
                        engine: self.engine,
                        reason,
                    });
                }
            }
            if started.elapsed() >= READY_WITHIN {
                let reason = format!("no answer from its container within {READY_WITHIN:?}");
                return Err(BackingError::Start {
                    engine: self.engine,
                    reason,
                });
            }
            thread::sleep(LOOK_AGAIN);
        }
        Ok(())
    }

    fn answers(&self) -> bool {
        match self.engine {
            Engine::Postgres => probe::postgres_answers(&self.place.host, self.port),
            Engine::Redis => probe::redis_answers(&self.place.host, self.port, &self.password),
        }
    }
}
