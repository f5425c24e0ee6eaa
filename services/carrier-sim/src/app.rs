//! Wires the service.

use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use grpc::Lifecycle;
use service::due::Wake;
use service::{Base, Serving, StartError};
use tonic::service::RoutesBuilder;

use crate::config::Settings;
use crate::mover_slot::MoverSlot;
use crate::{due, grpc as rpc, listen, store};

/// What handlers, listeners and workers share. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Simulator {
    /// Database, clock, vault.
    pub(crate) base: Base,
    /// Wakes the worker that publishes what is due.
    pub(crate) wake: Wake,
    /// Who moves the clock.
    pub(crate) mover: MoverSlot,
}

/// A move of the clock waits for every service at every due instant of the way.
const MOVE_DEADLINE: Duration = Duration::from_mins(10);

/// Starts the service; its tasks end with `lifecycle`. The clock can be moved by RPC once `mover` is filled.
pub async fn start(
    settings: Settings,
    clock: Clock,
    lifecycle: Lifecycle,
    mover: MoverSlot,
) -> Result<Serving, StartError> {
    let base = Base::start(settings.base, clock, lifecycle, &store::MIGRATOR).await?;
    let base = base.with_call_deadline(MOVE_DEADLINE);
    let simulator = Simulator {
        base: base.clone(),
        wake: Wake::default(),
        mover,
    };
    let listener = base.listen().await?;
    let mut routes = RoutesBuilder::default();
    rpc::add_services(&mut routes, &simulator);
    let consumers = vec![base.consumer("intake", &settings.intake_endpoint, Arc::new(listen::FromIntake))?];
    let due_work = due::start(&simulator);
    base.serve(listener, routes, consumers, due_work).await
}
