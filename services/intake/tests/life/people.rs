//! What customers and operations ask of orders under way.

use jiff::civil::Date;
use portway_proto::intake::v1;
use portway_proto::intake::v1::cutover_service_client::CutoverServiceClient;
use portway_proto::intake::v1::order_change_service_client::OrderChangeServiceClient;
use portway_proto::intake::v1::order_operations_service_client::OrderOperationsServiceClient;
use portway_proto::intake::v1::{Order, Settlement};
use service::stamp;
use tonic::Status;
use tonic::transport::Channel;
use types::AccountId;

use crate::customer::{Customer, key};
use crate::harness::{TestIntake, ask, change};

/// A person of the platform.
pub(crate) async fn operations(intake: &TestIntake) -> Customer {
    let permissions = ["port_in.operate", "port_in.view", "port_in.modify"];
    intake.user_of(AccountId::PLATFORM, &permissions).await
}

/// The services of the cut-over.
pub(crate) fn cutovers(who: &Customer) -> CutoverServiceClient<Channel> {
    CutoverServiceClient::new(who.channel())
}

pub(crate) fn changes(customer: &Customer) -> OrderChangeServiceClient<Channel> {
    OrderChangeServiceClient::new(customer.channel())
}

pub(crate) fn operator(customer: &Customer) -> OrderOperationsServiceClient<Channel> {
    OrderOperationsServiceClient::new(customer.channel())
}

pub(crate) fn date_request(order: &Order, wanted: Date) -> v1::ChangeWantedDateRequest {
    v1::ChangeWantedDateRequest {
        order_id: order.order_id.clone(),
        wanted_date: Some(stamp::date_to_proto(wanted)),
        etag: String::new(),
    }
}

pub(crate) async fn change_date(customer: &Customer, order: &Order, wanted: Date) -> Result<Order, Status> {
    let request = change(&customer.token, &key(), date_request(order, wanted));
    let reply = changes(customer).change_wanted_date(request).await?;
    Ok(reply.into_inner().order.unwrap())
}

pub(crate) async fn drop_numbers(customer: &Customer, order: &Order, tns: &[&str]) -> Result<Order, Status> {
    let request = v1::DropNumbersRequest {
        order_id: order.order_id.clone(),
        phone_numbers: tns.iter().map(|tn| (*tn).to_owned()).collect(),
    };
    let reply = changes(customer)
        .drop_numbers(change(&customer.token, &key(), request))
        .await?;
    Ok(reply.into_inner().order.unwrap())
}

pub(crate) async fn propose_fix(customer: &Customer, order: &Order) -> Vec<v1::ProposedFix> {
    let request = v1::ProposeFixRequest {
        order_id: order.order_id.clone(),
    };
    let reply = changes(customer).propose_fix(ask(&customer.token, request)).await;
    reply.unwrap().into_inner().fixes
}

pub(crate) async fn list_actions(customer: &Customer, order: &Order) -> Vec<v1::ActionRule> {
    let request = v1::ListActionsRequest {
        order_id: order.order_id.clone(),
    };
    let reply = changes(customer)
        .list_actions(ask(&customer.token, request))
        .await;
    reply.unwrap().into_inner().actions
}

pub(crate) async fn put_policy(
    customer: &Customer,
    policy: v1::ReviewPolicy,
) -> Result<v1::ReviewPolicy, Status> {
    let request = v1::PutReviewPolicyRequest { policy: Some(policy) };
    let reply = operator(customer)
        .put_review_policy(change(&customer.token, &key(), request))
        .await?;
    Ok(reply.into_inner().policy.unwrap())
}

pub(crate) async fn release(customer: &Customer, order: &Order) -> Result<Order, Status> {
    let request = v1::ReleaseOrderRequest {
        order_id: order.order_id.clone(),
        note: "looked at".to_owned(),
        etag: String::new(),
    };
    let reply = operator(customer)
        .release_order(change(&customer.token, &key(), request))
        .await?;
    Ok(reply.into_inner().order.unwrap())
}

pub(crate) async fn send_back(customer: &Customer, order: &Order, message: &str) -> Result<Order, Status> {
    let request = v1::ReturnOrderRequest {
        order_id: order.order_id.clone(),
        reasons: vec![v1::ReturnReason {
            field: "details.last_name".to_owned(),
            message: message.to_owned(),
        }],
        etag: String::new(),
    };
    let reply = operator(customer)
        .return_order(change(&customer.token, &key(), request))
        .await?;
    Ok(reply.into_inner().order.unwrap())
}

pub(crate) async fn settle_cancel(
    customer: &Customer,
    order: &Order,
    settlement: Settlement,
) -> Result<Order, Status> {
    let request = v1::SettleCancelRequest {
        order_id: order.order_id.clone(),
        settlement: settlement.into(),
        note: "Pat at the carrier, by phone".to_owned(),
    };
    let reply = operator(customer)
        .settle_cancel(change(&customer.token, &key(), request))
        .await?;
    Ok(reply.into_inner().order.unwrap())
}

pub(crate) async fn settle_date_change(
    customer: &Customer,
    order: &Order,
    settlement: Settlement,
) -> Result<Order, Status> {
    let request = v1::SettleDateChangeRequest {
        order_id: order.order_id.clone(),
        settlement: settlement.into(),
        note: "Pat at the carrier, by phone".to_owned(),
    };
    let reply = operator(customer)
        .settle_date_change(change(&customer.token, &key(), request))
        .await?;
    Ok(reply.into_inner().order.unwrap())
}

/// What was found out about an answer: these reasons, or, without any, that nothing is wrong.
pub(crate) fn finding(order: &Order, reasons: &[(&str, &str)]) -> v1::SettleRejectionRequest {
    let meant = reasons.iter().map(|(reason, tn)| v1::MeantReason {
        tn: (*tn).to_owned(),
        reason: (*reason).to_owned(),
    });
    let finding = if reasons.is_empty() {
        v1::RejectionFinding::NothingWrong
    } else {
        v1::RejectionFinding::Means
    };
    v1::SettleRejectionRequest {
        order_id: order.order_id.clone(),
        finding: finding.into(),
        reasons: meant.collect(),
        note: "Pat at the carrier, by phone".to_owned(),
        etag: String::new(),
    }
}

pub(crate) async fn settle_rejection(
    customer: &Customer,
    request: v1::SettleRejectionRequest,
) -> Result<Order, Status> {
    let reply = operator(customer)
        .settle_rejection(change(&customer.token, &key(), request))
        .await?;
    Ok(reply.into_inner().order.unwrap())
}
