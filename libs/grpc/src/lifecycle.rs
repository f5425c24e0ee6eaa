//! The tasks of a process and the order in which they end.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Tracks tasks; they end when it is told to shut down.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    tracker: TaskTracker,
    token: CancellationToken,
}

impl Lifecycle {
    /// Nothing runs yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a task that watches [`Self::token`] and ends soon after it is cancelled. A task that panics takes the
    /// process with it: its supervisor starts a whole one again, which is better than going on with a part missing.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let token = self.token.clone();
        self.tracker.spawn(async move {
            if AssertUnwindSafe(task).catch_unwind().await.is_ok() {
                tracing::debug!(task = name, "ended");
            } else {
                tracing::error!(task = name, "panicked; shutting down");
                token.cancel();
            }
        });
    }

    /// Cancelled when shutdown begins.
    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// Tells all tasks to end and waits at most `grace`. False: some did not.
    pub async fn shut_down(&self, grace: Duration) -> bool {
        self.token.cancel();
        self.tracker.close();
        tokio::time::timeout(grace, self.tracker.wait()).await.is_ok()
    }
}
