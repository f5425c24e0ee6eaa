//! Our review before an order goes out.

use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1;
use portway_proto::intake::v1::gateway_calls_service_client::GatewayCallsServiceClient;
use portway_proto::intake::v1::{Order, OrderState, ReviewCause};
use portway_proto::types::v1::Court;
use tonic::Code;

use crate::customer::{Customer, ONE, TWO, key, number};
use crate::harness::{TestIntake, ask, change, reason, refusal};
use crate::people::{change_date, operations, operator, put_policy, release, send_back};

async fn first_orders_are_reviewed(intake: &TestIntake) -> Customer {
    let operations = operations(intake).await;
    let policy = v1::ReviewPolicy {
        first_order: true,
        ..Default::default()
    };
    put_policy(&operations, policy).await.unwrap();
    operations
}

async fn reviews(operations: &Customer, page_size: i32, page_token: &str) -> v1::ListReviewsResponse {
    let request = v1::ListReviewsRequest {
        page_size,
        page_token: page_token.to_owned(),
        account_id: String::new(),
    };
    let reply = operator(operations)
        .list_reviews(ask(&operations.token, request))
        .await;
    reply.unwrap().into_inner()
}

fn causes(order: &Order) -> Vec<ReviewCause> {
    order.review.as_ref().unwrap().causes().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_out_before_a_person_releases_it() {
    let intake = TestIntake::start("held").await;
    let operations = first_orders_are_reviewed(&intake).await;
    let customer = intake.customer().await;
    let held = customer.submitted().await;
    assert_eq!((held.state(), held.court()), (OrderState::Submitted, Court::Us));
    assert_eq!(causes(&held), [ReviewCause::FirstOrder]);
    assert!(held.commands.is_empty());
    assert_eq!(intake.event_names(&held).await, ["OrderInReview"]);
    // Its numbers are taken, but its package is nobody's to fetch.
    assert_eq!(intake.live_tns().await, 2);
    let request = v1::GetSubmissionRequest {
        order_id: held.order_id.clone(),
        ver: 1,
    };
    let mut calls = GatewayCallsServiceClient::new(intake.channel());
    let refused = calls.get_submission(ask(&intake.gateway_token, request)).await;
    assert_eq!(reason(&refused.unwrap_err()), "VERSION_SUPERSEDED");
    let listed = reviews(&operations, 0, "").await;
    assert_eq!((listed.orders.len(), listed.next_page_token.as_str()), (1, ""));
    assert_eq!(causes(&listed.orders[0]), [ReviewCause::FirstOrder]);
    let released = release(&operations, &held).await.unwrap();
    assert_eq!((released.state(), released.review), (OrderState::Submitted, None));
    assert_eq!(released.commands.len(), 1);
    assert_eq!(
        intake.event_names(&held).await,
        ["OrderInReview", "OrderSubmitted"]
    );
    assert!(reviews(&operations, 0, "").await.orders.is_empty());
    assert_eq!(
        reason(&release(&operations, &held).await.unwrap_err()),
        "ILLEGAL_TRANSITION"
    );
    assert_eq!(customer.history(&held).await[2..], ["submitted", "released"]);
    // An order of the account has gone out: the next goes at once.
    let next = customer.submitted_of(&["+12018670130"]).await;
    assert_eq!(intake.event_names(&next).await, ["OrderSubmitted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_sent_back_is_a_draft_with_the_reasons() {
    let intake = TestIntake::start("returned").await;
    let operations = first_orders_are_reviewed(&intake).await;
    let customer = intake.customer().await;
    let held = customer.submitted().await;
    let back = send_back(&operations, &held, "the bill says Leigh")
        .await
        .unwrap();
    assert_eq!(
        (back.state(), back.court(), back.submitted_at),
        (OrderState::Draft, Court::Customer, None)
    );
    let review = customer.get(&held).await.review.unwrap();
    assert_eq!((review.pending, review.returned.len()), (false, 1));
    assert_eq!(review.returned[0].message, "the bill says Leigh");
    // It holds nothing: somebody else may take the numbers.
    assert_eq!(intake.live_tns().await, 0);
    let told: Vec<v1::OrderReturned> = intake.events(&held).await;
    assert_eq!(told[0].reasons, review.returned);
    let request = v1::UpdateOrderRequest {
        order_id: held.order_id.clone(),
        details: Some(v1::OrderDetails {
            last_name: "Leigh".to_owned(),
            authorized_by: "Ann Leigh".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let edited = customer
        .port_in()
        .update_order(change(&customer.token, &key(), request))
        .await;
    // The reasons stay in sight until it is handed in again.
    assert!(edited.unwrap().into_inner().order.unwrap().review.is_some());
    let again = customer.submit(&held).await.unwrap();
    assert_eq!(
        causes(&again),
        [ReviewCause::FirstOrder, ReviewCause::ReturnedBefore]
    );
    assert!(again.review.unwrap().returned.is_empty());
    let released = release(&operations, &held).await.unwrap();
    assert_eq!((released.ver, intake.live_tns().await), (1, 2));
    intake.hear_foc(&released, "2026-12-01T05:00:00Z").await;
    assert_eq!(customer.get(&held).await.state(), OrderState::FocConfirmed);
}

#[tokio::test(flavor = "multi_thread")]
async fn under_review_an_order_is_cancelled_at_once_and_carriers_say_nothing_of_it() {
    let intake = TestIntake::start("reviewcancel").await;
    first_orders_are_reviewed(&intake).await;
    let customer = intake.customer().await;
    let held = customer.submitted().await;
    intake.hear(&held, Answer::Rejected, &[("PIN", "")]).await;
    assert_eq!(customer.get(&held).await.state(), OrderState::Submitted);
    let cancelled = customer.cancel(&held).await.unwrap();
    assert_eq!((cancelled.state(), cancelled.ver), (OrderState::Cancelled, 1));
    assert_eq!(intake.live_tns().await, 0);
    assert_eq!(
        intake.event_names(&held).await,
        ["OrderInReview", "OrderCancelled"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_passed_during_the_review_is_changed_before_the_release() {
    let intake = TestIntake::start("reviewdate").await;
    let operations = first_orders_are_reviewed(&intake).await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[ONE, TWO]).await;
    change_date(&customer, &draft, jiff::civil::date(2026, 12, 1))
        .await
        .unwrap();
    let bill = crate::customer::pdf(&["Bill"]);
    let dated = jiff::civil::date(2026, 11, 20);
    customer
        .upload(&draft, v1::DocumentKind::Bill, dated, &bill)
        .await
        .unwrap();
    customer.submit(&draft).await.unwrap();
    intake.advance_to("2026-11-30T15:00:00Z").await;
    let unmet = release(&operations, &draft).await.unwrap_err();
    let fault = ("details.wanted_date".to_owned(), "DATE_TOO_SOON".to_owned());
    assert_eq!(refusal(&unmet), ("REQUIREMENTS_NOT_MET".to_owned(), vec![fault]));
    let changed = change_date(&customer, &draft, jiff::civil::date(2026, 12, 10))
        .await
        .unwrap();
    assert_eq!((changed.ver, changed.date_change), (1, None));
    let released = release(&operations, &draft).await.unwrap();
    assert!(released.review.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_numbers_cannot_go_together_is_divided_at_the_release() {
    let intake = TestIntake::start("reviewsplit").await;
    let operations = first_orders_are_reviewed(&intake).await;
    let customer = intake.customer().await;
    let other = v1::NumberDraft {
        overrides: Some(v1::NumberOverrides {
            part: "second floor".to_owned(),
            ..Default::default()
        }),
        ..number(TWO)
    };
    let request = v1::CreateOrderRequest {
        details: Some(crate::customer::details()),
        numbers: vec![number(ONE), other],
    };
    let made = customer
        .port_in()
        .create_order(change(&customer.token, &key(), request))
        .await;
    let draft = made.unwrap().into_inner().order.unwrap();
    let bill = crate::customer::pdf(&["Bill"]);
    let dated = jiff::civil::date(2026, 11, 20);
    customer
        .upload(&draft, v1::DocumentKind::Bill, dated, &bill)
        .await
        .unwrap();
    let held = customer.submit(&draft).await.unwrap();
    assert_eq!((held.children.len(), held.numbers.len()), (0, 2));
    let released = release(&operations, &draft).await.unwrap();
    assert_eq!(
        (released.children.len(), released.state()),
        (2, OrderState::Submitted)
    );
    assert_eq!(intake.live_tns().await, 2);
    for child in &released.children {
        let child = customer.find(&child.order_id).await.unwrap();
        assert_eq!(intake.event_names(&child).await, ["OrderSubmitted"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reviews_are_listed_in_pages_longest_waiting_first() {
    let intake = TestIntake::start("reviewpages").await;
    let operations = first_orders_are_reviewed(&intake).await;
    let mut waiting = Vec::new();
    for (index, time) in ["15:10", "15:20", "15:30"].into_iter().enumerate() {
        intake.advance_to(&format!("2026-11-23T{time}:00Z")).await;
        let customer = intake.customer().await;
        let order = customer.submitted_of(&[&format!("+1201867014{index}")]).await;
        waiting.push(order.order_id);
    }
    let (mut listed, mut token) = (Vec::new(), String::new());
    loop {
        let page = reviews(&operations, 2, &token).await;
        listed.extend(page.orders.into_iter().map(|order| order.order_id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, waiting);
    let customer = intake.customer().await;
    let request = v1::ListReviewsRequest::default();
    let refused = operator(&customer)
        .list_reviews(ask(&customer.token, request))
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
}
