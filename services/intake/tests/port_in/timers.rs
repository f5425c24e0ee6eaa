//! What time does to orders.

use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1::OrderState;
use tonic::Code;

use crate::harness::{TestIntake, refusal};

#[tokio::test]
async fn nobody_acts_for_thirty_days_and_the_numbers_are_free() {
    let intake = TestIntake::start("abandoned").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear(&order, Answer::Rejected, &[("PIN", "")]).await;
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

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
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
