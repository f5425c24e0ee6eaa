//! Mails to people outside the account, with links that nobody keeps.

use portway_proto::events::v1::Event;
use portway_proto::intake::v1;
use portway_proto::notification::v1 as proto;
use testkit::eventually_some;
use uuid::Uuid;

use crate::harness::{SOON, TestNotification, World};
use crate::intake_events::{Order, PortOut, stamp};
use crate::intake_stub::{IntakeStub, Says};

fn signing_requested(order: &Order) -> Event {
    order.event(&v1::LetterSigningRequested {
        order: Some(order.reference()),
        signing_id: Uuid::new_v4().to_string(),
        letter_id: Uuid::new_v4().to_string(),
        expires_at: Some(stamp("2026-09-01T15:00:00Z")),
    })
}

/// The only mail to be sent.
async fn only_mail(service: &TestNotification, order: &Order) -> proto::Delivery {
    let listed = service.list(order.account).await;
    let [delivery] = listed.as_slice() else {
        panic!("one delivery, not {listed:?}");
    };
    delivery.clone()
}

#[tokio::test]
async fn the_signer_and_the_end_user_get_their_links_and_nothing_keeps_them() {
    let (world, intake) = (World::create().await, IntakeStub::start().await);
    let service = world.start_with(intake.known_to(world.settings())).await;
    let account = service.given_account("owner@harbor.test").await;
    let (order, port_out) = (
        Order::new(account, "PI_100001"),
        PortOut::new(account, "PO_100007"),
    );
    service.hear(&signing_requested(&order)).await;
    let asked = v1::PortOutConsentAsked {
        port_out: Some(port_out.reference()),
        consent_id: Uuid::new_v4().to_string(),
        expires_at: Some(stamp("2026-09-01T15:00:00Z")),
        channel: v1::ConsentChannel::Email.into(),
    };
    service.hear(&port_out.event(&asked)).await;
    service.settled(account).await;
    let mails = world.wait_for_mails(2).await;
    for (to, subject, sentence) in [
        (
            "signer@elsewhere.test",
            "Please sign a letter of authorization (PI_100001)",
            "Harbor Realty asks you to sign the letter of authorization with which 3 numbers can be moved from \
             Hillside Telecom:",
        ),
        (
            "user@elsewhere.test",
            "May these numbers be moved? (PO_100007)",
            "Valley Wireless asks to move 1 number that you use away from Harbor Realty:",
        ),
    ] {
        let mail = mails.iter().find(|mail| mail.to == to).unwrap();
        assert_eq!(mail.subject, subject);
        for told in [
            sentence,
            "https://links.portway.test/first",
            "Tuesday, September 1, 2026 at 11:00 AM EDT",
        ] {
            assert!(mail.text.contains(told), "{told}\n{}", mail.raw);
        }
    }
    let stored = world.everything_stored().await;
    assert!(!stored.contains("links.portway.test") && !stored.contains("elsewhere.test"));
    let receivers: Vec<String> = service
        .list(account)
        .await
        .into_iter()
        .map(|one| one.receiver)
        .collect();
    assert_eq!(receivers, ["the signer", "the end user"]);
    service.stop().await;
}

#[tokio::test]
async fn what_is_not_asked_any_more_is_not_sent() {
    let (world, intake) = (World::create().await, IntakeStub::start().await);
    intake.says(Says::Closed);
    let service = world.start_with(intake.known_to(world.settings())).await;
    let account = service.given_account("owner@harbor.test").await;
    let order = Order::new(account, "PI_100001");
    service.hear(&signing_requested(&order)).await;
    let ended = service.settled(account).await;
    assert_eq!(ended[0].state(), proto::DeliveryState::Failed);
    assert_eq!(ended[0].last_error, "nothing is asked any more");
    assert!(world.mails().is_empty());
    service.stop().await;
}

#[tokio::test]
async fn a_link_that_cannot_be_had_now_is_fetched_later() {
    let (world, intake) = (World::create().await, IntakeStub::start().await);
    intake.says(Says::Away);
    let service = world.start_with(intake.known_to(world.settings())).await;
    let account = service.given_account("owner@harbor.test").await;
    let order = Order::new(account, "PI_100001");
    service.hear(&signing_requested(&order)).await;
    let tried = eventually_some(SOON, "a first try", async || {
        let delivery = only_mail(&service, &order).await;
        (delivery.attempts > 0 && !delivery.last_error.is_empty()).then_some(delivery)
    })
    .await;
    assert_eq!(tried.state(), proto::DeliveryState::Queued);
    assert!(
        tried.last_error.contains("intake is away"),
        "{}",
        tried.last_error
    );
    intake.says(Says::Link("https://links.portway.test/later"));
    let mails = world.wait_for_mails(1).await;
    assert!(
        mails[0].raw.contains("https://links.portway.test/later"),
        "{}",
        mails[0].raw
    );
    service.stop().await;
}
