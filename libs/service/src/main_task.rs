//! The life of a service's process: run until a signal, then end in order.

use std::time::Duration;

use grpc::Lifecycle;
use tokio::signal::unix::{SignalKind, signal};

/// Tasks get this long to end. Kubernetes' default grace period is 30 seconds.
const GRACE: Duration = Duration::from_secs(20);

/// Waits for SIGTERM or SIGINT, or until a task asks for shutdown, then ends all tasks. False: some did not end.
pub async fn run_main(lifecycle: &Lifecycle) -> bool {
    let token = lifecycle.token();
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _signal = terminate.recv() => {}
                _signal = interrupt.recv() => {}
                () = token.cancelled() => {}
            }
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "signals cannot be watched");
            token.cancelled().await;
        }
    }
    tracing::info!("shutting down");
    lifecycle.shut_down(GRACE).await
}
