//! The event log of a service: append in the caller's transaction, number what committed, feed it, listen to others'.
//!
//! - [`append`] is the only way to announce, and it takes the transaction that changes what is announced.
//! - [`Sequencer`] gives committed events their positions, per partition without gaps, in order per subject.
//! - [`FeedService`] serves them; [`Consumer`] pulls another service's feed and stores its place with its effects.
//! - [`audit`] keeps what was announced and who caused it, for good, chained by hashes.
//!
//! **Architecture invariant:** a position is never given to an event that is not committed, and never given twice.
#![warn(missing_docs)]

mod append;
pub mod audit;
mod backlog;
mod consumer;
mod cursor;
mod feed_request;
mod feed_service;
mod feed_stream;
mod gauges;
mod parked;
mod partition;
mod partition_task;
mod reader;
mod retention;
mod sequencer;
mod waker;

pub use append::{NewEvent, append, append_all, append_unless_announced};
pub use backlog::{ConsumerBacklog, SequencerBacklog};
pub use consumer::{Consumer, ConsumerSettings, HandleError, Handler};
pub use feed_service::{FeedService, FeedSettings};
pub use gauges::record_gauges;
pub use partition::{PARTITIONS, partition_of};
pub use portway_proto::events::v1::Event;
pub use retention::{Retention, purge};
pub use sequencer::Sequencer;
pub use waker::FeedWaker;

/// The migrations of the event tables.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
