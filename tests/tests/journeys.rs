//! Whole ports, across all services.

use std::time::Duration;

use jiff::SignedDuration;
use portway_proto::carrier::v1::AnswerKind;
use portway_proto::intake::v1::{AnswerState, OrderState, PortOutState};
use portway_proto::sim::v1::ScriptStep;
use portway_proto::types::v1::{Court, ReasonClass};
use system_tests::checks::{assert_ported_once, assert_told_once};
use system_tests::{System, raw_reason, script_step};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_rejected_order_is_corrected_and_ports() {
    let system = System::start("rejected_then_ported").await;
    let customer = system.customer();
    let (first, second) = ("+12018675301", "+14158675302");
    let rejected = ScriptStep {
        reasons: vec![raw_reason(second, "8C", "PIN incorrect")],
        ..script_step(HOUR, AnswerKind::Rejected)
    };
    customer
        .script(
            first,
            vec![
                rejected,
                script_step(HOUR, AnswerKind::Foc),
                script_step(HOUR, AnswerKind::Activated),
            ],
        )
        .await;

    let order = customer.submitted(&[first, second]).await;
    assert_eq!(order.state(), OrderState::Submitted);
    customer.advance(HOUR * 3).await;
    let order = customer.order(&order).await;
    assert_eq!(
        (order.state(), order.court()),
        (OrderState::ActionRequired, Court::Customer)
    );
    let reason = order.reasons.first().unwrap();
    assert_eq!(
        (reason.reason.as_str(), reason.tn.as_str(), reason.field.as_str()),
        ("PIN", second, "pin")
    );
    assert_eq!(
        (reason.reason_class(), reason.raw_code.as_str()),
        (ReasonClass::Fix, "8C")
    );

    let unchanged = customer
        .fix(&order, "pin", second, system_tests::PIN)
        .await
        .unwrap_err();
    assert!(
        unchanged.message().contains("PIN_UNCHANGED"),
        "a PIN is never sent again unchanged: {unchanged:?}"
    );
    let order = customer.fix(&order, "pin", second, "2284").await.unwrap();
    assert_eq!((order.state(), order.ver), (OrderState::Submitted, 2));
    customer.advance(HOUR * 3).await;
    let order = customer.order(&order).await;
    assert_eq!(order.state(), OrderState::FocConfirmed);
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order).await;
    assert_told_once(
        &system,
        &customer,
        &order.order_id,
        &["port_in.action_required", "port_in.resubmitted"],
    )
    .await;
}

#[tokio::test]
async fn a_delay_leaves_the_order_pending_and_asks_nobody_for_data() {
    let system = System::start("delayed").await;
    let customer = system.customer();
    let tn = "+12018675311";
    let delayed = ScriptStep {
        reasons: vec![raw_reason(tn, "6J", "high volume")],
        ver: 1,
        ..script_step(HOUR, AnswerKind::Delayed)
    };
    let foc = ScriptStep {
        ver: 1,
        ..script_step(HOUR * 10, AnswerKind::Foc)
    };
    customer
        .script(tn, vec![delayed, foc, script_step(HOUR, AnswerKind::Activated)])
        .await;
    let order = customer.submitted(&[tn]).await;
    customer.advance(HOUR * 4).await;
    let order = customer.order(&order).await;
    assert_eq!(
        (order.state(), order.court()),
        (OrderState::Pending, Court::LosingCarrier)
    );
    let told = customer.deliveries(&order.order_id).await;
    assert!(
        told.iter().all(|delivery| delivery.step == "port_in.submitted"),
        "{told:?}"
    );
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order).await;
}

#[tokio::test]
async fn a_number_ports_out_and_leaves_at_once() {
    let system = System::start("port_out").await;
    let customer = system.customer();
    let (leaving, staying) = ("+12018675321", "+12018675322");
    let order = customer.submitted(&[leaving, staying]).await;
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order).await;

    let foc_at = customer.now().await + SignedDuration::from_hours(72);
    customer
        .request_port_out(&order, "WIN-1", &[leaving], foc_at)
        .await;
    customer.advance(HOUR * 3).await;
    let port_outs = customer.port_outs().await;
    assert_eq!(port_outs.len(), 1);
    assert_eq!(port_outs[0].state(), PortOutState::Pending);
    customer.accept(&port_outs[0]).await.unwrap();
    customer.advance(HOUR).await;
    let port_out = customer.port_out(&port_outs[0]).await;
    assert_eq!(
        (port_out.state(), port_out.answer_state()),
        (PortOutState::Authorized, AnswerState::Acknowledged)
    );
    assert_eq!(
        customer.in_service().await.len(),
        2,
        "a number never leaves at the acceptance"
    );
    customer.advance(DAY * 4).await;
    assert_eq!(
        customer.port_out(&port_out).await.state(),
        PortOutState::PortedOut
    );
    let left: Vec<String> = customer
        .in_service()
        .await
        .into_iter()
        .map(|number| number.tn)
        .collect();
    assert_eq!(left, [staying]);
    let charges = customer.charges().await;
    assert_eq!(
        charges
            .iter()
            .filter(|charge| charge.subject_id == port_out.port_out_id)
            .count(),
        1
    );
    assert_told_once(
        &system,
        &customer,
        &port_out.port_out_id,
        &["port_out.received", "port_out.ported_out"],
    )
    .await;
}

#[tokio::test]
async fn a_stop_is_clean_and_a_start_goes_on() {
    let mut system = System::start("stop_and_start").await;
    let customer = system.customer();
    let order = customer.submitted(&["+12018675331"]).await;
    system.stop().await;
    system.restart().await;
    let customer = system.customer();
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order).await;
}
