//! Sending: signed, in order, again after a failure or a crash, and never twice under two ids.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use mail_sink::Trouble;
use portway_proto::events::v1::CallMade;
use portway_proto::notification::v1 as proto;
use portway_proto::notification::v1::DeliveryState;
use prost::Name as _;
use sha2::Sha256;
use testkit::{TcpProxy, eventually, eventually_some};

use crate::harness::{NOW, SOON, World};
use crate::intake_events::{Order, at};
use crate::receiver::{Call, Receiver};

fn verifies(secret: &str, call: &Call) -> bool {
    let key = BASE64_STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    let signed = format!("{}.{}.{}", call.id, call.timestamp, call.body);
    let signature = call.signature.strip_prefix("v1,").unwrap();
    Hmac::<Sha256>::new_from_slice(&key)
        .unwrap()
        .chain_update(signed)
        .verify_slice(&BASE64_STANDARD.decode(signature).unwrap())
        .is_ok()
}

#[tokio::test]
async fn a_webhook_is_signed_with_the_endpoints_own_secret() {
    let world = World::create().await;
    let hooks = Receiver::start().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    let one = service
        .add_endpoint(account, &hooks.url(), &["port_in.submitted"])
        .await;
    let other = service
        .add_endpoint(account, &format!("{}2", hooks.url()), &["port_in.ported"])
        .await;
    let order = Order::new(account, "PI_100001");
    service.hear(&order.submitted()).await;
    service.hear(&order.ported()).await;
    let deliveries = service.settled(account).await;
    let calls = hooks.calls();
    assert_eq!(calls.len(), 2);
    for call in &calls {
        let (own, others) = match call.step().as_str() {
            "port_in.submitted" => (&one.secret, &other.secret),
            _ => (&other.secret, &one.secret),
        };
        assert!(verifies(own, call) && !verifies(others, call));
        assert_eq!(call.content_type, "application/json");
        let age = unix_seconds() - call.timestamp.parse::<i64>().unwrap();
        assert!(
            (0..300).contains(&age),
            "real time, whatever the business clock says: {age}"
        );
        assert!(deliveries.iter().any(|delivery| delivery.delivery_id == call.id));
        let forged = Call {
            body: call.body.replace("PI_100001", "PI_100002"),
            ..call.clone()
        };
        assert!(!verifies(own, &forged));
    }
    service.stop().await;
}

#[expect(clippy::disallowed_methods, reason = "the receiver's own clock")]
fn unix_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[tokio::test]
async fn a_receiver_that_was_down_is_told_once_when_it_is_up() {
    let world = World::create().await;
    let hooks = Receiver::start().await;
    let proxy = TcpProxy::start(&hooks.address.to_string()).await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    service
        .add_endpoint(account, &format!("http://{}/hook", proxy.address()), &[])
        .await;
    proxy.cut().await;
    service.hear(&Order::new(account, "PI_100001").submitted()).await;
    let failed_once = eventually_some(SOON, "a first failure", async || {
        let deliveries = service.list(account).await;
        deliveries
            .into_iter()
            .find(|delivery| !delivery.last_error.is_empty())
    })
    .await;
    assert_eq!(failed_once.state(), DeliveryState::Queued);
    assert!(
        !failed_once.last_error.contains("/hook"),
        "{}",
        failed_once.last_error
    );
    proxy.restore().await;
    let deliveries = service.settled(account).await;
    let webhook = deliveries
        .iter()
        .find(|delivery| delivery.channel() == proto::Channel::Webhook)
        .unwrap();
    assert_eq!(
        (webhook.state(), webhook.last_error.as_str()),
        (DeliveryState::Delivered, "")
    );
    assert!(webhook.attempts >= 2);
    let ids: Vec<String> = hooks.calls().into_iter().map(|call| call.id).collect();
    assert_eq!(ids, std::slice::from_ref(&webhook.delivery_id));
    service.stop().await;
}

#[tokio::test]
async fn a_later_step_waits_for_the_earlier_one_of_its_order_and_for_nothing_else() {
    let world = World::create().await;
    let hooks = Receiver::start().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    service.add_endpoint(account, &hooks.url(), &[]).await;
    hooks.answer_next([StatusCode::SERVICE_UNAVAILABLE]);
    let (held_up, other) = (Order::new(account, "PI_100001"), Order::new(account, "PI_100002"));
    service.hear(&held_up.submitted()).await;
    eventually(SOON, "the first call", async || !hooks.calls().is_empty()).await;
    service.hear(&held_up.pending()).await;
    service.hear(&held_up.ported()).await;
    service.hear(&other.submitted()).await;
    service.settled(account).await;
    let told = |number: &str| -> Vec<String> {
        let calls = hooks.calls().into_iter();
        calls
            .filter(|call| call.request_number() == number)
            .map(|call| call.step())
            .collect()
    };
    assert_eq!(
        told("PI_100001"),
        [
            "port_in.submitted",
            "port_in.submitted",
            "port_in.pending",
            "port_in.ported"
        ]
    );
    let first_of_other = hooks
        .calls()
        .iter()
        .position(|call| call.request_number() == "PI_100002")
        .unwrap();
    assert_eq!(first_of_other, 1, "another order does not wait for the retry");
    service.stop().await;
}

#[tokio::test]
async fn mail_that_the_server_kept_without_saying_so_comes_again_as_the_same_message() {
    let world = World::create().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    world.sink.trouble_next(1, Trouble::KeptAndCutOff);
    service.hear(&Order::new(account, "PI_100001").submitted()).await;
    let mails = world.wait_for_mails(2).await;
    let deliveries = service.settled(account).await;
    assert_eq!(deliveries[0].attempts, 2);
    assert_eq!(mails[0], mails[1], "the same bytes");
    assert_eq!(
        mails[0].message_id,
        format!("<{}@portway.test>", deliveries[0].delivery_id)
    );
    service.stop().await;
}

#[test]
fn after_a_crash_behind_the_servers_yes_another_replica_sends_the_same_message() {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
    };
    let (outside, doomed) = (runtime(), runtime());
    let world = outside.block_on(World::create());
    world.sink.trouble_next(1, Trouble::KeptAndSilent);
    let settings = world.settings();
    let account = doomed.block_on(async {
        let service = world.start_with(settings).await;
        let account = service.given_account("owner@harbor.test").await;
        service.hear(&Order::new(account, "PI_100001").submitted()).await;
        world.wait_for_mails(1).await;
        account
    });
    // The process is gone between the server's yes and our note of it.
    doomed.shutdown_background();
    outside.block_on(async {
        let service = world.start().await;
        // Nobody waits for real time: the lease of the dead ends now.
        let ended =
            "UPDATE delivery SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL";
        let leases = sqlx::query(ended)
            .execute(&mut world.superuser().await)
            .await
            .unwrap();
        assert_eq!(leases.rows_affected(), 1);
        let mails = world.wait_for_mails(2).await;
        let deliveries = service.settled(account).await;
        assert_eq!((deliveries.len(), deliveries[0].attempts), (1, 2));
        assert_eq!(mails[0], mails[1]);
        service.stop().await;
    });
}

#[tokio::test]
async fn mail_that_is_refused_for_good_fails_at_once_and_can_be_tried_again() {
    let world = World::create().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    world.sink.trouble_next(1, Trouble::Permanent);
    service.hear(&Order::new(account, "PI_100001").submitted()).await;
    let failed = service.settled(account).await.remove(0);
    assert_eq!((failed.state(), failed.attempts), (DeliveryState::Failed, 1));
    assert!(failed.last_error.contains("550"), "{}", failed.last_error);
    assert!(world.mails().is_empty());

    let message = proto::RetryDeliveryRequest {
        delivery_id: failed.delivery_id.clone(),
    };
    let request = service.request_with_key(account, "again", message.clone());
    let retried = service
        .deliveries()
        .retry_delivery(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(retried.delivery.unwrap().state(), DeliveryState::Queued);
    let delivered = service.settled(account).await.remove(0);
    assert_eq!(
        (delivered.state(), delivered.attempts),
        (DeliveryState::Delivered, 2)
    );
    assert_eq!(delivered.delivered_at, Some(service::stamp::to_proto(at(NOW))));
    let repeated = service.request_with_key(account, "again", message.clone());
    service.deliveries().retry_delivery(repeated).await.unwrap();
    let once_more = service
        .deliveries()
        .retry_delivery(service.request(account, message))
        .await;
    assert_eq!(
        grpc::status::reason_of(&once_more.unwrap_err()).as_deref(),
        Some("DELIVERY_NOT_FAILED")
    );
    assert_eq!(world.mails().len(), 1, "a delivered mail does not go out again");

    let types: Vec<String> = sqlx::query_scalar("SELECT type FROM event ORDER BY seq")
        .fetch_all(&mut world.superuser().await)
        .await
        .unwrap();
    assert_eq!(
        types,
        [
            proto::DeliveryFailed::full_name(),
            CallMade::full_name(),
            proto::Delivered::full_name()
        ]
    );
    service.stop().await;
}

#[tokio::test]
async fn a_delivery_is_given_up_after_twelve_tries() {
    let world = World::create().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    world.sink.trouble_next(2, Trouble::Temporary);
    service.hear(&Order::new(account, "PI_100001").submitted()).await;
    let backlog = async || service.serving.due_work[0].backlog(at(NOW)).await.unwrap();
    eventually_some(SOON, "a first failure", async || {
        service
            .list(account)
            .await
            .into_iter()
            .find(|delivery| !delivery.last_error.is_empty())
    })
    .await;
    assert_eq!(backlog().await.due_now, 1, "what waits for a retry is still due");
    // Ten more failures, without the day that they take.
    sqlx::query("UPDATE delivery SET tries = 11, attempts = 11, retry_at = now()")
        .execute(&mut world.superuser().await)
        .await
        .unwrap();
    let failed = service.settled(account).await.remove(0);
    assert_eq!((failed.state(), failed.attempts), (DeliveryState::Failed, 12));
    assert!(failed.last_error.contains("451"), "{}", failed.last_error);
    assert_eq!(backlog().await, clock::Backlog::NOTHING);
    service.stop().await;
}

#[tokio::test]
async fn two_replicas_send_each_message_once() {
    const ORDERS: usize = 40;
    let world = World::create().await;
    let hooks = Receiver::start().await;
    let (one, other) = (world.start().await, world.start().await);
    let account = one.given_account("owner@harbor.test").await;
    one.add_endpoint(account, &hooks.url(), &[]).await;
    for number in 1..=ORDERS {
        let order = Order::new(account, &format!("PI_{number}"));
        one.hear(&order.submitted()).await;
        other.hear(&order.ported()).await;
    }
    let deliveries = other.settled(account).await;
    assert_eq!(deliveries.len(), 4 * ORDERS);
    let tried_again: Vec<_> = deliveries
        .iter()
        .filter(|delivery| delivery.attempts > 1)
        .collect();
    assert!(tried_again.is_empty(), "{tried_again:#?}");
    let calls = hooks.calls();
    let ids: BTreeSet<_> = calls.iter().map(|call| &call.id).collect();
    assert_eq!((calls.len(), ids.len()), (2 * ORDERS, 2 * ORDERS));
    let mails = world.mails();
    let ids: BTreeSet<_> = mails.iter().map(|mail| &mail.message_id).collect();
    assert_eq!((mails.len(), ids.len()), (2 * ORDERS, 2 * ORDERS));
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn a_slow_webhook_holds_up_no_mail() {
    let world = World::create().await;
    let hooks = Receiver::start().await;
    let proxy = TcpProxy::start(&hooks.address.to_string()).await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    service
        .add_endpoint(account, &format!("http://{}/hook", proxy.address()), &[])
        .await;
    proxy.hang();
    for number in 1..=20 {
        service
            .hear(&Order::new(account, &format!("PI_{number}")).submitted())
            .await;
    }
    // Below the ten seconds that a receiver is given.
    let before_any_timeout = Duration::from_secs(8);
    eventually(before_any_timeout, "all mails", async || {
        world.mails().len() == 20
    })
    .await;
    assert!(hooks.calls().is_empty());
    proxy.restore().await;
    service.settled(account).await;
    service.stop().await;
}

#[tokio::test]
async fn webhooks_do_not_reach_into_private_networks() {
    let world = World::create().await;
    let hooks = Receiver::start().await;
    let lenient = world.start().await;
    let account = lenient.given_account("owner@harbor.test").await;
    lenient.add_endpoint(account, &hooks.url(), &[]).await;
    let by_name = format!("http://localhost:{}/hook", hooks.address.port());
    lenient.add_endpoint(account, &by_name, &[]).await;
    lenient.stop().await;

    let strict = notification::Settings {
        allow_private_webhooks: false,
        ..world.settings()
    };
    let service = world.start_with(strict).await;
    service.hear(&Order::new(account, "PI_100001").pending()).await;
    let deliveries = service.settled(account).await;
    assert_eq!(deliveries.len(), 2);
    for delivery in deliveries {
        assert_eq!(
            (delivery.state(), delivery.attempts),
            (DeliveryState::Failed, 1),
            "{}",
            delivery.receiver
        );
        assert_eq!(delivery.last_error, "the host is not on the public internet");
    }
    assert!(hooks.calls().is_empty());
    service.stop().await;
}
