//! Cancels of orders that the carrier does not have, and what carriers do while a cancel is out.

use portway_proto::gateway::v1::{Answer, CommandKind, CommandProgress};
use portway_proto::intake::v1::gateway_calls_service_client::GatewayCallsServiceClient;
use portway_proto::intake::v1::{GetSubmissionRequest, OrderState};

use crate::customer::{ONE, TWO};
use crate::harness::{TestIntake, ask, reason};

#[tokio::test(flavor = "multi_thread")]
async fn a_submit_that_is_under_way_is_still_sent_before_its_cancel() {
    let intake = TestIntake::start("overtaken").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let cancelling = customer.cancel(&order).await.unwrap();
    let mut calls = GatewayCallsServiceClient::new(intake.channel());
    let request = GetSubmissionRequest {
        order_id: order.order_id.clone(),
        ver: 1,
    };
    let package = calls
        .get_submission(ask(&intake.gateway_token, request.clone()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(package.numbers.len(), 2);
    intake.hear(&cancelling, Answer::Cancelled, &[]).await;
    let ended = calls
        .get_submission(ask(&intake.gateway_token, request))
        .await
        .unwrap_err();
    assert_eq!(reason(&ended), "VERSION_SUPERSEDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_submit_was_refused_is_cancelled_at_once() {
    let intake = TestIntake::start("neverthere").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake
        .hear_command(&order, CommandKind::Submit, CommandProgress::Refused)
        .await;
    assert_eq!(customer.history(&order).await.last().unwrap(), "command_refused");
    let cancelled = customer.cancel(&order).await.unwrap();
    assert_eq!((cancelled.state(), cancelled.ver), (OrderState::Cancelled, 1));
    assert_eq!(intake.live_tns().await, 0);
    assert_eq!(
        intake.event_names(&order).await,
        ["OrderSubmitted", "OrderDelayed", "OrderCancelled"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_that_is_refused_after_its_submit_was_ends_the_order() {
    let intake = TestIntake::start("bothrefused").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let cancelling = customer.cancel(&order).await.unwrap();
    intake
        .hear_command(&order, CommandKind::Submit, CommandProgress::Refused)
        .await;
    intake
        .hear_command(&cancelling, CommandKind::Cancel, CommandProgress::Refused)
        .await;
    assert_eq!(customer.get(&order).await.state(), OrderState::Cancelled);
    assert_eq!(intake.live_tns().await, 0);
    assert_eq!(intake.event_names(&order).await.last().unwrap(), "OrderCancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_are_ours_while_a_cancel_is_out_are_in_service() {
    let intake = TestIntake::start("crossed").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    customer.cancel(&order).await.unwrap();
    intake.hear(&order, Answer::Activated, &[]).await;
    let ported = customer.get(&order).await;
    assert_eq!(ported.state(), OrderState::Ported);
    let in_service = [ONE, TWO].map(|tn| (tn.to_owned(), "IN_SERVICE".to_owned()));
    assert_eq!(
        (intake.inventory().await, intake.live_tns().await),
        (in_service.to_vec(), 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_fails_alone_leaves_the_inventory() {
    let intake = TestIntake::start("failsalone").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    intake.advance_to("2026-11-29T05:00:00Z").await;
    let reasons = [("TN_NOT_FOUND", TWO), ("WORKLOAD", ONE)];
    intake.hear(&order, Answer::Rejected, &reasons).await;
    assert_eq!(customer.get(&order).await.state(), OrderState::FocConfirmed);
    let incoming = [(ONE.to_owned(), "INCOMING".to_owned())];
    assert_eq!(
        (intake.inventory().await, intake.live_tns().await),
        (incoming.to_vec(), 1)
    );
}
