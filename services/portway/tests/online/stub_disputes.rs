//! The disputes of the stub: a list of 250, and one with evidence.

use futures::stream::{self, BoxStream, StreamExt};
use portway_proto::intake::v1::dispute_service_server::DisputeService;
use portway_proto::intake::v1::download_evidence_response::Part;
use portway_proto::intake::v1::open_dispute_request::About;
use portway_proto::intake::v1::{
    AddDisputeStatementRequest, AddDisputeStatementResponse, Dispute, DisputeDirection, DisputeKind,
    DisputeNumber, DisputeOutcome, DisputeReporter, DisputeSnapback, DisputeSnapbackState, DisputeState,
    DisputeStatement, DownloadEvidenceRequest, DownloadEvidenceResponse, EvidenceFile, GetDisputeRequest,
    GetDisputeResponse, ListDisputesRequest, ListDisputesResponse, OpenDisputeRequest, OpenDisputeResponse,
    RecordDisputeReturnRequest, RecordDisputeReturnResponse, RequestDisputeSnapbackRequest,
    RequestDisputeSnapbackResponse, SettleDisputeRequest, SettleDisputeResponse, WithdrawDisputeRequest,
    WithdrawDisputeResponse,
};
use tonic::Response;

use super::{Code, Handler, Reply, Request, Status, status};

/// Disputes in the list.
const DISPUTES: usize = 250;
/// The evidence of every dispute.
pub(crate) const EVIDENCE: &[u8] = b"PK evidence";
/// Its SHA-256.
const EVIDENCE_SHA256: &str = "bd1bd6d16374159bb684a8bba9208dbaf75b73f28aaf30faf046b3c812363778";
/// The dispute whose evidence arrives with another content than was announced.
const BROKEN: &str = "DI_666";

fn dispute() -> Dispute {
    Dispute {
        dispute_id: "01998b5e-0000-7000-8000-0000000000d1".to_owned(),
        request_number: "DI_100001".to_owned(),
        direction: DisputeDirection::PortOut.into(),
        subject_request_number: "PO_100001".to_owned(),
        kind: DisputeKind::Mistaken.into(),
        state: DisputeState::Returned.into(),
        reporter: DisputeReporter::EndUser.into(),
        reporter_name: "Ann Lee".to_owned(),
        numbers: vec![DisputeNumber {
            tn: "+14158675309".to_owned(),
            ..DisputeNumber::default()
        }],
        statements: vec![DisputeStatement {
            author: "user:bob".to_owned(),
            text: "I never asked for this".to_owned(),
            ..DisputeStatement::default()
        }],
        snapbacks: vec![DisputeSnapback {
            state: DisputeSnapbackState::Confirmed.into(),
            ended_by_record: true,
            late_answer: DisputeSnapbackState::Refused.into(),
            ..DisputeSnapback::default()
        }],
        ..Dispute::default()
    }
}

#[tonic::async_trait]
impl DisputeService for Handler {
    type DownloadEvidenceStream = BoxStream<'static, Result<DownloadEvidenceResponse, Status>>;

    async fn open_dispute(&self, request: Request<OpenDisputeRequest>) -> Reply<OpenDisputeResponse> {
        let body = request.get_ref();
        let about = match body.about.as_ref().unwrap() {
            About::OrderId(id) => format!("order {id}"),
            About::PortOutId(id) => format!("port-out {id}"),
        };
        let what = format!(
            "open {about} {:?} {} {} {}: {}",
            body.tns,
            body.kind().as_str_name(),
            body.reporter().as_str_name(),
            body.reporter_name,
            body.statement
        );
        self.note(&request, what)?;
        Ok(Response::new(OpenDisputeResponse {
            dispute: Some(dispute()),
        }))
    }

    async fn get_dispute(&self, request: Request<GetDisputeRequest>) -> Reply<GetDisputeResponse> {
        self.admit(&request)?;
        if request.get_ref().dispute_id == "DI_404" {
            return Err(status::fail(
                Code::NotFound,
                "DISPUTE_NOT_FOUND",
                "there is no such dispute",
            ));
        }
        Ok(Response::new(GetDisputeResponse {
            dispute: Some(dispute()),
        }))
    }

    async fn list_disputes(&self, request: Request<ListDisputesRequest>) -> Reply<ListDisputesResponse> {
        self.admit(&request)?;
        let request = request.into_inner();
        let first: usize = request.page_token.parse().unwrap_or_default();
        let end = DISPUTES.min(first + usize::try_from(request.page_size).unwrap());
        // What was asked for is told by what comes back.
        let one = |number: usize| Dispute {
            request_number: format!("DI_{number}"),
            state: request.states.first().copied().unwrap_or_default(),
            direction: request.direction,
            carrier_name: format!("{} {}", request.phone_number, request.overdue),
            account_id: request.account_id.clone(),
            ..Dispute::default()
        };
        let next_page_token = if end < DISPUTES {
            end.to_string()
        } else {
            String::new()
        };
        Ok(Response::new(ListDisputesResponse {
            disputes: (first..end).map(one).collect(),
            next_page_token,
        }))
    }

    async fn add_dispute_statement(
        &self,
        request: Request<AddDisputeStatementRequest>,
    ) -> Reply<AddDisputeStatementResponse> {
        let body = request.get_ref();
        let what = format!("state {} {} {}", body.dispute_id, body.text, body.is_answer);
        self.note(&request, what)?;
        Ok(Response::new(AddDisputeStatementResponse {
            dispute: Some(dispute()),
        }))
    }

    async fn request_dispute_snapback(
        &self,
        request: Request<RequestDisputeSnapbackRequest>,
    ) -> Reply<RequestDisputeSnapbackResponse> {
        let body = request.get_ref();
        let what = format!("snapback {} {:?} {}", body.dispute_id, body.tns, body.reason);
        self.note(&request, what)?;
        Ok(Response::new(RequestDisputeSnapbackResponse {
            dispute: Some(dispute()),
        }))
    }

    async fn record_dispute_return(
        &self,
        request: Request<RecordDisputeReturnRequest>,
    ) -> Reply<RecordDisputeReturnResponse> {
        let body = request.get_ref();
        let what = format!("returned {} {:?} {}", body.dispute_id, body.tns, body.explanation);
        self.note(&request, what)?;
        Ok(Response::new(RecordDisputeReturnResponse {
            dispute: Some(dispute()),
        }))
    }

    async fn withdraw_dispute(
        &self,
        request: Request<WithdrawDisputeRequest>,
    ) -> Reply<WithdrawDisputeResponse> {
        let body = request.get_ref();
        self.note(
            &request,
            format!("withdraw {} {}", body.dispute_id, body.explanation),
        )?;
        Err(status::fail(
            Code::FailedPrecondition,
            "ILLEGAL_TRANSITION",
            "a dispute that is RETURNED does not take WITHDRAW",
        ))
    }

    async fn settle_dispute(&self, request: Request<SettleDisputeRequest>) -> Reply<SettleDisputeResponse> {
        let body = request.get_ref();
        let outcome = |outcome: DisputeOutcome| {
            let name = outcome.as_str_name();
            name.trim_start_matches("DISPUTE_OUTCOME_").to_owned()
        };
        let named: Vec<String> = body
            .outcomes
            .iter()
            .map(|one| format!("{}={}", one.tn, outcome(one.outcome())))
            .collect();
        let what = format!(
            "settle {} {named:?} {} {:?} waived: {}",
            body.dispute_id,
            outcome(body.outcome()),
            body.explanation,
            body.waive_fee
        );
        self.note(&request, what)?;
        Ok(Response::new(SettleDisputeResponse {
            dispute: Some(dispute()),
        }))
    }

    async fn download_evidence(
        &self,
        request: Request<DownloadEvidenceRequest>,
    ) -> Reply<Self::DownloadEvidenceStream> {
        self.admit(&request)?;
        let file = EvidenceFile {
            file_name: "../DI_100001.zip".to_owned(),
            size_bytes: i64::try_from(EVIDENCE.len()).unwrap(),
            sha256: EVIDENCE_SHA256.to_owned(),
        };
        let is_broken = request.get_ref().dispute_id == BROKEN;
        let content = if is_broken { &EVIDENCE[1..] } else { EVIDENCE };
        let chunks = content.chunks(4).map(|chunk| Part::Chunk(chunk.to_vec()));
        let parts = std::iter::once(Part::File(file)).chain(chunks);
        let messages = parts.map(|part| Ok(DownloadEvidenceResponse { part: Some(part) }));
        Ok(Response::new(stream::iter(messages.collect::<Vec<_>>()).boxed()))
    }
}
