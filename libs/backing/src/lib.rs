//! Finds or starts the Postgres and the Redis that Portway keeps its data in, for `portway up` and for the test
//! suite alike: one piece of code, so that what a test ran on is what a laptop runs on.
//!
//! For each of the two servers, in this order: the URL that the caller was given; installed programs; a container,
//! where Docker answers; a checksum-pinned package unpacked into a cache folder; an error that names the commands
//! which would help. Servers that are started here are private: a generated password, loopback, their own data
//! directory, and they end with the process that started them, even when that is killed (Linux).
//!
//! **Architecture invariants:** the environment is read in [`BackingOptions::from_env`] alone; nothing here is
//! async to the caller, and nothing here speaks SQL; a package whose checksum is not the pinned one is never
//! unpacked; every wait has a bound.
//!
//! Start at [`start`].

mod account;
mod containers;
mod data_dir;
mod error;
mod installed;
mod local;
mod options;
mod orphan;
mod package;
mod port;
mod postgres;
mod probe;
mod redis;
mod server;
mod signals;
mod subprocess;

use std::sync::Arc;

pub use containers::docker_answers;
pub use error::{BackingError, Refusal};
pub use options::{BackingOptions, BinarySearch, Durability, Engine, Source};
pub use port::free_port;
pub use server::{Origin, Server, Servers};

use data_dir::DataDir;

/// Finds or starts both servers, and returns once both answer.
///
/// Blocks for about a second when it starts servers from installed programs, for longer when it first has to fetch
/// something; `on_progress` gets one line for each step that a person would otherwise wait for in silence.
pub fn start(options: &BackingOptions, on_progress: impl Fn(&str)) -> Result<Servers, BackingError> {
    if let (Some(postgres), Some(redis)) = (&options.postgres_url, &options.redis_url) {
        return Ok(Servers {
            postgres: Server::given(Engine::Postgres, postgres.clone()),
            redis: Server::given(Engine::Redis, redis.clone()),
        });
    }
    let data_dir = Arc::new(DataDir::open(options, &on_progress)?);
    let find = |engine| match options.given_url(engine) {
        Some(url) => Ok(Server::given(engine, url.to_owned())),
        None => server::find(engine, options, &data_dir, &on_progress),
    };
    Ok(Servers {
        postgres: find(Engine::Postgres)?,
        redis: find(Engine::Redis)?,
    })
}
