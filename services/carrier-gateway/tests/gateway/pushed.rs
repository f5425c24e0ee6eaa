//! What an adapter hands in is as good as what the feed has.

use portway_proto::carrier::v1 as carrier;
use portway_proto::carrier::v1::change::Change;
use portway_proto::gateway::v1::PushChangesRequest;
use portway_proto::gateway::v1::carrier_feed_service_client::CarrierFeedServiceClient;
use testkit::eventually;
use tonic::Code;
use types::{AccountId, PortOutId};

use crate::callers::{channel, fields, with_token};
use crate::harness::{BOUND, World, token_for};
use crate::inbound::request;

fn pushed(changes: Vec<Change>) -> PushChangesRequest {
    let changes = changes
        .into_iter()
        .map(|change| carrier::Change { change: Some(change) });
    PushChangesRequest {
        changes: changes.collect(),
    }
}

#[tokio::test]
async fn a_pushed_request_reaches_intake_at_once_and_only_once() {
    let world = World::new("pushed").await;
    world.intake.state().cases = vec![PortOutId::generate()];
    let gateway = world.start().await;
    gateway.settle().await;
    let token = token_for(&world, &gateway, AccountId::PLATFORM, &["carriers.report"]).await;
    let mut feed = CarrierFeedServiceClient::new(channel(&gateway).await);
    for _ in 0..2 {
        let message = pushed(vec![request("W-1", 1), request("W-2", 1)]);
        feed.push_changes(with_token(&token, message)).await.unwrap();
    }
    // Without the clock being moved, so by no poll.
    eventually(BOUND, "the requests to reach intake", async || {
        world.intake.state().order.len() == 2
    })
    .await;

    world.partner.announce(request("W-1", 1));
    world.partner.announce(request("W-3", 1));
    gateway.advance(jiff::SignedDuration::from_hours(24)).await;
    gateway.settle().await;
    let mut came = world.intake.state().order.clone();
    came.sort_unstable();
    assert_eq!(came, ["W-1", "W-2", "W-3"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_named_with_its_place_and_nothing_is_kept() {
    let world = World::new("pushed_faults").await;
    let gateway = world.start().await;
    let token = token_for(&world, &gateway, AccountId::PLATFORM, &["carriers.report"]).await;
    let mut feed = CarrierFeedServiceClient::new(channel(&gateway).await);
    let no_version = request("W-2", 0);
    let nothing = carrier::Change { change: None };
    let mut message = pushed(vec![request("W-1", 1), no_version]);
    message.changes.push(nothing);
    let refused = feed.push_changes(with_token(&token, message)).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(fields(&refused), ["changes[1]", "changes[2]"]);
    for (count, field) in [(0, "changes"), (501, "changes")] {
        let message = pushed(vec![request("W-1", 1); count]);
        let refused = feed.push_changes(with_token(&token, message)).await.unwrap_err();
        assert_eq!(fields(&refused), [field], "{count}");
    }
    let kept = gateway
        .count("SELECT (SELECT count(*) FROM inbound) + (SELECT count(*) FROM unreadable_change)")
        .await;
    assert_eq!(kept, 0);
}
