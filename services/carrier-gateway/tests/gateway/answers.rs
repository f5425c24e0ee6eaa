//! What carriers say is announced once, whichever way and however often it comes.

use jiff::SignedDuration;
use portway_proto::carrier::v1::change::Change;
use portway_proto::carrier::v1::{AnswerKind, PortAnswer, RawReason};
use portway_proto::gateway::v1::CommandKind::Submit;
use portway_proto::gateway::v1::CommandProgress::{Acknowledged, Sent};
use portway_proto::gateway::v1::{Answer, CarrierAnswered};
use portway_proto::types::v1::{Court, ReasonClass};
use service::stamp;
use testkit::eventually;
use tonic::Status;

use crate::harness::{BOUND, Order, World, time};

const QUARTER: SignedDuration = SignedDuration::from_mins(15);

pub(crate) fn answer(id: &str, pon: &str, ver: i32, kind: AnswerKind) -> PortAnswer {
    let at = Some(stamp::to_proto(time("2026-03-02T15:00:30Z")));
    PortAnswer {
        answer_id: id.to_owned(),
        pon: pon.to_owned(),
        ver,
        kind: kind.into(),
        foc_at: (kind == AnswerKind::Foc).then_some(at).flatten(),
        answered_at: at,
        ..PortAnswer::default()
    }
}

fn because(mut answer: PortAnswer, reasons: &[(&str, &str, &str)]) -> Change {
    let reason = |(tn, code, text): &(&str, &str, &str)| RawReason {
        tn: (*tn).to_owned(),
        code: (*code).to_owned(),
        text: (*text).to_owned(),
    };
    answer.reasons = reasons.iter().map(reason).collect();
    Change::Answer(answer)
}

#[tokio::test]
async fn a_rejection_is_announced_with_all_its_reasons_compiled() {
    let world = World::new("answer_reasons").await;
    let gateway = world.start().await;
    let order = Order::new(1);
    order.submit(&gateway, 1).await;
    gateway.settle().await;
    let reasons = [
        ("+12015550123", "8c", "PIN wrong"),
        ("", "9Z9", "?"),
        ("", "", ""),
    ];
    world.partner.announce(because(
        answer("A1", &order.pon, 1, AnswerKind::Rejected),
        &reasons,
    ));
    // The feed is read a minute after the acknowledgement, not only at the next regular poll.
    gateway.advance(SignedDuration::from_mins(1)).await;
    let events: Vec<CarrierAnswered> = gateway.announced().await;
    let [event] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(event.order_id, order.id.to_string());
    assert_eq!(
        (event.ver, event.carrier_id.as_str(), event.answer()),
        (1, "sim-wireless", Answer::Rejected)
    );
    let found: Vec<_> = event
        .reasons
        .iter()
        .map(|reason| {
            (
                reason.tn.as_str(),
                reason.reason.as_str(),
                reason.raw_code.as_str(),
                reason.raw_text.as_str(),
            )
        })
        .collect();
    let expected = [
        ("+12015550123", "PIN", "8c", "PIN wrong"),
        ("", "UNMAPPED", "9Z9", "?"),
        ("", "UNMAPPED", "", ""),
    ];
    assert_eq!(found, expected);
    let pin = &event.reasons[0];
    assert_eq!(
        (pin.reason_class(), pin.field.as_str(), pin.actor()),
        (ReasonClass::Fix, "pin", Court::Customer)
    );
    assert_eq!(event.reasons[1].actor(), Court::Us);
}

#[tokio::test]
async fn a_code_is_read_in_the_words_of_the_carrier_that_sent_it() {
    let world = World::new("answer_vocabulary").await;
    let gateway = world.start().await;
    let orders = [Order::new(1), Order::new(2).of_carrier("tmobile")];
    for order in &orders {
        order.submit(&gateway, 1).await;
        world.partner.announce(because(
            answer(&order.pon, &order.pon, 1, AnswerKind::Rejected),
            &[("", "6B", "")],
        ));
    }
    gateway.settle().await;
    gateway.advance(SignedDuration::from_mins(1)).await;
    let mut events: Vec<CarrierAnswered> = gateway.announced().await;
    events.sort_by(|one, other| one.answer_id.cmp(&other.answer_id));
    let reasons: Vec<&str> = events
        .iter()
        .map(|event| event.reasons[0].reason.as_str())
        .collect();
    assert_eq!(reasons, ["INTERNAL_PORT", "PIN"]);
}

#[tokio::test]
async fn the_same_answer_by_feed_and_by_reference_is_announced_once() {
    let world = World::new("answer_once").await;
    let gateway = world.start().await;
    let order = Order::new(1);
    order.submit(&gateway, 1).await;
    gateway.settle().await;
    let delayed = answer("A1", &order.pon, 1, AnswerKind::Delayed);
    let foc = answer("A2", &order.pon, 1, AnswerKind::Foc);
    // The feed brings the first one twice and loses the second.
    world.partner.announce(Change::Answer(delayed.clone()));
    world.partner.announce(Change::Answer(delayed.clone()));
    world
        .partner
        .state()
        .by_reference
        .insert(order.pon.clone(), vec![delayed, foc]);
    gateway.advance(SignedDuration::from_mins(1)).await;
    assert_eq!(gateway.answers().await, [("A1".to_owned(), Answer::Delayed)]);
    gateway.advance(QUARTER).await;
    let both = [("A1".to_owned(), Answer::Delayed), ("A2".to_owned(), Answer::Foc)];
    assert_eq!(gateway.answers().await, both);
    assert!(!world.partner.state().asked_about.is_empty());
    gateway.advance(SignedDuration::from_hours(24)).await;
    assert_eq!(gateway.answers().await, both);
    assert_eq!(
        gateway
            .count("SELECT count(*) FROM answer WHERE found_by = 'reference'")
            .await,
        1
    );
}

#[tokio::test]
async fn two_pollers_at_once_announce_each_answer_once() {
    let world = World::new("answer_pollers").await;
    let (gateway, _other) = (world.start().await, world.start().await);
    let orders: Vec<Order> = (0..30).map(Order::new).collect();
    for order in &orders {
        order.submit(&gateway, 1).await;
    }
    gateway.settle().await;
    for order in &orders {
        let foc = answer(&order.pon, &order.pon, 1, AnswerKind::Foc);
        world.partner.announce(Change::Answer(foc.clone()));
        world
            .partner
            .state()
            .by_reference
            .insert(order.pon.clone(), vec![foc]);
    }
    // Feed and references fall due at the same instant, on both replicas.
    gateway
        .execute("UPDATE poll SET wanted_at = NULL, next_poll_at = '2026-03-02T15:15:00Z'")
        .await;
    world.clock.advance_to(time("2026-03-02T15:15:00Z")).unwrap();
    gateway.settle().await;
    let mut announced = gateway.answers().await;
    assert_eq!(announced.len(), 30);
    announced.sort_by(|one, other| one.0.cmp(&other.0));
    announced.dedup();
    assert_eq!(announced.len(), 30);
}

#[tokio::test]
async fn an_answer_that_overtakes_its_acknowledgement_is_proof_of_it() {
    let world = World::new("answer_overtakes").await;
    let order = Order::new(1);
    world.partner.state().is_hanging = true;
    world
        .partner
        .announce(Change::Answer(answer("A1", &order.pon, 1, AnswerKind::Foc)));
    let gateway = world.start().await;
    eventually(BOUND, "the feed to be read", async || {
        gateway.count("SELECT count(*) FROM answer").await == 1
    })
    .await;
    // It came too early: nobody had asked for anything under this PON.
    assert!(gateway.answers().await.is_empty());
    order.submit(&gateway, 1).await;
    eventually(BOUND, "the carrier to have the request", async || {
        !world.partner.state().submitted.is_empty()
    })
    .await;
    world
        .partner
        .announce(Change::Answer(answer("A2", &order.pon, 1, AnswerKind::Foc)));
    world.clock.advance_to(time("2026-03-02T15:30:00Z")).unwrap();
    eventually(BOUND, "the answer to be announced", async || {
        !gateway.answers().await.is_empty()
    })
    .await;
    assert_eq!(
        gateway.progress().await,
        [(Submit, 1, Sent), (Submit, 1, Acknowledged)]
    );
    let types: Vec<String> = sqlx::query_scalar("SELECT type FROM event WHERE subject_id = $1 ORDER BY seq")
        .bind(order.id.as_uuid())
        .fetch_all(&gateway.serving.pool)
        .await
        .unwrap();
    let short: Vec<&str> = types.iter().filter_map(|name| name.rsplit('.').next()).collect();
    assert_eq!(
        short,
        ["CommandProgressed", "CommandProgressed", "CarrierAnswered"]
    );
}

#[tokio::test]
async fn answers_to_old_versions_are_announced_with_their_version() {
    let world = World::new("answer_stale").await;
    let gateway = world.start().await;
    let order = Order::new(1);
    for ver in [1, 2] {
        order.submit(&gateway, ver).await;
        gateway.settle().await;
    }
    world.partner.announce(because(
        answer("A1", &order.pon, 1, AnswerKind::Rejected),
        &[("", "8A", "")],
    ));
    gateway.advance(SignedDuration::from_mins(1)).await;
    let events: Vec<CarrierAnswered> = gateway.announced().await;
    assert_eq!((events.len(), events[0].ver), (1, 1));
}

#[tokio::test]
async fn what_nobody_can_read_or_asked_for_is_kept_and_stops_nothing() {
    let world = World::new("answer_unreadable").await;
    let gateway = world.start().await;
    let order = Order::new(1);
    order.submit(&gateway, 1).await;
    gateway.settle().await;
    world
        .partner
        .announce(Change::Answer(answer("A1", "PI-999", 1, AnswerKind::Foc)));
    world
        .partner
        .announce(Change::Answer(answer("A2", &order.pon, 0, AnswerKind::Foc)));
    world.partner.announce(Change::Answer(answer(
        "A3",
        &order.pon,
        1,
        AnswerKind::Unspecified,
    )));
    world
        .partner
        .announce(Change::Answer(answer("A4", &order.pon, 1, AnswerKind::Foc)));
    gateway.advance(SignedDuration::from_mins(1)).await;
    assert_eq!(gateway.answers().await, [("A4".to_owned(), Answer::Foc)]);
    let unknown = "SELECT count(*) FROM answer WHERE answer_id = 'A1' AND order_id IS NULL";
    assert_eq!(gateway.count(unknown).await, 1);
    assert_eq!(
        gateway
            .count("SELECT count(*) FROM unreadable_change WHERE key IN ('A2', 'A3')")
            .await,
        2
    );
}

#[tokio::test]
async fn an_order_is_asked_about_until_it_has_ended() {
    let world = World::new("answer_end").await;
    let gateway = world.start().await;
    let (ported, abandoned, closed_in_part) = (Order::new(1), Order::new(2), Order::new(3));
    for order in [&ported, &abandoned, &closed_in_part] {
        order.submit(&gateway, 1).await;
    }
    gateway.settle().await;
    world.partner.announce(Change::Answer(answer(
        "A1",
        &ported.pon,
        1,
        AnswerKind::Activated,
    )));
    let partly = PortAnswer {
        tns: vec!["+12015550123".to_owned()],
        ..answer("A2", &closed_in_part.pon, 1, AnswerKind::Activated)
    };
    world.partner.announce(Change::Answer(partly));
    gateway.advance(SignedDuration::from_mins(1)).await;
    abandoned.abandon(&gateway).await;
    gateway.advance(QUARTER).await;
    assert_eq!(
        world.partner.state().asked_about,
        std::slice::from_ref(&closed_in_part.pon)
    );
    let rest = PortAnswer {
        tns: vec!["+12015550124".to_owned()],
        ..answer("A3", &closed_in_part.pon, 1, AnswerKind::Activated)
    };
    world.partner.announce(Change::Answer(rest));
    gateway.advance(SignedDuration::from_mins(30)).await;
    assert_eq!(
        gateway
            .count("SELECT count(*) FROM submission WHERE state = 'open'")
            .await,
        0
    );
    assert_eq!(gateway.answers().await.len(), 3);
}

#[tokio::test]
async fn a_long_feed_is_read_to_its_end() {
    let world = World::new("answer_pages").await;
    let order = Order::new(1);
    let gateway = world.start().await;
    order.submit(&gateway, 1).await;
    gateway.settle().await;
    for number in 0..250 {
        let id = format!("A{number:03}");
        world
            .partner
            .announce(Change::Answer(answer(&id, &order.pon, 1, AnswerKind::Delayed)));
    }
    gateway.advance(SignedDuration::from_mins(1)).await;
    let ids: Vec<String> = gateway.answers().await.into_iter().map(|(id, _)| id).collect();
    let expected: Vec<String> = (0..250).map(|number| format!("A{number:03}")).collect();
    assert_eq!(ids, expected);
}

#[tokio::test]
async fn a_partner_that_is_away_is_asked_again_and_nothing_is_lost() {
    let world = World::new("answer_away").await;
    let gateway = world.start().await;
    let order = Order::new(1);
    order.submit(&gateway, 1).await;
    gateway.settle().await;
    world
        .partner
        .announce(Change::Answer(answer("A1", &order.pon, 1, AnswerKind::Foc)));
    world.partner.state().poll_refusals = (0..4).map(|_| Status::unavailable("away")).collect();
    // Due as long as it fails, so moving the clock waits for it.
    world.clock.advance_to(time("2026-03-02T15:30:00Z")).unwrap();
    let failing = "SELECT count(*) FROM poll WHERE attempts > 0 AND last_error LIKE '%away%'";
    eventually(BOUND, "the failure to be shown", async || {
        gateway.count(failing).await == 1
    })
    .await;
    gateway.settle().await;
    assert_eq!(gateway.answers().await, [("A1".to_owned(), Answer::Foc)]);
    assert_eq!(
        gateway
            .count("SELECT count(*) FROM poll WHERE attempts = 0 AND last_error IS NULL")
            .await,
        1
    );
}

#[tokio::test]
async fn a_partner_that_does_not_know_a_request_is_asked_again_later() {
    let world = World::new("answer_unknown_there").await;
    let gateway = world.start().await;
    let order = Order::new(1);
    order.submit(&gateway, 1).await;
    gateway.settle().await;
    gateway
        .execute(
            "UPDATE poll SET wanted_at = NULL, fresh_until = NULL, next_poll_at = '2026-03-03T15:00:00Z'",
        )
        .await;
    world.partner.state().poll_refusals = [Status::not_found("no such PON")].into();
    gateway.advance(QUARTER).await;
    let noted = "SELECT count(*) FROM submission
                  WHERE last_error = 'no such PON' AND next_poll_at = '2026-03-02T15:30:00Z'";
    assert_eq!(gateway.count(noted).await, 1);
    gateway.advance(QUARTER).await;
    assert_eq!(world.partner.state().asked_about, [order.pon]);
}
