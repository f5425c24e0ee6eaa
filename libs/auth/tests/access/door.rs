//! A handler behind the access layer, and the keys of those who knock.

use std::convert::Infallible;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth::{AccessLayer, Caller, Grants, Issuer, KeySet, Rules, ServiceIdentity, SigningKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use pg::{MigrationSet, PgSettings, ServiceRole};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::TestDatabase;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use tower::{Layer, ServiceExt};
use types::{AccountId, Subject};

pub(crate) const STREAM_EVENTS: &str = "/portway.events.v1.EventFeedService/StreamEvents";
pub(crate) const LIST_READERS: &str = "/portway.events.v1.EventFeedService/ListReaders";
pub(crate) const GET_SUBMISSION: &str = "/portway.intake.v1.GatewayCallsService/GetSubmission";

pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// A key pair: the private half as PEM, the public one as JWK.
pub(crate) struct Pair {
    pub(crate) pem: String,
    pub(crate) jwk: Value,
}

impl Pair {
    pub(crate) fn new(key_id: &str) -> Self {
        let (pem, jwk) = SigningKey::generate(key_id).unwrap();
        Self { pem, jwk }
    }

    /// A token of exactly these claims, under any key id.
    pub(crate) fn sign(&self, key_id: &str, claims: &Value) -> String {
        let header = Header {
            kid: Some(key_id.to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        let key = EncodingKey::from_ed_pem(self.pem.as_bytes()).unwrap();
        jsonwebtoken::encode(&header, claims, &key).unwrap()
    }
}

pub(crate) fn key_set_of(pairs: &[&Pair]) -> String {
    let keys: Vec<&Value> = pairs.iter().map(|pair| &pair.jwk).collect();
    json!({ "keys": keys }).to_string()
}

/// Seconds since 1970, that many from now.
#[expect(
    clippy::disallowed_methods,
    reason = "tokens live in real time, which is never moved"
)]
pub(crate) fn seconds_from_now(offset: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    i64::try_from(now).unwrap() + offset
}

/// The claims of a good user's token.
pub(crate) fn good_claims(account: AccountId) -> Value {
    json!({ "aud": "portway", "sub": "anna", "account": account, "exp": seconds_from_now(600) })
}

/// What is behind the layer, and the keys that it trusts.
pub(crate) struct Door {
    pub(crate) pool: PgPool,
    pub(crate) users: Pair,
    pub(crate) billing: Pair,
    pub(crate) layer: AccessLayer,
    _database: TestDatabase,
}

impl Door {
    pub(crate) async fn new() -> Self {
        let (users, billing) = (Pair::new("users"), Pair::new("service:billing"));
        let keys = KeySet::from_json(&key_set_of(&[&users, &billing])).unwrap();
        let database = TestDatabase::create("access").await;
        let role = ServiceRole {
            schema: "access".to_owned(),
            password: "secret".to_owned(),
        };
        pg::provision(database.url(), std::slice::from_ref(&role))
            .await
            .unwrap();
        let pool = pg::connect(&PgSettings {
            url: pg::url_for(database.url(), &role).unwrap(),
            schema: role.schema,
            application: "auth-test".to_owned(),
            connections_max: 4,
        })
        .unwrap();
        let set = MigrationSet {
            owner: "access",
            migrator: &auth::MIGRATOR,
        };
        pg::migrate(&pool, &[set]).await.unwrap();
        let layer = AccessLayer::new(keys, Rules::portway().unwrap(), Grants::new(pool.clone()));
        Self {
            pool,
            users,
            billing,
            layer,
            _database: database,
        }
    }

    pub(crate) async fn grant(&self, account: AccountId, subject: &str, permissions: &[&str]) {
        let permissions: Vec<String> = permissions.iter().map(ToString::to_string).collect();
        let mut conn = self.pool.acquire().await.unwrap();
        auth::grants::put(&mut conn, account, &subject.parse().unwrap(), &permissions)
            .await
            .unwrap();
    }

    /// A good token for `subject` in `account`.
    pub(crate) fn token(&self, subject: &str, account: AccountId) -> String {
        let issuer = Issuer::new(SigningKey::from_pem("users", &self.users.pem).unwrap());
        let subject: Subject = subject.parse().unwrap();
        issuer.token(&subject, account, HOUR).unwrap()
    }

    /// A good token of the service `billing`.
    pub(crate) fn service_token(&self) -> String {
        let identity = ServiceIdentity::new("billing".parse().unwrap(), &self.billing.pem).unwrap();
        identity.token().unwrap()
    }

    pub(crate) async fn knock(&self, path: &str, token: &str) -> Result<Caller, Status> {
        knock(&self.layer, path, Some(&format!("Bearer {token}"))).await
    }
}

/// Calls `path` with this `authorization`: the caller that the handler saw, or how the layer refused.
pub(crate) async fn knock(
    layer: &AccessLayer,
    path: &str,
    authorization: Option<&str>,
) -> Result<Caller, Status> {
    let handler = tower::service_fn(async |request: http::Request<()>| {
        let mut response = http::Response::new(());
        if let Some(caller) = request.extensions().get::<Caller>() {
            response.extensions_mut().insert(caller.clone());
        }
        Ok::<_, Infallible>(response)
    });
    let mut request = http::Request::builder().uri(format!("http://portway{path}"));
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    let response = layer
        .layer(handler)
        .oneshot(request.body(()).unwrap())
        .await
        .unwrap();
    match Status::from_header_map(response.headers()) {
        Some(status) => Err(status),
        None => response
            .extensions()
            .get::<Caller>()
            .cloned()
            .ok_or_else(|| Status::unknown("the handler was reached without a caller")),
    }
}

/// The code and the stable reason of a refusal.
pub(crate) fn refusal(outcome: Result<Caller, Status>) -> (Code, String) {
    let status = outcome.unwrap_err();
    let reason = status.get_details_error_info().map(|info| info.reason);
    (status.code(), reason.unwrap_or_default())
}
