//! A bucket of an S3-compatible object storage.
//!
//! Requests are signed in their URL, which holds a signature that is good for a minute: it is in no error and no log.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use bytes::Bytes;
use reqwest::{Client, ClientBuilder, Response, StatusCode, redirect};
use rusty_s3::{Credentials, S3Action, UrlStyle};
use url::Url;

use super::{BucketSettings, CONTENT_BYTES_MAX, ContentError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(8);
/// How long a signed URL is good for.
const SIGNED_FOR: Duration = Duration::from_mins(1);
/// So often is a request repeated after a failure that passes by itself.
const REPEATS_MAX: usize = 2;

/// What the storage is asked.
enum Question {
    Put(Bytes),
    Get,
}

/// A bucket.
pub(super) struct Bucket {
    client: Client,
    place: rusty_s3::Bucket,
    credentials: Credentials,
    prefix: String,
}

/// Without the credentials.
impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bucket({})", self.place.name())
    }
}

impl Bucket {
    pub(super) fn open(settings: BucketSettings) -> Result<Self, String> {
        let amazon = format!("https://s3.{}.amazonaws.com", settings.region);
        let (endpoint, style) = match settings.endpoint {
            // Storages of one's own rarely have a name for each bucket.
            Some(endpoint) => (endpoint, UrlStyle::Path),
            None => (
                amazon.parse::<Url>().map_err(|error| error.to_string())?,
                UrlStyle::VirtualHost,
            ),
        };
        let place = rusty_s3::Bucket::new(endpoint, style, settings.name, settings.region)
            .map_err(|error| format!("the bucket cannot be used: {error}"))?;
        Ok(Self {
            client: client().map_err(|error| format!("no HTTP client: {error}"))?,
            place,
            credentials: Credentials::new(settings.access_key.expose(), settings.secret_key.expose()),
            prefix: settings.prefix,
        })
    }

    /// Puts a content. Where it is already it is put once more, which changes nothing.
    pub(super) async fn keep(&self, name: &str, content: Vec<u8>) -> Result<(), ContentError> {
        let question = Question::Put(content.into());
        self.ask(&self.key(name), &question).await.map(drop)
    }

    /// A content; `None`: there is none of this name.
    pub(super) async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ContentError> {
        match self.ask(&self.key(name), &Question::Get).await {
            Ok(content) => Ok(Some(content)),
            Err(ContentError::Refused(StatusCode::NOT_FOUND)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks until there is an answer that would be the same again, or enough was asked.
    async fn ask(&self, key: &str, question: &Question) -> Result<Vec<u8>, ContentError> {
        let mut pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(100))
            .with_jitter()
            .with_max_times(REPEATS_MAX)
            .build();
        loop {
            match self.ask_once(key, question).await {
                Err(error) if error.is_transient() => match pauses.next() {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => return Err(error),
                },
                done => return done,
            }
        }
    }

    async fn ask_once(&self, key: &str, question: &Question) -> Result<Vec<u8>, ContentError> {
        let credentials = Some(&self.credentials);
        let request = match question {
            Question::Put(content) => {
                let url = self.place.put_object(credentials, key).sign(SIGNED_FOR);
                self.client.put(url).body(content.clone())
            }
            Question::Get => self
                .client
                .get(self.place.get_object(credentials, key).sign(SIGNED_FOR)),
        };
        let response = request.send().await.map_err(unreachable_storage)?;
        if response.status().is_success() {
            body(response).await
        } else {
            Err(ContentError::Refused(response.status()))
        }
    }

    fn key(&self, name: &str) -> String {
        match self.prefix.as_str() {
            "" => name.to_owned(),
            prefix => format!("{prefix}/{name}"),
        }
    }
}

/// Whether the storage may answer otherwise when it is asked again.
pub(super) fn is_transient(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
        )
}

fn client() -> Result<Client, reqwest::Error> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Err: another thread was faster, which is as good.
        let _installed = rustls::crypto::ring::default_provider().install_default();
    }
    let builder = || {
        // A redirect would take the content to a place that nobody chose.
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
        let authorities: Result<Vec<_>, _> = authorities
            .map(|der| reqwest::Certificate::from_der(der))
            .collect();
        builder().tls_certs_only(authorities?).build()
    })
}

async fn body(mut response: Response) -> Result<Vec<u8>, ContentError> {
    let mut content = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable_storage)? {
        content.extend_from_slice(&chunk);
        if content.len() > CONTENT_BYTES_MAX {
            // Nothing of this size was kept; its hash will not be right either.
            break;
        }
    }
    Ok(content)
}

fn unreachable_storage(error: reqwest::Error) -> ContentError {
    ContentError::Unreachable(error.without_url())
}
