//! Changes that are tried and taken back.

use auth::{DRY_RUN_METADATA, DryRun};
use idempotency::{Begun, Idempotency};
use portway_proto::types::v1::{Date, Money};
use tonic::Request;
use types::AccountId;

use crate::changes::{Answer, Changes, ask, caller, change};

/// As the access layer hands it on.
fn tried(mut request: Request<Money>) -> Request<Money> {
    request.extensions_mut().insert(DryRun);
    request
}

#[tokio::test]
async fn a_dry_run_answers_like_the_change_and_leaves_nothing() {
    let changes = Changes::new("dry").await;
    let url = testkit::redis_url().await;
    let (idempotency, caller) = (changes.cached(&url), caller(AccountId::generate(), "anna"));
    for _ in 0..2 {
        let answer = change(&idempotency, tried(ask(&caller, "key", 7))).await.unwrap();
        assert!(matches!(answer, Answer::Fresh(_)), "{answer:?}");
        assert_eq!(changes.count_effects().await, 0);
    }
    // The key is free for the change itself, even for another one than was tried.
    let real = change(&idempotency, ask(&caller, "key", 8)).await.unwrap();
    assert!(matches!(real, Answer::Fresh(_)), "{real:?}");
    assert_eq!(changes.count_effects().await, 1);
    // What was really done is neither found nor disturbed by another dry run.
    let again = change(&idempotency, tried(ask(&caller, "key", 9))).await.unwrap();
    assert!(matches!(again, Answer::Fresh(_)), "{again:?}");
    let repeated = change(&idempotency, ask(&caller, "key", 8)).await.unwrap();
    assert_eq!(repeated, Answer::Repeated(real.number()));
    assert_eq!(changes.count_effects().await, 1);
}

#[tokio::test]
async fn the_reply_of_a_dry_run_says_so() {
    let changes = Changes::new("dry_reply").await;
    let (idempotency, caller) = (changes.plain(), caller(AccountId::generate(), "anna"));
    let dry = finish(&idempotency, tried(ask(&caller, "key", 7))).await;
    assert_eq!(dry.metadata().get(DRY_RUN_METADATA).unwrap(), "true");
    let real = finish(&idempotency, ask(&caller, "key", 7)).await;
    assert!(real.metadata().get(DRY_RUN_METADATA).is_none());
}

async fn finish(idempotency: &Idempotency, request: Request<Money>) -> tonic::Response<Date> {
    match idempotency.begin(&request).await.unwrap() {
        Begun::Repeated(reply) => reply,
        Begun::Fresh(work) => work.finish(Date::default()).await.unwrap(),
    }
}
