//! The clock itself: what it shows, who may move it, who wakes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use clock::{Clock, ClockError};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// Longer than anything here takes, shorter than the waits that a move must cut short.
const BOUND: Duration = Duration::from_secs(10);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn offset_file(directory: &TempDir) -> PathBuf {
    directory.path().join("clock-offset")
}

#[test]
fn a_system_clock_runs_and_refuses_to_move() {
    let clock = Clock::system();
    let before = clock.now();

    assert!(!clock.is_movable());
    let refusal = clock
        .advance_to(before + SignedDuration::from_hours(1))
        .unwrap_err();
    assert!(matches!(refusal, ClockError::NotMovable));
    assert!(clock.now() >= before);
    assert!(clock.now() < before + SignedDuration::from_mins(1));
}

#[test]
fn a_manual_clock_stands_still_and_only_goes_forward() {
    let (monday, friday) = (at("2026-11-23T09:00:00Z"), at("2026-11-27T09:00:00Z"));
    let clock = Clock::manual(monday);
    let clone = clock.clone();

    assert_eq!(clock.now(), monday);
    clock.advance_to(friday).unwrap();
    assert_eq!(clone.now(), friday, "clones share one time");
    clock.advance_to(friday).unwrap();
    let refusal = clock.advance_to(monday).unwrap_err();
    assert!(matches!(refusal, ClockError::Backwards { now, target } if now == friday && target == monday));
    assert_eq!(clock.now(), friday);
}

#[test]
fn a_movable_clock_runs_on_from_where_it_was_put_and_remembers_it() {
    let directory = TempDir::new().unwrap();
    let clock = Clock::movable(offset_file(&directory)).unwrap();
    let next_week = clock.now() + SignedDuration::from_hours(7 * 24);

    clock.advance_to(next_week).unwrap();
    assert!(clock.now() >= next_week);
    drop(clock);

    let again = Clock::movable(offset_file(&directory)).unwrap();
    assert!(again.now() >= next_week, "the offset survives a restart");
    assert!(
        again.now() < next_week + SignedDuration::from_mins(1),
        "and is not applied twice"
    );
    let left = fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 1, "no draft of the file is left behind");
}

#[test]
fn a_rehearsal_starts_on_its_own_day_once() {
    let directory = TempDir::new().unwrap();
    let day: Timestamp = "2024-02-28T15:00:00Z".parse().unwrap();
    let clock = Clock::movable_from(offset_file(&directory), day).unwrap();
    assert!(clock.now() >= day && clock.now() < day + SignedDuration::from_mins(1));
    let later: Timestamp = "2024-03-05T15:00:00Z".parse().unwrap();
    clock.advance_to(later).unwrap();
    let again = Clock::movable_from(offset_file(&directory), day).unwrap();
    assert!(again.now() >= later, "what was moved stays moved");
}

#[test]
fn a_broken_offset_file_is_refused_rather_than_taken_for_zero() {
    for content in ["", "soon", "3600 s later"] {
        let directory = TempDir::new().unwrap();
        fs::write(offset_file(&directory), content).unwrap();
        let error = Clock::movable(offset_file(&directory)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData, "{content:?}");
    }
}

#[test]
fn a_move_that_cannot_be_kept_does_not_happen() {
    let directory = TempDir::new().unwrap();
    let clock = Clock::movable(offset_file(&directory)).unwrap();
    let before = clock.now();
    directory.close().unwrap();

    let error = clock
        .advance_to(before + SignedDuration::from_hours(1))
        .unwrap_err();
    assert!(matches!(error, ClockError::Keep(_)));
    assert!(clock.now() < before + SignedDuration::from_mins(1));
}

#[tokio::test]
async fn a_wait_ends_when_the_clock_is_moved_to_its_instant_and_not_before() {
    let directory = TempDir::new().unwrap();
    let running = Clock::movable(offset_file(&directory)).unwrap();
    for clock in [Clock::manual(at("2026-11-23T09:00:00Z")), running] {
        let due = clock.now() + SignedDuration::from_hours(48);
        let mut wait = std::pin::pin!(clock.wait_until(due));
        assert!(futures::poll!(&mut wait).is_pending());

        clock.advance_to(due - SignedDuration::from_hours(1)).unwrap();
        assert!(
            futures::poll!(&mut wait).is_pending(),
            "an hour is missing: {clock:?}"
        );

        clock.advance_to(due).unwrap();
        tokio::time::timeout(BOUND, wait).await.unwrap();
        assert!(clock.now() >= due);
    }
}

#[tokio::test]
async fn a_wait_on_a_running_clock_ends_by_itself_and_a_past_instant_needs_none() {
    let clock = Clock::system();
    let soon = clock.now() + SignedDuration::from_millis(30);
    tokio::time::timeout(BOUND, clock.wait_until(soon)).await.unwrap();
    assert!(clock.now() >= soon);

    let mut wait = std::pin::pin!(clock.wait_until(soon));
    assert!(futures::poll!(&mut wait).is_ready());
}

#[tokio::test]
async fn a_subscriber_hears_of_a_move_made_while_it_was_not_waiting() {
    let clock = Clock::manual(at("2026-11-23T09:00:00Z"));
    let mut moves = clock.subscribe();
    clock.advance_to(at("2026-11-24T09:00:00Z")).unwrap();
    tokio::time::timeout(BOUND, moves.changed()).await.unwrap();

    let mut next = std::pin::pin!(moves.changed());
    assert!(futures::poll!(&mut next).is_pending(), "one move is told once");
}
