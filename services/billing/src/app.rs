//! Wires the service.

use std::sync::Arc;

use clock::Clock;
use grpc::Lifecycle;
use service::{Base, Serving, StartError};
use tonic::service::RoutesBuilder;

use crate::config::Settings;
use crate::{due, grpc as rpc, listen, store};

/// Starts the service; its tasks end with `lifecycle`.
pub async fn start(settings: Settings, clock: Clock, lifecycle: Lifecycle) -> Result<Serving, StartError> {
    let base = Base::start(settings.base, clock, lifecycle, &store::MIGRATOR).await?;
    let listener = base.listen().await?;
    let mut routes = RoutesBuilder::default();
    rpc::add_routes(&mut routes, &base);
    let from_intake = listen::FromIntake::new(base.clock.clone());
    let consumers = vec![base.consumer("intake", &settings.intake_endpoint, Arc::new(from_intake))?];
    let due_work = due::start(&base);
    base.serve(listener, routes, consumers, due_work).await
}
