//! Serves cut-overs.

use grpc::{Faults, Reply, page};
use idempotency::Begun;
use portway_proto::intake::v1;
use portway_proto::intake::v1::cutover_service_server::CutoverService;
use tonic::{Request, Response};
use types::Tn;

use super::super::cut;
use super::super::status as order_status;
use super::super::{name_alone, order_name, render as order_render, requester};
use super::{parse, render, status};
use crate::app::Intake;
use crate::ops::port_in::cutover::{self, Said};

const NUMBERS_PAGE: i64 = 100;
const PAGE_MAX: i64 = 1_000;

/// The service of cut-overs.
pub(in crate::grpc::port_in) struct Cutover {
    intake: Intake,
}

impl Cutover {
    pub(in crate::grpc::port_in) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl CutoverService for Cutover {
    async fn set_activation(
        &self,
        request: Request<v1::SetActivationRequest>,
    ) -> Reply<v1::SetActivationResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &request.get_ref().order_id);
        let mode = parse::activation(&mut faults, request.get_ref().activation);
        let (name, mode) = faults.finish(name.zip(mode))?;
        let mut work = begin!(self, request);
        let view = cutover::set_activation(&self.intake, work.conn(), &requester, name, mode)
            .await
            .map_err(|error| status::activation(&error))?;
        let order = Some(order_render::order(&view));
        work.finish(v1::SetActivationResponse { order }).await
    }

    async fn activate_order(
        &self,
        request: Request<v1::ActivateOrderRequest>,
    ) -> Reply<v1::ActivateOrderResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &request.get_ref().order_id);
        let group = faults.optional("group_id", &request.get_ref().group_id);
        let name = faults.finish(name)?;
        let mut work = begin!(self, request);
        let view = cutover::activate(&self.intake, work.conn(), &requester, name, group)
            .await
            .map_err(|error| status::activation(&error))?;
        let order = Some(order_render::order(&view));
        work.finish(v1::ActivateOrderResponse { order }).await
    }

    async fn get_readiness(
        &self,
        request: Request<v1::GetReadinessRequest>,
    ) -> Reply<v1::GetReadinessResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &body.order_id);
        let limit = page::size(&mut faults, body.page_size, NUMBERS_PAGE, PAGE_MAX);
        let after: Option<String> = page::cursor(&mut faults, &body.order_id, &body.page_token);
        let name = faults.finish(name)?;
        let after: Option<Tn> = after.and_then(|tn| tn.parse().ok());
        let one_more = usize::try_from(limit + 1).unwrap_or(usize::MAX);
        let mut view = cutover::get_readiness(&self.intake, &requester, name, after, one_more)
            .await
            .map_err(|error| order_status::read(&error))?;
        let next_page_token = cut(&mut view.numbers, limit)
            .map(|last| page::token(&body.order_id, &last.number.tn.to_string()));
        Ok(Response::new(render::readiness(
            &view,
            next_page_token.unwrap_or_default(),
        )))
    }

    async fn prepare_numbers(
        &self,
        request: Request<v1::PrepareNumbersRequest>,
    ) -> Reply<v1::PrepareNumbersResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &body.order_id);
        let tns = parse::numbers(&mut faults, "tns", &body.tns);
        let said = Said {
            is_address_confirmed: body.emergency_address_confirmed,
            is_caller_name_declined: body.caller_name_declined,
            are_texts_declined: body.texts_declined,
        };
        let name = faults.finish(name)?;
        let mut work = begin!(self, request);
        let view = cutover::prepare(&self.intake, work.conn(), &requester, name, &tns, said)
            .await
            .map_err(|error| status::prepare(&error))?;
        let order = Some(order_render::order(&view));
        work.finish(v1::PrepareNumbersResponse { order }).await
    }

    async fn get_readiness_policy(
        &self,
        request: Request<v1::GetReadinessPolicyRequest>,
    ) -> Reply<v1::GetReadinessPolicyResponse> {
        let requester = requester(&request)?;
        let policy = cutover::find_policy(&self.intake, requester.account)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        let policy = Some(render::policy(policy));
        Ok(Response::new(v1::GetReadinessPolicyResponse { policy }))
    }

    async fn put_readiness_policy(
        &self,
        request: Request<v1::PutReadinessPolicyRequest>,
    ) -> Reply<v1::PutReadinessPolicyResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let policy = parse::policy(&mut faults, request.get_ref().policy);
        let policy = faults.finish(Some(policy))?;
        let mut work = begin!(self, request);
        cutover::put_policy(work.conn(), requester.account, &policy)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        let policy = Some(render::policy(policy));
        work.finish(v1::PutReadinessPolicyResponse { policy }).await
    }

    async fn set_messaging_registration(
        &self,
        request: Request<v1::SetMessagingRegistrationRequest>,
    ) -> Reply<v1::SetMessagingRegistrationResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &body.order_id);
        let tns = parse::numbers(&mut faults, "tns", &body.tns);
        let campaign = parse::campaign(&mut faults, &body.campaign_id);
        let verified = body.verified;
        let name = faults.finish(name)?;
        let mut work = begin!(self, request);
        let requested = cutover::set_registration(
            &self.intake,
            work.conn(),
            &requester,
            name,
            &tns,
            &campaign,
            verified,
        )
        .await
        .map_err(|error| status::messaging(&error))?;
        let requested = i32::try_from(requested).unwrap_or(i32::MAX);
        work.finish(v1::SetMessagingRegistrationResponse { requested })
            .await
    }

    async fn attach_temporary_number(
        &self,
        request: Request<v1::AttachTemporaryNumberRequest>,
    ) -> Reply<v1::AttachTemporaryNumberResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &body.order_id);
        let tn = parse::number(&mut faults, "phone_number", &body.phone_number);
        let temporary = parse::number(
            &mut faults,
            "temporary_phone_number",
            &body.temporary_phone_number,
        );
        let ((name, tn), temporary) = faults.finish(name.zip(tn).zip(temporary))?;
        let mut work = begin!(self, request);
        cutover::attach(&self.intake, work.conn(), &requester, name, tn, temporary)
            .await
            .map_err(|error| status::temporary(&error))?;
        work.finish(v1::AttachTemporaryNumberResponse {}).await
    }

    async fn detach_temporary_number(
        &self,
        request: Request<v1::DetachTemporaryNumberRequest>,
    ) -> Reply<v1::DetachTemporaryNumberResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &request.get_ref().order_id);
        let tn = parse::number(&mut faults, "phone_number", &request.get_ref().phone_number);
        let (name, tn) = faults.finish(name.zip(tn))?;
        let mut work = begin!(self, request);
        cutover::detach(&self.intake, work.conn(), &requester, name, tn)
            .await
            .map_err(|error| status::temporary(&error))?;
        work.finish(v1::DetachTemporaryNumberResponse {}).await
    }

    async fn request_snapback(
        &self,
        request: Request<v1::RequestSnapbackRequest>,
    ) -> Reply<v1::RequestSnapbackResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &body.order_id);
        let tns = parse::numbers(&mut faults, "tns", &body.tns);
        let asked = parse::asked(&mut faults, body);
        let name = faults.finish(name)?;
        let mut work = begin!(self, request);
        let snapback = cutover::request_snapback(&self.intake, work.conn(), &requester, name, &tns, asked)
            .await
            .map_err(|error| status::snapback(&error))?;
        let snapback = Some(render::snapback(&snapback));
        work.finish(v1::RequestSnapbackResponse { snapback }).await
    }

    async fn list_snapbacks(
        &self,
        request: Request<v1::ListSnapbacksRequest>,
    ) -> Reply<v1::ListSnapbacksResponse> {
        let requester = requester(&request)?;
        let name = name_alone(&request.get_ref().order_id)?;
        let snapbacks = cutover::list_snapbacks(&self.intake, &requester, name)
            .await
            .map_err(|error| order_status::read(&error))?;
        let snapbacks = snapbacks.iter().map(render::snapback).collect();
        Ok(Response::new(v1::ListSnapbacksResponse { snapbacks }))
    }
}
