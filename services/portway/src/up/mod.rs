//! `portway up`: every service in one process, over real Postgres and Redis, as on a laptop or in a test.
//!
//! The same crates, code paths and gRPC between services as in Kubernetes; only the wiring is different. Start at
//! [`Stack::start`].

mod endpoints;
mod secrets;
mod services;
mod stack;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use config::Env;
use telemetry::TelemetrySettings;

pub use stack::{Stack, StackOptions};

/// Settings of `portway up`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  portway up
  portway up --data-dir /tmp/try --clock-start 2026-11-23T15:00:00Z
  grpcurl -plaintext -H \"authorization: Bearer $(jq -r .token .portway/endpoints.json)\" \\
    127.0.0.1:PORT portway.intake.v1.PortInService/ListOrders")]
pub struct UpArgs {
    /// Where data, keys, mails and documents are kept.
    #[arg(long, default_value = ".portway")]
    pub data_dir: PathBuf,
    /// Where downloaded server packages are unpacked, when neither programs nor containers are to be had.
    #[arg(long, default_value = ".cache/backing")]
    pub cache_dir: PathBuf,
    /// How many replicas of each service run.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=4))]
    pub replicas: u8,
    /// What the business clock shows at the very first start; it can be moved forward through portway.sim.v1.
    #[arg(long)]
    pub clock_start: Option<jiff::Timestamp>,
    /// A superuser's URL of a Postgres database to use instead of one of our own.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// A Redis to use instead of one of our own.
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    pub redis_url: Option<String>,
    /// A mail server to use instead of the local sink, e.g. smtp://127.0.0.1:2525.
    #[arg(long, env = "PORTWAY_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// An SMS gateway to hand texts to, e.g. http://127.0.0.1:8080/messages; without one no texts are sent.
    #[arg(long, env = "PORTWAY_SMS_URL", hide_env_values = true)]
    pub sms_url: Option<String>,
}

/// Runs until a signal.
pub async fn run(args: UpArgs) -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let settings = TelemetrySettings::read("portway", &mut env);
    env.finish()?;
    // Kept to the end: dropping it sends what is left of the traces.
    let _telemetry = telemetry::init(&settings?)?;
    let stack = Stack::start(StackOptions::from(args), |line| {
        tracing::debug!(line, "starting");
        let _closed = writeln!(std::io::stderr(), "{line}");
    })
    .await?;
    stack
        .describe(&mut std::io::stdout().lock())
        .context("cannot write to the terminal")?;
    let is_clean = service::run_main(stack.lifecycle()).await;
    stack.stop().await?;
    anyhow::ensure!(is_clean, "some tasks did not end in time");
    Ok(())
}
