//! What tests of disputes do over and over.

use portway_proto::gateway::v1::{Answer, PortOutSnapbackAnswered};
use portway_proto::intake::v1;
use portway_proto::intake::v1::dispute_service_client::DisputeServiceClient;
use portway_proto::intake::v1::gateway_calls_service_client::GatewayCallsServiceClient;
use portway_proto::intake::v1::open_dispute_request::About;
use portway_proto::intake::v1::port_out_service_client::PortOutServiceClient;
use portway_proto::intake::v1::{Dispute, DisputeKind, DisputeOutcome, DisputeReporter, Order};
use prost::{Message, Name};
use service::stamp;
use tonic::Status;
use tonic::transport::Channel;
use types::AccountId;
use uuid::Uuid;

use crate::customer::{Customer, ONE, TWO, key};
use crate::harness::{START, TestIntake, ask, change};

pub(crate) const MAY: [&str; 7] = [
    "port_in.view",
    "port_in.modify",
    "numbers.view",
    "port_out.view",
    "port_out.modify",
    "dispute.view",
    "dispute.manage",
];

impl Customer {
    pub(crate) fn disputes(&self) -> DisputeServiceClient<Channel> {
        DisputeServiceClient::new(self.channel())
    }

    pub(crate) async fn open(
        &self,
        about: About,
        tns: &[&str],
        kind: DisputeKind,
    ) -> Result<Dispute, Status> {
        let request = opening(about, tns, kind);
        let reply = self
            .disputes()
            .open_dispute(change(&self.token, &key(), request))
            .await?;
        Ok(reply.into_inner().dispute.unwrap())
    }

    pub(crate) async fn dispute(&self, id: &str) -> Result<Dispute, Status> {
        let dispute_id = id.to_owned();
        let request = ask(&self.token, v1::GetDisputeRequest { dispute_id });
        Ok(self
            .disputes()
            .get_dispute(request)
            .await?
            .into_inner()
            .dispute
            .unwrap())
    }

    pub(crate) async fn ask_back(&self, dispute: &Dispute, tns: &[&str]) -> Result<Dispute, Status> {
        let request = v1::RequestDisputeSnapbackRequest {
            dispute_id: dispute.dispute_id.clone(),
            tns: texts(tns),
            reason: "the end user did not ask for it".to_owned(),
        };
        let request = change(&self.token, &key(), request);
        let reply = self.disputes().request_dispute_snapback(request).await?;
        Ok(reply.into_inner().dispute.unwrap())
    }

    pub(crate) async fn state(
        &self,
        dispute: &Dispute,
        text: &str,
        is_answer: bool,
    ) -> Result<Dispute, Status> {
        let request = v1::AddDisputeStatementRequest {
            dispute_id: dispute.request_number.clone(),
            text: text.to_owned(),
            is_answer,
        };
        let request = change(&self.token, &key(), request);
        let reply = self.disputes().add_dispute_statement(request).await?;
        Ok(reply.into_inner().dispute.unwrap())
    }

    pub(crate) async fn settle(&self, dispute: &Dispute, rest: DisputeOutcome) -> Result<Dispute, Status> {
        let request = v1::SettleDisputeRequest {
            dispute_id: dispute.dispute_id.clone(),
            outcome: rest.into(),
            explanation: "as the letters say".to_owned(),
            ..v1::SettleDisputeRequest::default()
        };
        let request = change(&self.token, &key(), request);
        let reply = self.disputes().settle_dispute(request).await?;
        Ok(reply.into_inner().dispute.unwrap())
    }

    pub(crate) async fn record_return(&self, dispute: &Dispute, tns: &[&str]) -> Result<Dispute, Status> {
        let request = change(&self.token, &key(), returned(dispute, tns));
        let reply = self.disputes().record_dispute_return(request).await?;
        Ok(reply.into_inner().dispute.unwrap())
    }

    pub(crate) async fn list(&self, request: v1::ListDisputesRequest) -> v1::ListDisputesResponse {
        let listed = self.disputes().list_disputes(ask(&self.token, request)).await;
        listed.unwrap().into_inner()
    }
}

pub(crate) fn opening(about: About, tns: &[&str], kind: DisputeKind) -> v1::OpenDisputeRequest {
    v1::OpenDisputeRequest {
        about: Some(about),
        tns: texts(tns),
        kind: kind.into(),
        reporter: DisputeReporter::EndUser.into(),
        reporter_name: "Ann Lee".to_owned(),
        statement: "I never asked for this".to_owned(),
    }
}

pub(crate) fn returned(dispute: &Dispute, tns: &[&str]) -> v1::RecordDisputeReturnRequest {
    v1::RecordDisputeReturnRequest {
        dispute_id: dispute.dispute_id.clone(),
        tns: texts(tns),
        explanation: "Ms Oduya of the carrier said so by telephone".to_owned(),
        etag: String::new(),
    }
}

pub(crate) fn texts(tns: &[&str]) -> Vec<String> {
    tns.iter().map(|tn| (*tn).to_owned()).collect()
}

pub(crate) async fn operator(intake: &TestIntake) -> Customer {
    let all = [&MAY[..], &["dispute.operate"]].concat();
    intake.user_of(AccountId::PLATFORM, &all).await
}

/// The events of one kind that were announced of a dispute, oldest first.
pub(crate) async fn events<M: Message + Name + Default>(intake: &TestIntake, dispute: &Dispute) -> Vec<M> {
    let payloads: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT payload FROM event WHERE subject_id = $1 AND type = $2 ORDER BY seq")
            .bind(dispute.dispute_id.parse::<Uuid>().unwrap())
            .bind(M::full_name())
            .fetch_all(&intake.pool)
            .await
            .unwrap();
    payloads
        .iter()
        .map(|payload| M::decode(payload.as_slice()).unwrap())
        .collect()
}

pub(crate) async fn ported_in(intake: &TestIntake, customer: &Customer) -> Order {
    let order = customer.submitted().await;
    intake.hear_foc(&order, START).await;
    intake.advance_to(START).await;
    intake.hear(&order, Answer::Activated, &[]).await;
    customer.get(&order).await
}

/// The numbers of an order that ported in, ported out again.
pub(crate) async fn ported_out(intake: &TestIntake, customer: &Customer) -> (Order, String) {
    let order = ported_in(intake, customer).await;
    let id = customer.account.as_uuid().simple().to_string();
    let postal_code: String = sqlx::query_scalar("SELECT postal_code FROM inventory_number LIMIT 1")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    let request = v1::ReceivePortOutRequest {
        pon: "PON-1".to_owned(),
        ver: 1,
        winning_spid: "9999".to_owned(),
        winning_name: "Winning Wireline".to_owned(),
        tns: texts(&[ONE, TWO]),
        account_number: id.chars().skip(20).collect(),
        postal_code,
        received_at: Some(stamp::to_proto(START.parse().unwrap())),
        ..v1::ReceivePortOutRequest::default()
    };
    let mut gateway = GatewayCallsServiceClient::new(intake.channel());
    let received = gateway
        .receive_port_out(ask(&intake.gateway_token, request))
        .await;
    let port_out_id = received.unwrap().into_inner().port_out_ids.remove(0);
    let accepted = v1::AcceptPortOutRequest {
        port_out_id: port_out_id.clone(),
    };
    let mut port_outs = PortOutServiceClient::new(intake.channel());
    let accepted = port_outs.accept_port_out(change(&customer.token, &key(), accepted));
    accepted.await.unwrap();
    let report = v1::ReportPortOutProgressRequest {
        progress_id: "p-1".to_owned(),
        pon: "PON-1".to_owned(),
        winning_spid: "9999".to_owned(),
        news: v1::PortOutNews::Ported.into(),
        occurred_at: Some(stamp::to_proto(START.parse().unwrap())),
        foc_at: None,
    };
    let reported = gateway.report_port_out_progress(ask(&intake.gateway_token, report));
    reported.await.unwrap();
    assert_eq!(intake.inventory().await, []);
    (order, port_out_id)
}

pub(crate) fn answer_of(
    dispute: &Dispute,
    order: &Order,
    confirmed: bool,
    tns: &[&str],
) -> PortOutSnapbackAnswered {
    PortOutSnapbackAnswered {
        answer_id: Uuid::new_v4().to_string(),
        request_id: dispute.snapbacks.last().unwrap().snapback_id.clone(),
        port_out_id: dispute.subject_id.clone(),
        account_id: order.account_id.clone(),
        confirmed,
        tns: texts(tns),
        refusal: if confirmed {
            String::new()
        } else {
            "not ours".to_owned()
        },
        answered_at: None,
    }
}
