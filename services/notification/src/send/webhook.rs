//! Webhooks as Standard Webhooks has them: signed with HMAC-SHA256 over id, time and body.

use std::error::Error;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use notification_domain::WebhookUrl;
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use service::StartError;
use types::EndpointId;
use vault::{DigestKey, Sealed, Vault};

use super::http;
use super::public_only::{NotPublic, PublicOnly};
use crate::ops::{Outcome, secret_context};
use crate::store::queue::Claimed;

/// Calls webhooks.
#[derive(Debug)]
pub(crate) struct WebhookCaller {
    client: Client,
    vault: Arc<Vault>,
    /// Whether hosts in private networks may be called.
    allow_private: bool,
}

impl WebhookCaller {
    /// Opens the endpoints' secrets with `vault`. The process must have installed a provider of cryptography.
    pub(crate) fn new(vault: Arc<Vault>, allow_private: bool) -> Result<Self, StartError> {
        let client = http::client("webhooks", "Portway-Webhooks/1", |builder| {
            if allow_private {
                builder
            } else {
                builder.dns_resolver(PublicOnly)
            }
        })?;
        Ok(Self {
            client,
            vault,
            allow_private,
        })
    }

    /// Calls once.
    pub(super) async fn call(&self, claimed: &Claimed, endpoint: EndpointId, secret: &Sealed) -> Outcome {
        // A name is judged when it is resolved; an address in the URL is not resolved.
        let is_reachable = claimed
            .receiver
            .parse::<WebhookUrl>()
            .is_ok_and(|url| self.allow_private || url.may_be_public());
        if !is_reachable {
            return Outcome::Refused(NotPublic.to_string());
        }
        let Some(key) = self.signing_key(endpoint, secret) else {
            // Only an operator can help, by putting the key back into the key ring.
            return Outcome::TryAgain("the signing secret cannot be opened".to_owned());
        };
        let timestamp = unix_seconds();
        let signed = format!("{}.{timestamp}.{}", claimed.id, claimed.body);
        let signature = BASE64_STANDARD.encode(key.sign(signed.as_bytes()));
        let request = self
            .client
            .post(&claimed.receiver)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", claimed.id.to_string())
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", format!("v1,{signature}"))
            .body(claimed.body.clone());
        match request.send().await {
            Ok(reply) if reply.status().is_success() => Outcome::Delivered,
            Ok(reply) => Outcome::TryAgain(format!("the receiver answered {}", reply.status())),
            Err(error) => outcome_of(error),
        }
    }

    fn signing_key(&self, endpoint: EndpointId, secret: &Sealed) -> Option<DigestKey> {
        match self.vault.open(secret, &secret_context(endpoint)) {
            Ok(secret) => secret.expose().parse().ok(),
            Err(error) => {
                tracing::error!(%error, endpoint.id = %endpoint, "a signing secret cannot be opened");
                None
            }
        }
    }
}

fn outcome_of(error: reqwest::Error) -> Outcome {
    // The URL may hold the receiver's own token, and the account knows it anyway.
    let error = error.without_url();
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(link) = cause {
        if link.is::<NotPublic>() {
            return Outcome::Refused(NotPublic.to_string());
        }
        cause = link.source();
    }
    http::unanswered(error)
}

#[expect(
    clippy::disallowed_methods,
    reason = "receivers compare it with real time, which is never moved"
)]
fn unix_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_into_a_private_network_is_refused_when_it_is_resolved() {
        testkit::install_crypto();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}/", listener.local_addr().unwrap().port());
        let key = vault::generate_key().unwrap();
        let ring = format!("test:{}", key.expose()).parse().unwrap();
        let caller = WebhookCaller::new(Arc::new(Vault::new(ring)), false).unwrap();
        let error = caller.client.post(&url).send().await.unwrap_err();
        assert_eq!(outcome_of(error), Outcome::Refused(NotPublic.to_string()));
        let connected = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
        assert!(connected.is_err(), "nobody connected");
    }

    #[tokio::test]
    async fn a_receiver_that_is_away_is_tried_again() {
        testkit::install_crypto();
        let client = Client::new();
        // Port 9 of the loopback: nobody listens there.
        let error = client
            .post("http://127.0.0.1:9/hook?token=t0ken")
            .send()
            .await
            .unwrap_err();
        let Outcome::TryAgain(told) = outcome_of(error) else {
            panic!("given up");
        };
        assert!(!told.contains("t0ken"), "{told}");
    }
}
