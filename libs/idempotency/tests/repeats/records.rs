//! Changes are on record, whether they announce something by themselves or not.

use clock::Clock;
use events::NewEvent;
use idempotency::{Begun, Idempotency};
use jiff::Timestamp;
use pg::MigrationSet;
use portway_proto::events::v1::CallMade;
use portway_proto::types::v1::{Date, Money};
use prost::{Message, Name};
use tonic::Request;
use types::AccountId;
use uuid::Uuid;

use crate::changes::{Changes, ask, caller};

const NOW: &str = "2026-11-23T15:00:00Z";

async fn recording(changes: &Changes) -> Idempotency {
    let log = MigrationSet {
        owner: "events",
        migrator: &events::MIGRATOR,
    };
    pg::migrate(&changes.pool, &[log]).await.unwrap();
    changes.plain().recording(Clock::manual(NOW.parse().unwrap()))
}

/// Makes a change that announces that many events by itself.
async fn change(idempotency: &Idempotency, request: Request<Money>, announced: usize) {
    let account = auth::Caller::of(&request).unwrap().account;
    let now: Timestamp = NOW.parse().unwrap();
    match idempotency.begin::<Money, Date>(&request).await.unwrap() {
        Begun::Repeated(_) => {}
        Begun::Fresh(mut work) => {
            for _ in 0..announced {
                let event = NewEvent::new(account, Uuid::nil(), now, &Money::default());
                events::append(work.conn(), &event).await.unwrap();
            }
            work.finish(Date::default()).await.unwrap();
        }
    }
}

/// The types of the events, and the keys of the calls on record.
async fn on_record(changes: &Changes) -> Vec<String> {
    let rows: Vec<(String, Vec<u8>)> = sqlx::query_as("SELECT type, payload FROM event ORDER BY seq")
        .fetch_all(&changes.pool)
        .await
        .unwrap();
    rows.into_iter()
        .map(|(kind, payload)| {
            if kind != CallMade::full_name() {
                return kind;
            }
            let call = CallMade::decode(payload.as_slice()).unwrap();
            assert_eq!(call.request_type, Money::full_name());
            call.idempotency_key
        })
        .collect()
}

#[tokio::test]
async fn a_change_that_announces_nothing_is_on_record_once() {
    let changes = Changes::new("records").await;
    let idempotency = recording(&changes).await;
    let caller = caller(AccountId::generate(), "anna");
    change(&idempotency, ask(&caller, "silent", 7), 0).await;
    change(&idempotency, ask(&caller, "silent", 7), 0).await;
    assert_eq!(on_record(&changes).await, ["silent"], "a repeat changes nothing");
    change(&idempotency, ask(&caller, "told", 7), 2).await;
    let told = Money::full_name();
    assert_eq!(
        on_record(&changes).await,
        ["silent", &told, &told],
        "what is announced needs no record"
    );
    // Others' events, also of this session's transactions before, do not stand in for its own.
    change(&idempotency, ask(&caller, "silent-too", 7), 0).await;
    assert_eq!(on_record(&changes).await.last().unwrap(), "silent-too");
}

#[tokio::test]
async fn what_was_tried_or_failed_is_not_on_record() {
    let changes = Changes::new("no_records").await;
    let idempotency = recording(&changes).await;
    let caller = caller(AccountId::generate(), "anna");
    let mut tried = ask(&caller, "tried", 7);
    tried.extensions_mut().insert(auth::DryRun);
    change(&idempotency, tried, 0).await;
    match idempotency
        .begin::<Money, Date>(&ask(&caller, "failed", 7))
        .await
        .unwrap()
    {
        Begun::Repeated(_) => panic!("it is new"),
        Begun::Fresh(work) => drop(work),
    }
    assert!(on_record(&changes).await.is_empty());
}
