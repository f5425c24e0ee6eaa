//! The simulator as a process of its own.

use anyhow::Context;
use carrier_sim::{MoverSlot, Settings};
use clock::Clock;
use config::Env;
use grpc::Lifecycle;
use telemetry::TelemetrySettings;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let telemetry = TelemetrySettings::read("carrier-sim", &mut env);
    let settings = Settings::read(&mut env)?;
    let _guard = telemetry::init(&telemetry?)?;
    let lifecycle = Lifecycle::new();
    // One process of many cannot move the clock of all: the slot stays empty.
    carrier_sim::start(settings, Clock::system(), lifecycle.clone(), MoverSlot::default())
        .await
        .context("carrier-sim cannot start")?;
    anyhow::ensure!(
        service::run_main(&lifecycle).await,
        "some tasks did not end in time"
    );
    Ok(())
}
