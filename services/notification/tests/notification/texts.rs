//! Texts to the numbers that end users are asked about.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use portway_proto::events::v1::Event;
use portway_proto::intake::v1;
use portway_proto::notification::v1 as proto;
use portway_proto::notification::v1::{Channel, DeliveryState};
use serde_json::json;
use testkit::{TcpProxy, eventually_some};
use uuid::Uuid;

use crate::harness::{SOON, TestNotification, World};
use crate::intake_events::{NUMBERS, PortOut, stamp};
use crate::intake_stub::{IntakeStub, Says};
use crate::sms_gateway::SmsGateway;

const LINK: &str = "https://links.portway.test/first";

/// A question that is asked of these numbers by text.
fn asked(port_out: &PortOut, tns: &[&str]) -> Event {
    let reference = v1::PortOutRef {
        tns: tns.iter().map(|tn| (*tn).to_owned()).collect(),
        winning_name: "Télécom Sans‑Fil d’Amérique du Nord, division des abonnés".to_owned(),
        ..port_out.reference()
    };
    port_out.event(&v1::PortOutConsentAsked {
        port_out: Some(reference),
        consent_id: Uuid::new_v4().to_string(),
        expires_at: Some(stamp("2026-09-01T15:00:00Z")),
        channel: v1::ConsentChannel::Sms.into(),
    })
}

/// An intake that has numbers texted, a gateway, and a service between them.
async fn given(world: &World) -> (IntakeStub, SmsGateway, TestNotification) {
    let (intake, gateway) = (IntakeStub::start().await, SmsGateway::start().await);
    intake.asks_by_text(NUMBERS[0]);
    let settings = intake.known_to(world.settings());
    let settings = SmsGateway::known_at(&gateway.address.to_string(), settings);
    let service = world.start_with(settings).await;
    (intake, gateway, service)
}

fn only(deliveries: &[proto::Delivery]) -> &proto::Delivery {
    let [delivery] = deliveries else {
        panic!("one delivery, not {deliveries:?}");
    };
    delivery
}

#[tokio::test]
async fn a_text_goes_to_the_number_by_the_gateway_and_nothing_keeps_its_link() {
    let world = World::create().await;
    let (_intake, gateway, service) = given(&world).await;
    let account = service.given_account("owner@harbor.test").await;
    let port_out = PortOut::new(account, "PO_100007");
    let event = asked(&port_out, &NUMBERS[..1]);
    service.hear(&event).await;
    service.hear(&event).await;
    let deliveries = service.settled(account).await;
    let delivery = only(&deliveries);
    assert_eq!(
        (
            delivery.state(),
            delivery.channel(),
            delivery.receiver.as_str(),
            delivery.step.as_str()
        ),
        (
            DeliveryState::Delivered,
            Channel::Sms,
            NUMBERS[0],
            "port_out.consent_asked"
        )
    );
    let texts = gateway.texts();
    assert_eq!(texts.len(), 1, "an event that comes again adds nothing");
    assert_eq!(texts[0].key, delivery.delivery_id);
    assert_eq!(
        texts[0].authorization,
        format!("Basic {}", BASE64_STANDARD.encode("portway:s:cret"))
    );
    assert_eq!(
        texts[0].json,
        json!({
            "id": delivery.delivery_id,
            "from": "+12015550100",
            "to": NUMBERS[0],
            "text": format!(
                "Télécom Sans-Fil d'Amérique du Nord, div asks to move +1 415 555 0123 away from Harbor Realty. \
                 Reply YES or NO, or answer here: {LINK} If you did not ask for this, say NO."
            ),
        })
    );
    assert!(!world.everything_stored().await.contains("links.portway.test"));
    assert!(world.mails().is_empty());
    service.stop().await;
}

#[tokio::test]
async fn a_gateway_that_is_busy_or_away_is_asked_again_under_the_same_key() {
    let world = World::create().await;
    let (intake, gateway) = (IntakeStub::start().await, SmsGateway::start().await);
    intake.asks_by_text(NUMBERS[0]);
    let proxy = TcpProxy::start(&gateway.address.to_string()).await;
    let settings = intake.known_to(world.settings());
    let service = world
        .start_with(SmsGateway::known_at(&proxy.address().to_string(), settings))
        .await;
    let account = service.given_account("owner@harbor.test").await;
    proxy.cut().await;
    gateway.answer_next([StatusCode::SERVICE_UNAVAILABLE]);
    service
        .hear(&asked(&PortOut::new(account, "PO_100007"), &NUMBERS[..1]))
        .await;
    let failed_once = eventually_some(SOON, "a first failure", async || {
        let deliveries = service.list(account).await;
        deliveries
            .into_iter()
            .find(|delivery| !delivery.last_error.is_empty())
    })
    .await;
    assert_eq!(failed_once.state(), DeliveryState::Queued);
    assert!(
        !failed_once.last_error.contains("cret"),
        "{}",
        failed_once.last_error
    );
    intake.says(Says::Link("https://links.portway.test/later"));
    proxy.restore().await;
    let deliveries = service.settled(account).await;
    let delivery = only(&deliveries);
    assert_eq!(delivery.state(), DeliveryState::Delivered);
    assert!(delivery.attempts >= 3, "{}", delivery.attempts);
    let texts = gateway.texts();
    assert_eq!(texts.len(), 2, "503, then taken");
    for text in &texts {
        assert_eq!(text.key, delivery.delivery_id);
        let told = text.json["text"].as_str().unwrap();
        assert!(told.contains("https://links.portway.test/later"), "{told}");
    }
    service.stop().await;
}

#[tokio::test]
async fn what_the_gateway_refuses_is_given_up_and_holds_up_no_other_number() {
    let world = World::create().await;
    let (_intake, gateway, service) = given(&world).await;
    let account = service.given_account("owner@harbor.test").await;
    let port_out = PortOut::new(account, "PO_100007");
    gateway.answer_next([StatusCode::BAD_REQUEST]);
    service.hear(&asked(&port_out, &NUMBERS[..1])).await;
    let refused = service.settled(account).await;
    assert_eq!(
        (only(&refused).state(), only(&refused).last_error.as_str()),
        (DeliveryState::Failed, "the SMS gateway answered 400 Bad Request")
    );
    service.hear(&asked(&port_out, &NUMBERS[1..2])).await;
    let receivers: Vec<(String, DeliveryState)> = service
        .settled(account)
        .await
        .into_iter()
        .map(|delivery| (delivery.receiver.clone(), delivery.state()))
        .collect();
    assert_eq!(
        receivers,
        [
            (NUMBERS[0].to_owned(), DeliveryState::Failed),
            (NUMBERS[1].to_owned(), DeliveryState::Delivered)
        ]
    );
    // Somebody mends the gateway and has it sent again.
    let request = proto::RetryDeliveryRequest {
        delivery_id: only(&refused).delivery_id.clone(),
    };
    let retried = service
        .deliveries()
        .retry_delivery(service.request(account, request))
        .await
        .unwrap();
    let retried = retried.into_inner().delivery.unwrap();
    assert_eq!(retried.channel(), Channel::Sms);
    let ended = service.settled(account).await;
    assert_eq!(ended[0].state(), DeliveryState::Delivered);
    service.stop().await;
}

#[tokio::test]
async fn without_a_gateway_the_list_of_deliveries_names_the_setting() {
    let (world, intake) = (World::create().await, IntakeStub::start().await);
    intake.asks_by_text(NUMBERS[0]);
    let service = world.start_with(intake.known_to(world.settings())).await;
    let account = service.given_account("owner@harbor.test").await;
    service
        .hear(&asked(&PortOut::new(account, "PO_100007"), &NUMBERS[..1]))
        .await;
    let deliveries = service.settled(account).await;
    let delivery = only(&deliveries);
    assert_eq!(
        (delivery.state(), delivery.attempts, delivery.last_error.as_str()),
        (
            DeliveryState::Failed,
            1,
            "no SMS gateway is set (PORTWAY_SMS_URL)"
        )
    );
    service.stop().await;
}

#[tokio::test]
async fn an_event_that_has_no_number_to_text_is_not_acted_on() {
    let world = World::create().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    let port_out = PortOut::new(account, "PO_100007");
    for tns in [&NUMBERS[..0], &NUMBERS[..2]] {
        assert!(service.try_hear(&asked(&port_out, tns)).await.is_err(), "{tns:?}");
    }
    assert_eq!(service.list(account).await, []);
    service.stop().await;
}
