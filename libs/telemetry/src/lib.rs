//! How a service can be watched: logs, traces that follow a port across services, metrics, and the small
//! HTTP server that probes and Prometheus ask.
//!
//! **It must never** be handed a secret, and never a telephone number as a metric's label: what is logged or
//! counted here leaves the service.
//!
//! Start at [`init`], once per process, then [`metrics::install`] and [`admin::serve`]. [`trace_context`] is
//! for whoever sends or receives something across a process or a day.
#![warn(missing_docs)]

pub mod admin;
mod init;
pub mod metrics;
mod settings;
pub mod trace_context;

pub use init::{TelemetryError, TelemetryGuard, init};
pub use settings::{Format, TelemetrySettings, UnknownFormat};
