//! Redis as it may be: right, empty, wrong, hung, gone. It may change how long an answer takes, and nothing else.

use std::time::{Duration, Instant};

use redis::AsyncTypedCommands;
use redis::aio::MultiplexedConnection;
use testkit::TcpProxy;
use types::AccountId;

use crate::changes::{Answer, Changes, SOON, ask, caller, change, reason};

/// Far longer than Redis is ever waited for, far shorter than a client's patience.
const NOT_HELD_UP: Duration = Duration::from_secs(5);

async fn connect(url: &str) -> MultiplexedConnection {
    let client = redis::Client::open(url).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

async fn only_key(redis: &mut MultiplexedConnection) -> String {
    let keys: Vec<String> = redis.keys("*").await.unwrap();
    assert_eq!(keys.len(), 1, "{keys:?}");
    keys.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_repeat_is_answered_from_redis() {
    let (changes, url) = (Changes::new("shortcut").await, testkit::redis_url().await);
    let idempotency = changes.cached(&url);
    let anna = caller(AccountId::generate(), "anna");
    assert_eq!(
        change(&idempotency, ask(&anna, "key", 7)).await.unwrap(),
        Answer::Fresh(1)
    );
    changes.forget_proofs().await;
    assert_eq!(
        change(&idempotency, ask(&anna, "key", 7)).await.unwrap(),
        Answer::Repeated(1)
    );
}

#[tokio::test]
async fn an_empty_redis_changes_no_answer() {
    let (changes, url) = (Changes::new("empty").await, testkit::redis_url().await);
    let idempotency = changes.cached(&url);
    let anna = caller(AccountId::generate(), "anna");
    change(&idempotency, ask(&anna, "key", 7)).await.unwrap();
    connect(&url).await.flushdb().await.unwrap();
    assert_eq!(
        change(&idempotency, ask(&anna, "key", 7)).await.unwrap(),
        Answer::Repeated(1)
    );
    let reused = change(&idempotency, ask(&anna, "key", 8)).await.unwrap_err();
    assert_eq!(reason(&reused), "IDEMPOTENCY_KEY_REUSED");
}

#[tokio::test]
async fn garbage_in_redis_changes_no_answer() {
    let (changes, url) = (Changes::new("garbage").await, testkit::redis_url().await);
    let idempotency = changes.cached(&url);
    let anna = caller(AccountId::generate(), "anna");
    change(&idempotency, ask(&anna, "key", 7)).await.unwrap();
    let mut redis = connect(&url).await;
    let name = only_key(&mut redis).await;
    let entry = redis.get(&name).await.unwrap().unwrap();
    let forged = format!("{}{}", "00".repeat(32), &entry[64..]);
    let changed = format!("{}ff", &entry[..entry.len() - 2]);
    for garbage in [
        "",
        "not hex",
        "00",
        &"00".repeat(31),
        &"00".repeat(40),
        &forged,
        &changed,
    ] {
        redis.set(&name, garbage).await.unwrap();
        let answer = change(&idempotency, ask(&anna, "key", 7)).await.unwrap();
        assert_eq!(answer, Answer::Repeated(1), "{garbage:?}");
    }
    // Of another type altogether: Redis answers with an error.
    redis.del(&name).await.unwrap();
    redis.lpush(&name, "x").await.unwrap();
    assert_eq!(
        change(&idempotency, ask(&anna, "key", 7)).await.unwrap(),
        Answer::Repeated(1)
    );
    assert_eq!(changes.count_effects().await, 1);
}

#[tokio::test]
async fn an_entry_under_the_wrong_name_changes_no_answer() {
    let (changes, url) = (Changes::new("wrongname").await, testkit::redis_url().await);
    let idempotency = changes.cached(&url);
    let account = AccountId::generate();
    let (anna, ben) = (caller(account, "anna"), caller(account, "ben"));
    let mut redis = connect(&url).await;
    change(&idempotency, ask(&anna, "key", 7)).await.unwrap();
    let name = only_key(&mut redis).await;
    // Each of these leaves one foreign entry, which is put under the name of the first.
    let foreign = [
        (ask(&anna, "other", 7), "another key"),
        (ask(&anna, "third", 8), "another request"),
        (ask(&ben, "key", 7), "another caller's same request"),
    ];
    for (request, what) in foreign {
        redis.flushdb().await.unwrap();
        change(&idempotency, request).await.unwrap();
        let foreign = only_key(&mut redis).await;
        redis.rename(&foreign, &name).await.unwrap();
        let answer = change(&idempotency, ask(&anna, "key", 7)).await.unwrap();
        assert_eq!(answer, Answer::Repeated(1), "{what}");
    }
}

#[tokio::test]
async fn a_redis_that_hangs_or_is_gone_holds_nothing_up_and_is_used_again_when_it_is_back() {
    let (changes, url) = (Changes::new("hangs").await, testkit::redis_url().await);
    let proxy = TcpProxy::start(&url).await;
    let idempotency = changes.cached(&proxy.url_for(&url));
    let anna = caller(AccountId::generate(), "anna");
    change(&idempotency, ask(&anna, "0", 7)).await.unwrap();
    for (key, is_cut) in [("1", false), ("2", true)] {
        if is_cut {
            proxy.cut().await;
        } else {
            proxy.hang();
        }
        let started = Instant::now();
        let first = change(&idempotency, ask(&anna, key, 7)).await.unwrap();
        assert!(matches!(first, Answer::Fresh(_)), "{first:?}");
        let again = change(&idempotency, ask(&anna, key, 7)).await.unwrap();
        assert_eq!(again, Answer::Repeated(first.number()));
        assert!(started.elapsed() < NOT_HELD_UP, "{:?}", started.elapsed());
        proxy.restore().await;
    }
    testkit::eventually(SOON, "a reply that only Redis knows", async || {
        changes.forget_proofs().await;
        let key = format!("back-{}", changes.count_effects().await);
        change(&idempotency, ask(&anna, &key, 7)).await.unwrap();
        changes.forget_proofs().await;
        matches!(
            change(&idempotency, ask(&anna, &key, 7)).await.unwrap(),
            Answer::Repeated(_)
        )
    })
    .await;
}

#[tokio::test]
async fn a_redis_that_was_never_there_is_done_without() {
    let changes = Changes::new("nobody").await;
    let idempotency = changes.cached("redis://127.0.0.1:1/");
    let anna = caller(AccountId::generate(), "anna");
    assert_eq!(
        change(&idempotency, ask(&anna, "key", 7)).await.unwrap(),
        Answer::Fresh(1)
    );
    assert_eq!(
        change(&idempotency, ask(&anna, "key", 7)).await.unwrap(),
        Answer::Repeated(1)
    );
}
