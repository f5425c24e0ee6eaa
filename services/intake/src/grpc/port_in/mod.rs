//! The gRPC face of port-in orders.

mod corrections;
mod details;
mod documents;
mod numbers;
mod orders;
mod render;
mod status;
mod stream;

pub(super) use render::address;
pub(super) use status::submission as submission_status;

use auth::{Caller, CallerKind};
use grpc::Faults;
use portway_proto::intake::v1::document_service_server::DocumentServiceServer;
use portway_proto::intake::v1::port_in_service_server::PortInServiceServer;
use tonic::service::RoutesBuilder;
use tonic::{Request, Status};
use types::RequestNumber;

use crate::app::Intake;
use crate::ops::port_in::{OrderName, Requester};

/// Adds the services of port-in orders.
pub(crate) fn add_port_in(routes: &mut RoutesBuilder, intake: &Intake) {
    routes
        .add_service(PortInServiceServer::new(orders::PortIn::new(intake.clone())))
        .add_service(DocumentServiceServer::new(documents::Documents::new(
            intake.clone(),
        )));
}

/// Who asks.
pub(super) fn requester<T>(request: &Request<T>) -> Result<Requester, Status> {
    let caller = Caller::of(request)?;
    let is_platform = caller.is_platform();
    let name = match caller.kind {
        CallerKind::User => caller.subject.to_string(),
        CallerKind::Service(service) => format!("service:{service}"),
    };
    Ok(Requester {
        account: caller.account,
        is_platform,
        name,
    })
}

/// Reads the name of an order: a UUID, or the number that people use.
fn order_name(faults: &mut Faults, order_id: &str) -> Option<OrderName> {
    if let Ok(number) = order_id.parse::<RequestNumber>() {
        return Some(OrderName::Number(number));
    }
    faults.required("order_id", order_id).map(OrderName::Id)
}

/// An etag that was sent.
fn etag(etag: &str) -> Option<&str> {
    Some(etag).filter(|etag| !etag.is_empty())
}
