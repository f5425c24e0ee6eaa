//! kill -9 exactly where it hurts. After a restart each port completes once: one charge, one message a step.

#![expect(
    clippy::disallowed_methods,
    reason = "a test awaits its own tasks, or ends with them"
)]

use std::time::Duration;

use portway_proto::carrier::v1::AnswerKind;
use portway_proto::intake::v1::OrderState;
use system_tests::checks::assert_ported_once;
use system_tests::{Freeze, Receiver, System, script_step};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn between_the_commit_and_the_delivery_of_its_event() {
    let mut system = System::start("crash_before_delivery").await;
    let customer = system.customer();
    let draft = customer.ready_draft(&["+12018675401"]).await;
    let freeze = Freeze::sequencer(system.database_url(), "intake").await;
    let order = customer.submit(&draft).await;
    assert!(customer.carrier_calls("").await.is_empty(), "nobody was told yet");
    system.kill();
    freeze.release().await;
    system.restart().await;
    let customer = system.customer();
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order).await;
}

#[tokio::test]
async fn while_the_carrier_is_being_called() {
    let mut system = System::start("crash_in_carrier_call").await;
    let customer = system.customer();
    let draft = customer.ready_draft(&["+12018675402"]).await;
    // The simulator cannot take the request in, so the gateway waits for its answer.
    let freeze = Freeze::writers_of(system.database_url(), "sim.port_request").await;
    let order = customer.submit(&draft).await;
    freeze.until_reached().await;
    system.kill();
    freeze.release().await;
    system.restart().await;
    let customer = system.customer();
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order).await;
}

#[tokio::test]
async fn between_the_poll_and_the_record_of_what_it_brought() {
    let mut system = System::start("crash_before_record").await;
    let customer = system.customer();
    let tn = "+12018675403";
    customer
        .script(
            tn,
            vec![
                script_step(HOUR, AnswerKind::Foc),
                script_step(HOUR, AnswerKind::Activated),
            ],
        )
        .await;
    let order = customer.submitted(&[tn]).await;
    customer.advance(HOUR / 2).await;
    assert_eq!(customer.order(&order).await.state(), OrderState::Pending);
    let freeze = Freeze::writers_of(system.database_url(), "gateway.answer").await;
    let moving = {
        let customer = customer.clone();
        tokio::spawn(async move { customer.try_advance(HOUR * 2).await })
    };
    freeze.until_reached().await;
    system.kill();
    assert!(
        moving.await.unwrap().is_err(),
        "the clock's mover died with the process"
    );
    freeze.release().await;
    system.restart().await;
    let customer = system.customer();
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order).await;
}

#[tokio::test]
async fn again_and_again_on_the_way() {
    let mut system = System::start("crash_often").await;
    let receiver = Receiver::start().await;
    system.customer().register_webhook(&receiver.url).await;
    let mut order = None;
    for _round in 0..4 {
        let customer = system.customer();
        match &order {
            None => order = Some(customer.submitted(&["+12018675404", "+14158675404"]).await),
            Some(_) => {
                customer.advance(DAY).await;
            }
        }
        let before = customer.now().await;
        let mover = customer.clone();
        let moving = tokio::spawn(async move { mover.try_advance(DAY).await });
        // The kill comes in the middle of a move: the clock is on its way and not there yet.
        testkit::eventually(
            Duration::from_secs(30),
            "the clock to be on its way",
            async || {
                moving.is_finished() || customer.now().await > before + jiff::SignedDuration::from_hours(2)
            },
        )
        .await;
        system.kill();
        let _either_way = moving.await.unwrap();
        system.restart().await;
    }
    let customer = system.customer();
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order.unwrap()).await;
    for step in ["port_in.submitted", "port_in.foc_confirmed", "port_in.ported"] {
        assert_eq!(receiver.count(step), 1, "{step}: one webhook id");
    }
}
