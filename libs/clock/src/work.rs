//! What a source of dated work tells the one who moves the clock.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;

/// Any error of a source; it is only reported, never inspected.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// The answer of [`DueWork::backlog`], boxed so that sources of all services fit in one list.
pub type BacklogFuture<'a> = Pin<Box<dyn Future<Output = Result<Backlog, BoxError>> + Send + 'a>>;

/// Something that does work when business time reaches it: timers, submissions, an event consumer.
///
/// Its own workers do the work (woken by the clock); this trait only lets a mover see whether they are done.
pub trait DueWork: Send + Sync {
    /// The name under which a source that does not settle is reported, such as `gateway.poll`.
    fn name(&self) -> &str;

    /// What is left to do at business time `now`. Must count work that is claimed but not finished, and for
    /// a consumer the events that it has not confirmed.
    fn backlog(&self, now: Timestamp) -> BacklogFuture<'_>;
}

/// What a source has left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Pieces of work that are due and not finished.
    pub due_now: u64,
    /// When the earliest piece of work that is not due yet falls due.
    pub next_due: Option<Timestamp>,
}

impl Backlog {
    /// Nothing to do, now or later.
    pub const NOTHING: Self = Self {
        due_now: 0,
        next_due: None,
    };
}
