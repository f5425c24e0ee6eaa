//! Moves the business clock so that everything that falls due on the way happens at its own instant.
//!
//! A leap from Monday to Friday would let Wednesday's work see Friday. The mover goes from due instant to
//! due instant instead, and lets all sources finish at each one. It does no work itself.
//!
//! Start at [`ClockMover::advance_to`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use tokio::time::{self, Instant};

use crate::{BoxError, Clock, ClockError, DueWork};

/// The wait between two looks at the sources, doubled from the first to the second while they are busy.
const PAUSE_MIN: Duration = Duration::from_millis(1);
const PAUSE_MAX: Duration = Duration::from_millis(20);

/// Work may pass from a source not asked yet to one that was asked already; one quiet pass proves nothing.
const QUIET_PASSES: u32 = 2;

/// Moves a clock and waits for the sources of dated work to keep up. One move at a time.
pub struct ClockMover {
    clock: Clock,
    sources: Vec<Arc<dyn DueWork>>,
    limits: MoverLimits,
    moving: Mutex<()>,
}

/// How long a mover goes on before it gives up.
#[derive(Debug, Clone, Copy)]
pub struct MoverLimits {
    /// Real time for all sources to settle at one instant.
    pub settle: Duration,
    /// Instants in one move.
    pub steps: u32,
}

impl Default for MoverLimits {
    /// A minute an instant, and enough steps for a year of something every ten minutes.
    fn default() -> Self {
        Self {
            settle: Duration::from_mins(1),
            steps: 60_000,
        }
    }
}

/// What a move did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Business time before.
    pub from: Timestamp,
    /// Business time after; a running clock may be a little past the target.
    pub to: Timestamp,
    /// How many times the clock was set.
    pub steps: u32,
}

/// Why a move ended early. The clock stays at the last instant it reached.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The clock refused.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// Some sources still had due work when the limit ran out.
    #[error("at {at}, still busy after {waited:?}: {}", names(busy))]
    StillBusy {
        /// Business time at which it got stuck.
        at: Timestamp,
        /// The limit that ran out.
        waited: Duration,
        /// The sources that were not done.
        busy: Vec<Busy>,
    },
    /// A source could not say what it has left.
    #[error("could not learn the backlog of {name}")]
    Source {
        /// The source's name.
        name: String,
        /// What it answered.
        source: BoxError,
    },
    /// The way to the target has more due instants than the limit allows.
    #[error("more than {limit} due instants on the way; the clock got to {at}")]
    TooManySteps {
        /// The limit.
        limit: u32,
        /// Business time that was reached.
        at: Timestamp,
    },
}

/// A source that was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    /// The source's name.
    pub name: String,
    /// How many pieces of work it had left; none when it did not answer at all.
    pub due_now: Option<u64>,
}

/// What the sources said in one pass.
struct Pass {
    busy: Vec<Busy>,
    /// A source that failed, and how.
    failed: Option<(String, BoxError)>,
    next_due: Option<Timestamp>,
}

impl ClockMover {
    /// A mover of `clock` that waits for all of `sources`.
    pub fn new(clock: Clock, sources: Vec<Arc<dyn DueWork>>, limits: MoverLimits) -> Self {
        Self {
            clock,
            sources,
            limits,
            moving: Mutex::new(()),
        }
    }

    /// Steps the clock through every due instant up to `target`, settling before, between and after.
    ///
    /// When this returns, nothing is due and all consumers have caught up, at `target` or later.
    pub async fn advance_to(&self, target: Timestamp) -> Result<Moved, MoveError> {
        let _one_at_a_time = self.moving.lock().await;
        let from = self.clock.now();
        if target < from {
            return Err(ClockError::Backwards { now: from, target }.into());
        }
        self.go(from, target).await
    }

    /// The same, by so much from now on; a span of zero only waits until all is done.
    pub async fn advance_by(&self, span: SignedDuration) -> Result<Moved, MoveError> {
        let _one_at_a_time = self.moving.lock().await;
        let from = self.clock.now();
        let target = from
            .checked_add(span.max(SignedDuration::ZERO))
            .unwrap_or(Timestamp::MAX);
        self.go(from, target).await
    }

    async fn go(&self, from: Timestamp, target: Timestamp) -> Result<Moved, MoveError> {
        if !self.clock.is_movable() {
            return Err(ClockError::NotMovable.into());
        }
        let mut steps = 0;
        loop {
            let next_due = self.settle().await?;
            let now = self.clock.now();
            if now >= target {
                return Ok(Moved { from, to: now, steps });
            }
            if steps == self.limits.steps {
                return Err(MoveError::TooManySteps {
                    limit: self.limits.steps,
                    at: now,
                });
            }
            self.reach(next_due.map_or(target, |due| due.min(target)))?;
            steps += 1;
        }
    }

    /// Sets the clock to `at`, unless it got there by running.
    fn reach(&self, at: Timestamp) -> Result<(), ClockError> {
        match self.clock.advance_to(at) {
            Ok(()) | Err(ClockError::Backwards { .. }) => Ok(()),
            Err(error @ (ClockError::NotMovable | ClockError::Keep(_))) => Err(error),
        }
    }

    /// Waits until every source is quiet and says when the next of them has something to do.
    async fn settle(&self) -> Result<Option<Timestamp>, MoveError> {
        let deadline = Instant::now() + self.limits.settle;
        let mut pause = PAUSE_MIN;
        let mut quiet_passes = 0;
        loop {
            let pass = self.ask_all(deadline).await;
            if pass.busy.is_empty() {
                quiet_passes += 1;
                pause = PAUSE_MIN;
            } else {
                quiet_passes = 0;
            }
            if quiet_passes == QUIET_PASSES {
                return Ok(pass.next_due);
            }
            if let Some((name, source)) = pass.failed.filter(|_| Instant::now() >= deadline) {
                return Err(MoveError::Source { name, source });
            }
            if !pass.busy.is_empty() && Instant::now() >= deadline {
                let at = self.clock.now();
                return Err(MoveError::StillBusy {
                    at,
                    waited: self.limits.settle,
                    busy: pass.busy,
                });
            }
            time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    /// Asks every source once, all for the same instant.
    async fn ask_all(&self, deadline: Instant) -> Pass {
        let now = self.clock.now();
        let asked = self.sources.iter().map(|source| async move {
            (
                source.name(),
                time::timeout_at(deadline, source.backlog(now)).await,
            )
        });
        let mut pass = Pass {
            busy: Vec::new(),
            failed: None,
            next_due: None,
        };
        for (name, answer) in future::join_all(asked).await {
            let Ok(answer) = answer else {
                pass.busy.push(Busy {
                    name: name.to_owned(),
                    due_now: None,
                });
                continue;
            };
            let backlog = match answer {
                Ok(backlog) => backlog,
                // A database that is away for a moment has not lost its work: ask again until the limit.
                Err(source) => {
                    pass.busy.push(Busy {
                        name: name.to_owned(),
                        due_now: None,
                    });
                    pass.failed = Some((name.to_owned(), source));
                    continue;
                }
            };
            // Work dated now or earlier is due whatever the source calls it; stepping to it would go nowhere.
            let overdue = backlog.next_due.is_some_and(|due| due <= now);
            if backlog.due_now > 0 || overdue {
                let due_now = backlog.due_now + u64::from(overdue);
                pass.busy.push(Busy {
                    name: name.to_owned(),
                    due_now: Some(due_now),
                });
            }
            pass.next_due = [pass.next_due, backlog.next_due].into_iter().flatten().min();
        }
        pass
    }
}

impl fmt::Debug for ClockMover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources: Vec<&str> = self.sources.iter().map(|source| source.name()).collect();
        f.debug_struct("ClockMover")
            .field("clock", &self.clock)
            .field("sources", &sources)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

fn names(busy: &[Busy]) -> String {
    let each: Vec<String> = busy.iter().map(ToString::to_string).collect();
    each.join(", ")
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.due_now {
            Some(due_now) => write!(f, "{} ({due_now} due)", self.name),
            None => write!(f, "{} (no answer)", self.name),
        }
    }
}
