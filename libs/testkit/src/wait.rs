//! Waiting for a condition instead of for a time.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long a condition rests between two looks at first; it doubles up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LAST_PAUSE: Duration = Duration::from_millis(100);

/// Waits until `condition` holds; panics, naming `what` was waited for, when it does not within `bound`.
pub async fn eventually<F: AsyncFnMut() -> bool>(bound: Duration, what: &str, mut condition: F) {
    eventually_some(bound, what, async || condition().await.then_some(())).await;
}

/// Waits until `find` finds something; panics, naming `what` was waited for, when it does not within `bound`.
pub async fn eventually_some<T, F: AsyncFnMut() -> Option<T>>(bound: Duration, what: &str, mut find: F) -> T {
    let deadline = Instant::now() + bound;
    let mut pause = FIRST_PAUSE;
    loop {
        let found = tokio::time::timeout_at(deadline, find()).await;
        match found {
            Ok(Some(found)) => return found,
            Ok(None) if Instant::now() + pause < deadline => sleep(pause).await,
            Ok(None) | Err(_) => panic!("did not come about within {bound:?}: {what}"),
        }
        pause = pause.saturating_mul(2).min(LAST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_waits_for_as_long_as_it_takes() {
        let mut looks = 0_u32;
        let found = eventually_some(Duration::from_secs(10), "a fifth look", async || {
            looks += 1;
            (looks == 5).then_some(looks)
        });
        assert_eq!(found.await, 5);
    }

    #[tokio::test]
    #[should_panic(expected = "did not come about within 50ms: the impossible")]
    async fn it_names_what_did_not_come() {
        eventually(Duration::from_millis(50), "the impossible", async || false).await;
    }

    #[tokio::test]
    #[should_panic(expected = "an answer")]
    async fn it_does_not_hang_with_a_condition_that_hangs() {
        eventually(Duration::from_millis(50), "an answer", std::future::pending).await;
    }
}
