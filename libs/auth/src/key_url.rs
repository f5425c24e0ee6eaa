//! A JWK set behind a URL, as identity providers publish theirs.
//!
//! Whoever sends a token decides which key id is looked for, so what that causes is bounded: one request at a time,
//! one a second, a deadline and a length.

use std::error::Error;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::DecodingKey;
use reqwest::{Certificate, Client, ClientBuilder, StatusCode, Url, redirect};
use rustls::crypto::CryptoProvider;
use tokio::sync::Mutex;

use crate::jwk_set::{self, Keys, OtherKinds};
use crate::keys::KeyError;

/// Between two looks for keys that are not known.
const LOOK_PAUSE: Duration = Duration::from_secs(1);
/// Between two tries to fetch the set for the first time.
const START_PAUSE: Duration = Duration::from_secs(1);
/// After a failure the set is fetched again this soon.
const FAILURE_PAUSE: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(4);
/// Some hundred keys with their certificates.
const BYTES_MAX: usize = 256 * 1024;

/// The keys that a URL publishes.
pub(crate) struct KeyUrl {
    url: Url,
    client: Client,
    keys: RwLock<Keys>,
    /// When it was last asked. Held while asking, so that nobody else asks meanwhile.
    asked_at: Mutex<Instant>,
}

impl KeyUrl {
    /// Fetches them for the first time, trying so many times.
    pub(crate) async fn open(url: &str, tries: u32) -> Result<Self, KeyError> {
        let url = parse_url(url)?;
        let client = make_client().map_err(KeyError::Fetch)?;
        let mut tried = 1;
        let keys = loop {
            let error = match fetch(&client, &url).await {
                Ok(keys) if keys.is_empty() => KeyError::Format("there is none".to_owned()),
                Ok(keys) => break keys,
                Err(error) => error,
            };
            if tried >= tries {
                return Err(error);
            }
            let why = in_words(&error);
            tracing::warn!(url = name_of(&url), why, tried, "the key set is not there yet");
            tried += 1;
            tokio::time::sleep(START_PAUSE).await;
        };
        Ok(Self {
            url,
            client,
            keys: RwLock::new(keys),
            asked_at: Mutex::new(Instant::now()),
        })
    }

    /// Where they are published, fit to be shown.
    pub(crate) fn name(&self) -> String {
        name_of(&self.url)
    }

    /// The key with this id, as far as is known.
    pub(crate) fn find(&self, key_id: &str) -> Option<DecodingKey> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(key_id).cloned()
    }

    /// Fetches the set again, unless that was done a moment ago, be it while waiting for one's turn.
    pub(crate) async fn look_again(&self) {
        let mut asked_at = self.asked_at.lock().await;
        if asked_at.elapsed() >= LOOK_PAUSE {
            self.ask(&mut asked_at).await;
        }
    }

    /// Fetches the set again and again.
    pub(crate) async fn keep_fresh(&self, every: Duration) {
        let mut pause = every;
        loop {
            tokio::time::sleep(pause).await;
            let mut asked_at = self.asked_at.lock().await;
            pause = if self.ask(&mut asked_at).await {
                every
            } else {
                every.min(FAILURE_PAUSE)
            };
        }
    }

    /// False: the keys that were known stay.
    async fn ask(&self, asked_at: &mut Instant) -> bool {
        // Before: a caller who goes away in the middle has asked, too. After: those who waited do not ask once more.
        *asked_at = Instant::now();
        let fetched = fetch(&self.client, &self.url).await;
        *asked_at = Instant::now();
        match fetched {
            Ok(keys) => {
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
                true
            }
            Err(error) => {
                let why = in_words(&error);
                tracing::error!(
                    url = self.name(),
                    why,
                    "the key set cannot be fetched; the old keys stay"
                );
                false
            }
        }
    }
}

fn parse_url(url: &str) -> Result<Url, KeyError> {
    let url: Url = url.parse().map_err(|_| KeyError::Url)?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.has_host();
    if is_plain && matches!(url.scheme(), "http" | "https") {
        Ok(url)
    } else {
        Err(KeyError::Url)
    }
}

fn make_client() -> Result<Client, reqwest::Error> {
    if CryptoProvider::get_default().is_none() {
        // Err: another thread was faster, which is as good.
        let _installed = rustls::crypto::ring::default_provider().install_default();
    }
    let builder = || {
        // Redirects could lead to a place that nobody chose to trust.
        ClientBuilder::new()
            .user_agent("Portway")
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
    };
    builder().build().or_else(|error| {
        // A slim image has no certificate authorities of its own.
        tracing::warn!(%error, "the system's certificate authorities cannot be used; Mozilla's are taken");
        let authorities = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
        let authorities: Result<Vec<_>, _> = authorities.map(|der| Certificate::from_der(der)).collect();
        builder().tls_certs_only(authorities?).build()
    })
}

async fn fetch(client: &Client, url: &Url) -> Result<Keys, KeyError> {
    let request = client
        .get(url.clone())
        .header("accept", "application/jwk-set+json, application/json");
    let mut response = request.send().await.map_err(without_url)?;
    if response.status() != StatusCode::OK {
        return Err(KeyError::Answer(response.status()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(without_url)? {
        if body.len() + chunk.len() > BYTES_MAX {
            return Err(KeyError::TooLong(BYTES_MAX));
        }
        body.extend_from_slice(&chunk);
    }
    jwk_set::parse(&body, OtherKinds::LeaveOut)
}

fn without_url(error: reqwest::Error) -> KeyError {
    KeyError::Fetch(error.without_url())
}

/// Without the query, which may hold a secret.
fn name_of(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    shown.into()
}

fn in_words(error: &KeyError) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}
