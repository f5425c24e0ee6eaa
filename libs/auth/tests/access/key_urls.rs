//! Keys from a URL: fetched from a real server, which turns keys over, breaks and goes away.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use auth::{AccessLayer, Grants, KeyError, KeySet, Rules};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use types::AccountId;

use crate::door::{Door, Pair, STREAM_EVENTS, good_claims, key_set_of, knock};

const SOON: Duration = Duration::from_secs(20);
const OFTEN: Duration = Duration::from_millis(50);
const SELDOM: Duration = Duration::from_hours(1);

/// What the server publishes, and how often it was asked.
#[derive(Clone)]
struct Published(Arc<Mutex<(StatusCode, String, usize)>>);

impl Published {
    fn put(&self, status: StatusCode, body: &str) {
        let mut published = self.0.lock().unwrap();
        (published.0, published.1) = (status, body.to_owned());
    }

    fn times_asked(&self) -> usize {
        self.0.lock().unwrap().2
    }

    async fn asked_again(&self, times: usize) {
        let from = self.times_asked();
        testkit::eventually(SOON, "the server to be asked", async || {
            self.times_asked() >= from + times
        })
        .await;
    }
}

/// A provider's server. It and what runs beside it end with this.
struct Provider {
    published: Published,
    address: SocketAddr,
    tasks: JoinSet<()>,
}

impl Provider {
    async fn new(body: &str) -> Self {
        let published = Published(Arc::new(Mutex::new((StatusCode::OK, body.to_owned(), 0))));
        let mut provider = Self {
            published,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            tasks: JoinSet::new(),
        };
        provider.serve().await;
        provider
    }

    /// Listens where it listened before.
    async fn serve(&mut self) {
        let answer = async |State(published): State<Published>| {
            let mut published = published.0.lock().unwrap();
            published.2 += 1;
            (published.0, published.1.clone())
        };
        let router = Router::new()
            .route("/jwks", get(answer))
            .with_state(self.published.clone());
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.address = listener.local_addr().unwrap();
        self.tasks
            .spawn(async move { axum::serve(listener, router).await.unwrap() });
    }

    fn url(&self) -> String {
        format!("http://{}/jwks?secret=hunter2", self.address)
    }

    fn keep_fresh(&mut self, keys: &KeySet, every: Duration) {
        let keys = keys.clone();
        self.tasks.spawn(async move { keys.keep_fresh(every).await });
    }
}

fn layer_of(keys: KeySet, door: &Door) -> AccessLayer {
    AccessLayer::new(keys, Rules::portway().unwrap(), Grants::new(door.pool.clone()))
}

/// Whether a token is accepted that `pair` signed under `key_id`.
async fn accepts(layer: &AccessLayer, pair: &Pair, key_id: &str) -> bool {
    let bearer = format!(
        "Bearer {}",
        pair.sign(key_id, &good_claims(AccountId::generate()))
    );
    match knock(layer, STREAM_EVENTS, Some(&bearer)).await {
        Ok(_caller) => true,
        // The token is good, the grant is missing.
        Err(status) => status.code() == tonic::Code::PermissionDenied,
    }
}

#[tokio::test]
async fn keys_are_turned_over_at_a_url_and_kept_while_it_fails() {
    let door = Door::new().await;
    let (old, new) = (Pair::new("old"), Pair::new("new"));
    let mut provider = Provider::new(&key_set_of(&[&old])).await;
    let keys = KeySet::from_url(&provider.url(), 1).await.unwrap();
    assert!(!format!("{keys:?}").contains("hunter2"), "{keys:?}");
    let layer = layer_of(keys.clone(), &door);
    assert!(accepts(&layer, &old, "old").await);

    // Nobody refreshes so far: it is the unknown key id that has the new key looked for.
    provider.published.put(StatusCode::OK, &key_set_of(&[&old, &new]));
    testkit::eventually(SOON, "the new key", async || accepts(&layer, &new, "new").await).await;
    assert!(accepts(&layer, &old, "old").await);

    provider.keep_fresh(&keys, OFTEN);
    for (status, body) in [
        (StatusCode::OK, "{"),
        (StatusCode::OK, "<html>sign in</html>"),
        (StatusCode::BAD_GATEWAY, r#"{"keys":[]}"#),
        (StatusCode::FOUND, r#"{"keys":[]}"#),
        (StatusCode::OK, &" ".repeat(300_000)),
    ] {
        provider.published.put(status, body);
        // The second is asked after the first was read.
        provider.published.asked_again(2).await;
        assert!(accepts(&layer, &new, "new").await, "{status} {body:.30}");
    }

    provider.published.put(StatusCode::OK, &key_set_of(&[&new]));
    testkit::eventually(SOON, "the end of the old key", async || {
        !accepts(&layer, &old, "old").await
    })
    .await;
    assert!(accepts(&layer, &new, "new").await);
}

#[tokio::test]
async fn a_server_that_is_away_takes_no_key_with_it_and_is_found_again() {
    let door = Door::new().await;
    let (old, new) = (Pair::new("old"), Pair::new("new"));
    let mut provider = Provider::new(&key_set_of(&[&old])).await;
    let layer = layer_of(KeySet::from_url(&provider.url(), 1).await.unwrap(), &door);
    provider.tasks.shutdown().await;
    assert!(!accepts(&layer, &new, "new").await);
    assert!(accepts(&layer, &old, "old").await);

    provider.published.put(StatusCode::OK, &key_set_of(&[&new]));
    provider.serve().await;
    testkit::eventually(SOON, "the new key", async || accepts(&layer, &new, "new").await).await;
    assert!(!accepts(&layer, &old, "old").await);
}

#[tokio::test]
async fn unknown_key_ids_have_the_server_asked_once_a_second_at_most() {
    let door = Door::new().await;
    let known = Pair::new("known");
    let mut provider = Provider::new(&key_set_of(&[&known])).await;
    let keys = KeySet::from_url(&provider.url(), 1).await.unwrap();
    provider.keep_fresh(&keys, SELDOM);
    let layer = layer_of(keys, &door);
    let began_at = Instant::now();
    let mut knocked = 0_u32;
    testkit::eventually(SOON, "the server to be asked again", async || {
        let knocks = (0..50).map(|number| {
            let (layer, known) = (&layer, &known);
            async move { accepts(layer, known, &format!("guess-{number}")).await }
        });
        knocked += 50;
        assert!(!futures::future::join_all(knocks).await.contains(&true));
        provider.published.times_asked() >= 3
    })
    .await;
    let seconds = usize::try_from(began_at.elapsed().as_secs()).unwrap();
    let asked = provider.published.times_asked();
    assert!(asked <= 2 + seconds, "{asked} in {seconds} s for {knocked}");
}

#[tokio::test]
async fn keys_come_from_a_file_and_a_url_together_and_other_kinds_are_left_out() {
    let door = Door::new().await;
    let (service, user) = (Pair::new("service:billing"), Pair::new("user"));
    let rsa = json!({ "kty": "RSA", "kid": "rsa", "n": "AQAB", "e": "AQAB" });
    let unheard_of = json!({ "kty": "PQC", "kid": "later", "alg": "ML-DSA-65", "pub": "AAAA" });
    let provider = Provider::new(&json!({ "keys": [rsa, unheard_of, user.jwk] }).to_string()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, key_set_of(&[&service])).unwrap();
    let places = format!("{}, {}", file.display(), provider.url());
    let layer = layer_of(KeySet::open(&places, 1).await.unwrap(), &door);
    assert!(accepts(&layer, &user, "user").await);
    let identity = auth::ServiceIdentity::new("billing".parse().unwrap(), &service.pem).unwrap();
    let bearer = format!("Bearer {}", identity.token().unwrap());
    assert!(knock(&layer, STREAM_EVENTS, Some(&bearer)).await.is_ok());
    assert!(!accepts(&layer, &user, "rsa").await);
}

#[tokio::test]
async fn a_url_that_has_no_keys_is_told_at_the_start() {
    for url in [
        "ftp://keys.example/jwks",
        "http://",
        "https://user:word@keys.example/jwks",
    ] {
        let refused = KeySet::open(url, 1).await.unwrap_err();
        assert!(matches!(refused, KeyError::Url), "{url}: {refused}");
    }
    let provider = Provider::new(r#"{"keys":[]}"#).await;
    let empty = KeySet::from_url(&provider.url(), 2).await.unwrap_err();
    assert!(matches!(empty, KeyError::Format(_)), "{empty}");
    assert_eq!(provider.published.times_asked(), 2);
    provider.published.put(StatusCode::NOT_FOUND, "");
    let missing = KeySet::from_url(&provider.url(), 1).await.unwrap_err();
    assert!(
        matches!(missing, KeyError::Answer(StatusCode::NOT_FOUND)),
        "{missing}"
    );
    let url = provider.url();
    drop(provider);
    let away = KeySet::from_url(&url, 1).await.unwrap_err();
    let shown = format!("{away:?} {away}");
    assert!(
        matches!(away, KeyError::Fetch(_)) && !shown.contains("hunter2"),
        "{shown}"
    );
}
