//! The intake service as a process of its own.

use anyhow::Context;
use clock::Clock;
use config::Env;
use grpc::Lifecycle;
use telemetry::TelemetrySettings;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let telemetry = TelemetrySettings::read("intake", &mut env);
    let settings = intake::Settings::read(&mut env)?;
    let _guard = telemetry::init(&telemetry?)?;
    let lifecycle = Lifecycle::new();
    intake::start(settings, Clock::system(), lifecycle.clone())
        .await
        .context("intake cannot start")?;
    anyhow::ensure!(
        service::run_main(&lifecycle).await,
        "some tasks did not end in time"
    );
    Ok(())
}
