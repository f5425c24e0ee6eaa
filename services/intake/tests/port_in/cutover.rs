//! What a customer's program asks about cut-overs, and what the gateway tells.

use portway_proto::gateway::v1::{CapabilityTested, CommandKind, CommandProgress, CommandProgressed};
use portway_proto::intake::v1;
use portway_proto::intake::v1::cutover_service_client::CutoverServiceClient;
use portway_proto::intake::v1::group_service_client::GroupServiceClient;
use portway_proto::intake::v1::{ActivationMode, CutoverGroup, Hold, HoldCode, Order, ReadinessDemand};
use portway_proto::types::v1::Capability;
use service::stamp;
use tonic::Status;
use tonic::transport::Channel;
use uuid::Uuid;

use crate::customer::{Customer, key};
use crate::harness::{TestIntake, ask, change};

/// Midnight in New Jersey.
pub(crate) const FOC: &str = "2026-12-01T05:00:00Z";
/// Two days later.
pub(crate) const LATER_FOC: &str = "2026-12-03T05:00:00Z";
pub(crate) const THREE: &str = "+12018670125";
pub(crate) const FOUR: &str = "+12018670126";

/// A member of a group: a whole order, or these of its numbers.
pub(crate) fn member(order: &Order, tns: &[&str]) -> v1::GroupMember {
    v1::GroupMember {
        order_id: order.order_id.clone(),
        tns: tns.iter().map(|tn| (*tn).to_owned()).collect(),
        ..Default::default()
    }
}

impl Customer {
    pub(crate) fn groups(&self) -> GroupServiceClient<Channel> {
        GroupServiceClient::new(self.channel())
    }

    pub(crate) fn cutover(&self) -> CutoverServiceClient<Channel> {
        CutoverServiceClient::new(self.channel())
    }

    pub(crate) async fn put_group(
        &self,
        id: &str,
        members: Vec<v1::GroupMember>,
    ) -> Result<CutoverGroup, Status> {
        let request = v1::PutGroupRequest {
            group_id: id.to_owned(),
            name: "the shop".to_owned(),
            members,
            etag: String::new(),
        };
        let reply = self
            .groups()
            .put_group(change(&self.token, &key(), request))
            .await?;
        Ok(reply.into_inner().group.unwrap())
    }

    pub(crate) async fn group(&self, id: &str) -> CutoverGroup {
        let request = v1::GetGroupRequest {
            group_id: id.to_owned(),
        };
        let reply = self.groups().get_group(ask(&self.token, request)).await;
        reply.unwrap().into_inner().group.unwrap()
    }

    pub(crate) async fn release(&self, id: &str) -> Result<CutoverGroup, Status> {
        let request = v1::ReleaseGroupRequest {
            group_id: id.to_owned(),
            etag: String::new(),
        };
        let reply = self
            .groups()
            .release_group(change(&self.token, &key(), request))
            .await?;
        Ok(reply.into_inner().group.unwrap())
    }

    pub(crate) async fn on_demand(&self, order: &Order) -> Result<Order, Status> {
        let request = v1::SetActivationRequest {
            order_id: order.order_id.clone(),
            activation: ActivationMode::OnDemand.into(),
        };
        let reply = self
            .cutover()
            .set_activation(change(&self.token, &key(), request))
            .await?;
        Ok(reply.into_inner().order.unwrap())
    }

    pub(crate) async fn activate(&self, order: &Order, group: &str) -> Result<Order, Status> {
        let request = v1::ActivateOrderRequest {
            order_id: order.order_id.clone(),
            group_id: group.to_owned(),
        };
        let reply = self
            .cutover()
            .activate_order(change(&self.token, &key(), request))
            .await?;
        Ok(reply.into_inner().order.unwrap())
    }

    pub(crate) async fn readiness(&self, order: &Order) -> v1::GetReadinessResponse {
        let request = v1::GetReadinessRequest {
            order_id: order.order_id.clone(),
            ..Default::default()
        };
        let reply = self.cutover().get_readiness(ask(&self.token, request)).await;
        reply.unwrap().into_inner()
    }

    /// What the account demands of routing; of everything else nothing.
    pub(crate) async fn demand_routing(&self, demand: ReadinessDemand) {
        let off = ReadinessDemand::Off.into();
        let policy = v1::ReadinessPolicy {
            routing: demand.into(),
            emergency: off,
            caller_name: off,
            messaging: off,
        };
        let request = v1::PutReadinessPolicyRequest { policy: Some(policy) };
        let reply = self
            .cutover()
            .put_readiness_policy(change(&self.token, &key(), request))
            .await;
        reply.unwrap();
    }

    pub(crate) async fn register(&self, order: &Order, verified: bool) -> Result<i32, Status> {
        let request = v1::SetMessagingRegistrationRequest {
            order_id: order.order_id.clone(),
            tns: Vec::new(),
            campaign_id: "C-42".to_owned(),
            verified,
        };
        let call = change(&self.token, &key(), request);
        Ok(self
            .cutover()
            .set_messaging_registration(call)
            .await?
            .into_inner()
            .requested)
    }

    pub(crate) async fn attach(&self, order: &Order, tn: &str, temporary: &str) -> Result<(), Status> {
        let request = v1::AttachTemporaryNumberRequest {
            order_id: order.order_id.clone(),
            phone_number: tn.to_owned(),
            temporary_phone_number: temporary.to_owned(),
        };
        let call = change(&self.token, &key(), request);
        self.cutover().attach_temporary_number(call).await?;
        Ok(())
    }

    pub(crate) async fn snapback(
        &self,
        order: &Order,
        tns: &[&str],
        statement: &str,
    ) -> Result<v1::Snapback, Status> {
        let request = v1::RequestSnapbackRequest {
            order_id: order.order_id.clone(),
            tns: tns.iter().map(|tn| (*tn).to_owned()).collect(),
            reason: "the wrong shop".to_owned(),
            inadvertent: !statement.is_empty(),
            statement: statement.to_owned(),
        };
        let reply = self
            .cutover()
            .request_snapback(change(&self.token, &key(), request))
            .await?;
        Ok(reply.into_inner().snapback.unwrap())
    }

    pub(crate) async fn snapbacks(&self, order: &Order) -> Vec<v1::Snapback> {
        let request = v1::ListSnapbacksRequest {
            order_id: order.order_id.clone(),
        };
        let reply = self.cutover().list_snapbacks(ask(&self.token, request)).await;
        reply.unwrap().into_inner().snapbacks
    }
}

impl TestIntake {
    pub(crate) async fn hear_test(&self, order: &Order, tn: &str, what: Capability, passed: bool, at: &str) {
        let tested = CapabilityTested {
            test_id: Uuid::new_v4().to_string(),
            order_id: order.order_id.clone(),
            account_id: order.account_id.clone(),
            tn: tn.to_owned(),
            capability: what.into(),
            passed,
            detail: "as the carrier found it".to_owned(),
            tested_at: Some(stamp::to_proto(at.parse().unwrap())),
        };
        self.hear_tested(order, &tested).await;
    }

    /// How far a command about these numbers has come.
    pub(crate) async fn hear_progress(
        &self,
        order: &Order,
        kind: CommandKind,
        progress: CommandProgress,
        tns: &[&str],
    ) {
        self.hear_progress_of(Uuid::new_v4(), order, (kind, progress), tns)
            .await;
    }

    /// The same of a command that more is heard of.
    pub(crate) async fn hear_progress_of(
        &self,
        command: Uuid,
        order: &Order,
        (kind, progress): (CommandKind, CommandProgress),
        tns: &[&str],
    ) {
        let progressed = CommandProgressed {
            command_id: command.to_string(),
            subject_id: order.order_id.clone(),
            account_id: order.account_id.clone(),
            ver: order.ver,
            kind: kind.into(),
            progress: progress.into(),
            at: Some(stamp::to_proto(self.clock.now())),
            refusal: "not now".to_owned(),
            tns: tns.iter().map(|tn| (*tn).to_owned()).collect(),
            ..CommandProgressed::default()
        };
        self.hear_event(order, &progressed).await;
    }

    pub(crate) async fn hear_tested(&self, order: &Order, tested: &CapabilityTested) {
        self.hear_event(order, tested).await;
    }

    /// Sets columns of an order's numbers.
    pub(crate) async fn set_numbers(&self, order: &Order, change: &'static str) {
        let id: Uuid = order.order_id.parse().unwrap();
        let done = sqlx::query(change).bind(id).execute(&self.pool).await.unwrap();
        assert!(done.rows_affected() > 0);
    }
}

/// Code, and whose it is, of each hold.
pub(crate) fn codes(holds: &[Hold]) -> Vec<(HoldCode, String)> {
    holds
        .iter()
        .map(|hold| (hold.code(), hold.request_number.clone()))
        .collect()
}
