//! What intake asks for reaches the carrier, and how far it has come is announced.

use std::collections::VecDeque;

use portway_proto::carrier::v1::{SubmitPortRequest, Supplement};
use portway_proto::gateway::v1::CommandKind::{Activate, Cancel, Submit, Supplement as Correct};
use portway_proto::gateway::v1::CommandProgress::{Acknowledged, Refused, Sent};
use portway_proto::gateway::v1::CommandProgressed;
use portway_proto::intake::v1 as intake;
use testkit::eventually;
use tonic::{Code, Status};

use crate::harness::{BOUND, Order, World};

/// What the carrier got: PON, version, supplement.
fn seen(submitted: &[SubmitPortRequest]) -> Vec<(&str, i32, Supplement)> {
    submitted
        .iter()
        .map(|request| (request.pon.as_str(), request.ver, request.supplement()))
        .collect()
}

#[tokio::test]
async fn an_order_is_submitted_corrected_cut_over_and_cancelled() {
    let world = World::new("command_flow").await;
    let gateway = world.start().await;
    let order = Order::new(100_001);
    order.submit(&gateway, 1).await;
    gateway.settle().await;
    // Heard again, as after a crash of the listener.
    order.submit(&gateway, 1).await;
    order.submit(&gateway, 2).await;
    gateway.settle().await;
    order.activate(&gateway, 2).await;
    order.cancel(&gateway, 3).await;
    gateway.settle().await;

    {
        let state = world.partner.state();
        let expected = [
            ("PI-100001", 1, Supplement::None),
            ("PI-100001", 2, Supplement::Other),
        ];
        assert_eq!(seen(&state.submitted), expected);
        assert_eq!(state.submitted[0].losing_spid, "SIMW");
        assert_eq!(state.activated[0].pon, "PI-100001");
        assert_eq!(
            (state.cancelled[0].pon.as_str(), state.cancelled[0].ver),
            ("PI-100001", 3)
        );
    }
    let expected = [
        (Submit, 1, Sent),
        (Submit, 1, Acknowledged),
        (Correct, 2, Sent),
        (Correct, 2, Acknowledged),
        (Activate, 2, Sent),
        (Activate, 2, Acknowledged),
        (Cancel, 3, Sent),
        (Cancel, 3, Acknowledged),
    ];
    assert_eq!(gateway.progress().await, expected);
    assert_eq!(
        gateway
            .count("SELECT count(*) FROM command WHERE carrier_reference = 'REF-PI-100001'")
            .await,
        2
    );
}

#[tokio::test]
async fn the_carrier_gets_the_whole_package_with_names_cut_to_what_it_takes() {
    let world = World::new("command_package").await;
    world.intake.state().package = intake::GetSubmissionResponse {
        losing_carrier: "sim-wireless".to_owned(),
        numbers: vec![intake::SubmissionNumber {
            tn: "+12015550123".to_owned(),
            pin: "8264".to_owned(),
        }],
        account_number: "A-77".to_owned(),
        btn: "+12015550123".to_owned(),
        end_user_name: "Acme Telephone and Ice Company".to_owned(),
        tax_id: "9999".to_owned(),
        authorized_by: "Maximilian Ott Brown".to_owned(),
        wanted_date: Some(portway_proto::types::v1::Date {
            year: 2026,
            month: 3,
            day: 9,
        }),
        partial: true,
        new_btn: "+12015550124".to_owned(),
        disconnect_remaining: true,
        service_address: None,
    };
    let gateway = world.start().await;
    Order::new(1).submit(&gateway, 1).await;
    gateway.settle().await;
    let sent = world.partner.state().submitted[0].clone();
    assert_eq!(
        (sent.numbers[0].tn.as_str(), sent.numbers[0].pin.as_str()),
        ("+12015550123", "8264")
    );
    assert_eq!(
        (sent.account_number.as_str(), sent.tax_id.as_str()),
        ("A-77", "9999")
    );
    assert_eq!(sent.end_user_name, "Acme Telephone and Ice Co");
    assert_eq!(sent.authorized_by, "Maximilian Ott");
    assert_eq!(
        (sent.btn.as_str(), sent.new_btn.as_str()),
        ("+12015550123", "+12015550124")
    );
    assert!(sent.partial && sent.disconnect_remaining);
    assert_eq!(sent.requested_date.unwrap().day, 9);
}

#[tokio::test]
async fn a_failure_that_passes_is_tried_again_and_shown_meanwhile() {
    let world = World::new("command_retry").await;
    world.partner.state().refusals = (0..3).map(|_| Status::unavailable("down for a moment")).collect();
    let gateway = world.start().await;
    let order = Order::new(2);
    order.submit(&gateway, 1).await;
    let failing = "SELECT count(*) FROM command
                    WHERE attempts > 0 AND last_error LIKE '%down for a moment%' AND progress = 'sent'";
    eventually(BOUND, "the failure to be shown", async || {
        gateway.count(failing).await == 1
    })
    .await;
    gateway.settle().await;
    assert_eq!(world.partner.state().submitted.len(), 4);
    // Sent four times, announced once.
    assert_eq!(
        gateway.progress().await,
        [(Submit, 1, Sent), (Submit, 1, Acknowledged)]
    );
    assert_eq!(gateway.count("SELECT attempts::bigint FROM command").await, 4);
    assert_eq!(
        gateway
            .count("SELECT count(*) FROM command WHERE last_error IS NULL")
            .await,
        1
    );
}

#[tokio::test]
async fn what_is_refused_is_announced_with_the_words_and_not_tried_again() {
    let world = World::new("command_refused").await;
    let superseded = grpc::status::fail(
        Code::FailedPrecondition,
        "VERSION_SUPERSEDED",
        "the order has moved on",
    );
    world.intake.state().submission_refusals = VecDeque::from([superseded]);
    world.partner.state().refusals = VecDeque::from([Status::invalid_argument("no such losing SPID")]);
    let gateway = world.start().await;
    let (superseded, refused, unknown) = (Order::new(3), Order::new(4), Order::new(5).of_carrier("nobody"));
    for order in [&superseded, &refused, &unknown] {
        order.submit(&gateway, 1).await;
        gateway.settle().await;
    }
    let events: Vec<CommandProgressed> = gateway.announced().await;
    let refusals: Vec<_> = events
        .iter()
        .map(|event| (event.subject_id.clone(), event.progress(), event.refusal.as_str()))
        .collect();
    let expected = [
        (
            superseded.id.to_string(),
            Refused,
            "VERSION_SUPERSEDED: the order has moved on",
        ),
        (refused.id.to_string(), Sent, ""),
        (refused.id.to_string(), Refused, "no such losing SPID"),
        (
            unknown.id.to_string(),
            Refused,
            "the gateway does not know the losing carrier",
        ),
    ];
    assert_eq!(refusals, expected);
    // The one that never left was never seen.
    assert_eq!(world.partner.state().submitted.len(), 1);
}

#[tokio::test]
async fn a_cancel_waits_for_the_submission_it_cancels() {
    let world = World::new("command_order").await;
    world.partner.state().refusals = (0..3).map(|_| Status::unavailable("busy")).collect();
    let gateway = world.start().await;
    let order = Order::new(6);
    order.submit(&gateway, 1).await;
    order.cancel(&gateway, 2).await;
    gateway.settle().await;
    let expected = [
        (Submit, 1, Sent),
        (Submit, 1, Acknowledged),
        (Cancel, 2, Sent),
        (Cancel, 2, Acknowledged),
    ];
    assert_eq!(gateway.progress().await, expected);
}

#[tokio::test]
async fn a_crash_during_the_call_sends_the_same_request_again_and_announces_once() {
    let world = World::new("command_crash").await;
    world.partner.state().is_hanging = true;
    let (runtime, crashed) = world.start_apart().await;
    let order = Order::new(7);
    order.submit(&crashed, 1).await;
    eventually(BOUND, "the carrier to have the request", async || {
        world.partner.state().submitted.len() == 1
    })
    .await;
    runtime.shutdown_background();
    world.partner.state().is_hanging = false;

    let gateway = world.start().await;
    assert_eq!(gateway.progress().await, [(Submit, 1, Sent)]);
    gateway
        .execute("UPDATE command SET lease_until = now() - interval '1 second'")
        .await;
    gateway.settle().await;
    let expected = [
        (order.pon.as_str(), 1, Supplement::None),
        (order.pon.as_str(), 1, Supplement::None),
    ];
    assert_eq!(seen(&world.partner.state().submitted), expected);
    assert_eq!(
        gateway.progress().await,
        [(Submit, 1, Sent), (Submit, 1, Acknowledged)]
    );
}

#[tokio::test]
async fn two_replicas_send_each_command_once() {
    let world = World::new("command_replicas").await;
    let (gateway, _other) = (world.start().await, world.start().await);
    for number in 0..40 {
        Order::new(number).submit(&gateway, 1).await;
    }
    gateway.settle().await;
    let mut pons: Vec<String> = world
        .partner
        .state()
        .submitted
        .iter()
        .map(|sent| sent.pon.clone())
        .collect();
    assert_eq!(pons.len(), 40);
    pons.sort();
    pons.dedup();
    assert_eq!(pons.len(), 40);
    assert_eq!(gateway.progress().await.len(), 80);
}
