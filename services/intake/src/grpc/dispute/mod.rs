//! `DisputeService`: disputes of accounts, and of the platform over them.

mod parse;
mod render;
mod status;

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use grpc::Reply;
use idempotency::Begun;
use portway_proto::intake::v1;
use portway_proto::intake::v1::dispute_service_server::{DisputeService, DisputeServiceServer};
use tonic::service::RoutesBuilder;
use tonic::{Request, Response, Status};

use super::port_in::{pieces, requester};
use crate::app::Intake;
use crate::ops;

/// Adds the service to the routes.
pub(crate) fn add_disputes(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(DisputeServiceServer::new(Disputes {
        intake: intake.clone(),
    }));
}

struct Disputes {
    intake: Intake,
}

macro_rules! begin {
    ($self:ident, $request:ident) => {
        match $self.intake.base.idempotency.begin(&$request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        }
    };
}

#[tonic::async_trait]
impl DisputeService for Disputes {
    async fn open_dispute(&self, request: Request<v1::OpenDisputeRequest>) -> Reply<v1::OpenDisputeResponse> {
        let requester = requester(&request)?;
        let opening = parse::opening(request.get_ref())?;
        let mut work = begin!(self, request);
        let seen = ops::dispute::open(&self.intake, work.conn(), &requester, opening)
            .await
            .map_err(|error| status::open(&error))?;
        let dispute = Some(render::seen(&seen, &requester));
        work.finish(v1::OpenDisputeResponse { dispute }).await
    }

    async fn get_dispute(&self, request: Request<v1::GetDisputeRequest>) -> Reply<v1::GetDisputeResponse> {
        let requester = requester(&request)?;
        let name = parse::name(&request.get_ref().dispute_id)?;
        let seen = ops::dispute::get(&self.intake.base.pool, &requester, name)
            .await
            .map_err(|error| status::read(&error))?;
        let dispute = Some(render::seen(&seen, &requester));
        Ok(Response::new(v1::GetDisputeResponse { dispute }))
    }

    async fn list_disputes(
        &self,
        request: Request<v1::ListDisputesRequest>,
    ) -> Reply<v1::ListDisputesResponse> {
        let requester = requester(&request)?;
        let asked = parse::list(request.get_ref(), &requester)?;
        let pool = &self.intake.base.pool;
        let found = ops::dispute::list(pool, &asked.filter, asked.before, asked.size + 1)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        Ok(Response::new(render::page(&asked, &found, &requester)))
    }

    async fn add_dispute_statement(
        &self,
        request: Request<v1::AddDisputeStatementRequest>,
    ) -> Reply<v1::AddDisputeStatementResponse> {
        let requester = requester(&request)?;
        let (name, text, is_answer) = parse::statement(request.get_ref())?;
        let mut work = begin!(self, request);
        let seen = ops::dispute::add_statement(&self.intake, work.conn(), &requester, name, text, is_answer)
            .await
            .map_err(|error| status::statement(&error))?;
        let dispute = Some(render::seen(&seen, &requester));
        work.finish(v1::AddDisputeStatementResponse { dispute }).await
    }

    async fn request_dispute_snapback(
        &self,
        request: Request<v1::RequestDisputeSnapbackRequest>,
    ) -> Reply<v1::RequestDisputeSnapbackResponse> {
        let requester = requester(&request)?;
        let (name, tns, reason) = parse::snapback(request.get_ref())?;
        let mut work = begin!(self, request);
        let seen = ops::dispute::request_snapback(&self.intake, work.conn(), &requester, name, &tns, reason)
            .await
            .map_err(|error| status::snapback(&error))?;
        let dispute = Some(render::seen(&seen, &requester));
        work.finish(v1::RequestDisputeSnapbackResponse { dispute }).await
    }

    async fn record_dispute_return(
        &self,
        request: Request<v1::RecordDisputeReturnRequest>,
    ) -> Reply<v1::RecordDisputeReturnResponse> {
        let requester = requester(&request)?;
        let (name, returned) = parse::returned(request.get_ref())?;
        let mut work = begin!(self, request);
        let seen = ops::dispute::record_return(&self.intake, work.conn(), &requester, name, returned)
            .await
            .map_err(|error| status::returned(&error))?;
        let dispute = Some(render::seen(&seen, &requester));
        work.finish(v1::RecordDisputeReturnResponse { dispute }).await
    }

    async fn withdraw_dispute(
        &self,
        request: Request<v1::WithdrawDisputeRequest>,
    ) -> Reply<v1::WithdrawDisputeResponse> {
        let requester = requester(&request)?;
        let (name, explanation) = parse::withdrawal(request.get_ref())?;
        let mut work = begin!(self, request);
        let seen = ops::dispute::withdraw(&self.intake, work.conn(), &requester, name, &explanation)
            .await
            .map_err(|error| status::settle(&error))?;
        let dispute = Some(render::seen(&seen, &requester));
        work.finish(v1::WithdrawDisputeResponse { dispute }).await
    }

    async fn settle_dispute(
        &self,
        request: Request<v1::SettleDisputeRequest>,
    ) -> Reply<v1::SettleDisputeResponse> {
        let requester = requester(&request)?;
        let (name, settlement) = parse::settlement(request.get_ref())?;
        let etag = Some(request.get_ref().etag.clone()).filter(|etag| !etag.is_empty());
        let mut work = begin!(self, request);
        let settled = ops::dispute::settle(
            &self.intake,
            work.conn(),
            &requester,
            name,
            &settlement,
            etag.as_deref(),
        );
        let seen = settled.await.map_err(|error| status::settle(&error))?;
        let dispute = Some(render::seen(&seen, &requester));
        work.finish(v1::SettleDisputeResponse { dispute }).await
    }

    type DownloadEvidenceStream = BoxStream<'static, Result<v1::DownloadEvidenceResponse, Status>>;

    async fn download_evidence(
        &self,
        request: Request<v1::DownloadEvidenceRequest>,
    ) -> Reply<Self::DownloadEvidenceStream> {
        use v1::download_evidence_response::Part as Sent;
        let requester = requester(&request)?;
        let name = parse::name(&request.get_ref().dispute_id)?;
        let evidence = ops::dispute::evidence(&self.intake, &requester, name)
            .await
            .map_err(|error| status::evidence(&error))?;
        let head = Sent::File(render::evidence(&evidence));
        let parts = std::iter::once(head).chain(pieces(evidence.zip).map(Sent::Chunk));
        let messages = parts.map(|part| Ok(v1::DownloadEvidenceResponse { part: Some(part) }));
        Ok(Response::new(stream::iter(messages).boxed()))
    }
}
