//! What is dropped, what is kept for a slow reader, and what a reader is told that came too late.

use events::{FeedSettings, Retention};
use jiff::SignedDuration;
use portway_proto::events::v1::stream_events_request::Start;
use portway_proto::events::v1::{ConfirmEventsRequest, Position, Positions, StreamEventsRequest};
use tonic::Code;
use tonic_types::StatusExt;
use types::AccountId;
use uuid::Uuid;

use crate::house::{House, Viewer, following, next_event, numbered, numbers, reason, until_now};

const NOTHING_CONFIRMED: Retention = Retention {
    confirmed: SignedDuration::ZERO,
    at_most: SignedDuration::from_hours(1),
};
const NOTHING: Retention = Retention {
    confirmed: SignedDuration::ZERO,
    at_most: SignedDuration::ZERO,
};

async fn five() -> (House, Viewer, AccountId) {
    let house = House::new("retaining").await;
    let account = AccountId::generate();
    for number in 1..=5 {
        house.announce(account, Uuid::new_v4(), number).await;
    }
    house.sequence().await;
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let viewer = house.viewer(&feed, account).await;
    (house, viewer, account)
}

async fn confirm(viewer: &Viewer, account: AccountId, offset: i64) {
    let request = viewer.signed(ConfirmEventsRequest {
        reader: "slow".to_owned(),
        positions: vec![Position {
            partition: events::partition_of(account).into(),
            offset,
        }],
    });
    viewer.client.clone().confirm_events(request).await.unwrap();
}

fn after(account: AccountId, offset: i64) -> Start {
    Start::After(Positions {
        positions: vec![Position {
            partition: events::partition_of(account).into(),
            offset,
        }],
    })
}

#[tokio::test]
async fn what_no_reader_needs_goes_and_its_places_are_refused_naming_the_oldest() {
    let (house, viewer, account) = five().await;
    confirm(&viewer, account, 3).await;
    let young = Retention {
        confirmed: SignedDuration::from_hours(1),
        at_most: SignedDuration::from_hours(2),
    };
    assert_eq!(events::purge(&house.source, young).await.unwrap(), 0);
    assert_eq!(events::purge(&house.source, NOTHING_CONFIRMED).await.unwrap(), 3);
    assert_eq!(viewer.read(Start::FromOldest(true)).await, [4, 5]);
    assert_eq!(viewer.read(after(account, 3)).await, [4, 5]);
    let refused = viewer.open(until_now(after(account, 2))).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::OutOfRange, "POSITION_EXPIRED")
    );
    let facts = refused.get_details_error_info().unwrap().metadata;
    assert_eq!(facts["oldest"], "4");
    assert_eq!(facts["partition"], events::partition_of(account).to_string());
}

#[tokio::test]
async fn a_reader_that_stopped_for_good_holds_nothing_up_and_is_told_what_it_missed() {
    let (house, viewer, account) = five().await;
    confirm(&viewer, account, 2).await;
    assert_eq!(events::purge(&house.source, NOTHING).await.unwrap(), 5);
    let confirmed = StreamEventsRequest {
        reader: "slow".to_owned(),
        ..until_now(Start::FromConfirmed(true))
    };
    let refused = viewer.open(confirmed).await.unwrap_err();
    assert_eq!(reason(&refused), "POSITION_EXPIRED");
    house.announce(account, Uuid::new_v4(), 6).await;
    house.sequence().await;
    let left = viewer
        .read_events(until_now(Start::FromOldest(true)))
        .await
        .unwrap();
    assert_eq!(numbers(&left), [6]);
    assert_eq!(left[0].position.as_ref().unwrap().offset, 6, "positions go on");
}

#[tokio::test]
async fn an_open_stream_that_is_overtaken_by_the_purge_ends_instead_of_skipping() {
    let (house, viewer, account) = five().await;
    let mut stream = viewer.open(following(after(account, 5))).await.unwrap();
    let mut tx = house.source.begin().await.unwrap();
    for number in 6..=7 {
        let event = numbered(account, Uuid::new_v4(), number);
        events::append(&mut tx, &event).await.unwrap();
    }
    tx.commit().await.unwrap();
    // Numbered, and gone before anybody woke the reader.
    let mut locked = house.source.begin().await.unwrap();
    sqlx::query("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *locked)
        .await
        .unwrap();
    for statement in [
        "UPDATE event SET position = 6, recorded_at = now() WHERE seq = 6",
        "UPDATE event_partition SET last_position = 6, purged_position = 6 WHERE last_position = 5",
        "DELETE FROM event WHERE position <= 6",
    ] {
        sqlx::query(statement).execute(&mut *locked).await.unwrap();
    }
    locked.commit().await.unwrap();
    house.sequence().await;
    let status = loop {
        if let Err(status) = stream.message().await {
            break status;
        }
    };
    assert_eq!(reason(&status), "POSITION_EXPIRED");
    let mut resumed = viewer.open(following(after(account, 6))).await.unwrap();
    assert_eq!(crate::house::number_of(&next_event(&mut resumed).await), 7);
}
