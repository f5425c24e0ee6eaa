//! Wires the service: the only place that knows all of its parts.

use std::sync::Arc;
use std::time::Duration;

use carrier_gateway_domain::schedule::FeedPace;
use clock::{Clock, DueWork};
use events::Handler;
use grpc::Lifecycle;
use jiff::SignedDuration;
use portway_proto::gateway::v1::carrier_feed_service_server::CarrierFeedServiceServer;
use portway_proto::gateway::v1::carrier_service_server::CarrierServiceServer;
use portway_proto::gateway::v1::command_service_server::CommandServiceServer;
use portway_proto::gateway::v1::number_lookup_service_server::NumberLookupServiceServer;
use service::due::Wake;
use service::{Base, Serving, StartError};
use tonic::service::RoutesBuilder;

use crate::config::Settings;
use crate::due::{CommandQueue, CommandWorker, Gauges, InboundQueue, InboundWorker, PollWorker, Polls};
use crate::grpc::{CarrierFeed, Carriers, Commands, NumberLookup};
use crate::listen::IntakeListener;
use crate::peers::{Intake, Partner};
use crate::{CONNECTION, ops, store};

/// Starts the service. Returns once it listens; its tasks end with the lifecycle.
pub async fn start(settings: Settings, clock: Clock, lifecycle: Lifecycle) -> Result<Serving, StartError> {
    let signed = |interval: Duration| {
        SignedDuration::try_from(interval)
            .map_err(|_| StartError::Setting("the poll interval is too long".to_owned()))
    };
    let pace = FeedPace {
        interval: signed(settings.poll_interval)?,
        fresh_for: signed(settings.fresh_for)?,
    };
    let base = Base::start(settings.base, clock, lifecycle, &store::MIGRATOR).await?;
    let listener = base.listen().await?;
    ops::add_connection(&base.pool, CONNECTION, base.clock.now()).await?;
    ops::announce_carriers(&base.pool, base.clock.now()).await?;
    let partner = Partner::new(base.peer(&settings.partner_endpoint)?);
    let intake = Intake::new(base.peer(&settings.intake_endpoint)?);
    let inbound_came = Wake::default();

    CommandWorker::new(base.clone(), intake.clone(), partner.clone()).spawn();
    PollWorker::new(base.clone(), partner, pace, inbound_came.clone()).spawn();
    InboundWorker::new(base.clone(), intake).spawn(inbound_came.clone());
    Gauges::new(base.clone()).spawn();

    let handler: Arc<dyn Handler> = Arc::new(IntakeListener);
    let consumers = vec![base.consumer("intake", &settings.intake_endpoint, handler)?];
    let due_work: Vec<Arc<dyn DueWork>> = vec![
        Arc::new(CommandQueue::new(base.pool.clone())),
        Arc::new(Polls::new(base.pool.clone())),
        Arc::new(InboundQueue::new(base.pool.clone())),
    ];
    let mut routes = RoutesBuilder::default();
    routes
        .add_service(CarrierFeedServiceServer::new(CarrierFeed::new(
            base.clone(),
            inbound_came,
        )))
        .add_service(CarrierServiceServer::new(Carriers::new(base.clone())))
        .add_service(CommandServiceServer::new(Commands::new(base.clone())))
        .add_service(NumberLookupServiceServer::new(NumberLookup::new(base.clone())));
    base.serve(listener, routes, consumers, due_work).await
}
