//! The carrier gateway as a process of its own.

use std::process::ExitCode;

use carrier_gateway::{SERVICE, Settings};
use clock::Clock;
use config::Env;
use grpc::Lifecycle;
use telemetry::TelemetrySettings;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut env = Env::from_process();
    let telemetry = TelemetrySettings::read(SERVICE, &mut env);
    let settings = Settings::read(&mut env)?;
    let _telemetry = telemetry::init(&telemetry?)?;
    let lifecycle = Lifecycle::new();
    carrier_gateway::start(settings, Clock::system(), lifecycle.clone()).await?;
    if service::run_main(&lifecycle).await {
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::FAILURE)
    }
}
