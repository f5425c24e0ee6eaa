//! The gRPC face of port-in orders.

mod advice;
mod comments;
pub(super) mod configuration;
mod corrections;
mod csv;
mod cutover;
mod details;
mod document_policies;
mod documents;
mod filter;
mod import_lines;
mod imports;
mod lists;
pub(super) mod number_fields;
mod numbers;
mod order_changes;
mod order_operations;
mod orders;
mod outlook;
mod render;
mod splits;
mod status;
mod stream;

pub(super) use cutover::snapback_status;
pub(super) use documents::pieces;
pub(super) use filter::{read_instant, read_page, read_range};
pub(super) use render::address;
pub(super) use status::content as content_status;
pub(super) use status::read as read_status;
pub(super) use status::resolve as resolve_status;
pub(super) use status::submission as submission_status;
pub(super) use status::{bad_file, bad_file_code};
pub(super) use stream::{Part, collect};

use auth::{Caller, CallerKind};
use grpc::Faults;
use portway_proto::intake::v1::comment_service_server::CommentServiceServer;
use portway_proto::intake::v1::configuration_service_server::ConfigurationServiceServer;
use portway_proto::intake::v1::cutover_service_server::CutoverServiceServer;
use portway_proto::intake::v1::document_service_server::DocumentServiceServer;
use portway_proto::intake::v1::group_service_server::GroupServiceServer;
use portway_proto::intake::v1::import_service_server::ImportServiceServer;
use portway_proto::intake::v1::order_change_service_server::OrderChangeServiceServer;
use portway_proto::intake::v1::order_list_service_server::OrderListServiceServer;
use portway_proto::intake::v1::order_operations_service_server::OrderOperationsServiceServer;
use portway_proto::intake::v1::port_in_service_server::PortInServiceServer;
use portway_proto::intake::v1::split_service_server::SplitServiceServer;
use tonic::service::RoutesBuilder;
use tonic::{Request, Status};
use types::RequestNumber;

use super::etag;
use crate::app::Intake;
use crate::ops::port_in::{OrderName, Requester};

/// Adds the services of port-in orders.
pub(crate) fn add_port_in(routes: &mut RoutesBuilder, intake: &Intake) {
    routes
        .add_service(PortInServiceServer::new(orders::PortIn::new(intake.clone())))
        .add_service(OrderListServiceServer::new(lists::OrderLists::new(
            intake.clone(),
        )))
        .add_service(CommentServiceServer::new(comments::Comments::new(intake.clone())))
        .add_service(ConfigurationServiceServer::new(
            configuration::Configuration::new(intake.clone()),
        ))
        .add_service(ImportServiceServer::new(imports::Imports::new(intake.clone())))
        .add_service(SplitServiceServer::new(splits::Splits::new(intake.clone())))
        .add_service(OrderChangeServiceServer::new(order_changes::OrderChanges::new(
            intake.clone(),
        )))
        .add_service(OrderOperationsServiceServer::new(
            order_operations::OrderOperations::new(intake.clone()),
        ))
        .add_service(GroupServiceServer::new(cutover::Groups::new(intake.clone())))
        .add_service(CutoverServiceServer::new(cutover::Cutover::new(intake.clone())))
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
pub(super) fn order_name(faults: &mut Faults, order_id: &str) -> Option<OrderName> {
    order_name_in(faults, "order_id", order_id)
}

/// The same, from another field.
fn order_name_in(faults: &mut Faults, field: &str, raw: &str) -> Option<OrderName> {
    if let Ok(number) = raw.parse::<RequestNumber>() {
        return Some(OrderName::Number(number));
    }
    faults.required(field, raw).map(OrderName::Id)
}

/// Reads a request that names an order and nothing else.
fn name_alone(order_id: &str) -> Result<OrderName, Status> {
    let mut faults = Faults::new();
    let name = order_name(&mut faults, order_id);
    faults.finish(name)
}

/// Takes off what was read beyond the page to see whether there is more. Returns the page's last when there is.
pub(super) fn cut<T>(page: &mut Vec<T>, limit: i64) -> Option<&T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = page.len() > limit;
    page.truncate(limit);
    page.last().filter(|_| has_more)
}
