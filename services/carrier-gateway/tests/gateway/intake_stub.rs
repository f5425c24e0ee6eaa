//! An intake that hands out one package and keeps what it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use grpc::Reply;
use portway_proto::intake::v1 as wire;
use portway_proto::intake::v1::gateway_calls_service_server::GatewayCallsService;
use tonic::{Request, Response, Status};
use types::PortOutId;

/// What intake was told and will answer.
#[derive(Default)]
pub(crate) struct IntakeState {
    pub(crate) package: wire::GetSubmissionResponse,
    /// The next packages are refused so.
    pub(crate) submission_refusals: VecDeque<Status>,
    /// The next port-outs and news are refused so.
    pub(crate) inbound_refusals: VecDeque<Status>,
    /// Port-outs get no answer at all.
    pub(crate) is_hanging: bool,
    /// The cases that a port-out becomes.
    pub(crate) cases: Vec<PortOutId>,
    pub(crate) received: Vec<wire::ReceivePortOutRequest>,
    pub(crate) reported: Vec<wire::ReportPortOutProgressRequest>,
    /// Requests by PON and news by id, in the order in which they came, refused ones too.
    pub(crate) order: Vec<String>,
}

#[derive(Clone, Default)]
pub(crate) struct IntakeStub(Arc<Mutex<IntakeState>>);

impl IntakeStub {
    pub(crate) fn state(&self) -> MutexGuard<'_, IntakeState> {
        self.0.lock().unwrap()
    }

    /// Notes what came when it will get no answer.
    fn is_hanging(&self, pon: &str) -> bool {
        let mut state = self.state();
        if state.is_hanging {
            state.order.push(pon.to_owned());
        }
        state.is_hanging
    }
}

#[tonic::async_trait]
impl GatewayCallsService for IntakeStub {
    async fn get_submission(
        &self,
        _request: Request<wire::GetSubmissionRequest>,
    ) -> Reply<wire::GetSubmissionResponse> {
        let mut state = self.state();
        match state.submission_refusals.pop_front() {
            Some(refusal) => Err(refusal),
            None => Ok(Response::new(state.package.clone())),
        }
    }

    async fn receive_port_out(
        &self,
        request: Request<wire::ReceivePortOutRequest>,
    ) -> Reply<wire::ReceivePortOutResponse> {
        let request = request.into_inner();
        if self.is_hanging(&request.pon) {
            std::future::pending::<()>().await;
        }
        let mut state = self.state();
        state.order.push(request.pon.clone());
        if let Some(refusal) = state.inbound_refusals.pop_front() {
            return Err(refusal);
        }
        state.received.push(request);
        let port_out_ids = state.cases.iter().map(PortOutId::to_string).collect();
        Ok(Response::new(wire::ReceivePortOutResponse { port_out_ids }))
    }

    async fn report_port_out_progress(
        &self,
        request: Request<wire::ReportPortOutProgressRequest>,
    ) -> Reply<wire::ReportPortOutProgressResponse> {
        let request = request.into_inner();
        let mut state = self.state();
        state.order.push(request.progress_id.clone());
        if let Some(refusal) = state.inbound_refusals.pop_front() {
            return Err(refusal);
        }
        state.reported.push(request);
        Ok(Response::new(wire::ReportPortOutProgressResponse {}))
    }
}
