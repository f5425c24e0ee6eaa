//! A [`Customer`]'s disputes: what the account and operations do about them, and what they cost.

use std::time::Duration;

use portway::client::{ChangeKey, Service, Wire, ask, change};
use portway_proto::billing::v1::ChargeKind;
use portway_proto::intake::v1::dispute_service_client::DisputeServiceClient;
use portway_proto::intake::v1::open_dispute_request::About;
use portway_proto::intake::v1::{
    Dispute, DisputeKind, DisputeOutcome, DisputeReporter, GetDisputeRequest, OpenDisputeRequest,
    RequestDisputeSnapbackRequest, SettleDisputeRequest,
};

use crate::customer::Customer;

const HOUR: Duration = Duration::from_hours(1);

impl Customer {
    fn disputes(&self) -> DisputeServiceClient<Wire> {
        DisputeServiceClient::new(self.owner.wire(Service::Intake).unwrap())
    }

    /// Opens a dispute over a port that the end user calls a mistake.
    pub async fn open_dispute(&self, about: About) -> Dispute {
        let request = OpenDisputeRequest {
            about: Some(about),
            kind: DisputeKind::Mistaken.into(),
            reporter: DisputeReporter::EndUser.into(),
            reporter_name: "Maria Delgado".to_owned(),
            statement: "One digit was wrong.".to_owned(),
            ..OpenDisputeRequest::default()
        };
        let opened = self
            .disputes()
            .open_dispute(change(request, &ChangeKey::fresh()))
            .await;
        opened.unwrap().into_inner().dispute.unwrap()
    }

    /// The dispute once the other carrier, asked to undo the port, has answered.
    pub async fn undone(&self, dispute: &Dispute) -> Dispute {
        let request = RequestDisputeSnapbackRequest {
            dispute_id: dispute.dispute_id.clone(),
            reason: "ported by mistake".to_owned(),
            ..RequestDisputeSnapbackRequest::default()
        };
        let change = change(request, &ChangeKey::fresh());
        self.disputes().request_dispute_snapback(change).await.unwrap();
        self.advance(HOUR * 6).await;
        let request = GetDisputeRequest {
            dispute_id: dispute.dispute_id.clone(),
        };
        let found = self.disputes().get_dispute(ask(request)).await;
        found.unwrap().into_inner().dispute.unwrap()
    }

    /// Operations end it: the numbers are back where they were.
    pub async fn settle(&self, dispute: &Dispute) -> Dispute {
        let request = SettleDisputeRequest {
            dispute_id: dispute.dispute_id.clone(),
            outcome: DisputeOutcome::Returned.into(),
            explanation: "Both carriers agree.".to_owned(),
            ..SettleDisputeRequest::default()
        };
        let operator = self.operator.wire(Service::Intake).unwrap();
        let settled = DisputeServiceClient::new(operator)
            .settle_dispute(change(request, &ChangeKey::fresh()))
            .await;
        let settled = settled.unwrap().into_inner().dispute.unwrap();
        // The event finds its way to those who mail and charge.
        self.advance(HOUR).await;
        settled
    }

    /// The numbers that the account paid a dispute's fee for.
    pub async fn dispute_fees(&self) -> Vec<String> {
        let charges = self.charges().await.into_iter();
        charges
            .filter(|charge| charge.kind() == ChargeKind::Dispute)
            .map(|charge| charge.tn)
            .collect()
    }
}
