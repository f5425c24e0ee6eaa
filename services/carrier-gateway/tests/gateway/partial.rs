//! What is asked about some of an order's numbers: cut over in groups, given back, registered for texting.

use std::collections::VecDeque;

use jiff::SignedDuration;
use portway_proto::carrier::v1::change::Change;
use portway_proto::carrier::v1::{AnswerKind, PortAnswer, RawReason, Supplement};
use portway_proto::gateway::v1::CommandKind::{
    Activate, EnableMessaging, Snapback, Submit, Supplement as Correct,
};
use portway_proto::gateway::v1::CommandProgress::{Acknowledged, Refused, Sent};
use portway_proto::gateway::v1::{Answer, CarrierAnswered, CommandProgressed};
use portway_proto::intake::v1::{OrderActivationRequested, OrderSnapbackRequested, SubmissionNumber};
use service::stamp;
use testkit::eventually;
use tonic::Status;
use types::EventId;

use crate::answers::answer;
use crate::harness::{BOUND, Gateway, Order, World, time};

const ONE: &str = "+12015550123";
const TWO: &str = "+12015550124";
const THREE: &str = "+12015550125";
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn active(id: &str, pon: &str, tns: &[&str]) -> Change {
    of(answer(id, pon, 1, AnswerKind::Activated), tns)
}

fn of(answer: PortAnswer, tns: &[&str]) -> Change {
    Change::Answer(PortAnswer {
        tns: tns.iter().map(|&tn| tn.to_owned()).collect(),
        ..answer
    })
}

/// An order of three numbers that the carrier has.
async fn submitted(gateway: &Gateway) -> Order {
    let order = Order::new(1).of_numbers(3);
    order.submit(gateway, 1).await;
    gateway.settle().await;
    order
}

#[tokio::test]
async fn numbers_are_cut_over_in_groups_and_the_carrier_is_asked_until_the_last_is_active() {
    let world = World::new("partial_groups").await;
    let gateway = world.start().await;
    let order = submitted(&gateway).await;
    order.activate_some(&gateway, &[ONE, TWO]).await;
    order.activate_some(&gateway, &[THREE]).await;
    gateway.settle().await;
    let asked: Vec<Vec<String>> = world
        .partner
        .state()
        .activated
        .iter()
        .map(|request| request.tns.clone())
        .collect();
    assert_eq!(
        asked,
        [vec![ONE.to_owned(), TWO.to_owned()], vec![THREE.to_owned()]]
    );
    let of_group = |tns: &[&str]| tns.iter().map(|&tn| tn.to_owned()).collect::<Vec<_>>();
    let events: Vec<CommandProgressed> = gateway.announced().await;
    let told: Vec<_> = events
        .iter()
        .filter(|event| event.kind() == Activate)
        .map(|event| (event.tns.clone(), event.progress()))
        .collect();
    let expected = [
        (of_group(&[ONE, TWO]), Sent),
        (of_group(&[ONE, TWO]), Acknowledged),
        (of_group(&[THREE]), Sent),
        (of_group(&[THREE]), Acknowledged),
    ];
    assert_eq!(told, expected);

    let awaited = "SELECT count(*) FROM submission WHERE state = 'open' AND next_poll_at IS NOT NULL";
    for (id, tns) in [("A1", [ONE].as_slice()), ("A2", &[THREE]), ("A3", &[TWO])] {
        assert_eq!(gateway.count(awaited).await, 1, "before {id}");
        world.partner.announce(active(id, &order.pon, tns));
        gateway.advance(SignedDuration::from_mins(30)).await;
    }
    assert_eq!(gateway.count(awaited).await, 0);
    let events: Vec<CarrierAnswered> = gateway.announced().await;
    let told: Vec<&[String]> = events.iter().map(|event| event.tns.as_slice()).collect();
    assert_eq!(told, [[ONE.to_owned()], [THREE.to_owned()], [TWO.to_owned()]]);
}

#[tokio::test]
async fn an_event_heard_again_asks_nothing_and_a_new_one_asks_again() {
    let world = World::new("partial_again").await;
    world.partner.state().refusals = VecDeque::from([Status::failed_precondition("not in these hours")]);
    let gateway = world.start().await;
    let order = Order::new(1);
    let id = EventId::generate();
    let activation = OrderActivationRequested {
        order: Some(order.some(1, &[ONE])),
    };
    for _ in 0..2 {
        gateway.hear_as(id, order.id.as_uuid(), &activation).await;
        gateway.settle().await;
    }
    assert_eq!(
        gateway.progress().await,
        [(Activate, 1, Sent), (Activate, 1, Refused)]
    );
    // The same numbers, asked for anew.
    gateway.hear(order.id.as_uuid(), &activation).await;
    gateway.settle().await;
    let progress = gateway.progress().await;
    assert_eq!(progress[2..], [(Activate, 1, Sent), (Activate, 1, Acknowledged)]);
}

#[tokio::test]
async fn an_answer_about_one_group_is_no_proof_that_another_was_heard() {
    let world = World::new("partial_proof").await;
    let gateway = world.start().await;
    let order = submitted(&gateway).await;
    order.activate_some(&gateway, &[ONE]).await;
    gateway.settle().await;
    // Sent, and whether it arrived is not known.
    gateway
        .execute(
            "INSERT INTO command (command_id, subject_id, account_id, pon, ver, kind, tns, progress, requested_at,
                    sent_at, retry_at)
             SELECT gen_random_uuid(), subject_id, account_id, pon, ver, kind, '{+12015550124}', 'sent', requested_at,
                    sent_at, now() + interval '1 day'
               FROM command WHERE kind = 'activate'",
        )
        .await;
    let unknown = "SELECT count(*) FROM command WHERE progress = 'sent'";
    for (id, tn, left) in [("A1", ONE, 1), ("A2", TWO, 0)] {
        let mut changes = vec![answer(id, &order.pon, 1, AnswerKind::Activated)];
        changes[0].tns = vec![tn.to_owned()];
        world
            .partner
            .state()
            .by_reference
            .insert(order.pon.clone(), changes);
        gateway
            .execute("UPDATE submission SET next_poll_at = '2026-03-02T15:00:00Z'")
            .await;
        eventually(BOUND, "the answer by reference", async || {
            gateway.answers().await.iter().any(|(answer, _)| answer == id)
        })
        .await;
        assert_eq!(gateway.count(unknown).await, left, "{id}");
    }
}

#[tokio::test]
async fn a_new_date_alone_is_sent_as_such_where_the_carrier_has_the_version_before() {
    let world = World::new("partial_date").await;
    let gateway = world.start().await;
    let order = submitted(&gateway).await;
    order.move_date(&gateway, 2).await;
    gateway.settle().await;
    // The third never reaches the carrier, so the fourth has to carry what the third changed.
    world.partner.state().refusals = VecDeque::from([Status::invalid_argument("no such street")]);
    order.submit(&gateway, 3).await;
    order.move_date(&gateway, 4).await;
    gateway.settle().await;
    let sent: Vec<(i32, Supplement)> = world
        .partner
        .state()
        .submitted
        .iter()
        .map(|request| (request.ver, request.supplement()))
        .collect();
    let expected = [
        (1, Supplement::None),
        (2, Supplement::DueDate),
        (3, Supplement::Other),
        (4, Supplement::Other),
    ];
    assert_eq!(sent, expected);
    let progress = gateway.progress().await;
    assert_eq!(
        progress[..4],
        [
            (Submit, 1, Sent),
            (Submit, 1, Acknowledged),
            (Correct, 2, Sent),
            (Correct, 2, Acknowledged)
        ]
    );
}

#[tokio::test]
async fn numbers_are_asked_back_and_both_answers_are_told_once() {
    let world = World::new("partial_snapback").await;
    let gateway = world.start().await;
    let order = submitted(&gateway).await;
    world.partner.announce(active("A1", &order.pon, &[]));
    gateway.advance(MINUTE).await;
    order.snap_back(&gateway, &[ONE]).await;
    order.snap_back(&gateway, &[TWO]).await;
    gateway.settle().await;
    let asked = world.partner.state().snapbacks.clone();
    let [first, second] = asked.as_slice() else {
        panic!("{asked:?}")
    };
    assert_eq!(
        (first.pon.as_str(), first.tns.as_slice(), first.reason.as_str()),
        (
            order.pon.as_str(),
            [ONE.to_owned()].as_slice(),
            "inadvertent port"
        )
    );
    assert_eq!(second.tns, [TWO]);
    assert_ne!(first.request_id, second.request_id);

    let refused = PortAnswer {
        reasons: vec![RawReason {
            tn: TWO.to_owned(),
            code: String::new(),
            text: "the line is gone".to_owned(),
        }],
        ..answer("S2", &order.pon, 1, AnswerKind::SnapbackRefused)
    };
    let confirmed = answer("S1", &order.pon, 1, AnswerKind::SnapbackConfirmed);
    for _ in 0..2 {
        world.partner.announce(of(confirmed.clone(), &[ONE]));
        world.partner.announce(of(refused.clone(), &[TWO]));
    }
    gateway.advance(MINUTE).await;
    let events: Vec<CarrierAnswered> = gateway.announced().await;
    let told: Vec<_> = events
        .iter()
        .skip(1)
        .map(|event| (event.answer(), event.tns.concat(), event.reasons.len()))
        .collect();
    let expected = [
        (Answer::SnapbackConfirmed, ONE.to_owned(), 0),
        (Answer::SnapbackRefused, TWO.to_owned(), 1),
    ];
    assert_eq!(told, expected);
    let progress = gateway.progress().await;
    let snapbacks = progress.iter().filter(|(kind, _, _)| *kind == Snapback);
    assert_eq!(snapbacks.count(), 4);
}

#[tokio::test]
async fn a_crash_while_asking_for_numbers_back_repeats_the_same_request() {
    let world = World::new("partial_crash").await;
    world.partner.state().is_hanging = true;
    let (runtime, crashed) = world.start_apart().await;
    let order = Order::new(7);
    let asked_for = OrderSnapbackRequested {
        order: Some(order.some(1, &[ONE])),
        reason: "fraud".to_owned(),
    };
    crashed.hear(order.id.as_uuid(), &asked_for).await;
    eventually(BOUND, "the carrier to have the request", async || {
        world.partner.state().snapbacks.len() == 1
    })
    .await;
    runtime.shutdown_background();
    world.partner.state().is_hanging = false;
    let (gateway, _other) = (world.start().await, world.start().await);
    gateway
        .execute("UPDATE command SET lease_until = now() - interval '1 second'")
        .await;
    gateway.settle().await;
    let asked = world.partner.state().snapbacks.clone();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0], asked[1]);
    assert_eq!(
        gateway.progress().await,
        [(Snapback, 1, Sent), (Snapback, 1, Acknowledged)]
    );
}

#[tokio::test]
async fn texting_is_asked_for_and_a_refusal_is_told_with_its_words() {
    let world = World::new("partial_messaging").await;
    world.partner.state().refusals = VecDeque::from([Status::failed_precondition("campaign not approved")]);
    let gateway = world.start().await;
    let order = Order::new(1);
    order.enable_messaging(&gateway, &[ONE]).await;
    order.enable_messaging(&gateway, &[TWO]).await;
    gateway.settle().await;
    let asked = world.partner.state().messaging.clone();
    let asked: Vec<_> = asked
        .iter()
        .map(|request| (request.tns.concat(), request.campaign_id.as_str()))
        .collect();
    assert_eq!(asked, [(ONE.to_owned(), "C-77"), (TWO.to_owned(), "C-77")]);
    let events: Vec<CommandProgressed> = gateway.announced().await;
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event.kind(),
                event.tns.concat(),
                event.progress(),
                event.refusal.as_str(),
            )
        })
        .collect();
    let expected = [
        (EnableMessaging, ONE.to_owned(), Sent, ""),
        (EnableMessaging, ONE.to_owned(), Refused, "campaign not approved"),
        (EnableMessaging, TWO.to_owned(), Sent, ""),
        (EnableMessaging, TWO.to_owned(), Acknowledged, ""),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_second_foc_moves_the_first() {
    let world = World::new("partial_foc_moved").await;
    let gateway = world.start().await;
    let order = submitted(&gateway).await;
    let at = |instant: &str| Some(stamp::to_proto(time(instant)));
    for (id, foc_at) in [("F1", "2026-03-09T05:00:00Z"), ("F2", "2026-03-11T05:00:00Z")] {
        let foc = PortAnswer {
            foc_at: at(foc_at),
            ..answer(id, &order.pon, 1, AnswerKind::Foc)
        };
        world.partner.announce(Change::Answer(foc.clone()));
        world.partner.announce(Change::Answer(foc));
    }
    gateway.advance(MINUTE).await;
    let events: Vec<CarrierAnswered> = gateway.announced().await;
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.ver, event.answer_id.as_str(), event.foc_at))
        .collect();
    assert_eq!(
        told,
        [
            (1, "F1", at("2026-03-09T05:00:00Z")),
            (1, "F2", at("2026-03-11T05:00:00Z"))
        ]
    );
}

#[tokio::test]
async fn a_carrier_is_asked_as_a_resp_org_for_toll_free_numbers_alone() {
    let world = World::new("partial_resp_org").await;
    let gateway = world.start().await;
    gateway
        .execute("UPDATE carrier SET resp_org = 'SIM02' WHERE carrier_id = 'sim-wireless'")
        .await;
    for (number, tn) in [(1, "+18005552368"), (2, ONE)] {
        world.intake.state().package.numbers = vec![SubmissionNumber {
            tn: tn.to_owned(),
            pin: String::new(),
        }];
        Order::new(number).submit(&gateway, 1).await;
        gateway.settle().await;
    }
    let asked = world.partner.state().submitted.clone();
    let asked: Vec<_> = asked
        .iter()
        .map(|request| (request.losing_spid.as_str(), request.losing_resp_org.as_str()))
        .collect();
    assert_eq!(asked, [("SIMW", "SIM02"), ("SIMW", "")]);
}
