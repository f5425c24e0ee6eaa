//! The feed as its readers see it: where it starts, what it shows to whom, how it ends.

use events::FeedSettings;
use grpc::Lifecycle;
use portway_proto::events::v1::stream_events_request::Start;
use portway_proto::events::v1::stream_events_response::Item;
use portway_proto::events::v1::{
    ConfirmEventsRequest, ListReadersRequest, Position, Positions, StreamEventsRequest,
};
use tonic::Code;
use tonic_types::StatusExt;
use types::AccountId;
use uuid::Uuid;

use crate::house::{
    Feed, House, SOON, Viewer, dated, following, next_event, number_of, numbers, reason, until_now,
};

/// Five events of one account, numbered 1 to 5.
async fn five(hint: &str) -> (House, Feed, Viewer, AccountId) {
    let house = House::new(hint).await;
    let account = AccountId::generate();
    for number in 1..=5 {
        house.announce(account, Uuid::new_v4(), number).await;
    }
    house.sequence().await;
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let viewer = house.viewer(&feed, account).await;
    (house, feed, viewer, account)
}

fn at(account: AccountId, offset: i64) -> Position {
    Position {
        partition: events::partition_of(account).into(),
        offset,
    }
}

fn after(account: AccountId, offset: i64) -> Start {
    Start::After(Positions {
        positions: vec![at(account, offset)],
    })
}

#[tokio::test]
async fn a_stream_starts_where_it_is_told_to() {
    let (house, _feed, viewer, account) = five("starts").await;
    let cases = [
        (Start::FromOldest(true), vec![1, 2, 3, 4, 5]),
        (after(account, 0), vec![1, 2, 3, 4, 5]),
        (after(account, 3), vec![4, 5]),
        (after(account, 5), vec![]),
        (Start::After(Positions::default()), vec![1, 2, 3, 4, 5]),
        (Start::FromNow(true), vec![]),
    ];
    for (start, expected) in cases {
        assert_eq!(viewer.read(start.clone()).await, expected, "{start:?}");
    }
    let between: jiff_sqlx::Timestamp = sqlx::query_scalar("SELECT clock_timestamp()")
        .fetch_one(&house.source)
        .await
        .unwrap();
    let between = between.to_jiff();
    house.announce(account, Uuid::new_v4(), 6).await;
    house.sequence().await;
    let from = |seconds, nanos| Start::FromTime(prost_types::Timestamp { seconds, nanos });
    let from_between = from(between.as_second(), between.subsec_nanosecond());
    assert_eq!(viewer.read(from_between).await, [6]);
    assert_eq!(viewer.read(from(0, 0)).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(
        viewer.read(from(between.as_second() + 3_600, 0)).await,
        [0_i64; 0]
    );
}

#[tokio::test]
async fn an_open_stream_brings_what_happens_next() {
    let (house, _feed, viewer, account) = five("live").await;
    house.start_sequencer();
    let mut stream = viewer.open(following(after(account, 4))).await.unwrap();
    assert_eq!(number_of(&next_event(&mut stream).await), 5);
    for number in 6..=8 {
        house.announce(account, Uuid::new_v4(), number).await;
        assert_eq!(number_of(&next_event(&mut stream).await), number);
    }
}

#[tokio::test]
async fn a_named_reader_resumes_after_what_it_confirmed_and_never_goes_back() {
    let (house, feed, viewer, account) = five("confirmed").await;
    let confirmed = || StreamEventsRequest {
        reader: "ledger".to_owned(),
        ..until_now(Start::FromConfirmed(true))
    };
    let confirm = async |offset: i64| {
        let request = viewer.signed(ConfirmEventsRequest {
            reader: "ledger".to_owned(),
            positions: vec![at(account, offset)],
        });
        viewer
            .client
            .clone()
            .confirm_events(request)
            .await
            .unwrap()
            .into_inner()
            .positions
    };
    assert_eq!(
        numbers(&viewer.read_events(confirmed()).await.unwrap()),
        [1, 2, 3, 4, 5]
    );
    assert_eq!(confirm(3).await, [at(account, 3)]);
    assert_eq!(numbers(&viewer.read_events(confirmed()).await.unwrap()), [4, 5]);
    assert_eq!(confirm(2).await, [at(account, 3)], "not backwards");
    assert_eq!(confirm(99).await, [at(account, 5)], "not past the end");

    let platform = house.viewer(&feed, AccountId::PLATFORM).await;
    house.announce(account, Uuid::new_v4(), 6).await;
    house.sequence().await;
    let request = platform.signed(ListReadersRequest {});
    let readers = platform
        .client
        .clone()
        .list_readers(request)
        .await
        .unwrap()
        .into_inner()
        .readers;
    let found: Vec<(&str, i64)> = readers.iter().map(|row| (row.reader.as_str(), row.lag)).collect();
    assert_eq!(found, [("ledger", 1)]);
}

#[tokio::test]
async fn an_account_sees_its_own_events_alone_and_the_platform_all() {
    let (house, feed, viewer, account) = five("tenants").await;
    // One in the same partition, so that only the account keeps them apart.
    let neighbour = loop {
        let other = AccountId::generate();
        if events::partition_of(other) == events::partition_of(account) {
            break other;
        }
    };
    house.announce(neighbour, Uuid::new_v4(), 100).await;
    house.sequence().await;
    assert_eq!(viewer.read(Start::FromOldest(true)).await, [1, 2, 3, 4, 5]);
    let other = house.viewer(&feed, neighbour).await;
    assert_eq!(other.read(Start::FromOldest(true)).await, [100]);
    let platform = house.viewer(&feed, AccountId::PLATFORM).await;
    assert_eq!(platform.read(Start::FromOldest(true)).await, [1, 2, 3, 4, 5, 100]);
    let refused = viewer
        .client
        .clone()
        .list_readers(viewer.signed(ListReadersRequest {}))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn what_a_filter_leaves_out_still_moves_the_reader_on() {
    let (house, _feed, viewer, account) = five("filtered").await;
    let mut conn = house.source.acquire().await.unwrap();
    events::append(&mut conn, &dated(account, Uuid::new_v4()))
        .await
        .unwrap();
    house.sequence().await;
    let filter = |name: &str| StreamEventsRequest {
        types: vec![name.to_owned()],
        ..until_now(Start::FromOldest(true))
    };
    let dates = viewer.read_events(filter("portway.types.v1.Date")).await.unwrap();
    assert_eq!(dates.len(), 1);
    assert_eq!(dates[0].position, Some(at(account, 6)));

    let mut stream = viewer.open(filter("portway.types.v1.Nothing")).await.unwrap();
    let caught_up = stream.message().await.unwrap().unwrap().item;
    assert_eq!(
        caught_up,
        Some(Item::CaughtUp(Positions {
            positions: vec![at(account, 6)]
        }))
    );
    assert_eq!(stream.message().await.unwrap(), None);
}

#[tokio::test]
async fn a_long_log_is_read_to_its_end_through_any_filter() {
    let house = House::new("long").await;
    let account = AccountId::generate();
    let template = dated(account, Uuid::new_v4());
    let mut tx = house.source.begin().await.unwrap();
    events::append(&mut tx, &template).await.unwrap();
    // More than one look's window of events that the filter leaves out.
    sqlx::query(
        "INSERT INTO event (event_id, partition, subject_id, account_id, type, occurred_at, payload)
         SELECT gen_random_uuid(), partition, subject_id, account_id, type, occurred_at, payload
           FROM event, generate_series(1, 6000)",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    house.announce(account, Uuid::new_v4(), 1).await;
    house.sequence().await;
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let viewer = house.viewer(&feed, account).await;
    let filtered = StreamEventsRequest {
        types: vec!["portway.types.v1.Money".to_owned()],
        ..until_now(Start::FromOldest(true))
    };
    assert_eq!(numbers(&viewer.read_events(filtered).await.unwrap()), [1]);
    let all = viewer
        .read_events(until_now(Start::FromOldest(true)))
        .await
        .unwrap();
    let offsets: Vec<i64> = all
        .iter()
        .map(|event| event.position.as_ref().unwrap().offset)
        .collect();
    assert_eq!(offsets, (1..=6_002).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_place_that_the_log_never_reached_is_refused() {
    let (_house, _feed, viewer, account) = five("beyond").await;
    let refused = viewer.open(following(after(account, 6))).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::OutOfRange, "POSITION_UNKNOWN")
    );
}

#[tokio::test]
async fn draining_ends_streams_with_the_place_to_resume() {
    let (house, _feed, _viewer, account) = five("drain").await;
    let draining = Lifecycle::new();
    let feed = house.serve(&draining, &FeedSettings::default()).await;
    let viewer = house.viewer(&feed, account).await;
    let mut stream = viewer.open(following(after(account, 3))).await.unwrap();
    assert_eq!(number_of(&next_event(&mut stream).await), 4);
    assert_eq!(number_of(&next_event(&mut stream).await), 5);
    let ended = async {
        loop {
            if let Err(status) = stream.message().await {
                break status;
            }
        }
    };
    let (status, all_ended) = tokio::join!(ended, draining.shut_down(SOON));
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::Unavailable, "DRAINING")
    );
    let facts = status.get_details_error_info().unwrap().metadata;
    assert_eq!(facts["positions"], format!("{}:5", events::partition_of(account)));
    assert!(all_ended);
}

#[tokio::test]
async fn customers_streams_have_a_limit_and_the_platform_places_of_its_own() {
    let (house, _feed, _viewer, account) = five("limit").await;
    let settings = FeedSettings {
        account_streams_max: 2,
        platform_streams_max: 1,
    };
    let feed = house.serve(&house.lifecycle, &settings).await;
    let viewer = house.viewer(&feed, account).await;
    let open = async || viewer.open(following(Start::FromNow(true))).await;
    let (first, _second) = (open().await.unwrap(), open().await.unwrap());
    let refused = open().await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::ResourceExhausted, "TOO_MANY_STREAMS")
    );
    let platform = house.viewer(&feed, AccountId::PLATFORM).await;
    platform.open(following(Start::FromNow(true))).await.unwrap();
    drop(first);
    testkit::eventually(SOON, "a place that was given back", async || open().await.is_ok()).await;
}

#[tokio::test]
async fn requests_that_make_no_sense_hear_every_fault() {
    let (_house, _feed, viewer, _account) = five("faults").await;
    let position = |partition, offset| Position { partition, offset };
    let cases = [
        (
            StreamEventsRequest {
                start: None,
                reader: "Not A Slug".to_owned(),
                ..until_now(Start::FromNow(true))
            },
            vec!["reader", "start"],
        ),
        (until_now(Start::FromConfirmed(true)), vec!["reader"]),
        (
            until_now(Start::After(Positions {
                positions: vec![position(16, 0), position(-1, -1)],
            })),
            vec![
                "after.positions[0].partition",
                "after.positions[1].partition",
                "after.positions[1].offset",
            ],
        ),
        (
            until_now(Start::FromTime(prost_types::Timestamp {
                seconds: i64::MAX,
                nanos: 0,
            })),
            vec!["from_time"],
        ),
        (
            StreamEventsRequest {
                types: vec![String::new(); 101],
                ..until_now(Start::FromNow(true))
            },
            vec!["types"],
        ),
        (
            StreamEventsRequest {
                types: vec!["a".repeat(200), "a".repeat(201), "portway\0".to_owned()],
                ..until_now(Start::FromNow(true))
            },
            vec!["types[1]", "types[2]"],
        ),
    ];
    for (request, expected) in cases {
        let refused = viewer.open(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{expected:?}");
        let faults = refused.get_details_bad_request().unwrap().field_violations;
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, expected);
    }
}

#[tokio::test]
async fn an_account_cannot_make_readers_without_end() {
    let (_house, _feed, viewer, account) = five("readers").await;
    let confirm = async |name: String| {
        let request = viewer.signed(ConfirmEventsRequest {
            reader: name,
            positions: vec![at(account, 1)],
        });
        viewer.client.clone().confirm_events(request).await
    };
    for number in 0..50 {
        confirm(format!("reader-{number}")).await.unwrap();
    }
    let refused = confirm("one-more".to_owned()).await.unwrap_err();
    assert_eq!(reason(&refused), "TOO_MANY_READERS");
    confirm("reader-7".to_owned()).await.unwrap();
}
