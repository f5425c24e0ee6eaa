//! Serves port-in orders.

use grpc::{Faults, Reply, page};
use idempotency::Begun;
use portway_proto::intake::v1;
use portway_proto::intake::v1::port_in_service_server::PortInService;
use tonic::{Request, Response, Streaming};

use super::{
    corrections, cut, details, etag, filter, imports, name_alone, numbers, order_name, render, requester,
    status,
};
use crate::app::Intake;
use crate::ops;
use crate::ops::port_in::OrderPage;

const TIMELINE_PAGE: i64 = 100;
const ORDERS_PAGE: i64 = 50;
const PAGE_MAX: i64 = 500;

/// The port-in service.
pub(super) struct PortIn {
    intake: Intake,
}

impl PortIn {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl PortInService for PortIn {
    async fn create_order(&self, request: Request<v1::CreateOrderRequest>) -> Reply<v1::CreateOrderResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let body = request.get_ref();
        let details = details::set_fields(&mut faults, &body.details.clone().unwrap_or_default());
        let numbers = numbers::read(&mut faults, &body.numbers, self.intake.base.clock.now());
        faults.finish(Some(()))?;
        let mut work = begin!(self, request);
        let view = ops::port_in::create(&self.intake, work.conn(), &requester, details, numbers)
            .await
            .map_err(|error| status::draft(&error))?;
        work.finish(v1::CreateOrderResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn update_order(&self, request: Request<v1::UpdateOrderRequest>) -> Reply<v1::UpdateOrderResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let body = request.get_ref();
        let name = order_name(&mut faults, &body.order_id);
        let given = body.details.clone().unwrap_or_default();
        let details = details::named_fields(&mut faults, &given, &body.update_fields);
        let name = faults.finish(name)?;
        let etag = body.etag.clone();
        let mut work = begin!(self, request);
        let etag = self::etag(&etag);
        let view = ops::port_in::update(&self.intake, work.conn(), &requester, name, details, etag)
            .await
            .map_err(|error| status::draft(&error))?;
        work.finish(v1::UpdateOrderResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn add_numbers(&self, request: Request<v1::AddNumbersRequest>) -> Reply<v1::AddNumbersResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let body = request.get_ref();
        let name = order_name(&mut faults, &body.order_id);
        if body.numbers.is_empty() {
            faults.add("numbers", "MISSING", "must have at least one number");
        }
        let numbers = numbers::read(&mut faults, &body.numbers, self.intake.base.clock.now());
        let name = faults.finish(name)?;
        let mut work = begin!(self, request);
        let view = ops::port_in::add_numbers(&self.intake, work.conn(), &requester, name, numbers)
            .await
            .map_err(|error| status::draft(&error))?;
        work.finish(v1::AddNumbersResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn remove_numbers(
        &self,
        request: Request<v1::RemoveNumbersRequest>,
    ) -> Reply<v1::RemoveNumbersResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let body = request.get_ref();
        let name = order_name(&mut faults, &body.order_id);
        let tns = numbers::read_names(&mut faults, &body.phone_numbers);
        let name = faults.finish(name)?;
        let mut work = begin!(self, request);
        let view = ops::port_in::remove_numbers(&self.intake, work.conn(), &requester, name, &tns)
            .await
            .map_err(|error| status::draft(&error))?;
        work.finish(v1::RemoveNumbersResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn import_numbers(
        &self,
        request: Request<Streaming<v1::ImportNumbersRequest>>,
    ) -> Reply<v1::ImportNumbersResponse> {
        imports::import_numbers(&self.intake, request).await
    }

    async fn get_order(&self, request: Request<v1::GetOrderRequest>) -> Reply<v1::GetOrderResponse> {
        let requester = requester(&request)?;
        let name = name_alone(&request.get_ref().order_id)?;
        let view = ops::port_in::get(&self.intake, &requester, name)
            .await
            .map_err(|error| status::read(&error))?;
        Ok(Response::new(v1::GetOrderResponse {
            order: Some(render::order(&view)),
        }))
    }

    async fn list_orders(&self, request: Request<v1::ListOrdersRequest>) -> Reply<v1::ListOrdersResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let now = self.intake.base.clock.now();
        let mut faults = Faults::new();
        let asked = filter::read(
            &mut faults,
            body.filter.as_ref(),
            body.sort,
            body.ascending,
            &requester,
            now,
        );
        let size = (body.page_size, ORDERS_PAGE, PAGE_MAX);
        let (limit, after) = filter::read_page(&mut faults, size, &asked.binding, &body.page_token);
        let asked = faults.finish(Some(asked))?;
        let page = OrderPage {
            sort: asked.sort,
            ascending: asked.ascending,
            after,
            limit,
        };
        let (rows, next) = ops::port_in::list(&self.intake, &requester, &asked.filter, page)
            .await
            .map_err(|error| status::read(&error))?;
        Ok(Response::new(v1::ListOrdersResponse {
            orders: rows.iter().map(render::listed_order).collect(),
            next_page_token: next
                .map(|cursor| page::token(&asked.binding, &cursor))
                .unwrap_or_default(),
        }))
    }

    async fn list_requirements(
        &self,
        request: Request<v1::ListRequirementsRequest>,
    ) -> Reply<v1::ListRequirementsResponse> {
        let requester = requester(&request)?;
        let name = name_alone(&request.get_ref().order_id)?;
        let requirements = ops::port_in::requirements(&self.intake, &requester, name)
            .await
            .map_err(|error| status::read(&error))?;
        Ok(Response::new(v1::ListRequirementsResponse {
            ready: requirements.iter().all(|requirement| requirement.is_warning),
            requirements: requirements.into_iter().map(render::requirement).collect(),
        }))
    }

    async fn submit_order(&self, request: Request<v1::SubmitOrderRequest>) -> Reply<v1::SubmitOrderResponse> {
        let requester = requester(&request)?;
        let name = name_alone(&request.get_ref().order_id)?;
        let etag = request.get_ref().etag.clone();
        let mut work = begin!(self, request);
        let view = ops::port_in::submit(&self.intake, work.conn(), &requester, name, self::etag(&etag))
            .await
            .map_err(|error| status::submit(&error))?;
        work.finish(v1::SubmitOrderResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn apply_fix(&self, request: Request<v1::ApplyFixRequest>) -> Reply<v1::ApplyFixResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &request.get_ref().order_id);
        let corrections = corrections::read(&mut faults, &request.get_ref().corrections);
        let name = faults.finish(name)?;
        let mut work = begin!(self, request);
        let view = ops::port_in::apply_fix(&self.intake, work.conn(), &requester, name, corrections)
            .await
            .map_err(|error| status::fix(&error))?;
        work.finish(v1::ApplyFixResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn confirm_remedy(
        &self,
        request: Request<v1::ConfirmRemedyRequest>,
    ) -> Reply<v1::ConfirmRemedyResponse> {
        let requester = requester(&request)?;
        let name = name_alone(&request.get_ref().order_id)?;
        let mut work = begin!(self, request);
        let view = ops::port_in::confirm_remedy(&self.intake, work.conn(), &requester, name)
            .await
            .map_err(|error| status::fix(&error))?;
        work.finish(v1::ConfirmRemedyResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn cancel_order(&self, request: Request<v1::CancelOrderRequest>) -> Reply<v1::CancelOrderResponse> {
        let requester = requester(&request)?;
        let name = name_alone(&request.get_ref().order_id)?;
        let mut work = begin!(self, request);
        let (view, not_cancelled) = ops::port_in::cancel(&self.intake, work.conn(), &requester, name)
            .await
            .map_err(|error| status::cancel(&error))?;
        work.finish(v1::CancelOrderResponse {
            order: Some(render::order(&view)),
            not_cancelled: not_cancelled.iter().map(render::not_cancelled).collect(),
        })
        .await
    }

    async fn list_timeline(
        &self,
        request: Request<v1::ListTimelineRequest>,
    ) -> Reply<v1::ListTimelineResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &body.order_id);
        let limit = page::size(&mut faults, body.page_size, TIMELINE_PAGE, PAGE_MAX);
        let after = page::cursor::<i64>(&mut faults, &body.order_id, &body.page_token).unwrap_or_default();
        let name = faults.finish(name)?;
        let mut entries = ops::port_in::timeline(&self.intake, &requester, name, after, limit + 1)
            .await
            .map_err(|error| status::read(&error))?;
        let next_page_token = cut(&mut entries, limit).map(|entry| page::token(&body.order_id, &entry.seq));
        Ok(Response::new(v1::ListTimelineResponse {
            next_page_token: next_page_token.unwrap_or_default(),
            entries: entries.into_iter().map(render::timeline_entry).collect(),
        }))
    }
}
