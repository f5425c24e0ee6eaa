//! Intake: accounts and grants, port-in orders and their documents, port-outs, the inventory.
//!
//! Intake decides and announces. Start at [`start`], then `ops/`: one file a use case, each one transaction.

mod announce;
mod app;
mod area_codes;
mod config;
mod contents;
mod due;
mod grpc;
mod links;
mod listen;
mod ops;
mod peers;
mod store;

pub use app::{Intake, start};
pub use config::Settings;
pub use contents::{BucketSettings, DocumentStoreSettings};
pub use links::LinksSettings;
