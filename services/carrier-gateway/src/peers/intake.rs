//! Calls to intake.

use carrier_gateway_domain::{PortOutNews, PortOutProgress, PortOutRequest, PortPackage};
use grpc::Peer;
use portway_proto::intake::v1 as wire;
use portway_proto::intake::v1::gateway_calls_service_client::GatewayCallsServiceClient;
use service::stamp;
use types::{OrderId, PortOutId, Secret, Tn, Ver};

use super::{CallFailure, failure_of, package, timed};

/// Intake, as the gateway alone may call it.
#[derive(Debug, Clone)]
pub(crate) struct Intake(GatewayCallsServiceClient<Peer>);

impl Intake {
    pub(crate) fn new(peer: Peer) -> Self {
        Self(GatewayCallsServiceClient::new(peer))
    }

    /// Everything that goes to the carrier for one version of an order, secrets in clear.
    pub(crate) async fn fetch_package(&self, order: OrderId, ver: Ver) -> Result<PortPackage, CallFailure> {
        let request = wire::GetSubmissionRequest {
            order_id: order.to_string(),
            ver: ver.into(),
        };
        let response = self.0.clone().get_submission(timed(request)).await;
        let response = response.map_err(|status| failure_of(&status))?.into_inner();
        package::read(response).map_err(CallFailure::Transient)
    }

    /// Hands a winning carrier's request over. Returns the cases it made.
    pub(crate) async fn receive_port_out(
        &self,
        request: &PortOutRequest,
    ) -> Result<Vec<PortOutId>, CallFailure> {
        let exposed = |secret: &Option<Secret>| {
            secret
                .as_ref()
                .map(|secret| secret.expose().to_owned())
                .unwrap_or_default()
        };
        let message = wire::ReceivePortOutRequest {
            pon: request.pon.to_string(),
            ver: request.ver.into(),
            winning_spid: request.winning_spid.to_string(),
            winning_name: request.winning_name.clone(),
            tns: request.tns.iter().map(Tn::to_string).collect(),
            account_number: exposed(&request.account_number),
            postal_code: request.postal_code.clone(),
            pin: exposed(&request.pin),
            end_user_name: request.end_user_name.clone(),
            requested_foc_at: request.requested_foc_at.map(stamp::to_proto),
            wireless: request.wireless,
            simple: request.simple,
            received_at: Some(stamp::to_proto(request.received_at)),
        };
        let response = self.0.clone().receive_port_out(timed(message)).await;
        let response = response.map_err(|status| failure_of(&status))?.into_inner();
        let ids = response.port_out_ids.iter().map(|id| id.parse());
        ids.collect::<Result<_, _>>()
            .map_err(|error| CallFailure::Transient(format!("port_out_ids: {error}")))
    }

    /// Reports what became of a port-out.
    pub(crate) async fn report_progress(&self, progress: &PortOutProgress) -> Result<(), CallFailure> {
        let (news, foc_at) = match progress.news {
            PortOutNews::Ported => (wire::PortOutNews::Ported, None),
            PortOutNews::Cancelled => (wire::PortOutNews::Cancelled, None),
            PortOutNews::FocChanged { foc_at } => (wire::PortOutNews::FocChanged, Some(foc_at)),
        };
        let message = wire::ReportPortOutProgressRequest {
            progress_id: progress.progress_id.clone(),
            pon: progress.pon.to_string(),
            winning_spid: progress.winning_spid.to_string(),
            news: news.into(),
            occurred_at: Some(stamp::to_proto(progress.occurred_at)),
            foc_at: foc_at.map(stamp::to_proto),
        };
        let reported = self.0.clone().report_port_out_progress(timed(message)).await;
        reported.map(|_| ()).map_err(|status| failure_of(&status))
    }
}
