//! Work that falls due: run when business time reaches it, when somebody says there is more, and now and then anyway.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use pg::StoreError;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Looked at this often even when nothing woke it: another replica may have left work behind.
const LOOK_PAUSE: Duration = Duration::from_millis(250);
/// Pause after a failure.
const FAILURE_PAUSE: Duration = Duration::from_millis(500);

/// What one pass found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Something was done; there may be more.
    Worked,
    /// Nothing was due.
    Idle,
}

/// Wakes a due worker when there is new work for it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Says that there is more to do. Call it after the commit.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Calls `pass` with the business time until it is idle, then waits for a move of the clock, a wake-up or the next
/// look. `pass` claims what it does in the database, so any number of replicas may run it.
pub async fn run<F>(
    name: &'static str,
    clock: Clock,
    wake: Wake,
    shutdown: CancellationToken,
    mut pass: impl FnMut(Timestamp) -> F + Send,
) where
    F: Future<Output = Result<Pass, StoreError>> + Send,
{
    let mut moves = clock.subscribe();
    while !shutdown.is_cancelled() {
        let pause = match pass(clock.now()).await {
            Ok(Pass::Worked) => continue,
            Ok(Pass::Idle) => LOOK_PAUSE,
            Err(error) => {
                tracing::warn!(worker = name, error = %grpc::status::chain(&error), "a pass failed; trying again");
                FAILURE_PAUSE
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
            () = moves.changed() => {}
            () = wake.0.notified() => {}
        }
    }
}
