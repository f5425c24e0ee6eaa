//! Key set files: read again when they change, refused when they are not what they should be.

use std::fs;
use std::time::{Duration, Instant};

use auth::{AccessLayer, Grants, KeyError, KeySet, Rules};
use serde_json::json;
use types::AccountId;

use crate::door::{Door, Pair, STREAM_EVENTS, good_claims, key_set_of, knock};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_file_that_changes_brings_new_keys_and_takes_old_ones_away() {
    let (door, account) = (Door::new().await, AccountId::generate());
    door.grant(account, "anna", &["events.view"]).await;
    let (old, new) = (Pair::new("old"), Pair::new("new"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    fs::write(&file, key_set_of(&[&old])).unwrap();
    let keys = KeySet::from_file(&file).unwrap();
    let layer = AccessLayer::new(keys, Rules::portway().unwrap(), Grants::new(door.pool.clone()));
    let accepted = async |pair: &Pair, key_id: &str| {
        let bearer = format!("Bearer {}", pair.sign(key_id, &good_claims(account)));
        knock(&layer, STREAM_EVENTS, Some(&bearer)).await.is_ok()
    };
    assert!(accepted(&old, "old").await);
    assert!(!accepted(&new, "new").await);

    fs::write(&file, key_set_of(&[&old, &new])).unwrap();
    testkit::eventually(SOON, "the new key", async || accepted(&new, "new").await).await;
    assert!(accepted(&old, "old").await);

    // Broken while somebody writes it: what was known stays, for longer than it takes until the file is looked at.
    fs::write(&file, "{").unwrap();
    let broken_at = Instant::now();
    testkit::eventually(SOON, "some looks at the broken file", async || {
        assert!(accepted(&new, "new").await);
        broken_at.elapsed() > Duration::from_millis(2_500)
    })
    .await;

    fs::write(&file, key_set_of(&[&new])).unwrap();
    testkit::eventually(SOON, "the end of the old key", async || {
        !accepted(&old, "old").await
    })
    .await;
    assert!(accepted(&new, "new").await);
}

#[test]
fn a_key_set_is_of_ed25519_keys_with_ids_each_once() {
    let good = Pair::new("good").jwk;
    let mut nameless = good.clone();
    nameless.as_object_mut().unwrap().remove("kid");
    let symmetric = json!({ "kty": "oct", "kid": "shared", "k": "c2VjcmV0" });
    let cases = [
        json!({ "keys": [nameless] }),
        json!({ "keys": [symmetric] }),
        json!({ "keys": [good, good] }),
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "short", "x": "!" }] }),
        json!({}),
        json!([]),
    ];
    for bad in cases {
        let refused = KeySet::from_json(&bad.to_string()).unwrap_err();
        assert!(matches!(refused, KeyError::Format(_)), "{bad}: {refused}");
    }
    KeySet::from_json(&json!({ "keys": [good] }).to_string()).unwrap();
}

#[test]
fn a_file_that_is_not_there_and_a_key_that_is_none_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = KeySet::from_file(&folder.path().join("none.json")).unwrap_err();
    assert!(matches!(missing, KeyError::Read(..)), "{missing}");
    let no_key = auth::ServiceIdentity::new("billing".parse().unwrap(), "no PEM").unwrap_err();
    assert!(matches!(no_key, KeyError::Private), "{no_key}");
}
