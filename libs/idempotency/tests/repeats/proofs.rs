//! What Postgres proves, without any help of Redis.

use std::collections::BTreeSet;
use std::time::Duration;

use auth::Caller;
use idempotency::{Begun, Idempotency};
use portway_proto::types::v1::{Date, Money};
use tonic::{Code, Request};
use tonic_types::StatusExt;
use types::AccountId;

use crate::changes::{Answer, Changes, ask, caller, change, reason};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_at_once_make_one_effect_and_get_fifty_equal_replies() {
    let changes = Changes::new("fifty").await;
    let (idempotency, caller) = (changes.plain(), caller(AccountId::generate(), "anna"));
    let asked = (0..50).map(|_| change(&idempotency, ask(&caller, "one", 7)));
    let answers: Vec<Answer> = futures::future::try_join_all(asked).await.unwrap();
    assert_eq!(changes.count_effects().await, 1);
    let numbers: BTreeSet<i32> = answers.iter().map(|answer| answer.number()).collect();
    assert_eq!(numbers, BTreeSet::from([1]));
    let fresh = answers.iter().filter(|answer| matches!(answer, Answer::Fresh(_)));
    assert_eq!(fresh.count(), 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_request_of_one_caller() {
    let changes = Changes::new("callers").await;
    let idempotency = changes.plain();
    let (account, other) = (AccountId::generate(), AccountId::generate());
    let anna = caller(account, "anna");
    assert_eq!(
        change(&idempotency, ask(&anna, "key", 7)).await.unwrap(),
        Answer::Fresh(1)
    );
    assert_eq!(
        change(&idempotency, ask(&anna, "key", 7)).await.unwrap(),
        Answer::Repeated(1)
    );
    let reused = change(&idempotency, ask(&anna, "key", 8)).await.unwrap_err();
    assert_eq!(
        (reused.code(), reason(&reused).as_str()),
        (Code::FailedPrecondition, "IDEMPOTENCY_KEY_REUSED")
    );
    // Everybody else's key of that name is another key.
    for (fresh, asked) in [
        (2, ask(&caller(account, "ben"), "key", 7)),
        (3, ask(&caller(other, "anna"), "key", 7)),
        (4, ask(&anna, "KEY", 7)),
    ] {
        assert_eq!(change(&idempotency, asked).await.unwrap(), Answer::Fresh(fresh));
    }
}

#[tokio::test]
async fn the_same_content_in_another_message_is_another_request() {
    let changes = Changes::new("messages").await;
    let idempotency = changes.plain();
    let anna = caller(AccountId::generate(), "anna");
    change(&idempotency, ask(&anna, "key", 0)).await.unwrap();
    let mut other = Request::new(Date::default());
    *other.metadata_mut() = ask(&anna, "key", 0).metadata().clone();
    other.extensions_mut().insert(anna);
    let reused = idempotency.begin::<_, Date>(&other).await.unwrap_err();
    assert_eq!(reason(&reused), "IDEMPOTENCY_KEY_REUSED");
}

#[tokio::test]
async fn a_failure_keeps_nothing() {
    let changes = Changes::new("failure").await;
    let idempotency = changes.plain();
    let anna = caller(AccountId::generate(), "anna");
    let begun: Begun<Date> = idempotency.begin(&ask(&anna, "key", 7)).await.unwrap();
    let Begun::Fresh(mut work) = begun else {
        panic!("nothing was done under this key");
    };
    sqlx::query("INSERT INTO effect (amount) VALUES (7)")
        .execute(work.conn())
        .await
        .unwrap();
    drop(work);
    assert_eq!(changes.count_effects().await, 0);
    // Neither the proof nor its content: another request may take the key.
    let answer = change(&idempotency, ask(&anna, "key", 8)).await.unwrap();
    assert!(matches!(answer, Answer::Fresh(_)), "{answer:?}");
}

#[tokio::test]
async fn a_key_must_be_there_and_be_one() {
    let changes = Changes::new("keys").await;
    let idempotency = changes.plain();
    let anna = caller(AccountId::generate(), "anna");
    let begin = async |request: &Request<Money>| idempotency.begin::<_, Date>(request).await.unwrap_err();

    let mut keyless = ask(&anna, "key", 7);
    keyless.metadata_mut().remove("idempotency-key");
    let refused = begin(&keyless).await;
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "IDEMPOTENCY_KEY_MISSING")
    );
    for bad in ["", "two words", &"x".repeat(129)] {
        let refused = begin(&ask(&anna, bad, 7)).await;
        let faults = refused.get_details_bad_request().unwrap().field_violations;
        assert_eq!(faults[0].field, "idempotency-key", "{bad:?}");
    }
    let mut nobody = ask(&anna, "key", 7);
    nobody.extensions_mut().remove::<Caller>();
    assert_eq!(begin(&nobody).await.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_duplicate_waits_for_the_first_for_a_bounded_time() {
    let changes = Changes::new("waits").await;
    let anna = caller(AccountId::generate(), "anna");
    let impatient = changes
        .pool
        .connect_options()
        .as_ref()
        .clone()
        .options([("lock_timeout", "300")]);
    let impatient = Idempotency::new(
        sqlx::PgPool::connect_lazy_with(impatient),
        std::sync::Arc::new(vault::DigestKey::new(b"sixteen bytes at least").unwrap()),
        None,
    );
    let begun: Begun<Date> = changes.plain().begin(&ask(&anna, "key", 7)).await.unwrap();
    let Begun::Fresh(first) = begun else {
        panic!("nothing was done under this key")
    };
    let refused = change(&impatient, ask(&anna, "key", 7)).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "DUPLICATE_IN_PROGRESS")
    );
    assert!(refused.get_details_retry_info().unwrap().retry_delay.is_some());

    // One that is patient gets the first one's reply.
    let patient = changes.plain();
    let waiting = change(&patient, ask(&anna, "key", 7));
    let finishing = async {
        tokio::task::yield_now().await;
        first
            .finish(Date {
                year: 42,
                ..Date::default()
            })
            .await
            .unwrap();
    };
    let (answer, ()) = tokio::join!(waiting, finishing);
    assert_eq!(answer.unwrap(), Answer::Repeated(42));
}

#[tokio::test]
async fn proofs_are_purged_after_a_week_and_not_before() {
    let changes = Changes::new("purge").await;
    let idempotency = changes.plain();
    let anna = caller(AccountId::generate(), "anna");
    for (key, age) in [("old", "8 days"), ("young", "6 days")] {
        change(&idempotency, ask(&anna, key, 7)).await.unwrap();
        sqlx::query("UPDATE idempotency_key SET created_at = now() - $2::text::interval WHERE key = $1")
            .bind(key)
            .bind(age)
            .execute(&changes.pool)
            .await
            .unwrap();
    }
    assert_eq!(idempotency::purge(&changes.pool).await.unwrap(), 1);
    let young = change(&idempotency, ask(&anna, "young", 7)).await.unwrap();
    assert_eq!(young, Answer::Repeated(2));
}

#[tokio::test]
async fn more_proofs_than_one_batch_are_purged_in_one_go() {
    let changes = Changes::new("batches").await;
    sqlx::query(
        "INSERT INTO idempotency_key (account_id, subject, key, request_hmac, reply, created_at)
         SELECT gen_random_uuid(), 'anna', nth::text, decode(repeat('00', 32), 'hex'), '', now() - interval '8 days'
           FROM generate_series(1, 25000) AS nth",
    )
    .execute(&changes.pool)
    .await
    .unwrap();
    let purged = tokio::time::timeout(Duration::from_mins(1), idempotency::purge(&changes.pool));
    assert_eq!(purged.await.unwrap().unwrap(), 25_000);
}
