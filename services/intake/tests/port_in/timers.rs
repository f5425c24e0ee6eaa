//! What time does to orders.

use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1::OrderState;
use service::stamp;
use tonic::Code;

use testkit::eventually;

use crate::customer::ONE;
use crate::harness::{BOUND, TestIntake, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_acts_for_thirty_days_and_the_numbers_are_free() {
    let intake = TestIntake::start("abandoned").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear(&order, Answer::Rejected, &[("PIN", "")]).await;
    intake.advance_to("2026-12-20T15:00:00Z").await;
    assert_eq!(
        intake.event_names(&order).await.last().unwrap(),
        "OrderActionExpiring",
        "three days before"
    );
    intake.advance_to("2026-12-23T14:00:00Z").await;
    assert_eq!(
        customer.get(&order).await.state(),
        OrderState::ActionRequired,
        "29 days and 23 hours"
    );
    intake.advance_to("2026-12-23T15:00:00Z").await;
    assert_eq!(
        customer.get(&order).await.state(),
        OrderState::Abandoned,
        "30 days"
    );
    assert_eq!(intake.live_tns().await, 0);
    assert_eq!(intake.event_names(&order).await.last().unwrap(), "OrderAbandoned");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_over_that_never_comes_is_abandoned() {
    let intake = TestIntake::start("neveractive").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    // The clock leaps over the arrival, the cut-over and the end: each happens.
    intake.advance_to("2026-12-31T05:00:00Z").await;
    assert_eq!(customer.get(&order).await.state(), OrderState::Abandoned);
    assert_eq!((intake.inventory().await.len(), intake.live_tns().await), (0, 0));
    let names = intake.event_names(&order).await;
    assert_eq!(
        names[1..],
        ["OrderFocConfirmed", "OrderActivationRequested", "OrderAbandoned"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_comes_too_late_a_day_before_the_cut_over() {
    let cases = [
        ("2026-11-30T04:59:00Z", true),
        ("2026-11-30T05:01:00Z", false),
        ("2026-12-01T05:00:00Z", false),
    ];
    for (at, allowed) in cases {
        let intake = TestIntake::start("toolate").await;
        let customer = intake.customer().await;
        let order = customer.submitted().await;
        intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
        intake.advance_to(at).await;
        match customer.cancel(&order).await {
            Ok(cancelled) => assert!(
                allowed && cancelled.state() == OrderState::CancelRequested,
                "{at}"
            ),
            Err(status) => {
                assert!(!allowed, "{at}: {status}");
                assert_eq!(
                    (status.code(), refusal(&status).0.as_str()),
                    (Code::FailedPrecondition, "TOO_LATE")
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_moves_moves_the_cut_over() {
    let intake = TestIntake::start("moved").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    intake.advance_to("2026-11-30T05:00:00Z").await;
    intake.hear_foc(&order, "2026-12-03T05:00:00Z").await;
    intake.advance_to("2026-12-02T05:00:00Z").await;
    assert_eq!(customer.get(&order).await.state(), OrderState::FocConfirmed);
    assert_eq!(intake.inventory().await.len(), 2, "what has arrived stays");
    intake.advance_to("2026-12-03T05:00:00Z").await;
    assert_eq!(customer.get(&order).await.state(), OrderState::Activating);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_be_acted_on_does_not_hold_up_the_others() {
    let intake = TestIntake::start("postponed").await;
    let customer = intake.customer().await;
    let stuck = customer.submitted().await;
    // A number that came by another order in the meantime: something that must not be.
    sqlx::query(
        "INSERT INTO inventory_number (tn, account_id, state, since, origin_order_id, account_number, postal_code,
                                       end_user_name)
         VALUES ($1, gen_random_uuid(), 'IN_SERVICE', now(), gen_random_uuid(), '1', '07102', 'Somebody')",
    )
    .bind(ONE)
    .execute(&intake.pool)
    .await
    .unwrap();
    let other = customer.submitted_of(&["201-867-0188"]).await;
    intake.hear_foc(&stuck, "2026-12-01T05:00:00Z").await;
    intake.hear_foc(&other, "2026-12-01T06:00:00Z").await;
    intake
        .clock
        .advance_to("2026-11-29T06:00:00Z".parse().unwrap())
        .unwrap();
    eventually(BOUND, "the other order's number is incoming", async || {
        intake
            .inventory()
            .await
            .iter()
            .any(|(_, state)| state == "INCOMING")
    })
    .await;
    let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM port_order WHERE retry_at > now()")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert_eq!(waiting, 1);
    assert_eq!(customer.get(&stuck).await.state(), OrderState::FocConfirmed);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_arrive_while_a_cancel_is_out_and_leave_when_the_carrier_rejects() {
    let intake = TestIntake::start("arrivecancelling").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    let cancelling = customer.cancel(&order).await.unwrap();
    intake.advance_to("2026-11-29T05:00:00Z").await;
    assert_eq!(customer.get(&order).await.state(), OrderState::CancelRequested);
    assert_eq!(intake.inventory().await.len(), 2, "they can be set up");
    // To the version that is to be cancelled.
    intake.hear(&order, Answer::Rejected, &[("PIN", ONE)]).await;
    assert_eq!(intake.inventory().await.len(), 0);
    let since = customer.get(&order).await.since;
    intake.advance_to("2026-11-30T05:00:00Z").await;
    intake.hear(&cancelling, Answer::ChangeRefused, &[]).await;
    let back = customer.get(&order).await;
    assert_eq!(
        (back.state(), back.reasons.len()),
        (OrderState::ActionRequired, 1)
    );
    assert!(back.since.unwrap().seconds > since.unwrap().seconds);
    assert_eq!(
        stamp::from_proto(back.since.as_ref().unwrap())
            .unwrap()
            .to_string(),
        "2026-11-29T05:00:00Z",
        "its time began with the rejection"
    );
    // It does not begin anew with a cancel that is refused.
    let again = customer.cancel(&back).await.unwrap();
    intake.advance_to("2026-12-01T05:00:00Z").await;
    intake.hear(&again, Answer::ChangeRefused, &[]).await;
    assert_eq!(customer.get(&order).await.since, back.since);
}
