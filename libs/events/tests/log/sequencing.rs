//! Positions under concurrency: transactions that commit late, and more than one sequencer.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use events::{FeedSettings, Sequencer};
use portway_proto::events::v1::Event;
use portway_proto::events::v1::stream_events_request::Start;
use sqlx::PgPool;
use tokio::task::JoinSet;
use types::AccountId;
use uuid::Uuid;

use crate::house::{House, SOON, following, next_event, number_of, numbered};

const SUBJECTS: i64 = 24;
const CHANGES_PER_SUBJECT: i64 = 12;

/// Changes one subject: its row is locked, its version goes up and is announced. A third of the changes is rolled
/// back, and every one takes its time before it commits. True: committed.
async fn change(pool: &PgPool, account: AccountId, subject: Uuid) -> bool {
    let mut tx = pool.begin().await.unwrap();
    let version: i64 =
        sqlx::query_scalar("UPDATE thing SET version = version + 1 WHERE id = $1 RETURNING version")
            .bind(subject)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
    pause().await;
    events::append(&mut tx, &numbered(account, subject, version))
        .await
        .unwrap();
    pause().await;
    let commits = rand::random_ratio(2, 3);
    if commits {
        tx.commit().await.unwrap();
    } else {
        tx.rollback().await.unwrap();
    }
    commits
}

/// How long a transaction dawdles: what makes commits come in another order than their ids.
async fn pause() {
    tokio::time::sleep(Duration::from_millis(rand::random_range(0..15))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_sees_every_committed_event_in_order_while_slow_commits_race_two_sequencers() {
    let house = House::new("sequencing").await;
    sqlx::query("CREATE TABLE thing (id uuid PRIMARY KEY, version bigint NOT NULL)")
        .execute(&house.source)
        .await
        .unwrap();
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let viewer = house.viewer(&feed, AccountId::PLATFORM).await;
    let mut stream = viewer.open(following(Start::FromOldest(true))).await.unwrap();
    house.start_sequencer();
    house.start_sequencer();

    let mut writers = JoinSet::new();
    for _ in 0..SUBJECTS {
        let (account, subject, pool) = (AccountId::generate(), Uuid::new_v4(), house.source.clone());
        sqlx::query("INSERT INTO thing (id, version) VALUES ($1, 0)")
            .bind(subject)
            .execute(&pool)
            .await
            .unwrap();
        // Two at a time for each subject, so that they wait for each other's locks.
        for _ in 0..2 {
            let pool = pool.clone();
            writers.spawn(async move {
                for _ in 0..CHANGES_PER_SUBJECT / 2 {
                    change(&pool, account, subject).await;
                }
            });
        }
    }
    let mut reader = JoinSet::new();
    reader.spawn(async move {
        let mut seen = Vec::new();
        // A last event of each partition ends the reading.
        let mut open = events::PARTITIONS;
        while open > 0 {
            let event = next_event(&mut stream).await;
            if event.r#type.ends_with(".Date") {
                open -= 1;
            } else {
                seen.push(event);
            }
        }
        seen
    });
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    announce_ends(&house).await;
    let seen = tokio::time::timeout(SOON, reader.join_next())
        .await
        .unwrap()
        .unwrap()
        .unwrap();

    let committed: i64 = sqlx::query_scalar("SELECT sum(version)::bigint FROM thing")
        .fetch_one(&house.source)
        .await
        .unwrap();
    assert_eq!(
        i64::try_from(seen.len()).unwrap(),
        committed,
        "none is lost, none comes twice"
    );
    check_order(&seen);
    let pending = Sequencer::new(house.source.clone()).run_once().await.unwrap();
    assert_eq!(pending, 0);
}

/// One event in every partition.
async fn announce_ends(house: &House) {
    let mut left: HashSet<i16> = (0..events::PARTITIONS).collect();
    while !left.is_empty() {
        let account = AccountId::generate();
        if left.remove(&events::partition_of(account)) {
            let mut conn = house.source.acquire().await.unwrap();
            let end = crate::house::dated(account, Uuid::new_v4());
            events::append(&mut conn, &end).await.unwrap();
        }
    }
}

/// Every subject's versions rise by one, and every partition's positions too.
fn check_order(seen: &[Event]) {
    let mut versions: BTreeMap<&str, i64> = BTreeMap::new();
    let mut offsets: BTreeMap<i32, i64> = BTreeMap::new();
    let mut ids = HashSet::new();
    for event in seen {
        let version = versions.entry(&event.subject_id).or_default();
        *version += 1;
        assert_eq!(number_of(event), *version, "of subject {}", event.subject_id);
        let position = event.position.as_ref().unwrap();
        let offset = offsets.entry(position.partition).or_default();
        *offset += 1;
        assert_eq!(position.offset, *offset, "in partition {}", position.partition);
        assert!(ids.insert(&event.event_id), "{} came twice", event.event_id);
    }
}

#[tokio::test]
async fn an_event_that_commits_late_comes_after_those_that_overtook_it() {
    let house = House::new("overtaken").await;
    let account = AccountId::generate();
    let mut late = house.source.begin().await.unwrap();
    events::append(&mut late, &numbered(account, Uuid::new_v4(), 1))
        .await
        .unwrap();
    house.announce(account, Uuid::new_v4(), 2).await;
    house.sequence().await;
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let viewer = house.viewer(&feed, account).await;
    assert_eq!(viewer.read(Start::FromOldest(true)).await, [2]);
    late.commit().await.unwrap();
    house.sequence().await;
    assert_eq!(viewer.read(Start::FromOldest(true)).await, [2, 1]);
}

#[tokio::test]
async fn a_rolled_back_event_leaves_no_gap() {
    let house = House::new("rolledback").await;
    let account = AccountId::generate();
    house.announce(account, Uuid::new_v4(), 1).await;
    let mut rolled_back = house.source.begin().await.unwrap();
    events::append(&mut rolled_back, &numbered(account, Uuid::new_v4(), 2))
        .await
        .unwrap();
    rolled_back.rollback().await.unwrap();
    house.announce(account, Uuid::new_v4(), 3).await;
    house.sequence().await;
    let positions: Vec<i64> = sqlx::query_scalar("SELECT position FROM event ORDER BY position")
        .fetch_all(&house.source)
        .await
        .unwrap();
    assert_eq!(positions, [1, 2]);
}
