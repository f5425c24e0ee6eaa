//! Makes repeating a change harmless: the same caller, key and request give the same reply, and one effect.
//!
//! ```text
//! let mut work = match self.idempotency.begin(&request).await? {
//!     Begun::Repeated(reply) => return Ok(reply),
//!     Begun::Fresh(work) => work,
//! };
//! let order = ops::submit_order(work.conn(), …).await?;
//! work.finish(reply).await
//! ```
//! Postgres proves it: the key is inserted in the transaction that does the work, so a duplicate in progress waits on
//! the row. Redis holds finished replies to save that transaction; empty, wrong or down, it changes nothing but speed.
//!
//! Every change is on record: one that announced nothing in its transaction is announced as `CallMade` when it is finished,
//! so that the audit trail has who made it.
//!
//! With `portway-dry-run: true` in the metadata a change is made in the same way, then taken back: the reply, or the
//! refusal, is what the change would have given. Numbers drawn meanwhile (ids, request numbers) are not those of the
//! change itself.
//!
//! **Architecture invariant:** nothing in Redis is believed that does not verify, and nothing is written there before
//! the commit.
#![warn(missing_docs)]

mod cache;
mod key;
mod work;

pub use cache::ReplyCache;
pub use key::RequestKey;
pub use work::{Begun, Idempotency, Work, purge};

/// The migrations of the key table.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();
