//! Wires the service.

use std::num::NonZeroU16;
use std::sync::Arc;

use clock::Clock;
use grpc::Lifecycle;
use service::due::Wake;
use service::{Base, Serving, StartError};
use tonic::service::RoutesBuilder;
use vault::DigestKey;

use crate::config::Settings;
use crate::contents::DocumentStore;
use crate::links::LinkBase;
use crate::peers::Gateway;
use crate::{area_codes, due, grpc as rpc, links, listen, ops, store};

/// What handlers, listeners and workers share. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Intake {
    /// Database, clock, vault, idempotency.
    pub base: Base,
    /// Wakes the worker of orders' timers: an answer may make something due at once. One wake a worker, for a
    /// wake-up reaches one listener only.
    pub port_in_wake: Wake,
    /// Wakes the worker that acts on silence: a port-out may come in after its time to answer.
    pub port_out_wake: Wake,
    /// Wakes the worker that notes when a dispute is overdue.
    pub dispute_wake: Wake,
    /// Where documents and letters are kept.
    pub(crate) contents: DocumentStore,
    /// How links to pages begin; none: no pages are served.
    pub(crate) link_base: Option<LinkBase>,
    /// Hashes port-out PINs. Another key makes every PIN wrong.
    pub(crate) pin_key: Arc<DigestKey>,
    /// Tells who has a number.
    pub(crate) gateway: Gateway,
    /// How long an order's secrets are kept after its end.
    pub(crate) secrets_kept_days: NonZeroU16,
}

/// Starts the service; its tasks end with `lifecycle`.
pub async fn start(settings: Settings, clock: Clock, lifecycle: Lifecycle) -> Result<Serving, StartError> {
    // Before anything is judged.
    if let Some(file) = &settings.area_codes_file {
        area_codes::put_in_force(file).await?;
    }
    let pin_key = Arc::clone(&settings.base.digest_key);
    let base = Base::start(settings.base, clock, lifecycle, &store::MIGRATOR).await?;
    let intake = Intake {
        base: base.clone(),
        port_in_wake: Wake::default(),
        port_out_wake: Wake::default(),
        dispute_wake: Wake::default(),
        contents: DocumentStore::open(settings.document_store).map_err(StartError::Setting)?,
        link_base: settings
            .links
            .as_ref()
            .map(|links| LinkBase::new(links.url.clone())),
        pin_key,
        gateway: Gateway::new(base.peer(&settings.gateway_endpoint)?),
        secrets_kept_days: settings.secrets_kept_days,
    };
    if let Some(file) = settings.bootstrap_file {
        ops::bootstrap::run(&intake, &file).await?;
    }
    ops::access::catch_up(&base.pool, &base.clock).await?;
    if let Some(pages) = &settings.links {
        links::start(&intake, pages).await?;
    }
    let listener = base.listen().await?;
    let mut routes = RoutesBuilder::default();
    rpc::add_accounts(&mut routes, &intake);
    rpc::add_access(&mut routes, &intake);
    rpc::add_port_in(&mut routes, &intake);
    rpc::add_letters(&mut routes, &intake);
    rpc::add_tracking(&mut routes, &intake);
    rpc::add_gateway_calls(&mut routes, &intake);
    rpc::add_port_out(&mut routes, &intake);
    rpc::add_disputes(&mut routes, &intake);
    rpc::add_portability(&mut routes, &intake);
    let consumers = vec![base.consumer(
        "carrier-gateway",
        &settings.gateway_endpoint,
        Arc::new(listen::FromGateway::new(intake.clone())),
    )?];
    let due_work = due::start(&intake);
    base.serve(listener, routes, consumers, due_work).await
}
