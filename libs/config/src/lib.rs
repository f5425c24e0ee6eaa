//! Reads settings from the environment: the only crate that may.
//!
//! A service's `config.rs` reads everything through one [`Env`] and then calls [`Env::finish`], which reports
//! all missing and ill-formed settings at once. Each read also notes name, meaning and default, so that a
//! service can print its table of settings ([`Env::describe`]) and a test can hold its README to it.
//!
//! **Invariant:** the value of a secret appears in no fault, no table and no `Debug` output.
//!
//! ```
//! # use std::net::SocketAddr;
//! # use config::{ConfigErrors, Env};
//! # use types::Secret;
//! struct Settings { listen: SocketAddr, database: Secret }
//!
//! fn read(env: &mut Env) -> Result<Settings, ConfigErrors> {
//!     let listen = env.or("PORTWAY_LISTEN", "address that serves gRPC", SocketAddr::from(([127, 0, 0, 1], 7000)));
//!     let database = env.secret("DATABASE_URL", "the service's database and role");
//!     env.finish()?;
//!     Ok(Settings { listen: listen?, database: database? }) // cannot fail any more
//! }
//! # let mut env = Env::from_pairs([("DATABASE_URL", "postgres://portway@localhost")]);
//! # assert_eq!(read(&mut env).unwrap().listen.port(), 7000);
//! ```
#![warn(missing_docs)]

mod env;
mod fault;
mod setting;
mod source;

pub use env::{Env, Read};
pub use fault::{ConfigErrors, Fault};
pub use setting::{Need, Setting, markdown_table};
