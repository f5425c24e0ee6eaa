//! Tokens: JWT, EdDSA, short-lived. Users' tokens are made by the platform's identity provider, services' by themselves.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use types::{AccountId, ServiceName, Subject};

use crate::caller::{Caller, CallerKind};
use crate::key_set::KeySet;
use crate::keys::SigningKey;

const AUDIENCE: &str = "portway";
/// How far apart the clocks of an issuer and a server may be.
const LEEWAY_SECS: u64 = 30;
const SERVICE_TOKEN_LIFE: Duration = Duration::from_mins(5);
/// Keys under this prefix belong to services: they sign for the service they name and for nobody else.
const SERVICE_PREFIX: &str = "service:";

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// Always "portway".
    pub aud: String,
    /// Who.
    pub sub: Subject,
    /// In which account. Absent from services' tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// Until when, in seconds since 1970.
    pub exp: u64,
}

/// Why a token is not accepted. Callers are told only that it is not.
#[derive(Debug, Error)]
pub enum TokenError {
    /// The header names no key of the key set.
    #[error("the token names no known key")]
    UnknownKey,
    /// The signature, audience, lifetime or form is wrong.
    #[error("the token is not valid")]
    Invalid(#[from] jsonwebtoken::errors::Error),
    /// A key signed for somebody it may not sign for.
    #[error("the key may not sign for this subject")]
    WrongSigner,
}

/// Verifies a token.
pub(crate) async fn verify(keys: &KeySet, token: &str) -> Result<Caller, TokenError> {
    let key_id = jsonwebtoken::decode_header(token)?
        .kid
        .ok_or(TokenError::UnknownKey)?;
    let key = keys.find(&key_id).await.ok_or(TokenError::UnknownKey)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "aud", "sub"]);
    validation.validate_nbf = true;
    validation.leeway = LEEWAY_SECS;
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)?.claims;
    match (key_id.strip_prefix(SERVICE_PREFIX), claims.account) {
        (Some(service), None) if claims.sub.as_str() == key_id => {
            let service = service.parse().map_err(|_| TokenError::WrongSigner)?;
            Ok(Caller {
                subject: claims.sub,
                account: AccountId::PLATFORM,
                kind: CallerKind::Service(service),
            })
        }
        (None, Some(account)) if !claims.sub.as_str().starts_with(SERVICE_PREFIX) => Ok(Caller {
            subject: claims.sub,
            account,
            kind: CallerKind::User,
        }),
        (Some(_) | None, _) => Err(TokenError::WrongSigner),
    }
}

/// Signs users' tokens: the all-in-one's own identity provider, and tests.
#[derive(Debug, Clone)]
pub struct Issuer {
    key: SigningKey,
}

impl Issuer {
    /// Signs with this key.
    pub fn new(key: SigningKey) -> Self {
        Self { key }
    }

    /// A token for `subject` in `account` that expires after `life`.
    pub fn token(&self, subject: &Subject, account: AccountId, life: Duration) -> Result<String, TokenError> {
        sign(&self.key, subject.clone(), Some(account), life)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tokens live in real time, which is never moved"
)]
fn sign(
    key: &SigningKey,
    sub: Subject,
    account: Option<AccountId>,
    life: Duration,
) -> Result<String, TokenError> {
    let exp = (SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + life).as_secs();
    let claims = Claims {
        aud: AUDIENCE.to_owned(),
        sub,
        account,
        exp,
    };
    let header = Header {
        kid: Some(key.key_id.clone()),
        ..Header::new(Algorithm::EdDSA)
    };
    Ok(jsonwebtoken::encode(&header, &claims, &key.encoding)?)
}

/// A service's own identity: signs the short tokens with which it calls its peers.
#[derive(Debug, Clone)]
pub struct ServiceIdentity {
    name: ServiceName,
    key: SigningKey,
    current: Arc<Mutex<Option<(String, Instant)>>>,
}

impl ServiceIdentity {
    /// The identity of `name`, whose private key this is.
    pub fn new(name: ServiceName, pem: &str) -> Result<Self, crate::KeyError> {
        let key = SigningKey::from_pem(&Self::key_id(&name), pem)?;
        Ok(Self {
            name,
            key,
            current: Arc::default(),
        })
    }

    /// The key id under which peers know the service's public key.
    pub fn key_id(name: &ServiceName) -> String {
        format!("{SERVICE_PREFIX}{name}")
    }

    /// The service.
    pub fn name(&self) -> &ServiceName {
        &self.name
    }

    /// A token that is good for at least half its life.
    pub fn token(&self) -> Result<String, TokenError> {
        let mut current = self
            .current
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((token, made_at)) = current.as_ref()
            && made_at.elapsed() < SERVICE_TOKEN_LIFE / 2
        {
            return Ok(token.clone());
        }
        let subject = self.key.key_id.parse().map_err(|_| TokenError::WrongSigner)?;
        let token = sign(&self.key, subject, None, SERVICE_TOKEN_LIFE)?;
        *current = Some((token.clone(), Instant::now()));
        Ok(token)
    }
}
