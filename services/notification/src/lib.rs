//! Notification: tells people by email and text and programs by webhook what became of their ports.
//!
//! Events of intake come in through `listen/`, which has one delivery queued for each receiver (`ops/queue_notice`,
//! rendered by `render/`). The senders in `due/` claim what is queued, hand it over (`send/`) and record what became
//! of it. Start at [`start`].
//!
//! **Architecture invariant:** a delivery is sent outside of any transaction and always under the same id, so that a
//! receiver can tell a repeat after a crash.

mod announce;
mod app;
mod config;
mod due;
mod grpc;
mod listen;
mod ops;
mod render;
mod send;
mod store;

pub use app::start;
pub use config::{Settings, SmsSettings};
pub use listen::FromIntake;
