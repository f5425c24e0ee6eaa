//! A webhook receiver as a customer would write one: verifies every signature (Standard Webhooks) and counts.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use grpc::Lifecycle;
use tokio::net::TcpListener;
use vault::DigestKey;

/// What was received.
#[derive(Default)]
struct Received {
    secret: Option<DigestKey>,
    /// Distinct ids: a repeat of the same webhook counts once.
    ids: BTreeSet<String>,
    steps: Vec<String>,
    refused: usize,
}

/// The receiver.
#[derive(Clone)]
pub(super) struct Receiver {
    pub(super) url: String,
    received: Arc<Mutex<Received>>,
}

impl Receiver {
    pub(super) async fn start(lifecycle: &Lifecycle) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}/portway", listener.local_addr()?);
        let receiver = Self {
            url,
            received: Arc::default(),
        };
        let routes = Router::new()
            .route("/portway", post(receive))
            .with_state(receiver.clone());
        let token = lifecycle.token();
        lifecycle.spawn("webhook receiver", async move {
            let served = axum::serve(listener, routes)
                .with_graceful_shutdown(token.cancelled_owned())
                .await;
            if let Err(error) = served {
                tracing::warn!(%error, "the webhook receiver failed");
            }
        });
        Ok(receiver)
    }

    /// The secret that CreateWebhookEndpoint gave.
    pub(super) fn set_secret(&self, secret: &str) -> anyhow::Result<()> {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").context("a webhook secret")?)?;
        self.with(|received| received.secret = DigestKey::new(&key).ok());
        Ok(())
    }

    pub(super) fn count(&self) -> usize {
        self.with(|received| received.ids.len())
    }

    pub(super) fn steps(&self) -> Vec<String> {
        self.with(|received| received.steps.clone())
    }

    pub(super) fn refused(&self) -> usize {
        self.with(|received| received.refused)
    }

    fn with<T>(&self, look: impl FnOnce(&mut Received) -> T) -> T {
        look(&mut self.received.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let (id, timestamp, signature) = (
        text("webhook-id"),
        text("webhook-timestamp"),
        text("webhook-signature"),
    );
    let mut message = format!("{id}.{timestamp}.").into_bytes();
    message.extend_from_slice(&body);
    let signature = signature
        .strip_prefix("v1,")
        .and_then(|encoded| STANDARD.decode(encoded).ok())
        .unwrap_or_default();
    let step = serde_json::from_slice::<serde_json::Value>(&body)
        .ok()
        .and_then(|json| json.get("type").and_then(|step| step.as_str()).map(str::to_owned))
        .unwrap_or_default();
    receiver.with(|received| {
        let is_genuine = received
            .secret
            .as_ref()
            .is_some_and(|key| key.verify(&message, &signature));
        if !is_genuine {
            received.refused += 1;
            return StatusCode::UNAUTHORIZED;
        }
        if received.ids.insert(id) {
            received.steps.push(step);
        }
        StatusCode::NO_CONTENT
    })
}
