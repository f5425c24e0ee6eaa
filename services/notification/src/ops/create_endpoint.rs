//! Adds a webhook endpoint with a signing secret of its own.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use notification_domain::{Endpoint, StepFilter, WebhookUrl};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{AccountId, EndpointId, Secret};
use vault::{Context, Sealed, Vault, VaultError};

use super::RECEIVERS_MAX;
use crate::store;

/// What Standard Webhooks puts in front of a secret.
const SECRET_PREFIX: &str = "whsec_";

/// What is asked for.
#[derive(Debug)]
pub(crate) struct NewEndpoint {
    pub(crate) url: WebhookUrl,
    pub(crate) filter: StepFilter,
}

/// The endpoint, and its secret for the one reply that shows it.
#[derive(Debug)]
pub(crate) struct CreatedEndpoint {
    pub(crate) endpoint: Endpoint,
    /// Sealed, in base64: the reply is kept for repeats, and a secret is not kept in clear.
    pub(crate) sealed_secret: String,
}

/// Why an endpoint was not added.
#[derive(Debug, Error)]
pub(crate) enum CreateEndpointError {
    /// The account has not been announced here yet.
    #[error("the account is not known here yet")]
    UnknownAccount,
    /// The account has as many as it may.
    #[error("an account has at most 50 webhook endpoints")]
    TooMany,
    /// There is one with this URL.
    #[error("the account has a webhook endpoint with this URL")]
    UrlTaken,
    /// No secret could be made.
    #[error("no secret could be made")]
    Secret(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for CreateEndpointError {
    fn from(error: StoreError) -> Self {
        if error.constraint() == Some(store::endpoint::URL_ONCE) {
            Self::UrlTaken
        } else {
            Self::Store(error)
        }
    }
}

/// Where an endpoint's secret belongs.
pub(crate) fn secret_context(id: EndpointId) -> Context {
    Context::new("notification.webhook_endpoint.secret", id.as_uuid())
}

/// Adds it to the account.
pub(crate) async fn create_endpoint(
    conn: &mut PgConnection,
    vault: &Vault,
    account: AccountId,
    new: NewEndpoint,
    now: Timestamp,
) -> Result<CreatedEndpoint, CreateEndpointError> {
    if !store::account::lock(conn, account).await? {
        return Err(CreateEndpointError::UnknownAccount);
    }
    if store::endpoint::count(conn, account).await? >= RECEIVERS_MAX {
        return Err(CreateEndpointError::TooMany);
    }
    let endpoint = Endpoint {
        id: EndpointId::generate(),
        url: new.url,
        filter: new.filter,
        created_at: now,
    };
    let sealed = vault.seal(&vault::generate_key()?, &secret_context(endpoint.id))?;
    store::endpoint::insert(conn, account, &endpoint, &sealed).await?;
    Ok(CreatedEndpoint {
        endpoint,
        sealed_secret: BASE64_STANDARD.encode(sealed.as_bytes()),
    })
}

/// The secret as its owner is shown it, from [`CreatedEndpoint::sealed_secret`].
pub(crate) fn reveal_secret(
    vault: &Vault,
    id: EndpointId,
    sealed_secret: &str,
) -> Result<Secret, VaultError> {
    let sealed = BASE64_STANDARD
        .decode(sealed_secret)
        .ok()
        .and_then(|bytes| Sealed::try_from(bytes).ok())
        .ok_or(VaultError::Refused)?;
    let secret = vault.open(&sealed, &secret_context(id))?;
    Ok(Secret::new(format!("{SECRET_PREFIX}{}", secret.expose())))
}
