//! The RPCs: parse, call one use case, render.

mod carrier;
mod carrier_convert;
mod clock;
mod cursor;
mod scenario;
mod scenario_convert;
mod script_convert;
mod status;

use portway_proto::carrier::v1::carrier_partner_service_server::CarrierPartnerServiceServer;
use portway_proto::sim::v1::clock_service_server::ClockServiceServer;
use portway_proto::sim::v1::scenario_service_server::ScenarioServiceServer;
use tonic::service::RoutesBuilder;

use crate::app::Simulator;

/// Adds everything that the simulator serves.
pub(crate) fn add_services(routes: &mut RoutesBuilder, simulator: &Simulator) {
    routes
        .add_service(CarrierPartnerServiceServer::new(carrier::CarrierPartner(
            simulator.clone(),
        )))
        .add_service(ScenarioServiceServer::new(scenario::Scenario(simulator.clone())))
        .add_service(ClockServiceServer::new(clock::BusinessClock(simulator.clone())));
}
