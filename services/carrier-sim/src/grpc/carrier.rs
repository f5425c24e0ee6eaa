//! `CarrierPartnerService`: what the gateway calls.

use grpc::Reply;
use portway_proto::carrier::v1;
use portway_proto::carrier::v1::carrier_partner_service_server::CarrierPartnerService;
use tonic::{Request, Response};

use super::{carrier_convert as convert, status};
use crate::app::Simulator;
use crate::ops;

pub(super) struct CarrierPartner(pub(super) Simulator);

#[tonic::async_trait]
impl CarrierPartnerService for CarrierPartner {
    async fn submit_port(&self, request: Request<v1::SubmitPortRequest>) -> Reply<v1::SubmitPortResponse> {
        let submission = convert::submission(&request.into_inner())?;
        let reference = ops::submit_port(&self.0, submission).await;
        let reference = reference.map_err(|error| status::call(&error))?;
        Ok(Response::new(v1::SubmitPortResponse {
            carrier_reference: reference.to_string(),
        }))
    }

    async fn cancel_port(&self, request: Request<v1::CancelPortRequest>) -> Reply<v1::CancelPortResponse> {
        let (pon, ver) = convert::cancel(&request.into_inner())?;
        let cancelled = ops::cancel_port(&self.0, &pon, ver).await;
        cancelled.map_err(|error| status::call(&error))?;
        Ok(Response::new(v1::CancelPortResponse {}))
    }

    async fn activate_port(
        &self,
        request: Request<v1::ActivatePortRequest>,
    ) -> Reply<v1::ActivatePortResponse> {
        let (pon, tns) = convert::activation(&request.into_inner())?;
        let activated = ops::activate_port(&self.0, &pon, tns).await;
        activated.map_err(|error| status::call(&error))?;
        Ok(Response::new(v1::ActivatePortResponse {}))
    }

    async fn snapback_port(
        &self,
        request: Request<v1::SnapbackPortRequest>,
    ) -> Reply<v1::SnapbackPortResponse> {
        let request = request.into_inner();
        let (pon, tns) = convert::ask(&request.pon, &request.tns, &request.request_id)?;
        let taken = ops::snapback_port(&self.0, &pon, tns, &request.request_id).await;
        taken.map_err(|error| status::call(&error))?;
        Ok(Response::new(v1::SnapbackPortResponse {}))
    }

    async fn snapback_port_out(
        &self,
        request: Request<v1::SnapbackPortOutRequest>,
    ) -> Reply<v1::SnapbackPortOutResponse> {
        let wish = convert::wish(&request.into_inner())?;
        let taken = ops::snapback_port_out(&self.0, wish).await;
        taken.map_err(|error| status::snapback_port_out(&error))?;
        Ok(Response::new(v1::SnapbackPortOutResponse {}))
    }

    async fn enable_messaging(
        &self,
        request: Request<v1::EnableMessagingRequest>,
    ) -> Reply<v1::EnableMessagingResponse> {
        let request = request.into_inner();
        let (pon, tns) = convert::ask(&request.pon, &request.tns, &request.request_id)?;
        let taken = ops::enable_messaging(&self.0, &pon, tns, &request.request_id).await;
        taken.map_err(|error| status::call(&error))?;
        Ok(Response::new(v1::EnableMessagingResponse {}))
    }

    async fn get_port(&self, request: Request<v1::GetPortRequest>) -> Reply<v1::GetPortResponse> {
        let pon = convert::pon(&request.into_inner().pon)?;
        let answers = ops::read_answers(&self.0, &pon).await;
        let answers = answers.map_err(|error| status::read_answers(&error))?;
        Ok(Response::new(v1::GetPortResponse {
            answers: answers.into_iter().map(v1::PortAnswer::from).collect(),
        }))
    }

    async fn list_changes(&self, request: Request<v1::ListChangesRequest>) -> Reply<v1::ListChangesResponse> {
        let request = request.into_inner();
        let (after, limit) = convert::place(&request)?;
        let page = ops::read_changes(&self.0, after, limit).await;
        let page = page.map_err(|error| status::read_changes(&error))?;
        Ok(Response::new(convert::change_page(page, request.cursor)))
    }

    async fn answer_port_out(
        &self,
        request: Request<v1::AnswerPortOutRequest>,
    ) -> Reply<v1::AnswerPortOutResponse> {
        let answer = convert::port_out_answer(&request.into_inner())?;
        let answered = ops::answer_port_out(&self.0, &answer).await;
        answered.map_err(|error| status::answer_port_out(&error))?;
        Ok(Response::new(v1::AnswerPortOutResponse {}))
    }

    async fn raise_port_out_conflict(
        &self,
        request: Request<v1::RaisePortOutConflictRequest>,
    ) -> Reply<v1::RaisePortOutConflictResponse> {
        let conflict = convert::port_out_conflict(&request.into_inner())?;
        let raised = ops::raise_conflict(&self.0, &conflict).await;
        raised.map_err(|error| status::raise_conflict(&error))?;
        Ok(Response::new(v1::RaisePortOutConflictResponse {}))
    }
}
