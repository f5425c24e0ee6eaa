//! Which tokens are accepted, and whose they are.

use auth::CallerKind;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tonic::Code;
use types::AccountId;

use crate::door::{Door, GET_SUBMISSION, Pair, STREAM_EVENTS, good_claims, knock, refusal, seconds_from_now};

/// `claims` with one of them changed, or taken out.
fn with(mut claims: Value, name: &str, value: &Value) -> Value {
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value.clone();
    }
    claims
}

#[tokio::test]
async fn a_good_token_says_who_calls() {
    let (door, account) = (Door::new().await, AccountId::generate());
    door.grant(account, "anna", &["events.view"]).await;
    let caller = door
        .knock(STREAM_EVENTS, &door.token("anna", account))
        .await
        .unwrap();
    assert_eq!((caller.subject.as_str(), caller.account), ("anna", account));
    assert_eq!(caller.kind, CallerKind::User);
    assert!(!caller.is_platform());
    // As the standard has it, the scheme's case does not matter.
    let token = door.token("anna", account);
    knock(&door.layer, STREAM_EVENTS, Some(&format!("bEaReR {token}")))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_token_that_is_wrong_in_any_way_is_unauthenticated() {
    let (door, account) = (Door::new().await, AccountId::generate());
    door.grant(account, "anna", &["events.view"]).await;
    let good = || good_claims(account);
    let (stranger, service) = (Pair::new("users"), "service:billing");
    let users = |claims: &Value| door.users.sign("users", claims);
    let service_claims = json!({ "aud": "portway", "sub": service, "exp": seconds_from_now(60) });
    let cases = [
        ("signed by another key", stranger.sign("users", &good())),
        ("of a key that is not known", door.users.sign("other", &good())),
        (
            "expired",
            users(&with(good(), "exp", &seconds_from_now(-60).into())),
        ),
        (
            "not valid yet",
            users(&with(good(), "nbf", &seconds_from_now(120).into())),
        ),
        (
            "for somebody else",
            users(&with(good(), "aud", &"another".into())),
        ),
        ("for nobody", users(&with(good(), "aud", &Value::Null))),
        ("without an end", users(&with(good(), "exp", &Value::Null))),
        ("without a subject", users(&with(good(), "sub", &Value::Null))),
        ("of no account", users(&with(good(), "account", &Value::Null))),
        (
            "of a broken account",
            users(&with(good(), "account", &"x".into())),
        ),
        (
            "of a user, by a service's key",
            door.billing.sign(service, &good()),
        ),
        ("of a service, by the users' key", users(&service_claims)),
        (
            "of another service",
            door.billing.sign(
                service,
                &with(service_claims.clone(), "sub", &"service:intake".into()),
            ),
        ),
        (
            "of a service in an account",
            door.billing
                .sign(service, &with(service_claims, "account", &json!(account))),
        ),
        ("garbage", "garbage".to_owned()),
        ("empty", String::new()),
    ];
    for (what, token) in cases {
        let refused = refusal(door.knock(STREAM_EVENTS, &token).await);
        assert_eq!(
            refused,
            (Code::Unauthenticated, "TOKEN_INVALID".to_owned()),
            "{what}"
        );
    }
    // The claims themselves are good.
    door.knock(STREAM_EVENTS, &users(&good())).await.unwrap();
}

#[tokio::test]
async fn the_public_key_is_no_shared_secret() {
    let (door, account) = (Door::new().await, AccountId::generate());
    let header = Header {
        kid: Some("users".to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    let public = door.users.jwk["x"].as_str().unwrap();
    let key = EncodingKey::from_secret(public.as_bytes());
    let forged = jsonwebtoken::encode(&header, &good_claims(account), &key).unwrap();
    assert_eq!(
        refusal(door.knock(STREAM_EVENTS, &forged).await).0,
        Code::Unauthenticated
    );
}

#[tokio::test]
async fn without_a_bearer_token_nobody_comes_in() {
    let (door, account) = (Door::new().await, AccountId::generate());
    let basic = format!("Basic {}", door.token("anna", account));
    for authorization in [None, Some(""), Some("Bearer"), Some(basic.as_str())] {
        let refused = refusal(knock(&door.layer, STREAM_EVENTS, authorization).await);
        assert_eq!(
            refused,
            (Code::Unauthenticated, "TOKEN_MISSING".to_owned()),
            "{authorization:?}"
        );
    }
}

#[tokio::test]
async fn health_and_reflection_need_no_token_and_nothing_else_goes_without() {
    let door = Door::new().await;
    for open in [
        "/grpc.health.v1.Health/Check",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    ] {
        let reached = knock(&door.layer, open, None).await.unwrap_err();
        assert_eq!(
            reached.message(),
            "the handler was reached without a caller",
            "{open}"
        );
    }
    for closed in [
        STREAM_EVENTS,
        "/grpc.healthy/X",
        "/",
        "//grpc.health.v1.Health/Check",
    ] {
        let refused = refusal(knock(&door.layer, closed, None).await);
        assert_eq!(refused.0, Code::Unauthenticated, "{closed}");
    }
}

#[tokio::test]
async fn a_service_reaches_its_rpcs_and_no_others() {
    let door = Door::new().await;
    let token = door.service_token();
    let caller = door.knock(STREAM_EVENTS, &token).await.unwrap();
    assert_eq!(caller.kind, CallerKind::Service("billing".parse().unwrap()));
    assert!(caller.is_platform());
    // Open to the gateway alone.
    let refused = refusal(door.knock(GET_SUBMISSION, &token).await);
    assert_eq!(refused, (Code::PermissionDenied, "PERMISSION_MISSING".to_owned()));
}

#[tokio::test]
async fn a_service_s_token_is_made_again_before_it_ends() {
    let door = Door::new().await;
    assert_eq!(door.service_token().split('.').count(), 3);
    let identity = auth::ServiceIdentity::new("billing".parse().unwrap(), &door.billing.pem).unwrap();
    assert_eq!(
        identity.token().unwrap(),
        identity.token().unwrap(),
        "one serves many calls"
    );
}
