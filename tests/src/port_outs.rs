//! Port-outs, as the account's owner and the simulated winning carrier see them.

use jiff::Timestamp;
use portway::client::{Service, ask};
use portway_proto::carrier::v1::{PortOutProgress, PortOutRequest, PortOutStep};
use portway_proto::intake::v1::consent_service_client::ConsentServiceClient;
use portway_proto::intake::v1::port_out_policy_service_client::PortOutPolicyServiceClient;
use portway_proto::intake::v1::{
    AcceptPortOutRequest, ConsentChannel, GetPortOutRequest, ListPortOutsRequest, NumberCapabilities,
    NumberConfig, NumberUpdate, Order, PortOut, PortOutOutcome, PortOutRule, PortOutRules,
    RecordTextReplyRequest, RecordTextReplyResponse, RejectPortOutRequest, ReviewRejectionRequest,
    SetLockRequest, SetPortOutPinRequest, SetPortOutPolicyRequest, UpdateNumbersRequest,
};
use portway_proto::sim::v1::{ReportPortOutRequest, RequestPortOutRequest};
use service::stamp;
use tonic::Status;

use crate::customer::{Customer, keyed};

impl Customer {
    /// Plays a winning carrier that asks for these numbers of `order`, rightly, and takes them at the FOC instant.
    pub async fn request_port_out(&self, order: &Order, pon: &str, tns: &[&str], foc_at: Timestamp) {
        let request = Self::winners_request(order, pon, tns, foc_at);
        self.play_port_out(request, false).await;
    }

    /// What a winning carrier asks that has everything right.
    pub fn winners_request(order: &Order, pon: &str, tns: &[&str], foc_at: Timestamp) -> PortOutRequest {
        PortOutRequest {
            pon: pon.to_owned(),
            ver: 1,
            winning_spid: "WINR".to_owned(),
            winning_name: "Winner Wireless".to_owned(),
            tns: tns.iter().map(|tn| (*tn).to_owned()).collect(),
            account_number: order.account_id[order.account_id.len() - 12..].to_owned(),
            postal_code: "07102".to_owned(),
            requested_foc_at: Some(stamp::to_proto(foc_at)),
            ..PortOutRequest::default()
        }
    }

    /// Plays a winning carrier that asks this, takes the numbers at the FOC instant, and may refuse conflicts.
    pub async fn play_port_out(&self, request: PortOutRequest, refuse_conflicts: bool) {
        let request = RequestPortOutRequest {
            request: Some(request),
            complete_at_foc: true,
            refuse_conflicts,
        };
        self.operator
            .scenarios()
            .unwrap()
            .request_port_out(ask(request))
            .await
            .unwrap();
    }

    /// The account's port-outs, newest first.
    pub async fn port_outs(&self) -> Vec<PortOut> {
        let request = ask(ListPortOutsRequest::default());
        self.owner
            .port_outs()
            .unwrap()
            .list_port_outs(request)
            .await
            .unwrap()
            .into_inner()
            .port_outs
    }

    /// Lets the numbers of a port-out go.
    pub async fn accept(&self, port_out: &PortOut) -> Result<PortOut, Status> {
        let request = AcceptPortOutRequest {
            port_out_id: port_out.port_out_id.clone(),
        };
        Ok(self
            .owner
            .port_outs()
            .unwrap()
            .accept_port_out(keyed(request))
            .await?
            .into_inner()
            .port_out
            .unwrap())
    }

    /// Refuses a port-out, for operations to check.
    pub async fn reject(&self, port_out: &PortOut, reason: &str) -> Result<PortOut, Status> {
        let request = RejectPortOutRequest {
            port_out_id: port_out.port_out_id.clone(),
            reason: reason.to_owned(),
            explanation: "the bill says otherwise".to_owned(),
            tns: Vec::new(),
        };
        let reply = self
            .owner
            .port_outs()
            .unwrap()
            .reject_port_out(keyed(request))
            .await?;
        Ok(reply.into_inner().port_out.unwrap())
    }

    /// Operations uphold or overrule a rejection.
    pub async fn review(&self, port_out: &PortOut, uphold: bool, explanation: &str) -> PortOut {
        let request = ReviewRejectionRequest {
            port_out_id: port_out.port_out_id.clone(),
            uphold,
            explanation: explanation.to_owned(),
            account_id: port_out.account_id.clone(),
        };
        let reply = self
            .operator
            .port_outs()
            .unwrap()
            .review_rejection(keyed(request))
            .await;
        reply.unwrap().into_inner().port_out.unwrap()
    }

    /// Locks a number against porting.
    pub async fn lock(&self, tn: &str) {
        let request = SetLockRequest {
            tns: vec![tn.to_owned()],
            locked: true,
            note: "the end user asked on the phone".to_owned(),
        };
        self.owner
            .protection()
            .unwrap()
            .set_lock(keyed(request))
            .await
            .unwrap();
    }

    /// Sets the port-out PIN of a number.
    pub async fn set_pin(&self, tn: &str, pin: &str) {
        let request = SetPortOutPinRequest {
            tns: vec![tn.to_owned()],
            pin: pin.to_owned(),
        };
        let set = self
            .owner
            .protection()
            .unwrap()
            .set_port_out_pin(keyed(request))
            .await;
        set.unwrap();
    }

    /// Has the end users of wireless numbers of the US asked by text, and these numbers set up for texts.
    pub async fn ask_by_text(&self, tns: &[&str]) {
        let number = |tn: &&str| NumberUpdate {
            phone_number: (*tn).to_owned(),
            config: Some(NumberConfig {
                capabilities: NumberCapabilities::VoiceAndSms.into(),
                ..NumberConfig::default()
            }),
            ..NumberUpdate::default()
        };
        let request = UpdateNumbersRequest {
            numbers: tns.iter().map(number).collect(),
            update_fields: vec!["capabilities".to_owned()],
        };
        let mut numbers = self.owner.numbers().unwrap();
        numbers.update_numbers(keyed(request)).await.unwrap();
        let hold = Some(PortOutRule {
            outcome: PortOutOutcome::Hold.into(),
            ..PortOutRule::default()
        });
        let rules = PortOutRules {
            us_wireline: hold,
            us_wireless: Some(PortOutRule {
                outcome: PortOutOutcome::AskEndUser.into(),
                ask_by: ConsentChannel::Sms.into(),
                ..PortOutRule::default()
            }),
            canada_wireline: hold,
            canada_wireless: hold,
        };
        let request = SetPortOutPolicyRequest {
            rules: Some(rules),
            after_version: 0,
        };
        let mut policies = PortOutPolicyServiceClient::new(self.owner.wire(Service::Intake).unwrap());
        policies.set_port_out_policy(keyed(request)).await.unwrap();
    }

    /// Hands in a text that came from a number, as what receives the platform's texts does.
    pub async fn text_back(
        &self,
        from: &str,
        message_id: &str,
        text: &str,
    ) -> Result<RecordTextReplyResponse, Status> {
        let request = RecordTextReplyRequest {
            from: from.to_owned(),
            text: text.to_owned(),
            message_id: message_id.to_owned(),
        };
        let mut consents = ConsentServiceClient::new(self.operator.wire(Service::Intake).unwrap());
        Ok(consents.record_text_reply(ask(request)).await?.into_inner())
    }

    /// The winning carrier tells what becomes of its request.
    pub async fn report_port_out(&self, pon: &str, step: PortOutStep, foc_at: Option<Timestamp>) {
        let progress = PortOutProgress {
            pon: pon.to_owned(),
            winning_spid: "WINR".to_owned(),
            step: step.into(),
            foc_at: foc_at.map(stamp::to_proto),
            ..PortOutProgress::default()
        };
        let request = ask(ReportPortOutRequest {
            progress: Some(progress),
        });
        self.operator
            .scenarios()
            .unwrap()
            .report_port_out(request)
            .await
            .unwrap();
    }

    /// The port-out of this purchase order number.
    pub async fn port_out_of(&self, pon: &str) -> PortOut {
        let found = self
            .port_outs()
            .await
            .into_iter()
            .find(|port_out| port_out.pon == pon);
        found.unwrap()
    }

    /// The port-out as it is now.
    pub async fn port_out(&self, port_out: &PortOut) -> PortOut {
        let request = ask(GetPortOutRequest {
            port_out_id: port_out.port_out_id.clone(),
        });
        self.owner
            .port_outs()
            .unwrap()
            .get_port_out(request)
            .await
            .unwrap()
            .into_inner()
            .port_out
            .unwrap()
    }
}
