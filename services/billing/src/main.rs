//! The billing service as a process of its own.

use ::config::Env;
use ::grpc::Lifecycle;
use anyhow::Context;
use clock::Clock;
use telemetry::TelemetrySettings;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let telemetry = TelemetrySettings::read("billing", &mut env);
    let settings = billing::Settings::read(&mut env)?;
    let _guard = telemetry::init(&telemetry?)?;
    let lifecycle = Lifecycle::new();
    billing::start(settings, Clock::system(), lifecycle.clone())
        .await
        .context("billing cannot start")?;
    anyhow::ensure!(
        service::run_main(&lifecycle).await,
        "some tasks did not end in time"
    );
    Ok(())
}
