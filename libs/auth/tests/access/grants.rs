//! What a token's subject may do comes from the grants, and from nothing else.

use std::time::Duration;

use auth::{AccessLayer, Grants, KeySet, Rules};
use tonic::Code;
use types::AccountId;

use crate::door::{Door, GET_SUBMISSION, LIST_READERS, STREAM_EVENTS, key_set_of, knock, refusal};

const SOON: Duration = Duration::from_secs(20);

fn missing() -> (Code, String) {
    (Code::PermissionDenied, "PERMISSION_MISSING".to_owned())
}

#[tokio::test]
async fn only_who_holds_the_permission_in_that_account_comes_in() {
    let door = Door::new().await;
    let (account, other) = (AccountId::generate(), AccountId::generate());
    door.grant(account, "anna", &["events.view", "port_in.view"])
        .await;
    door.grant(account, "ben", &["port_in.view"]).await;
    let knock = async |subject: &str, account| door.knock(STREAM_EVENTS, &door.token(subject, account)).await;
    knock("anna", account).await.unwrap();
    assert_eq!(
        refusal(knock("anna", other).await),
        missing(),
        "in another account"
    );
    assert_eq!(
        refusal(knock("ben", account).await),
        missing(),
        "another permission"
    );
    assert_eq!(
        refusal(knock("carl", account).await),
        missing(),
        "no grant at all"
    );
}

#[tokio::test]
async fn what_only_the_platform_may_hold_is_refused_to_others_even_if_granted() {
    let door = Door::new().await;
    let account = AccountId::generate();
    door.grant(account, "anna", &["events.operate"]).await;
    door.grant(AccountId::PLATFORM, "olga", &["events.operate"]).await;
    let anna = door.token("anna", account);
    assert_eq!(refusal(door.knock(LIST_READERS, &anna).await), missing());
    let olga = door.token("olga", AccountId::PLATFORM);
    door.knock(LIST_READERS, &olga).await.unwrap();
}

#[tokio::test]
async fn what_is_meant_for_services_no_user_can_hold() {
    let door = Door::new().await;
    door.grant(AccountId::PLATFORM, "olga", &auth::permissions::PLATFORM)
        .await;
    let olga = door.token("olga", AccountId::PLATFORM);
    assert_eq!(refusal(door.knock(GET_SUBMISSION, &olga).await), missing());
}

#[tokio::test]
async fn a_path_that_no_method_serves_is_unimplemented() {
    let (door, account) = (Door::new().await, AccountId::generate());
    let token = door.token("anna", account);
    for path in [
        "/portway.events.v1.EventFeedService/Nothing",
        "/",
        "/portway.events.v1.EventFeedService/StreamEvents/",
    ] {
        let refused = refusal(door.knock(path, &token).await);
        assert_eq!(
            refused,
            (Code::Unimplemented, "UNKNOWN_METHOD".to_owned()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_grant_holds_soon_after_it_was_made_and_not_long_after_it_was_taken_away() {
    let (door, account) = (Door::new().await, AccountId::generate());
    let token = door.token("anna", account);
    assert_eq!(refusal(door.knock(STREAM_EVENTS, &token).await), missing());
    door.grant(account, "anna", &["events.view"]).await;
    testkit::eventually(SOON, "the grant", async || {
        door.knock(STREAM_EVENTS, &token).await.is_ok()
    })
    .await;
    door.grant(account, "anna", &[]).await;
    testkit::eventually(SOON, "its end", async || {
        door.knock(STREAM_EVENTS, &token).await.is_err()
    })
    .await;
    let mut conn = door.pool.acquire().await.unwrap();
    let left = auth::grants::list(&mut conn, account, "", 10).await.unwrap();
    assert_eq!(left, [], "nothing granted, nothing kept");
}

#[tokio::test]
async fn grants_are_listed_by_subject_in_pages() {
    let (door, account) = (Door::new().await, AccountId::generate());
    for subject in ["carl", "anna", "ben"] {
        door.grant(account, subject, &["events.view"]).await;
    }
    door.grant(AccountId::generate(), "dora", &["events.view"]).await;
    let mut conn = door.pool.acquire().await.unwrap();
    let mut page = async |after: &str| -> Vec<String> {
        let rows = auth::grants::list(&mut conn, account, after, 2).await.unwrap();
        rows.into_iter().map(|(subject, _)| subject).collect()
    };
    assert_eq!(page("").await, ["anna", "ben"]);
    assert_eq!(page("ben").await, ["carl"]);
}

#[tokio::test]
async fn grants_that_cannot_be_read_are_no_refusal_and_no_permission() {
    let door = Door::new().await;
    let account = AccountId::generate();
    let nowhere = sqlx::postgres::PgPoolOptions::new()
        .acquire_timeout(Duration::from_millis(200))
        .connect_lazy("postgres://nobody@127.0.0.1:1/none")
        .unwrap();
    let keys = KeySet::from_json(&key_set_of(&[&door.users])).unwrap();
    let layer = AccessLayer::new(keys, Rules::portway().unwrap(), Grants::new(nowhere));
    let bearer = format!("Bearer {}", door.token("anna", account));
    let refused = refusal(knock(&layer, STREAM_EVENTS, Some(&bearer)).await);
    assert_eq!(refused, (Code::Unavailable, "DATABASE_UNAVAILABLE".to_owned()));
}
