//! Serves what can be done with an order under way.

use grpc::{Faults, Reply};
use idempotency::Begun;
use portway_proto::intake::v1;
use portway_proto::intake::v1::order_change_service_server::OrderChangeService;
use tonic::{Request, Response};

use super::{advice, details, etag, name_alone, numbers, order_name, render, requester, status};
use crate::app::Intake;
use crate::ops;

/// The service of changes.
pub(super) struct OrderChanges {
    intake: Intake,
}

impl OrderChanges {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl OrderChangeService for OrderChanges {
    async fn list_actions(&self, request: Request<v1::ListActionsRequest>) -> Reply<v1::ListActionsResponse> {
        let requester = requester(&request)?;
        let name = name_alone(&request.get_ref().order_id)?;
        let rules = ops::port_in::actions(&self.intake, &requester, name)
            .await
            .map_err(|error| status::read(&error))?;
        Ok(Response::new(v1::ListActionsResponse {
            actions: rules.into_iter().map(advice::action_rule).collect(),
        }))
    }

    async fn propose_fix(&self, request: Request<v1::ProposeFixRequest>) -> Reply<v1::ProposeFixResponse> {
        let requester = requester(&request)?;
        let name = name_alone(&request.get_ref().order_id)?;
        let fixes = ops::port_in::propose_fix(&self.intake, &requester, name)
            .await
            .map_err(|error| status::read(&error))?;
        Ok(Response::new(v1::ProposeFixResponse {
            fixes: fixes.into_iter().map(advice::proposed_fix).collect(),
        }))
    }

    async fn change_wanted_date(
        &self,
        request: Request<v1::ChangeWantedDateRequest>,
    ) -> Reply<v1::ChangeWantedDateResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let body = request.get_ref();
        let name = order_name(&mut faults, &body.order_id);
        let wanted = details::date(&mut faults, "wanted_date", body.wanted_date.as_ref()).ok();
        if wanted == Some(None) {
            faults.add("wanted_date", "MISSING", "must be set");
        }
        let etag = body.etag.clone();
        let (name, wanted) = faults.finish(name.zip(wanted.flatten()))?;
        let mut work = begin!(self, request);
        let etag = self::etag(&etag);
        let view =
            ops::port_in::change_wanted_date(&self.intake, work.conn(), &requester, name, wanted, etag)
                .await
                .map_err(|error| status::change(&error))?;
        work.finish(v1::ChangeWantedDateResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn drop_numbers(&self, request: Request<v1::DropNumbersRequest>) -> Reply<v1::DropNumbersResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let body = request.get_ref();
        let name = order_name(&mut faults, &body.order_id);
        let tns = numbers::read_names(&mut faults, &body.phone_numbers);
        let name = faults.finish(name)?;
        let mut work = begin!(self, request);
        let view = ops::port_in::drop_numbers(&self.intake, work.conn(), &requester, name, &tns)
            .await
            .map_err(|error| status::change(&error))?;
        work.finish(v1::DropNumbersResponse {
            order: Some(render::order(&view)),
        })
        .await
    }
}
