//! Listening: effects happen once, whatever restarts and whoever else listens; one bad event stops only its own subject.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use events::{Event, FeedSettings, HandleError, Handler};
use futures::future::BoxFuture;
use grpc::Lifecycle;
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use types::AccountId;
use uuid::Uuid;

use crate::house::{House, SOON, dated, number_of};

/// Writes every number into a table that allows it as often as it comes.
#[derive(Clone, Default)]
pub(crate) struct Recorder {
    /// A number that is refused while this is set.
    pub(crate) refuses: Arc<AtomicBool>,
    /// A number that the handler panics at.
    pub(crate) panics: Arc<AtomicBool>,
    /// How often it says "later" before it acts.
    pub(crate) later: Arc<AtomicU32>,
}

/// The number that [`Recorder`] stumbles over.
pub(crate) const STUMBLE: i64 = 13;

impl Recorder {
    async fn act(&self, tx: &mut PgConnection, event: &Event) -> Result<(), HandleError> {
        let number = number_of(event);
        sqlx::query("INSERT INTO effect (subject, number) VALUES ($1, $2)")
            .bind(event.subject_id.parse::<Uuid>().unwrap())
            .bind(number)
            .execute(tx)
            .await
            .map_err(StoreError::from)?;
        // After the write, so that a failure has something to undo.
        assert!(
            !(number == STUMBLE && self.panics.load(Ordering::Relaxed)),
            "asked to"
        );
        if number == STUMBLE && self.refuses.load(Ordering::Relaxed) {
            return Err(HandleError::Refused("thirteen".to_owned()));
        }
        let waits = self
            .later
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if waits.is_ok() {
            return Err(HandleError::Later(StoreError::Stale("the test")));
        }
        Ok(())
    }
}

impl Handler for Recorder {
    fn types(&self) -> Vec<String> {
        vec!["portway.types.v1.Money".to_owned()]
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<(), HandleError>> {
        Box::pin(self.act(tx, event))
    }
}

pub(crate) async fn house_with_effects(hint: &str) -> House {
    let house = House::new(hint).await;
    sqlx::query(
        "CREATE TABLE effect (nth bigint GENERATED ALWAYS AS IDENTITY, subject uuid NOT NULL, number bigint NOT NULL)",
    )
    .execute(&house.sink)
    .await
    .unwrap();
    house.start_sequencer();
    house
}

/// The effects on one subject, in the order in which they happened.
pub(crate) async fn effects_on(pool: &PgPool, subject: Uuid) -> Vec<i64> {
    sqlx::query_scalar("SELECT number FROM effect WHERE subject = $1 ORDER BY nth")
        .bind(subject)
        .fetch_all(pool)
        .await
        .unwrap()
}

async fn count_effects(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM effect")
        .fetch_one(pool)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_listeners_that_are_stopped_and_started_in_the_middle_act_once_and_in_order() {
    let house = house_with_effects("once").await;
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let accounts: Vec<(AccountId, Uuid)> = (0..8).map(|_| (AccountId::generate(), Uuid::new_v4())).collect();
    let start = |lifecycle: &Lifecycle| {
        let consumer = house.consumer(&feed, Recorder::default());
        lifecycle.spawn("consumer", consumer.run(lifecycle.token()));
    };
    start(&house.lifecycle);
    for number in 1..=40 {
        for (account, subject) in &accounts {
            house.announce(*account, *subject, number).await;
        }
        if number % 10 == 0 {
            // Another listener comes, works for a while, and goes in the middle of it.
            let passing = Lifecycle::new();
            start(&passing);
            let so_far = count_effects(&house.sink).await;
            testkit::eventually(SOON, "some progress", async || {
                count_effects(&house.sink).await >= so_far.max(number * 4)
            })
            .await;
            assert!(passing.shut_down(SOON).await);
        }
    }
    testkit::eventually(SOON, "all effects", async || {
        count_effects(&house.sink).await >= 320
    })
    .await;
    for (_, subject) in &accounts {
        let effects = effects_on(&house.sink, *subject).await;
        assert_eq!(effects, (1..=40).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_event_that_is_refused_is_parked_with_its_followers_while_others_flow() {
    let house = house_with_effects("parked").await;
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let recorder = Recorder::default();
    recorder.refuses.store(true, Ordering::Relaxed);
    let consumer = house.consumer(&feed, recorder);
    house
        .lifecycle
        .spawn("consumer", consumer.run(house.lifecycle.token()));
    // In one partition, so that only parking lets the others pass.
    let (account, bad, good) = (AccountId::generate(), Uuid::new_v4(), Uuid::new_v4());
    for number in [12, STUMBLE, 14] {
        house.announce(account, bad, number).await;
        house.announce(account, good, number + 100).await;
    }
    testkit::eventually(SOON, "the others", async || {
        effects_on(&house.sink, good).await.len() == 3
    })
    .await;
    assert_eq!(effects_on(&house.sink, good).await, [112, 113, 114]);
    assert_eq!(effects_on(&house.sink, bad).await, [12]);
    let parked: Vec<(i64, String)> =
        sqlx::query_as("SELECT position, error FROM event_parked WHERE subject_id = $1 ORDER BY position")
            .bind(bad)
            .fetch_all(&house.sink)
            .await
            .unwrap();
    let expected = [(3, "thirteen"), (5, "follows a parked event")];
    assert_eq!(
        parked,
        expected.map(|(position, error)| (position, error.to_owned()))
    );
}

#[tokio::test]
async fn a_handler_that_panics_refuses() {
    let house = house_with_effects("panics").await;
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let recorder = Recorder::default();
    recorder.panics.store(true, Ordering::Relaxed);
    let consumer = house.consumer(&feed, recorder);
    house
        .lifecycle
        .spawn("consumer", consumer.run(house.lifecycle.token()));
    let (account, good) = (AccountId::generate(), Uuid::new_v4());
    house.announce(account, Uuid::new_v4(), STUMBLE).await;
    house.announce(account, good, 1).await;
    testkit::eventually(SOON, "the next event", async || {
        effects_on(&house.sink, good).await == [1]
    })
    .await;
}

#[tokio::test]
async fn what_passes_by_itself_is_tried_until_it_has_passed() {
    let house = house_with_effects("later").await;
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let recorder = Recorder::default();
    // More often than a refusal would be tried.
    recorder.later.store(7, Ordering::Relaxed);
    let consumer = house.consumer(&feed, recorder);
    house
        .lifecycle
        .spawn("consumer", consumer.run(house.lifecycle.token()));
    let subject = Uuid::new_v4();
    house.announce(AccountId::generate(), subject, 1).await;
    testkit::eventually(SOON, "the effect", async || {
        effects_on(&house.sink, subject).await == [1]
    })
    .await;
}

#[tokio::test]
async fn events_of_other_types_move_the_cursor_and_the_source_hears_of_it() {
    let house = house_with_effects("skips").await;
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let consumer = house.consumer(&feed, Recorder::default());
    house
        .lifecycle
        .spawn("consumer", consumer.run(house.lifecycle.token()));
    let account = AccountId::generate();
    let mut conn = house.source.acquire().await.unwrap();
    for _ in 0..3 {
        events::append(&mut conn, &dated(account, Uuid::new_v4()))
            .await
            .unwrap();
    }
    let place = async |pool: &PgPool, sql: &'static str| -> Option<i64> {
        let place = sqlx::query_scalar(sql).bind(events::partition_of(account));
        place.fetch_optional(pool).await.unwrap()
    };
    testkit::eventually(SOON, "the cursor", async || {
        place(
            &house.sink,
            "SELECT position FROM event_cursor WHERE partition = $1",
        )
        .await
            == Some(3)
    })
    .await;
    testkit::eventually(SOON, "the confirmation", async || {
        place(
            &house.source,
            "SELECT position FROM event_reader WHERE reader = 'billing' AND partition = $1",
        )
        .await
            == Some(3)
    })
    .await;
}

#[tokio::test]
async fn a_listener_goes_on_when_its_source_comes_back() {
    let house = house_with_effects("comesback").await;
    let (first, subject, account) = (Lifecycle::new(), Uuid::new_v4(), AccountId::generate());
    let feed = house.serve(&first, &FeedSettings::default()).await;
    let proxy = testkit::TcpProxy::start(&feed.endpoint).await;
    let through = crate::house::Feed {
        endpoint: proxy.url_for(&feed.endpoint),
    };
    let consumer = house.consumer(&through, Recorder::default());
    house
        .lifecycle
        .spawn("consumer", consumer.run(house.lifecycle.token()));
    house.announce(account, subject, 1).await;
    testkit::eventually(SOON, "the first", async || {
        effects_on(&house.sink, subject).await == [1]
    })
    .await;
    proxy.cut().await;
    house.announce(account, subject, 2).await;
    proxy.restore().await;
    testkit::eventually(SOON, "the second", async || {
        effects_on(&house.sink, subject).await == [1, 2]
    })
    .await;
}
