//! The business clock: the one answer to "what time is it for the business?".
//!
//! Due dates, windows, carrier timers and billing months read this clock; in development and tests it can
//! be moved forward, and then everything that became due happens. Leases, tokens, timeouts and retries run
//! on real time and must never ask this crate.
//!
//! **Invariant:** business time never runs backwards while a process lives, and a system clock cannot be
//! moved at all.
//!
//! Start at [`Clock`]; [`ClockMover`] is for whoever moves it, [`DueWork`] for whoever has work that waits
//! for a date.
#![warn(missing_docs)]

mod mover;
mod offset_file;
mod work;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

pub use mover::{Busy, ClockMover, MoveError, Moved, MoverLimits};
use offset_file::OffsetFile;
pub use work::{Backlog, BacklogFuture, BoxError, DueWork};

/// Waits look at the clock at least this often. Timers stand still while a machine is suspended, the wall
/// clock does not; a minute late is the most that a laptop's sleep should cost.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// The business clock. Clones share one time: moving one moves them all.
#[derive(Clone)]
pub struct Clock {
    shared: Arc<Shared>,
}

struct Shared {
    reading: watch::Sender<Reading>,
    /// Held over a whole move, so that two of them cannot both pass the "only forward" check.
    moving: Mutex<Keeping>,
}

/// Where a moved time is kept beyond the life of the process.
enum Keeping {
    Nowhere,
    File(OffsetFile),
}

/// How business time follows from real time.
#[derive(Debug, Clone, Copy)]
enum Reading {
    /// It is real time.
    System,
    /// It runs away from real time by this much.
    Shifted(SignedDuration),
    /// It stands still.
    Fixed(Timestamp),
}

/// Why the clock was not moved.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The clock is real time, as in production.
    #[error("this clock shows real time and cannot be moved")]
    NotMovable,
    /// Business time only runs forward.
    #[error("the clock shows {now} already and cannot go back to {target}")]
    Backwards {
        /// What the clock shows.
        now: Timestamp,
        /// Where it was to go.
        target: Timestamp,
    },
    /// The new offset could not be stored, so the clock stays where it was.
    #[error("the clock's offset could not be stored")]
    Keep(#[source] io::Error),
}

impl Clock {
    /// Real time. Cannot be moved; the only clock that production accepts.
    pub fn system() -> Self {
        Self::reading(Reading::System, Keeping::Nowhere)
    }

    /// A clock that runs, away from real time by the offset kept in `file` (none yet: zero).
    ///
    /// The file belongs to one process at a time; its directory must exist.
    pub fn movable(file: PathBuf) -> io::Result<Self> {
        let file = OffsetFile::new(file);
        let offset = file.load()?.unwrap_or_default();
        Ok(Self::reading(Reading::Shifted(offset), Keeping::File(file)))
    }

    /// The same, but where no offset is kept yet the clock starts at `first`, which may lie in the past: a
    /// rehearsal whose documents bear dates runs on the same days whenever it is run.
    pub fn movable_from(file: PathBuf, first: Timestamp) -> io::Result<Self> {
        let kept = OffsetFile::new(file.clone());
        if kept.load()?.is_none() {
            kept.save(first.duration_since(real_now()))?;
        }
        Self::movable(file)
    }

    /// A clock that stands still at `at` until it is moved. For tests.
    pub fn manual(at: Timestamp) -> Self {
        Self::reading(Reading::Fixed(at), Keeping::Nowhere)
    }

    fn reading(reading: Reading, keeping: Keeping) -> Self {
        Self {
            shared: Arc::new(Shared {
                reading: watch::Sender::new(reading),
                moving: Mutex::new(keeping),
            }),
        }
    }

    /// Business time.
    pub fn now(&self) -> Timestamp {
        match *self.shared.reading.borrow() {
            Reading::System => real_now(),
            Reading::Shifted(offset) => real_now().checked_add(offset).unwrap_or(Timestamp::MAX),
            Reading::Fixed(at) => at,
        }
    }

    /// Whether [`Clock::advance_to`] can succeed. Production refuses to start on a clock that says yes.
    pub fn is_movable(&self) -> bool {
        match *self.shared.reading.borrow() {
            Reading::System => false,
            Reading::Shifted(_) | Reading::Fixed(_) => true,
        }
    }

    /// Sets the clock forward to `target` and wakes everyone who waits on it; `now` itself is no move and succeeds.
    ///
    /// A movable clock writes its file first (a few milliseconds of blocking disk work), so a time that was
    /// seen is never lost. This leaps over whatever falls due on the way: to meet each instant, use
    /// [`ClockMover`].
    pub fn advance_to(&self, target: Timestamp) -> Result<(), ClockError> {
        let keeping = self.shared.moving.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = *self.shared.reading.borrow();
        let moved = match reading {
            Reading::System => return Err(ClockError::NotMovable),
            Reading::Shifted(offset) => Reading::Shifted(offset + forward(self.now(), target)?),
            Reading::Fixed(now) => {
                forward(now, target)?;
                Reading::Fixed(target)
            }
        };
        if let (Reading::Shifted(offset), Keeping::File(file)) = (moved, &*keeping) {
            file.save(offset).map_err(ClockError::Keep)?;
        }
        self.shared.reading.send_replace(moved);
        Ok(())
    }

    /// Tells of every move from now on.
    pub fn subscribe(&self) -> Moves {
        Moves(self.shared.reading.subscribe())
    }

    /// Returns once business time is `at` or later, be it by waiting or because the clock was moved.
    ///
    /// Unbounded by nature (a clock that stands still may never get there): callers race it against shutdown.
    pub async fn wait_until(&self, at: Timestamp) {
        let mut moves = self.subscribe();
        loop {
            let remaining = at.duration_since(self.now());
            if !remaining.is_positive() {
                return;
            }
            let stands_still = matches!(*self.shared.reading.borrow(), Reading::Fixed(_));
            if stands_still {
                moves.changed().await;
            } else {
                let sleep = tokio::time::sleep(remaining.unsigned_abs().min(LONGEST_SLEEP));
                tokio::select! {
                    () = sleep => {}
                    () = moves.changed() => {}
                }
            }
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock")
            .field(&*self.shared.reading.borrow())
            .finish()
    }
}

/// A subscription to the moves of one clock.
#[derive(Debug)]
pub struct Moves(watch::Receiver<Reading>);

impl Moves {
    /// Returns after the next move; at once if one happened since the last call. Cancel safe. Never returns
    /// when the clock is gone, because then nothing can move it.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// How far it is from `now` to `target`, which must not lie before it.
fn forward(now: Timestamp, target: Timestamp) -> Result<SignedDuration, ClockError> {
    let distance = target.duration_since(now);
    if distance.is_negative() {
        Err(ClockError::Backwards { now, target })
    } else {
        Ok(distance)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the clock is what everyone else asks instead"
)]
fn real_now() -> Timestamp {
    Timestamp::now()
}
