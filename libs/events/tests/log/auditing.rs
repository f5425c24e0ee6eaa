//! The audit trail: complete, in order, by whom, and what was changed in it is found.

use events::audit::{Broken, Verifier};
use events::{FeedSettings, Retention};
use futures::future::join_all;
use jiff::SignedDuration;
use portway_proto::events::v1::{AuditEntry, AuditHead, ListAuditEntriesRequest, StreamAuditEntriesRequest};
use portway_proto::types::v1::Money;
use prost::Message;
use tonic::Code;
use types::AccountId;
use uuid::Uuid;

use crate::house::{House, Viewer, reason};

/// A page of the chain that `viewer` may see.
async fn page(viewer: &Viewer, after: i64, page_size: i32) -> (Vec<AuditEntry>, AuditHead) {
    let request = ListAuditEntriesRequest {
        after,
        page_size,
        ..ListAuditEntriesRequest::default()
    };
    let reply = viewer
        .trail
        .clone()
        .list_audit_entries(viewer.signed(request))
        .await;
    let reply = reply.unwrap().into_inner();
    (reply.entries, reply.head.unwrap())
}

/// The whole chain that `viewer` may see.
async fn whole(viewer: &Viewer) -> Vec<AuditEntry> {
    let request = viewer.signed(StreamAuditEntriesRequest::default());
    let reply = viewer.trail.clone().stream_audit_entries(request).await;
    let mut stream = reply.unwrap().into_inner();
    let mut entries = Vec::new();
    while let Some(part) = stream.message().await.unwrap() {
        entries.extend(part.entries);
    }
    entries
}

fn verify(entries: &[AuditEntry]) -> Result<Verifier, Broken> {
    let mut verifier = Verifier::default();
    entries.iter().try_for_each(|entry| verifier.check(entry))?;
    Ok(verifier)
}

fn amount(entry: &AuditEntry) -> i64 {
    Money::decode(entry.payload.as_slice()).unwrap().minor_units
}

/// Five events of an account, caused by Ann, in the trail.
async fn five() -> (House, Viewer, AccountId) {
    let house = House::new("auditing").await;
    let account = AccountId::generate();
    for number in 1..=5 {
        let announced = house.announce(account, Uuid::new_v4(), number);
        auth::acting::scope("user:ann".to_owned(), announced).await;
    }
    house.sequence().await;
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let viewer = house.viewer(&feed, account).await;
    (house, viewer, account)
}

#[tokio::test]
async fn every_event_is_in_the_chain_of_its_account_with_who_caused_it() {
    let (house, viewer, account) = five().await;
    house.announce(AccountId::generate(), Uuid::new_v4(), 100).await;
    house.announce(account, Uuid::new_v4(), 6).await;
    house.sequence().await;

    let entries = whole(&viewer).await;
    let told: Vec<(i64, i64, &str)> = entries
        .iter()
        .map(|entry| (entry.number, amount(entry), entry.actor.as_str()))
        .collect();
    let by_ann = |number| (number, number, "user:ann");
    let expected = [
        by_ann(1),
        by_ann(2),
        by_ann(3),
        by_ann(4),
        by_ann(5),
        (6, 6, "system"),
    ];
    assert_eq!(told, expected);
    let (number, link) = verify(&entries).unwrap().head();
    let (first, head) = page(&viewer, 0, 4).await;
    assert_eq!(head.hash, link.as_bytes());
    assert_eq!((number, head.number), (6, 6));
    // Page by page it is the same chain, and a kept head is where one goes on.
    let mut verifier = verify(&first).unwrap();
    let (rest, _head) = page(&viewer, 4, 4).await;
    rest.iter().try_for_each(|entry| verifier.check(entry)).unwrap();
    assert_eq!(verifier.head(), (number, link));
}

#[tokio::test]
async fn chainers_at_the_same_time_make_one_chain() {
    let house = House::new("chainers").await;
    let accounts: Vec<AccountId> = (0..4).map(|_| AccountId::generate()).collect();
    for number in 1..=40 {
        house.announce(accounts[number % 4], Uuid::new_v4(), 1).await;
    }
    house.number().await;
    let (one, other) = (house.chainer(), house.chainer());
    let runs = (0..6).map(|nth| {
        if nth % 2 == 0 {
            one.run_once()
        } else {
            other.run_once()
        }
    });
    let chained: usize = join_all(runs).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(chained, 40);
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    for account in accounts {
        let viewer = house.viewer(&feed, account).await;
        assert_eq!(verify(&whole(&viewer).await).unwrap().head().0, 10);
    }
}

#[tokio::test]
async fn what_was_changed_is_found_at_the_first_link_that_does_not_hold() {
    for (statement, broken_at) in [
        ("UPDATE audit_entry SET actor = 'user:ben' WHERE number = 3", 3),
        (
            "UPDATE audit_entry SET payload = payload || payload WHERE number = 2",
            2,
        ),
        (
            "UPDATE audit_entry SET occurred_at = occurred_at + interval '1 microsecond' WHERE number = 5",
            5,
        ),
        (
            "UPDATE audit_entry SET hash = sha256('made up') WHERE number = 1",
            1,
        ),
        ("DELETE FROM audit_entry WHERE number = 4", 4),
    ] {
        let (house, viewer, _account) = five().await;
        sqlx::query(statement).execute(&house.source).await.unwrap();
        let broken = verify(&whole(&viewer).await).unwrap_err();
        assert_eq!(broken.number, broken_at, "{statement}: {broken}");
    }
}

#[tokio::test]
async fn a_chain_made_anew_does_not_lead_through_a_head_that_was_kept() {
    let (house, viewer, account) = five().await;
    let (_entries, kept) = page(&viewer, 0, 1).await;
    for table in ["audit_entry", "audit_head"] {
        let statement = format!("DELETE FROM {table}");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&house.source)
            .await
            .unwrap();
    }
    sqlx::query("UPDATE event SET actor = 'user:ben'")
        .execute(&house.source)
        .await
        .unwrap();
    sqlx::query("UPDATE audit_partition SET position = 0")
        .execute(&house.source)
        .await
        .unwrap();
    house.announce(account, Uuid::new_v4(), 6).await;
    house.sequence().await;
    let entries = whole(&viewer).await;
    // By itself it holds: that is why heads are kept elsewhere.
    verify(&entries).unwrap();
    let at_kept = entries.iter().find(|entry| entry.number == kept.number).unwrap();
    assert_ne!(at_kept.hash, kept.hash);
}

#[tokio::test]
async fn nothing_is_dropped_before_it_is_in_the_trail() {
    let house = House::new("undropped").await;
    let account = AccountId::generate();
    for number in 1..=3 {
        house.announce(account, Uuid::new_v4(), number).await;
    }
    house.number().await;
    let nothing = Retention {
        confirmed: SignedDuration::ZERO,
        at_most: SignedDuration::ZERO,
    };
    assert_eq!(events::purge(&house.source, nothing).await.unwrap(), 0);
    house.sequence().await;
    assert_eq!(events::purge(&house.source, nothing).await.unwrap(), 3);
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let viewer = house.viewer(&feed, account).await;
    assert_eq!(verify(&whole(&viewer).await).unwrap().head().0, 3);
}

#[tokio::test]
async fn an_account_sees_its_own_trail_and_the_platform_any() {
    let (house, viewer, account) = five().await;
    let feed = house.serve(&house.lifecycle, &FeedSettings::default()).await;
    let named = |account: AccountId| ListAuditEntriesRequest {
        account_id: account.to_string(),
        ..ListAuditEntriesRequest::default()
    };
    let stranger = house.viewer(&feed, AccountId::generate()).await;
    let asked = stranger.signed(named(account));
    let refused = stranger
        .trail
        .clone()
        .list_audit_entries(asked)
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::PermissionDenied, "PERMISSION_MISSING")
    );
    assert!(whole(&stranger).await.is_empty());
    let platform = house.viewer(&feed, AccountId::PLATFORM).await;
    let asked = platform.signed(named(account));
    let shown = platform
        .trail
        .clone()
        .list_audit_entries(asked)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(shown.entries, whole(&viewer).await);
    let wrong = viewer.signed(ListAuditEntriesRequest {
        account_id: "nobody".to_owned(),
        after: -1,
        page_size: 501,
    });
    let refused = viewer.trail.clone().list_audit_entries(wrong).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    for field in ["account_id", "after", "page_size"] {
        assert!(refused.message().contains(field), "{}", refused.message());
    }
}
