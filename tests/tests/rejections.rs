//! What becomes of a rejection, by the class of its reason: one journey each, across all services.
//!
//! The classes `fix` and `delay` are among the journeys (`journeys.rs`).

use std::time::Duration;

use portway_proto::carrier::v1::AnswerKind;
use portway_proto::intake::v1::{NumberState, Order, OrderState};
use portway_proto::sim::v1::ScriptStep;
use portway_proto::types::v1::{Court, ReasonClass};
use system_tests::checks::{assert_ported_once, assert_told_once};
use system_tests::{Customer, System, raw_reason, script_step};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Rejects with this code, then agrees to whatever comes next.
async fn rejecting(customer: &Customer, script_of: &str, about: &str, code: &str) {
    let rejected = ScriptStep {
        reasons: vec![raw_reason(about, code, "as the carrier says it")],
        ..script_step(HOUR, AnswerKind::Rejected)
    };
    let steps = vec![
        rejected,
        script_step(HOUR, AnswerKind::Foc),
        script_step(HOUR, AnswerKind::Activated),
    ];
    customer.script(script_of, steps).await;
}

/// The class and the raw code of the order's only reason.
fn only_reason(order: &Order) -> (ReasonClass, &str, &str) {
    assert_eq!(order.reasons.len(), 1, "{:?}", order.reasons);
    let reason = &order.reasons[0];
    (
        reason.reason_class(),
        reason.reason.as_str(),
        reason.raw_code.as_str(),
    )
}

#[tokio::test]
async fn customer_what_is_settled_at_the_carrier_is_confirmed_and_goes_out_again() {
    let system = System::start("reason_customer").await;
    let customer = system.customer();
    let tn = "+12018675341";
    rejecting(&customer, tn, tn, "6D").await;
    let order = customer.submitted(&[tn]).await;
    customer.advance(HOUR * 3).await;
    let order = customer.order(&order).await;
    assert_eq!(
        (order.state(), order.court()),
        (OrderState::ActionRequired, Court::Customer)
    );
    assert_eq!(
        only_reason(&order),
        (ReasonClass::Customer, "TN_NOT_ACTIVE", "6D")
    );
    let order = customer.confirm(&order).await.unwrap();
    assert_eq!((order.state(), order.ver), (OrderState::Submitted, 2));
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order).await;
    let steps = ["port_in.action_required", "port_in.resubmitted"];
    assert_told_once(&system, &customer, &order.order_id, &steps).await;
}

#[tokio::test]
async fn cancel_a_number_that_cannot_port_fails_alone_and_the_last_one_ends_the_order() {
    let system = System::start("reason_cancel").await;
    let customer = system.customer();
    let (good, bad) = ("+12018675351", "+12018675352");
    rejecting(&customer, good, bad, "6A").await;
    let order = customer.submitted(&[good, bad]).await;
    customer.advance(HOUR * 3).await;
    let order = customer.order(&order).await;
    let states: Vec<(&str, NumberState)> = order
        .numbers
        .iter()
        .map(|number| (number.tn.as_str(), number.state()))
        .collect();
    assert!(
        states.contains(&(bad, NumberState::Failed)),
        "{states:?} of an order that is {:?}",
        order.state()
    );
    assert_ne!(
        order.state(),
        OrderState::Rejected,
        "the other number can still port"
    );

    let alone = "+12018675353";
    rejecting(&customer, alone, alone, "6A").await;
    let order = customer.submitted(&[alone]).await;
    customer.advance(HOUR * 3).await;
    let order = customer.order(&order).await;
    assert_eq!(order.state(), OrderState::Rejected);
    assert_eq!(order.numbers[0].state(), NumberState::Failed);
    assert_told_once(&system, &customer, &order.order_id, &["port_in.rejected"]).await;
    // The number is free again.
    customer.submitted(&[alone]).await;
}

#[tokio::test]
async fn reroute_and_manual_wait_for_a_person_of_ours_and_keep_the_carriers_own_words() {
    let system = System::start("reason_manual").await;
    let customer = system.customer();
    for (tn, code, class, reason) in [
        ("+12018675361", "6B", ReasonClass::Reroute, "INTERNAL_PORT"),
        ("+12018675362", "6K", ReasonClass::Manual, "NOT_PORTABLE"),
        ("+12018675363", "ZZ9", ReasonClass::Manual, "UNMAPPED"),
    ] {
        let rejected = ScriptStep {
            reasons: vec![raw_reason(tn, code, "as the carrier says it")],
            ..script_step(HOUR, AnswerKind::Rejected)
        };
        customer.script(tn, vec![rejected]).await;
        let order = customer.submitted(&[tn]).await;
        customer.advance(HOUR * 3).await;
        let order = customer.order(&order).await;
        assert_eq!(
            (order.state(), order.court()),
            (OrderState::Pending, Court::Us),
            "{code}"
        );
        assert_eq!(only_reason(&order), (class, reason, code));
        assert_eq!(order.reasons[0].raw_text, "as the carrier says it");
        let told = customer.deliveries(&order.order_id).await;
        assert!(
            told.iter().all(|delivery| delivery.step == "port_in.submitted"),
            "{code}: nobody is asked for anything: {told:?}"
        );
        let heard = customer.timeline(&order).await;
        assert!(
            heard
                .iter()
                .any(|entry| entry.note.contains(reason) && entry.note.contains(code)),
            "{code} as {class:?}: {heard:?}"
        );
    }
}
