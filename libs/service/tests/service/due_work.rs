//! Due work runs when it is due, when it is woken, and again after a failure.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use clock::Clock;
use grpc::Lifecycle;
use jiff::{SignedDuration, Timestamp};
use pg::StoreError;
use service::due::{self, Pass, Wake};

use crate::town::SOON;

/// Runs a worker that notes the time of each pass and works off `pieces`.
fn start(
    clock: &Clock,
    wake: &Wake,
    lifecycle: &Lifecycle,
    pieces: &Arc<AtomicU32>,
) -> Arc<Mutex<Vec<Timestamp>>> {
    let passes = Arc::new(Mutex::new(Vec::new()));
    let (noted, pieces) = (Arc::clone(&passes), Arc::clone(pieces));
    let pass = move |now: Timestamp| {
        noted.lock().unwrap().push(now);
        let left = pieces.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        // The last piece fails; the worker goes on all the same.
        let outcome = match left {
            Ok(1) => Err(StoreError::Stale("the test")),
            Ok(_) => Ok(Pass::Worked),
            Err(_) => Ok(Pass::Idle),
        };
        async { outcome }
    };
    let running = due::run("test", clock.clone(), wake.clone(), lifecycle.token(), pass);
    lifecycle.spawn("worker", running);
    passes
}

#[tokio::test]
async fn a_worker_sees_the_moved_time_at_once_and_works_until_it_is_idle() {
    let (clock, wake, lifecycle) = (
        Clock::manual(Timestamp::UNIX_EPOCH),
        Wake::default(),
        Lifecycle::new(),
    );
    let pieces = Arc::new(AtomicU32::new(5));
    let passes = start(&clock, &wake, &lifecycle, &pieces);
    testkit::eventually(SOON, "all pieces, one failure included", async || {
        pieces.load(Ordering::SeqCst) == 0
    })
    .await;
    let later = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24);
    clock.advance_to(later).unwrap();
    testkit::eventually(SOON, "a pass at the new time", async || {
        passes.lock().unwrap().last() == Some(&later)
    })
    .await;
    pieces.store(3, Ordering::SeqCst);
    wake.wake();
    testkit::eventually(SOON, "what it was woken for", async || {
        pieces.load(Ordering::SeqCst) == 0
    })
    .await;
    assert!(lifecycle.shut_down(SOON).await);
}
