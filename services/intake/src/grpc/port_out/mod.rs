//! `PortOutService`: shows port-outs to the account and takes its decisions.

mod consents;
mod convert;
mod filter;
mod from_gateway;
mod lists;
mod parse;
mod policies;
mod protection;
mod records;
mod status;

use auth::Caller;
use grpc::Reply;
use idempotency::Begun;
use portway_proto::intake::v1;
use portway_proto::intake::v1::port_out_service_server::{PortOutService, PortOutServiceServer};
use tonic::service::RoutesBuilder;
use tonic::{Request, Response};
use types::AccountId;

use crate::app::Intake;
use crate::ops;
use crate::ops::port_out::Page;

pub(super) use parse::numbers;

pub(crate) use from_gateway::{receive_port_out, report_port_out_progress};

/// Adds the services to the routes.
pub(crate) fn add_port_out(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(PortOutServiceServer::new(PortOuts {
        intake: intake.clone(),
    }));
    lists::add_lists(routes, intake);
    records::add_records(routes, intake);
    policies::add_policies(routes, intake);
    consents::add_consents(routes, intake);
    protection::add_protection(routes, intake);
}

/// Whose port-outs the caller sees; `None`: every account's.
fn scope(caller: &Caller) -> Option<AccountId> {
    (!caller.is_platform()).then_some(caller.account)
}

struct PortOuts {
    intake: Intake,
}

#[tonic::async_trait]
impl PortOutService for PortOuts {
    async fn get_port_out(&self, request: Request<v1::GetPortOutRequest>) -> Reply<v1::GetPortOutResponse> {
        let caller = Caller::of(&request)?;
        let name = parse::name(&request.get_ref().port_out_id)?;
        let case = ops::port_out::get(&self.intake.base.pool, scope(&caller), name)
            .await
            .map_err(|error| status::read(&error))?;
        Ok(Response::new(v1::GetPortOutResponse {
            port_out: Some(convert::port_out(&case)),
        }))
    }

    async fn list_port_outs(
        &self,
        request: Request<v1::ListPortOutsRequest>,
    ) -> Reply<v1::ListPortOutsResponse> {
        let caller = Caller::of(&request)?;
        let (asked, after, limit) = filter::list(&caller, request.get_ref())?;
        let page = Page {
            sort: asked.sort,
            ascending: asked.ascending,
            after,
            limit,
        };
        let (port_outs, next) = ops::port_out::list(&self.intake.base.pool, &asked.filter, page)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        Ok(Response::new(v1::ListPortOutsResponse {
            port_outs: port_outs.iter().map(convert::port_out).collect(),
            next_page_token: asked.token(next),
        }))
    }

    async fn accept_port_out(
        &self,
        request: Request<v1::AcceptPortOutRequest>,
    ) -> Reply<v1::AcceptPortOutResponse> {
        let caller = Caller::of(&request)?;
        let name = parse::name(&request.get_ref().port_out_id)?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let now = self.intake.base.clock.now();
        let case = ops::port_out::accept(work.conn(), caller.account, name, caller.subject, now)
            .await
            .map_err(|error| status::accept(&error))?;
        work.finish(v1::AcceptPortOutResponse {
            port_out: Some(convert::port_out(&case)),
        })
        .await
    }

    async fn reject_port_out(
        &self,
        request: Request<v1::RejectPortOutRequest>,
    ) -> Reply<v1::RejectPortOutResponse> {
        let caller = Caller::of(&request)?;
        let (name, refusal) = parse::refusal(request.get_ref(), caller.subject)?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let now = self.intake.base.clock.now();
        let case = ops::port_out::refuse(work.conn(), caller.account, name, refusal, now)
            .await
            .map_err(|error| status::refuse(&error))?;
        work.finish(v1::RejectPortOutResponse {
            port_out: Some(convert::port_out(&case)),
        })
        .await
    }

    async fn review_rejection(
        &self,
        request: Request<v1::ReviewRejectionRequest>,
    ) -> Reply<v1::ReviewRejectionResponse> {
        let caller = Caller::of(&request)?;
        let (account, name, review) = parse::review(request.get_ref(), caller.subject)?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let now = self.intake.base.clock.now();
        let case = ops::port_out::review_rejection(work.conn(), account, name, review, now)
            .await
            .map_err(|error| status::review(&error))?;
        work.finish(v1::ReviewRejectionResponse {
            port_out: Some(convert::port_out(&case)),
        })
        .await
    }

    async fn list_port_out_timeline(
        &self,
        request: Request<v1::ListPortOutTimelineRequest>,
    ) -> Reply<v1::ListPortOutTimelineResponse> {
        let caller = Caller::of(&request)?;
        let asked = parse::timeline(request.get_ref())?;
        let pool = &self.intake.base.pool;
        let entries = ops::port_out::timeline(pool, scope(&caller), asked.name, asked.after, asked.size + 1)
            .await
            .map_err(|error| status::read(&error))?;
        Ok(Response::new(convert::timeline(&asked, &entries)))
    }

    async fn list_rejection_reasons(
        &self,
        request: Request<v1::ListRejectionReasonsRequest>,
    ) -> Reply<v1::ListRejectionReasonsResponse> {
        let caller = Caller::of(&request)?;
        let name = parse::name(&request.get_ref().port_out_id)?;
        let reasons = ops::port_out::rejection_reasons(&self.intake.base.pool, scope(&caller), name)
            .await
            .map_err(|error| status::read(&error))?;
        let reasons = reasons.into_iter().map(convert::reason).collect();
        Ok(Response::new(v1::ListRejectionReasonsResponse { reasons }))
    }
}
