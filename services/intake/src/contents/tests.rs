//! What a document store promises, of a folder and of a bucket on a server that speaks the storage's protocol.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::routing::get;
use tokio::net::TcpListener;

use super::*;

/// Objects by key, and how many requests are refused before the next is answered.
#[derive(Debug, Default)]
struct Objects {
    kept: HashMap<String, Bytes>,
    failures: usize,
}

type Shared = Arc<Mutex<Objects>>;

/// A storage on a socket of its own: `PUT` and `GET` of signed URLs below one bucket.
async fn storage() -> (Url, Shared) {
    let objects = Shared::default();
    let app = Router::new()
        .route("/papers/{*key}", get(object).put(put_object))
        .with_state(Arc::clone(&objects));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (url.parse().unwrap(), objects)
}

/// Refuses what is not signed with the key that the tests use.
fn check(objects: &mut Objects, uri: &Uri) -> Result<(), StatusCode> {
    let query = uri.query().unwrap_or_default();
    let is_signed = ["X-Amz-Credential=id%2F", "X-Amz-Signature=", "us-east-1%2Fs3"]
        .iter()
        .all(|part| query.contains(part));
    if !is_signed {
        return Err(StatusCode::FORBIDDEN);
    }
    if objects.failures > 0 {
        objects.failures -= 1;
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    Ok(())
}

async fn object(
    State(objects): State<Shared>,
    Path(key): Path<String>,
    uri: Uri,
) -> Result<Bytes, StatusCode> {
    let mut objects = objects.lock().unwrap();
    check(&mut objects, &uri)?;
    objects.kept.get(&key).cloned().ok_or(StatusCode::NOT_FOUND)
}

async fn put_object(
    State(objects): State<Shared>,
    Path(key): Path<String>,
    uri: Uri,
    content: Bytes,
) -> Result<(), StatusCode> {
    let mut objects = objects.lock().unwrap();
    check(&mut objects, &uri)?;
    objects.kept.insert(key, content);
    Ok(())
}

async fn bucket() -> (DocumentStore, Shared) {
    let (endpoint, objects) = storage().await;
    let settings = BucketSettings {
        name: "papers".to_owned(),
        prefix: "intake".to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: Some(endpoint),
        access_key: Secret::new("id"),
        secret_key: Secret::new("key"),
    };
    let store = DocumentStore::open(DocumentStoreSettings::Bucket(settings)).unwrap();
    (store, objects)
}

fn sha256(content: &[u8]) -> [u8; 32] {
    Sha256::digest(content).into()
}

/// The promises themselves. `damage` overwrites a kept content behind the store's back.
async fn keeps_its_promises(store: &DocumentStore, damage: impl AsyncFn(&str)) {
    let content = b"a letter of authorization".repeat(1_000);
    let hash = sha256(&content);
    assert!(matches!(store.read(&hash).await, Err(ContentError::Missing(_))));
    for _ in 0..2 {
        store.keep(hash, &content).await.unwrap();
        assert_eq!(store.read(&hash).await.unwrap(), content);
    }
    let (one, two) = tokio::join!(store.keep(sha256(b"1"), b"1"), store.keep(sha256(b"1"), b"1"));
    one.and(two).unwrap();
    assert_eq!(store.read(&sha256(b"1")).await.unwrap(), b"1");
    damage(&name_of(&hash)).await;
    let error = store.read(&hash).await.unwrap_err();
    assert!(matches!(error, ContentError::Changed(_)) && !error.is_transient());
}

#[tokio::test]
async fn a_folder_keeps_contents() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("documents");
    let store = DocumentStore::open(DocumentStoreSettings::Folder(inner.clone())).unwrap();
    keeps_its_promises(&store, async |name| {
        tokio::fs::write(inner.join(name), b"another letter")
            .await
            .unwrap();
    })
    .await;
    assert_eq!(std::fs::read_dir(&inner).unwrap().count(), 2);
}

#[tokio::test]
async fn a_bucket_keeps_contents() {
    let (store, objects) = bucket().await;
    keeps_its_promises(&store, async |name| {
        let key = format!("intake/{name}");
        let old = objects.lock().unwrap().kept.insert(key, Bytes::from_static(b"x"));
        assert!(old.is_some(), "it is kept below the prefix");
    })
    .await;
    assert_eq!(objects.lock().unwrap().kept.len(), 2);
}

#[tokio::test]
async fn a_storage_that_fails_is_asked_again_and_not_for_ever() {
    let (store, objects) = bucket().await;
    objects.lock().unwrap().failures = 2;
    store.keep(sha256(b"1"), b"1").await.unwrap();
    objects.lock().unwrap().failures = 3;
    let error = store.read(&sha256(b"1")).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    let shown = format!("{error:?} {store:?}");
    assert!(!shown.contains("Signature") && !shown.contains("key"), "{shown}");
}

#[tokio::test]
async fn a_storage_that_is_away_may_come_back() {
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let settings = BucketSettings {
        name: "papers".to_owned(),
        prefix: String::new(),
        region: "us-east-1".to_owned(),
        endpoint: Some(format!("http://{free}").parse().unwrap()),
        access_key: Secret::new("id"),
        secret_key: Secret::new("key"),
    };
    let store = DocumentStore::open(DocumentStoreSettings::Bucket(settings)).unwrap();
    let error = store.keep(sha256(b"1"), b"1").await.unwrap_err();
    assert!(
        error.is_transient() && matches!(error, ContentError::Unreachable(_)),
        "{error}"
    );
}
