//! Signing keys (EdDSA, Ed25519), and why keys of either half could not be used.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::EncodingKey;
use thiserror::Error;

/// Why keys could not be used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("cannot read {0}")]
    Read(PathBuf, #[source] std::io::Error),
    /// It is no URL, or one that the key set is not fetched from.
    #[error("not an http or https URL without user and password")]
    Url,
    /// The URL's server cannot be asked.
    #[error("the key set cannot be fetched")]
    Fetch(#[source] reqwest::Error),
    /// The URL's server answered something else.
    #[error("the server of the key set answered {0}")]
    Answer(reqwest::StatusCode),
    /// The URL's server sends more than a key set needs.
    #[error("the key set is longer than {0} bytes")]
    TooLong(usize),
    /// The text is not a JWK set of Ed25519 keys with key ids.
    #[error("not a JWK set of Ed25519 keys: {0}")]
    Format(String),
    /// The private key is not an Ed25519 key in PKCS#8 PEM.
    #[error("not an Ed25519 private key in PKCS#8 PEM")]
    Private,
}

/// A private key and the id under which its public half is known.
#[derive(Clone)]
pub struct SigningKey {
    pub(crate) key_id: String,
    pub(crate) encoding: EncodingKey,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Takes a PKCS#8 PEM.
    pub fn from_pem(key_id: &str, pem: &str) -> Result<Self, KeyError> {
        let encoding = EncodingKey::from_ed_pem(pem.as_bytes()).map_err(|_| KeyError::Private)?;
        Ok(Self {
            key_id: key_id.to_owned(),
            encoding,
        })
    }

    /// Draws a new key: its PKCS#8 PEM, and its public half as one JWK.
    pub fn generate(key_id: &str) -> Result<(String, serde_json::Value), KeyError> {
        let key = ed25519_dalek::SigningKey::from_bytes(&rand::random::<[u8; 32]>());
        let pem = key
            .to_pkcs8_pem(ed25519_dalek::pkcs8::spki::der::pem::LineEnding::LF)
            .map_err(|_| KeyError::Private)?;
        let public = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        let jwk = serde_json::json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key_id, "x": public,
        });
        Ok((pem.to_string(), jwk))
    }
}
