//! The metrics of all services: their names, their labels, and the calls that record them.
//!
//! Every metric has the label `service`, because the services of an all-in-one share one recorder. Labels
//! take few values: never an id, an account or a telephone number.
//!
//! Start at [`install`]; each recording function names one metric.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ::metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Finished RPCs by `service`, `method` and `code`.
pub const RPC_REQUESTS: &str = "portway_rpc_requests_total";
/// How long RPCs took, by `service` and `method`.
pub const RPC_SECONDS: &str = "portway_rpc_seconds";
/// Connections of a pool by `service`, `pool` and `state` (`in_use`, `idle`).
pub const POOL_CONNECTIONS: &str = "portway_pool_connections";
/// The most connections that a pool opens, by `service` and `pool`.
pub const POOL_CONNECTIONS_MAX: &str = "portway_pool_connections_max";
/// Events that a consumer has not acted on yet, by `service` (whose events) and `consumer`.
pub const EVENT_LAG: &str = "portway_event_lag_events";
/// Events set aside because acting on them kept failing, by `service` and `consumer`.
pub const EVENTS_PARKED: &str = "portway_events_parked";
/// How late the most overdue poll of a carrier is, by `service` and `carrier`.
pub const POLL_LAG_SECONDS: &str = "portway_poll_lag_seconds";
/// Work waiting in a queue, by `service` and `queue`.
pub const QUEUE_DEPTH: &str = "portway_queue_depth";
/// Carrier codes that no mapping knows, by `service` and `carrier`.
pub const UNMAPPED_REJECT_CODES: &str = "portway_unmapped_reject_codes_total";

/// From a cached reply to the deadline of a call.
const RPC_BUCKETS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

static INSTALLED: Mutex<Option<MetricsHandle>> = Mutex::new(None);

/// Reads what was recorded in this process.
#[derive(Debug, Clone)]
pub struct MetricsHandle(PrometheusHandle);

impl MetricsHandle {
    /// Everything recorded so far, in the text format of Prometheus.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds what was observed since the last call into the histograms, which would otherwise grow. The
    /// admin server calls it.
    pub(crate) fn tidy(&self) {
        self.0.run_upkeep();
    }
}

/// Starts recording in this process; later calls return the same recorder.
pub fn install() -> Result<MetricsHandle, BuildError> {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(RPC_SECONDS.to_owned()), &RPC_BUCKETS)?
        .install_recorder()?;
    describe();
    Ok(installed.insert(MetricsHandle(recorder)).clone())
}

fn describe() {
    describe_counter!(RPC_REQUESTS, "Finished RPCs");
    describe_histogram!(RPC_SECONDS, Unit::Seconds, "How long RPCs took");
    describe_gauge!(POOL_CONNECTIONS, "Connections of a pool, in use or idle");
    describe_gauge!(POOL_CONNECTIONS_MAX, "The most connections that a pool opens");
    describe_gauge!(EVENT_LAG, "Events that a consumer has not acted on yet");
    describe_gauge!(
        EVENTS_PARKED,
        "Events set aside because acting on them kept failing"
    );
    describe_gauge!(
        POLL_LAG_SECONDS,
        Unit::Seconds,
        "How late the most overdue poll of a carrier is"
    );
    describe_gauge!(QUEUE_DEPTH, "Work waiting in a queue");
    describe_counter!(UNMAPPED_REJECT_CODES, "Carrier codes that no mapping knows");
}

/// Counts a finished RPC. `method` is the full name (`portway.intake.v1.Intake/GetOrder`), `code` the gRPC
/// status code's name. Paths that no method serves must share one name, or callers could fill the memory.
pub fn record_rpc(service: &'static str, method: &str, code: &'static str, elapsed: Duration) {
    let method = method.to_owned();
    counter!(RPC_REQUESTS, "service" => service, "method" => method.clone(), "code" => code).increment(1);
    histogram!(RPC_SECONDS, "service" => service, "method" => method).record(elapsed);
}

/// How a connection pool is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// Connections that somebody holds.
    pub in_use: u32,
    /// Connections that wait to be used.
    pub idle: u32,
    /// The most connections that the pool opens.
    pub max: u32,
}

/// Sets how a pool (`postgres`, `redis`) is used.
pub fn set_pool_use(service: &'static str, pool: &'static str, used: PoolUse) {
    gauge!(POOL_CONNECTIONS, "service" => service, "pool" => pool, "state" => "in_use").set(used.in_use);
    gauge!(POOL_CONNECTIONS, "service" => service, "pool" => pool, "state" => "idle").set(used.idle);
    gauge!(POOL_CONNECTIONS_MAX, "service" => service, "pool" => pool).set(used.max);
}

/// Sets how many events of `service` a consumer has not acted on.
pub fn set_event_lag(service: &'static str, consumer: &str, events: u64) {
    gauge!(EVENT_LAG, "service" => service, "consumer" => consumer.to_owned()).set(approximate(events));
}

/// Sets how many events a consumer has set aside.
pub fn set_events_parked(service: &'static str, consumer: &str, events: u64) {
    gauge!(EVENTS_PARKED, "service" => service, "consumer" => consumer.to_owned()).set(approximate(events));
}

/// Sets how late the most overdue poll of a carrier is; zero when none is.
pub fn set_poll_lag(service: &'static str, carrier: &str, late: Duration) {
    gauge!(POLL_LAG_SECONDS, "service" => service, "carrier" => carrier.to_owned()).set(late);
}

/// Sets how much work waits in a queue.
pub fn set_queue_depth(service: &'static str, queue: &'static str, depth: u64) {
    gauge!(QUEUE_DEPTH, "service" => service, "queue" => queue).set(approximate(depth));
}

/// Counts a carrier's code that no mapping knows; a person should map it.
pub fn count_unmapped_reject_code(service: &'static str, carrier: &str) {
    counter!(UNMAPPED_REJECT_CODES, "service" => service, "carrier" => carrier.to_owned()).increment(1);
}

/// Prometheus knows floating-point numbers only; counts that matter here are exact in one.
#[expect(
    clippy::cast_precision_loss,
    clippy::as_conversions,
    reason = "there is no lossless conversion, by nature"
)]
fn approximate(count: u64) -> f64 {
    count as f64
}
