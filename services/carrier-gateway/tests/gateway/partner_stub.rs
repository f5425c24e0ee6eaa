//! A carrier partner that keeps what it is sent and answers as it is told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use grpc::Reply;
use portway_proto::carrier::v1 as wire;
use portway_proto::carrier::v1::carrier_partner_service_server::CarrierPartnerService;
use tonic::{Request, Response, Status};

/// What the partner was sent and will answer.
#[derive(Default)]
pub(crate) struct PartnerState {
    pub(crate) submitted: Vec<wire::SubmitPortRequest>,
    pub(crate) cancelled: Vec<wire::CancelPortRequest>,
    pub(crate) activated: Vec<wire::ActivatePortRequest>,
    pub(crate) snapbacks: Vec<wire::SnapbackPortRequest>,
    pub(crate) messaging: Vec<wire::EnableMessagingRequest>,
    pub(crate) port_out_answers: Vec<wire::AnswerPortOutRequest>,
    pub(crate) conflicts: Vec<wire::RaisePortOutConflictRequest>,
    pub(crate) port_out_snapbacks: Vec<wire::SnapbackPortOutRequest>,
    /// PONs that were asked about, in order.
    pub(crate) asked_about: Vec<String>,
    /// The next commands are refused so, in order.
    pub(crate) refusals: VecDeque<Status>,
    /// The next reads of the feed and polls by reference are refused so, in order.
    pub(crate) poll_refusals: VecDeque<Status>,
    /// Commands get no answer at all.
    pub(crate) is_hanging: bool,
    /// The change feed; a cursor is the number of changes read.
    pub(crate) changes: Vec<wire::Change>,
    /// What is said by reference.
    pub(crate) by_reference: BTreeMap<String, Vec<wire::PortAnswer>>,
}

#[derive(Clone, Default)]
pub(crate) struct PartnerStub(Arc<Mutex<PartnerState>>);

impl PartnerStub {
    pub(crate) fn state(&self) -> MutexGuard<'_, PartnerState> {
        self.0.lock().unwrap()
    }

    pub(crate) fn announce(&self, change: wire::change::Change) {
        self.state().changes.push(wire::Change { change: Some(change) });
    }

    async fn take_in(&self, keep: impl FnOnce(&mut PartnerState)) -> Result<(), Status> {
        let (refusal, is_hanging) = {
            let mut state = self.state();
            keep(&mut state);
            (state.refusals.pop_front(), state.is_hanging)
        };
        if is_hanging {
            std::future::pending::<()>().await;
        }
        refusal.map_or(Ok(()), Err)
    }
}

#[tonic::async_trait]
impl CarrierPartnerService for PartnerStub {
    async fn submit_port(
        &self,
        request: Request<wire::SubmitPortRequest>,
    ) -> Reply<wire::SubmitPortResponse> {
        let request = request.into_inner();
        let carrier_reference = format!("REF-{}", request.pon);
        self.take_in(|state| state.submitted.push(request)).await?;
        Ok(Response::new(wire::SubmitPortResponse { carrier_reference }))
    }

    async fn cancel_port(
        &self,
        request: Request<wire::CancelPortRequest>,
    ) -> Reply<wire::CancelPortResponse> {
        self.take_in(|state| state.cancelled.push(request.into_inner()))
            .await?;
        Ok(Response::new(wire::CancelPortResponse {}))
    }

    async fn activate_port(
        &self,
        request: Request<wire::ActivatePortRequest>,
    ) -> Reply<wire::ActivatePortResponse> {
        self.take_in(|state| state.activated.push(request.into_inner()))
            .await?;
        Ok(Response::new(wire::ActivatePortResponse {}))
    }

    async fn snapback_port(
        &self,
        request: Request<wire::SnapbackPortRequest>,
    ) -> Reply<wire::SnapbackPortResponse> {
        self.take_in(|state| state.snapbacks.push(request.into_inner()))
            .await?;
        Ok(Response::new(wire::SnapbackPortResponse {}))
    }

    async fn snapback_port_out(
        &self,
        request: Request<wire::SnapbackPortOutRequest>,
    ) -> Reply<wire::SnapbackPortOutResponse> {
        self.take_in(|state| state.port_out_snapbacks.push(request.into_inner()))
            .await?;
        Ok(Response::new(wire::SnapbackPortOutResponse {}))
    }

    async fn enable_messaging(
        &self,
        request: Request<wire::EnableMessagingRequest>,
    ) -> Reply<wire::EnableMessagingResponse> {
        self.take_in(|state| state.messaging.push(request.into_inner()))
            .await?;
        Ok(Response::new(wire::EnableMessagingResponse {}))
    }

    async fn get_port(&self, request: Request<wire::GetPortRequest>) -> Reply<wire::GetPortResponse> {
        let pon = request.into_inner().pon;
        let mut state = self.state();
        if let Some(refusal) = state.poll_refusals.pop_front() {
            return Err(refusal);
        }
        let answers = state.by_reference.get(&pon).cloned().unwrap_or_default();
        state.asked_about.push(pon);
        Ok(Response::new(wire::GetPortResponse { answers }))
    }

    async fn list_changes(
        &self,
        request: Request<wire::ListChangesRequest>,
    ) -> Reply<wire::ListChangesResponse> {
        let request = request.into_inner();
        let from: usize = request.cursor.parse().unwrap_or(0);
        let size = usize::try_from(request.page_size).unwrap();
        let mut state = self.state();
        if let Some(refusal) = state.poll_refusals.pop_front() {
            return Err(refusal);
        }
        let changes: Vec<wire::Change> = state.changes.iter().skip(from).take(size).cloned().collect();
        let next_cursor = (from + changes.len()).to_string();
        Ok(Response::new(wire::ListChangesResponse { changes, next_cursor }))
    }

    async fn answer_port_out(
        &self,
        request: Request<wire::AnswerPortOutRequest>,
    ) -> Reply<wire::AnswerPortOutResponse> {
        self.take_in(|state| state.port_out_answers.push(request.into_inner()))
            .await?;
        Ok(Response::new(wire::AnswerPortOutResponse {}))
    }

    async fn raise_port_out_conflict(
        &self,
        request: Request<wire::RaisePortOutConflictRequest>,
    ) -> Reply<wire::RaisePortOutConflictResponse> {
        self.take_in(|state| state.conflicts.push(request.into_inner()))
            .await?;
        Ok(Response::new(wire::RaisePortOutConflictResponse {}))
    }
}
