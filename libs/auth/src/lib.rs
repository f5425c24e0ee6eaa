//! Who calls, and what they may do: tokens, permissions, and the layer that asks for both before any handler runs.
//!
//! A token says who (subject and account); what the subject may do comes from grants. Each RPC declares its rule in
//! the proto, and an RPC without one is refused. Start at [`AccessLayer`]; handlers take the [`Caller`] it leaves.
//!
//! **Architecture invariant:** the account is taken from the token, never from a request.
#![warn(missing_docs)]

pub mod acting;
mod caller;
mod dry_run;
pub mod grants;
mod jwk_set;
mod key_file;
mod key_set;
mod key_url;
mod keys;
mod layer;
pub mod permissions;
mod ready_made;
mod rules;
mod token;

pub use caller::{Caller, CallerKind};
pub use dry_run::{DRY_RUN_METADATA, DryRun, not_offered as dry_run_not_offered};
pub use grants::Grants;
pub use key_set::KeySet;
pub use keys::{KeyError, SigningKey};
pub use layer::AccessLayer;
pub use ready_made::ReadyMade;
pub use rules::{Repeat, Rule, RuleError, Rules};
pub use token::{Claims, Issuer, ServiceIdentity, TokenError};

/// The migrations of the grants table.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
