//! The HTTP server for machines that look after a service: probes and Prometheus.
//!
//! Serves `/healthz` (the process lives), `/readyz` (it wants work) and `/metrics`, on a port of its own that
//! is never exposed to callers: it asks nobody who they are.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::time;
use tokio_util::sync::CancellationToken;

use crate::metrics::MetricsHandle;

/// How long requests under way, and connections that never send one, may hold up the end.
const DRAIN: Duration = Duration::from_secs(2);

/// How often observed values are folded into histograms, scraped or not.
const TIDY_INTERVAL: Duration = Duration::from_secs(5);

/// The version of the text format that `/metrics` speaks.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Says whether the service wants work.
type Ready = Arc<dyn Fn() -> bool + Send + Sync>;

/// Serves until `shutdown`. `ready` must answer at once, from what the service knows already; from
/// `shutdown` on the answer is no.
pub async fn serve(
    listener: TcpListener,
    handle: MetricsHandle,
    ready: impl Fn() -> bool + Send + Sync + 'static,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let draining = shutdown.clone();
    let ready: Ready = Arc::new(move || !draining.is_cancelled() && ready());
    let server = axum::serve(listener, routes(handle.clone(), ready))
        .with_graceful_shutdown(shutdown.clone().cancelled_owned());
    tokio::select! {
        ended = server => ended,
        () = drain(&shutdown) => Ok(()),
        () = tidy(&handle) => Ok(()),
    }
}

fn routes(handle: MetricsHandle, ready: Ready) -> Router {
    Router::new()
        .route("/healthz", get(async || "live\n"))
        .route("/readyz", get(readyz).with_state(ready))
        .route("/metrics", get(scrape).with_state(handle))
}

async fn readyz(State(ready): State<Ready>) -> (StatusCode, &'static str) {
    if ready() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

async fn scrape(State(handle): State<MetricsHandle>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, PROMETHEUS_TEXT)], handle.render())
}

/// Ends when the drain has taken long enough.
async fn drain(shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    time::sleep(DRAIN).await;
}

/// Never ends; it lives as long as the server.
async fn tidy(handle: &MetricsHandle) {
    let mut ticks = time::interval(TIDY_INTERVAL);
    loop {
        ticks.tick().await;
        handle.tidy();
    }
}
