//! Finished replies in Redis: a shortcut that may be empty, wrong or gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use redis::AsyncTypedCommands;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use vault::{DigestKey, keyed_digest};

use crate::key::RequestKey;

/// Redis is asked for at most this long; the database answers anyway.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(50);
/// After a failure Redis is left alone for this long.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Repeats come soon; later ones are answered from the database.
const TTL_SECS: u64 = 3_600;
const MAC_LENGTH: usize = 32;

/// The shared cache of finished replies.
#[derive(Clone)]
pub struct ReplyCache {
    redis: ConnectionManager,
    digest_key: Arc<DigestKey>,
    namespace: String,
    started: Instant,
    /// Milliseconds since `started` before which Redis is left alone.
    quiet_until: Arc<AtomicU64>,
}

impl std::fmt::Debug for ReplyCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReplyCache")
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

impl ReplyCache {
    /// Keeps replies under `namespace` (the service's name) at `url`. Connects when first used.
    pub fn new(url: &str, namespace: &str, digest_key: Arc<DigestKey>) -> Result<Self, redis::RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(1)))
            .set_response_timeout(Some(ANSWER_TIMEOUT))
            .set_number_of_retries(1);
        let redis = ConnectionManager::new_lazy_with_config(redis::Client::open(url)?, config)?;
        Ok(Self {
            redis,
            digest_key,
            namespace: namespace.to_owned(),
            started: Instant::now(),
            quiet_until: Arc::default(),
        })
    }

    /// The reply to this very request, if Redis has it and it verifies.
    pub(crate) async fn find(&self, key: &RequestKey) -> Option<Vec<u8>> {
        if self.is_quiet() {
            return None;
        }
        let mut redis = self.redis.clone();
        let found = tokio::time::timeout(ANSWER_TIMEOUT, redis.get::<_>(self.name_of(key))).await;
        let Ok(Ok(text)) = found else {
            self.keep_quiet();
            return None;
        };
        let text = text?;
        let bytes = hex::decode(text).ok()?;
        let (mac, reply) = bytes.split_at_checked(MAC_LENGTH)?;
        // The reply to another request does not verify, so it is a miss as well.
        (mac == self.mac(key, reply)).then(|| reply.to_vec())
    }

    /// Keeps a reply. Called after the commit; a failure is forgotten.
    pub(crate) async fn keep(&self, key: &RequestKey, reply: &[u8]) {
        if self.is_quiet() {
            return;
        }
        let mut bytes = self.mac(key, reply).to_vec();
        bytes.extend_from_slice(reply);
        let mut redis = self.redis.clone();
        let kept = tokio::time::timeout(
            ANSWER_TIMEOUT,
            redis.set_ex(self.name_of(key), hex::encode(bytes), TTL_SECS),
        )
        .await;
        if !matches!(kept, Ok(Ok(()))) {
            self.keep_quiet();
        }
    }

    /// Covers the whole key, so that a reply that was put under another caller's name does not verify.
    fn mac(&self, key: &RequestKey, reply: &[u8]) -> [u8; MAC_LENGTH] {
        let (account, subject) = (key.caller.account.as_uuid(), key.caller.subject.as_str());
        let parts = [
            b"reply".as_slice(),
            self.namespace.as_bytes(),
            account.as_bytes(),
            subject.as_bytes(),
            key.key.as_str().as_bytes(),
            &key.request,
            reply,
        ];
        keyed_digest(&self.digest_key, &parts)
    }

    fn name_of(&self, key: &RequestKey) -> String {
        let (account, subject) = (key.caller.account.as_uuid(), key.caller.subject.as_str());
        let parts = [
            b"name".as_slice(),
            account.as_bytes(),
            subject.as_bytes(),
            key.key.as_str().as_bytes(),
        ];
        let name = hex::encode(keyed_digest(&self.digest_key, &parts));
        format!("portway:{}:reply:{name}", self.namespace)
    }

    fn is_quiet(&self) -> bool {
        self.started.elapsed() < Duration::from_millis(self.quiet_until.load(Ordering::Relaxed))
    }

    fn keep_quiet(&self) {
        tracing::debug!("Redis does not answer; going on without it");
        let until = (self.started.elapsed() + PAUSE_AFTER_FAILURE).as_millis();
        self.quiet_until
            .store(u64::try_from(until).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}
