//! Moving the clock through due work, with sources held in memory.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clock::{Backlog, BacklogFuture, Clock, ClockError, ClockMover, DueWork, MoveError, MoverLimits};
use jiff::{SignedDuration, Timestamp};

const MONDAY: &str = "2026-11-23T09:00:00Z";

fn hours_after_monday(hours: i64) -> Timestamp {
    MONDAY.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
}

/// A diary of dated work. Its worker does what is due when it has been looked at `slowness` times, and notes
/// the business time that it saw.
struct Diary {
    clock: Clock,
    slowness: u32,
    entries: Mutex<BTreeSet<Timestamp>>,
    looks: AtomicU32,
    seen: Mutex<Vec<Timestamp>>,
    /// Finishing work here creates work there, due at once, as an event does.
    listener: Option<Arc<Diary>>,
}

impl Diary {
    fn new(clock: &Clock, hours: &[i64], slowness: u32, listener: Option<Arc<Self>>) -> Arc<Self> {
        let entries = hours.iter().copied().map(hours_after_monday).collect();
        Arc::new(Self {
            clock: clock.clone(),
            slowness,
            entries: Mutex::new(entries),
            looks: AtomicU32::new(0),
            seen: Mutex::new(Vec::new()),
            listener,
        })
    }

    fn seen(&self) -> Vec<Timestamp> {
        self.seen.lock().unwrap().clone()
    }

    /// What its worker would do, in the time between two looks.
    fn work(&self, now: Timestamp) {
        if self.looks.fetch_add(1, Ordering::Relaxed) % (self.slowness + 1) < self.slowness {
            return;
        }
        let mut entries = self.entries.lock().unwrap();
        while let Some(due) = entries.first().copied().filter(|due| *due <= now) {
            entries.remove(&due);
            self.seen.lock().unwrap().push(self.clock.now());
            if let Some(listener) = &self.listener {
                listener.entries.lock().unwrap().insert(due);
            }
        }
    }
}

impl DueWork for Diary {
    fn name(&self) -> &'static str {
        "diary"
    }

    fn backlog(&self, now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async move {
            self.work(now);
            let entries = self.entries.lock().unwrap();
            let due_now = u64::try_from(entries.iter().filter(|due| **due <= now).count())?;
            Ok(Backlog {
                due_now,
                next_due: entries.iter().find(|due| **due > now).copied(),
            })
        })
    }
}

/// A source that always gives the same answer.
struct Stuck(Result<Backlog, &'static str>);

impl DueWork for Stuck {
    fn name(&self) -> &'static str {
        "stuck"
    }

    fn backlog(&self, _now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async move { self.0.map_err(Into::into) })
    }
}

/// A source that never answers.
struct Silent;

impl DueWork for Silent {
    fn name(&self) -> &'static str {
        "silent"
    }

    fn backlog(&self, _now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(std::future::pending())
    }
}

fn manual() -> Clock {
    Clock::manual(hours_after_monday(0))
}

fn impatient() -> MoverLimits {
    MoverLimits {
        settle: Duration::from_millis(40),
        ..MoverLimits::default()
    }
}

#[tokio::test]
async fn each_piece_of_work_is_done_at_its_own_instant() {
    let clock = manual();
    let early = Diary::new(&clock, &[5, 30], 0, None);
    let slow = Diary::new(&clock, &[12, 30, 200], 3, None);
    let mover = ClockMover::new(
        clock.clone(),
        vec![early.clone(), slow.clone()],
        MoverLimits::default(),
    );

    let summary = mover.advance_to(hours_after_monday(48)).await.unwrap();

    assert_eq!(
        (summary.from, summary.to),
        (hours_after_monday(0), hours_after_monday(48))
    );
    assert_eq!(summary.steps, 4, "to hours 5, 12, 30 and the target");
    assert_eq!(early.seen(), [5, 30].map(hours_after_monday));
    assert_eq!(
        slow.seen(),
        [12, 30].map(hours_after_monday),
        "what is due later is left alone"
    );
    assert_eq!(clock.now(), hours_after_monday(48));
}

#[tokio::test]
async fn consequences_settle_before_the_clock_goes_on() {
    let clock = manual();
    let listener = Diary::new(&clock, &[], 2, None);
    let speaker = Diary::new(&clock, &[1, 2], 0, Some(listener.clone()));
    // The listener is asked before the speaker, so the pass in which the speaker works finds the listener quiet.
    let mover = ClockMover::new(
        clock.clone(),
        vec![listener.clone(), speaker],
        MoverLimits::default(),
    );

    mover.advance_to(hours_after_monday(3)).await.unwrap();
    assert_eq!(listener.seen(), [1, 2].map(hours_after_monday));
}

#[tokio::test]
async fn work_that_is_due_already_is_finished_even_if_the_clock_does_not_move() {
    let clock = manual();
    let diary = Diary::new(&clock, &[0], 2, None);
    let mover = ClockMover::new(clock, vec![diary.clone()], MoverLimits::default());

    let summary = mover.advance_to(hours_after_monday(0)).await.unwrap();
    assert_eq!((summary.steps, diary.seen()), (0, vec![hours_after_monday(0)]));
}

#[tokio::test]
async fn a_source_that_stays_busy_is_named_and_the_clock_stays_put() {
    let overdue = Backlog {
        due_now: 0,
        next_due: Some(hours_after_monday(-1)),
    };
    let cases: Vec<(Arc<dyn DueWork>, &str)> = vec![
        (
            Arc::new(Stuck(Ok(Backlog {
                due_now: 3,
                next_due: None,
            }))),
            "stuck (3 due)",
        ),
        (Arc::new(Stuck(Ok(overdue))), "stuck (1 due)"),
        (Arc::new(Silent), "silent (no answer)"),
    ];
    for (source, expected) in cases {
        let clock = manual();
        let quiet = Diary::new(&clock, &[], 0, None);
        let mover = ClockMover::new(clock.clone(), vec![quiet, source], impatient());
        let error = mover.advance_to(hours_after_monday(1)).await.unwrap_err();
        assert!(matches!(error, MoveError::StillBusy { .. }), "{error}");
        assert!(error.to_string().ends_with(&format!(": {expected}")), "{error}");
        assert_eq!(clock.now(), hours_after_monday(0));
    }
}

#[tokio::test]
async fn a_source_that_fails_ends_the_move() {
    let clock = manual();
    let mover = ClockMover::new(
        clock,
        vec![Arc::new(Stuck(Err("no database")))],
        MoverLimits::default(),
    );
    let error = mover.advance_to(hours_after_monday(1)).await.unwrap_err();
    assert!(
        matches!(&error, MoveError::Source { name, .. } if name == "stuck"),
        "{error}"
    );
}

#[tokio::test]
async fn the_number_of_steps_is_bounded() {
    let clock = manual();
    let diary = Diary::new(&clock, &[1, 2, 3, 4], 0, None);
    let limits = MoverLimits {
        steps: 2,
        ..MoverLimits::default()
    };
    let mover = ClockMover::new(clock.clone(), vec![diary], limits);
    let error = mover.advance_to(hours_after_monday(5)).await.unwrap_err();
    assert!(
        matches!(error, MoveError::TooManySteps { limit: 2, .. }),
        "{error}"
    );
    assert_eq!(clock.now(), hours_after_monday(2));
}

#[tokio::test]
async fn a_clock_that_cannot_move_and_a_target_in_the_past_are_refused() {
    let system = ClockMover::new(Clock::system(), vec![], MoverLimits::default());
    let refusal = system.advance_to(Timestamp::MAX).await.unwrap_err();
    assert!(
        matches!(refusal, MoveError::Clock(ClockError::NotMovable)),
        "{refusal}"
    );

    let manual = ClockMover::new(manual(), vec![], MoverLimits::default());
    let refusal = manual.advance_to(hours_after_monday(-1)).await.unwrap_err();
    assert!(
        matches!(refusal, MoveError::Clock(ClockError::Backwards { .. })),
        "{refusal}"
    );
}

#[tokio::test]
async fn a_running_clock_is_moved_too() {
    let directory = tempfile::TempDir::new().unwrap();
    let clock = Clock::movable(directory.path().join("offset")).unwrap();
    let target = clock.now() + SignedDuration::from_hours(1);
    let summary = ClockMover::new(clock, vec![], MoverLimits::default())
        .advance_to(target)
        .await
        .unwrap();
    assert!(summary.to >= target);
    assert_eq!(summary.steps, 1);
}
