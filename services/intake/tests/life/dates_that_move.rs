//! Dates that the carrier moves, and delays.

use jiff::civil::date;
use portway_proto::gateway::v1::{Answer, CommandKind, CommandProgress};
use portway_proto::intake::v1;
use portway_proto::intake::v1::{Order, OrderState};
use service::stamp;

use crate::customer::Customer;
use crate::harness::TestIntake;
use crate::people::change_date;

async fn moves(intake: &TestIntake, order: &Order) -> Vec<(String, String, bool)> {
    let moved: Vec<v1::OrderFocMoved> = intake.events(order).await;
    let read = |at: Option<&prost_types::Timestamp>| stamp::from_proto(at.unwrap()).unwrap().to_string();
    let all = moved.iter();
    all.map(|one| {
        (
            read(one.previous_foc_at.as_ref()),
            read(one.foc_at.as_ref()),
            one.asked_for,
        )
    })
    .collect()
}

async fn committed(intake: &TestIntake, customer: &Customer) -> Order {
    let order = customer.submitted().await;
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    order
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_date_takes_incoming_numbers_back_until_it_is_near() {
    let intake = TestIntake::start("later").await;
    let customer = intake.customer().await;
    let order = committed(&intake, &customer).await;
    intake.advance_to("2026-11-29T05:00:00Z").await;
    assert_eq!(intake.inventory().await.len(), 2);
    intake.hear_foc(&order, "2026-12-08T05:00:00Z").await;
    assert!(intake.inventory().await.is_empty());
    let (first, later) = (
        "2026-12-01T05:00:00Z".to_owned(),
        "2026-12-08T05:00:00Z".to_owned(),
    );
    assert_eq!(moves(&intake, &order).await, [(first, later.clone(), false)]);
    // Earlier again, and near: they are there at once.
    intake.hear_foc(&order, "2026-11-30T05:00:00Z").await;
    intake.advance_to("2026-11-29T05:01:00Z").await;
    assert_eq!(intake.inventory().await.len(), 2);
    let earlier = "2026-11-30T05:00:00Z".to_owned();
    assert_eq!(moves(&intake, &order).await[1], (later, earlier, false));
    let moved = customer.history(&order).await;
    assert_eq!(moved.iter().filter(|action| *action == "foc_moved").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_moves_while_the_cut_over_is_under_way() {
    let intake = TestIntake::start("activatingmoves").await;
    let customer = intake.customer().await;
    let order = committed(&intake, &customer).await;
    intake.advance_to("2026-12-01T05:00:00Z").await;
    assert_eq!(customer.get(&order).await.state(), OrderState::Activating);
    intake.hear_foc(&order, "2026-12-02T05:00:00Z").await;
    assert_eq!(customer.get(&order).await.state(), OrderState::FocConfirmed);
    // The new date is within two days: the numbers stay where they are.
    assert_eq!(
        (intake.inventory().await.len(), moves(&intake, &order).await.len()),
        (2, 1)
    );
    intake.advance_to("2026-12-02T05:00:00Z").await;
    let names = intake.event_names(&order).await;
    let requested = names.iter().filter(|name| *name == "OrderActivationRequested");
    assert_eq!(requested.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_moves_while_a_cancel_is_out_holds_if_that_is_refused() {
    let intake = TestIntake::start("cancelmoves").await;
    let customer = intake.customer().await;
    let order = committed(&intake, &customer).await;
    let cancelling = customer.cancel(&order).await.unwrap();
    intake.hear_foc(&order, "2026-12-03T05:00:00Z").await;
    assert_eq!(customer.get(&order).await.state(), OrderState::CancelRequested);
    assert_eq!(customer.history(&order).await.last().unwrap(), "foc_moved");
    intake.hear(&cancelling, Answer::ChangeRefused, &[]).await;
    let back = customer.get(&order).await;
    let foc_at = stamp::from_proto(back.foc_at.as_ref().unwrap())
        .unwrap()
        .to_string();
    assert_eq!(
        (back.state(), foc_at.as_str()),
        (OrderState::FocConfirmed, "2026-12-03T05:00:00Z")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_the_customer_asked_for_moves_by_the_customer() {
    let intake = TestIntake::start("askedfor").await;
    let customer = intake.customer().await;
    let order = committed(&intake, &customer).await;
    let asked = change_date(&customer, &order, date(2026, 12, 10)).await.unwrap();
    intake.hear_foc(&asked, "2026-12-10T05:00:00Z").await;
    assert!(moves(&intake, &order).await[0].2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delayed_order_stays_pending_and_shows_why() {
    let intake = TestIntake::start("delayed").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake
        .hear_command(&order, CommandKind::Submit, CommandProgress::Acknowledged)
        .await;
    intake.hear(&order, Answer::Delayed, &[("WORKLOAD", "")]).await;
    let delayed = customer.get(&order).await;
    let reasons: Vec<_> = delayed.delays.iter().map(|delay| delay.reason.as_str()).collect();
    assert_eq!(
        (delayed.state(), reasons),
        (OrderState::Pending, vec!["WORKLOAD"])
    );
    assert!(delayed.reasons.is_empty(), "nothing is asked of the customer");
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    assert!(customer.get(&order).await.delays.is_empty());
}
