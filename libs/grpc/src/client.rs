//! Calling another service: one lazily connected channel, a token on every call, a deadline, a bounded retry.

use std::future::Future;
use std::sync::LazyLock;
use std::time::Duration;

use auth::ServiceIdentity;
use backon::{ExponentialBuilder, Retryable};
use http::uri::Scheme;
use rustls::RootCertStore;
use rustls::pki_types::TrustAnchor;
use thiserror::Error;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Status};
use tower::retry::budget::{Budget, TpsBudget};

use crate::status;

/// Where a peer is and how long it may take.
#[derive(Debug, Clone)]
pub struct PeerSettings {
    /// `http://host:port` or `https://host:port`.
    pub endpoint: String,
    /// Who vouches for an `https` peer, as certificates in PEM; `None`: whom the system trusts.
    pub authorities: Option<String>,
    /// How long a call may take. Streams end it themselves.
    pub deadline: Duration,
}

impl PeerSettings {
    /// The peer at `endpoint`, with ten seconds a call.
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            authorities: None,
            deadline: Duration::from_secs(10),
        }
    }
}

/// A peer's endpoint is not a URI, or what vouches for it cannot be read.
#[derive(Debug, Error)]
#[error("{0:?} is not an endpoint")]
pub struct BadEndpoint(String, #[source] tonic::transport::Error);

/// A channel that signs every call with the service's own token.
pub type Peer = InterceptedService<Channel, Signed>;

/// Makes the channel to a peer. It connects when first used and again whenever it has to.
pub fn peer(settings: &PeerSettings, identity: ServiceIdentity) -> Result<Peer, BadEndpoint> {
    let bad = |error| BadEndpoint(settings.endpoint.clone(), error);
    let endpoint = Endpoint::from_shared(settings.endpoint.clone())
        .map_err(bad)?
        .connect_timeout(Duration::from_secs(3))
        .http2_keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10))
        .keep_alive_while_idle(true)
        .tcp_nodelay(true);
    let endpoint = if endpoint.uri().scheme() == Some(&Scheme::HTTPS) {
        endpoint.tls_config(tls_of(settings)).map_err(bad)?
    } else {
        endpoint
    };
    let signed = Signed {
        identity,
        deadline: settings.deadline,
    };
    Ok(InterceptedService::new(endpoint.connect_lazy(), signed))
}

fn tls_of(settings: &PeerSettings) -> ClientTlsConfig {
    match &settings.authorities {
        Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
        None => ClientTlsConfig::new().trust_anchors(SYSTEM_AUTHORITIES.iter().cloned()),
    }
}

/// Those in `SSL_CERT_FILE`, else the system's. A slim image has none, so there it is Mozilla's.
static SYSTEM_AUTHORITIES: LazyLock<Vec<TrustAnchor<'static>>> = LazyLock::new(|| {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate authority cannot be read");
    }
    let mut authorities = RootCertStore::empty();
    authorities.add_parsable_certificates(found.certs);
    if authorities.is_empty() {
        authorities.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    }
    authorities.roots
});

/// Puts token, trace context and deadline on every call.
#[derive(Debug, Clone)]
pub struct Signed {
    identity: ServiceIdentity,
    deadline: Duration,
}

/// Marks a call as a stream that lives as long as both sides want.
#[derive(Debug, Clone, Copy)]
pub struct NoDeadline;

impl Interceptor for Signed {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let token = self.identity.token().map_err(|error| status::internal(&error))?;
        let bearer =
            MetadataValue::try_from(format!("Bearer {token}")).map_err(|error| status::internal(&error))?;
        request.metadata_mut().insert("authorization", bearer);
        if let Some(traceparent) = telemetry::trace_context::current()
            && let Ok(value) = MetadataValue::try_from(traceparent)
        {
            request.metadata_mut().insert("traceparent", value);
        }
        let is_stream = request.extensions().get::<NoDeadline>().is_some();
        if !is_stream && request.metadata().get("grpc-timeout").is_none() {
            request.set_timeout(self.deadline);
        }
        Ok(request)
    }
}

/// When peers fail, retries add this share to the calls of the last ten seconds, and ten a second: more would keep
/// down a peer that is coming back.
static RETRIES: LazyLock<TpsBudget> = LazyLock::new(|| TpsBudget::new(Duration::from_secs(10), 10, 0.2));

/// Calls again, at most `times_max` times with growing pauses, while the answer says that trying again may help and
/// the process has not retried too much already. Only for calls that carry a natural key or change nothing.
pub async fn call_again<T, F>(times_max: usize, call: impl FnMut() -> F) -> Result<T, Status>
where
    F: Future<Output = Result<T, Status>>,
{
    let pauses = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(50))
        .with_max_delay(Duration::from_secs(2))
        .with_jitter()
        .with_max_times(times_max);
    RETRIES.deposit();
    let may_retry = |status: &Status| status::is_transient(status) && RETRIES.withdraw();
    call.retry(pauses).when(may_retry).await
}
