//! The gRPC services: parse, call one use case, render. No rule and no SQL lives here.

mod convert;
mod invoice_service;
mod price_service;
mod status;

use portway_proto::billing::v1::invoice_service_server::InvoiceServiceServer;
use portway_proto::billing::v1::price_service_server::PriceServiceServer;
use service::Base;
use tonic::service::RoutesBuilder;

use invoice_service::Invoices;
use price_service::Prices;

/// Adds billing's services.
pub(crate) fn add_routes(routes: &mut RoutesBuilder, base: &Base) {
    routes
        .add_service(PriceServiceServer::new(Prices { base: base.clone() }))
        .add_service(InvoiceServiceServer::new(Invoices { base: base.clone() }));
}
