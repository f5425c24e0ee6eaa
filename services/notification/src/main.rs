//! The notification service as a process of its own.

use anyhow::Context;
use clock::Clock;
use config::Env;
use grpc::Lifecycle;
use telemetry::TelemetrySettings;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let telemetry = TelemetrySettings::read("notification", &mut env);
    let settings = notification::Settings::read(&mut env)?;
    let _guard = telemetry::init(&telemetry?)?;
    let provider = rustls::crypto::ring::default_provider().install_default();
    anyhow::ensure!(provider.is_ok(), "another provider of cryptography is installed");
    let lifecycle = Lifecycle::new();
    notification::start(settings, Clock::system(), lifecycle.clone())
        .await
        .context("notification cannot start")?;
    anyhow::ensure!(
        service::run_main(&lifecycle).await,
        "some tasks did not end in time"
    );
    Ok(())
}
