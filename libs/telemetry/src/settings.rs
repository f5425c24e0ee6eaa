//! What an operator can choose about logs and traces.

use std::fmt;
use std::str::FromStr;

use config::{Env, Read};

/// What is worth reading when nothing is wrong; libraries speak of their daily work below it.
const DEFAULT_FILTER: &str = "info";

/// How a process logs and where its traces go.
#[derive(Debug, Clone)]
pub struct TelemetrySettings {
    /// The `service.name` of its traces, such as `intake`.
    pub service: String,
    /// How log lines look.
    pub format: Format,
    /// Which spans and lines exist at all, in the syntax of `tracing_subscriber::EnvFilter`.
    pub filter: String,
    /// The gRPC endpoint of an OpenTelemetry collector (`http://collector:4317`); without one, trace ids are
    /// still made, passed on and logged, but no trace is sent.
    pub otlp_endpoint: Option<String>,
}

impl TelemetrySettings {
    /// Reads the settings that all services share.
    pub fn read(service: &str, env: &mut Env) -> Read<Self> {
        let format = env.or(
            "PORTWAY_LOG_FORMAT",
            "how log lines look: `human` or `json`",
            Format::Human,
        );
        let filter = env.or(
            "PORTWAY_LOG",
            "which log lines appear, by level and target",
            DEFAULT_FILTER.to_owned(),
        );
        let otlp_endpoint = env.optional(
            "PORTWAY_OTLP_ENDPOINT",
            "gRPC endpoint of an OpenTelemetry collector, for traces",
        );
        Ok(Self {
            service: service.to_owned(),
            format: format?,
            filter: filter?,
            otlp_endpoint: otlp_endpoint?,
        })
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal.
    Human,
    /// One JSON object a line, for a log collector.
    Json,
}

/// Neither `human` nor `json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither `human` nor `json`")]
pub struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            _ => Err(UnknownFormat),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Human => "human",
            Self::Json => "json",
        })
    }
}
