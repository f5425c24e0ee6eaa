//! Tests of numbers that became ours are announced once.

use jiff::SignedDuration;
use portway_proto::carrier::v1::CapabilityTest;
use portway_proto::carrier::v1::change::Change;
use portway_proto::carrier::v1::{AnswerKind, PortAnswer};
use portway_proto::gateway::v1::CapabilityTested;
use portway_proto::types::v1::Capability;
use service::stamp;

use crate::answers::answer;
use crate::harness::{Order, World, time};

fn test(id: &str, pon: &str, capability: Capability, passed: bool) -> CapabilityTest {
    CapabilityTest {
        test_id: id.to_owned(),
        pon: pon.to_owned(),
        tn: "+12015550123".to_owned(),
        capability: capability.into(),
        passed,
        detail: if passed {
            String::new()
        } else {
            "no dial tone".to_owned()
        },
        tested_at: Some(stamp::to_proto(time("2026-03-02T15:02:00Z"))),
    }
}

#[tokio::test]
async fn a_test_is_announced_once_however_often_it_is_delivered_and_by_whichever_replica() {
    let world = World::new("tests_once").await;
    let (gateway, _other) = (world.start().await, world.start().await);
    let order = Order::new(1);
    order.submit(&gateway, 1).await;
    gateway.settle().await;
    let tests = [
        test("T1", &order.pon, Capability::VoiceInbound, true),
        test("T2", &order.pon, Capability::Emergency, false),
        test("T3", "PI-999", Capability::VoiceInbound, true),
        test("T4", &order.pon, Capability::Unspecified, true),
    ];
    for _ in 0..2 {
        for test in &tests {
            world.partner.announce(Change::CapabilityTest(test.clone()));
        }
    }
    gateway.advance(SignedDuration::from_mins(1)).await;
    let told: Vec<CapabilityTested> = gateway.announced().await;
    let expected = |id: &str, capability: Capability, passed, detail: &str| CapabilityTested {
        test_id: id.to_owned(),
        order_id: order.id.to_string(),
        account_id: crate::harness::ACCOUNT.to_string(),
        tn: "+12015550123".to_owned(),
        capability: capability.into(),
        passed,
        detail: detail.to_owned(),
        tested_at: Some(stamp::to_proto(time("2026-03-02T15:02:00Z"))),
    };
    assert_eq!(
        told,
        [
            expected("T1", Capability::VoiceInbound, true, ""),
            expected("T2", Capability::Emergency, false, "no dial tone"),
        ]
    );
    // One of a PON that is not ours, and one of a kind that nobody knows, are kept for a person.
    let strays = "SELECT count(*) FROM capability_test WHERE order_id IS NULL";
    assert_eq!(gateway.count(strays).await, 1);
    assert_eq!(gateway.count("SELECT count(*) FROM unreadable_change").await, 1);
}

#[tokio::test]
async fn tests_are_looked_for_a_minute_after_numbers_became_active() {
    let world = World::new("tests_soon").await;
    let gateway = world.start().await;
    let order = Order::new(1);
    order.submit(&gateway, 1).await;
    gateway.settle().await;
    // Past the poll that follows the acknowledgement.
    gateway.advance(SignedDuration::from_mins(29)).await;
    world.partner.announce(Change::Answer(PortAnswer {
        ..answer("A1", &order.pon, 1, AnswerKind::Activated)
    }));
    gateway.advance(SignedDuration::from_mins(2)).await;
    let active = gateway.answers().await;
    assert_eq!(active.len(), 1);
    world.partner.announce(Change::CapabilityTest(test(
        "T1",
        &order.pon,
        Capability::VoiceInbound,
        false,
    )));
    gateway.advance(SignedDuration::from_mins(1)).await;
    let told: Vec<CapabilityTested> = gateway.announced().await;
    assert_eq!(told.len(), 1);
}
