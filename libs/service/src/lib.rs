//! What every service is made of, wired once: database, tokens, event log, listeners, due work, server, shutdown.
//!
//! A service reads its [`BaseSettings`] and its own, makes a [`Base`], builds its routes and calls [`Base::serve`].
//! What it does is its own; how it starts, gets ready, drains and ends is here.
//!
//! **Architecture invariant:** this crate knows no noun of any service.
#![warn(missing_docs)]

mod base;
pub mod due;
mod main_task;
mod serve;
mod settings;
pub mod stamp;
mod upkeep;

pub use base::{Base, StartError};
pub use main_task::run_main;
pub use serve::Serving;
pub use settings::BaseSettings;
