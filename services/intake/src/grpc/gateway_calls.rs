//! Serves what the carrier gateway alone may ask: the package of an order, and port-outs as they come in.

use grpc::{Faults, Reply};
use intake_domain::port_in::RemainingNumbers;
use portway_proto::intake::v1;
use portway_proto::intake::v1::gateway_calls_service_server::{
    GatewayCallsService, GatewayCallsServiceServer,
};
use service::stamp;
use tonic::service::RoutesBuilder;
use tonic::{Request, Response};
use types::{Secret, Ver};

use super::{port_in, port_out};
use crate::app::Intake;
use crate::ops;
use crate::ops::port_in::Submission;

/// Adds the service of the gateway's calls.
pub(crate) fn add_gateway_calls(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(GatewayCallsServiceServer::new(GatewayCalls {
        intake: intake.clone(),
    }));
}

struct GatewayCalls {
    intake: Intake,
}

#[tonic::async_trait]
impl GatewayCallsService for GatewayCalls {
    async fn get_submission(
        &self,
        request: Request<v1::GetSubmissionRequest>,
    ) -> Reply<v1::GetSubmissionResponse> {
        let requester = port_in::requester(&request)?;
        let body = request.get_ref();
        let mut faults = Faults::new();
        let order = faults.required("order_id", &body.order_id);
        let ver = faults.check("ver", "INVALID", Ver::try_from(body.ver));
        let (order, ver) = faults.finish(order.zip(ver))?;
        let submission = ops::port_in::get_submission(&self.intake, &requester, order, ver)
            .await
            .map_err(|error| port_in::submission_status(&error))?;
        Ok(Response::new(render(submission)))
    }

    async fn receive_port_out(
        &self,
        request: Request<v1::ReceivePortOutRequest>,
    ) -> Reply<v1::ReceivePortOutResponse> {
        port_out::receive_port_out(&self.intake, request).await
    }

    async fn report_port_out_progress(
        &self,
        request: Request<v1::ReportPortOutProgressRequest>,
    ) -> Reply<v1::ReportPortOutProgressResponse> {
        port_out::report_port_out_progress(&self.intake, request).await
    }
}

/// The one reply that shows secrets.
fn render(submission: Submission) -> v1::GetSubmissionResponse {
    let shown = |secret: Option<&Secret>| {
        secret
            .map(|secret| secret.expose().to_owned())
            .unwrap_or_default()
    };
    let details = submission.details;
    let number = |(tn, pin): &(types::Tn, Option<Secret>)| v1::SubmissionNumber {
        tn: tn.to_string(),
        pin: shown(pin.as_ref()),
    };
    v1::GetSubmissionResponse {
        losing_carrier: details
            .losing_carrier
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        numbers: submission.numbers.iter().map(number).collect(),
        account_number: shown(submission.account_number.as_ref()),
        btn: details.btn.map(|tn| tn.to_string()).unwrap_or_default(),
        end_user_name: details.end_user_name(),
        service_address: Some(port_in::address(&details.service_address)),
        tax_id: shown(submission.tax_id.as_ref()),
        authorized_by: details
            .authorized_by
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        wanted_date: details.wanted_date.map(stamp::date_to_proto),
        partial: details.partial,
        new_btn: details.new_btn.map(|tn| tn.to_string()).unwrap_or_default(),
        disconnect_remaining: details.remaining_numbers == Some(RemainingNumbers::Disconnect),
    }
}
