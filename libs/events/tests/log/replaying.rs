//! Parked events: listed, acted on again in order, and never overtaken by what comes meanwhile.

use std::sync::atomic::Ordering;

use events::FeedSettings;
use portway_proto::events::v1::{ListParkedEventsRequest, ReplayParkedEventsRequest};
use types::AccountId;
use uuid::Uuid;

use crate::consuming::{Recorder, STUMBLE, effects_on, house_with_effects};
use crate::house::{House, SOON, Viewer, number_of};

/// A listener with one event parked and two behind it, and an operator of the listening service.
async fn parked() -> (House, Viewer, Recorder, AccountId, Uuid) {
    let house = house_with_effects("replay").await;
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let recorder = Recorder::default();
    recorder.refuses.store(true, Ordering::Relaxed);
    let consumer = house.consumer(&feed, recorder.clone());
    house
        .lifecycle
        .spawn("consumer", consumer.clone().run(house.lifecycle.token()));
    let (account, subject) = (AccountId::generate(), Uuid::new_v4());
    for number in [STUMBLE, 14, 15] {
        house.announce(account, subject, number).await;
    }
    testkit::eventually(SOON, "parked events", async || count_parked(&house).await == 3).await;
    // The listening service answers for what it has parked.
    let own = house.serve_sink(vec![consumer]).await;
    let operator = house.operator(&own).await;
    (house, operator, recorder, account, subject)
}

async fn count_parked(house: &House) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM event_parked")
        .fetch_one(&house.sink)
        .await
        .unwrap()
}

async fn replay(operator: &Viewer, subject: Uuid) -> (i32, i32) {
    let request = operator.signed(ReplayParkedEventsRequest {
        source: "source".to_owned(),
        subject_id: subject.to_string(),
    });
    let reply = operator
        .client
        .clone()
        .replay_parked_events(request)
        .await
        .unwrap()
        .into_inner();
    (reply.replayed, reply.remaining)
}

#[tokio::test]
async fn parked_events_are_listed_and_acted_on_again_in_order() {
    let (house, operator, recorder, account, subject) = parked().await;
    let request = operator.signed(ListParkedEventsRequest {
        subject_id: subject.to_string(),
        page_size: 2,
    });
    let listed = operator
        .client
        .clone()
        .list_parked_events(request)
        .await
        .unwrap()
        .into_inner()
        .events;
    let listed: Vec<(i64, &str)> = listed
        .iter()
        .map(|parked| (number_of(parked.event.as_ref().unwrap()), parked.error.as_str()))
        .collect();
    assert_eq!(listed, [(STUMBLE, "thirteen"), (14, "follows a parked event")]);

    assert_eq!(replay(&operator, subject).await, (0, 3), "it still refuses");
    recorder.refuses.store(false, Ordering::Relaxed);
    assert_eq!(replay(&operator, subject).await, (3, 0));
    assert_eq!(effects_on(&house.sink, subject).await, [STUMBLE, 14, 15]);
    assert_eq!(replay(&operator, subject).await, (0, 0));
    house.announce(account, subject, 16).await;
    testkit::eventually(SOON, "later events", async || {
        effects_on(&house.sink, subject).await == [STUMBLE, 14, 15, 16]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_is_not_overtaken_by_what_comes_meanwhile() {
    let (house, operator, recorder, account, subject) = parked().await;
    recorder.refuses.store(false, Ordering::Relaxed);
    let announcing = async {
        for number in 16..=60 {
            house.announce(account, subject, number).await;
        }
    };
    let replaying = async {
        // Two at once, as operators do.
        tokio::join!(replay(&operator, subject), replay(&operator, subject))
    };
    tokio::join!(announcing, replaying);
    testkit::eventually(SOON, "all effects", async || {
        effects_on(&house.sink, subject).await.len() >= 48
    })
    .await;
    assert_eq!(
        effects_on(&house.sink, subject).await,
        (STUMBLE..=60).collect::<Vec<_>>()
    );
    assert_eq!(count_parked(&house).await, 0, "nothing is left behind");
}

#[tokio::test]
async fn only_sources_that_are_listened_to_can_be_replayed() {
    let (_house, operator, _recorder, _account, _subject) = parked().await;
    let request = operator.signed(ReplayParkedEventsRequest {
        source: "nobody".to_owned(),
        subject_id: "not a uuid".to_owned(),
    });
    let refused = operator
        .client
        .clone()
        .replay_parked_events(request)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), tonic::Code::InvalidArgument);
    assert!(refused.message().contains("source") && refused.message().contains("subject_id"));
}
