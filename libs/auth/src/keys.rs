//! Signing keys (EdDSA, Ed25519) and the set of public keys that a server trusts.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, JwkSet};
use jsonwebtoken::{DecodingKey, EncodingKey};
use thiserror::Error;

/// A key set file is looked at again this long after the last look, so a key that was taken out is soon refused.
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// Why keys could not be used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("cannot read {0}")]
    Read(PathBuf, #[source] std::io::Error),
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

/// The public keys that a server trusts, by key id. A file is read again when it has changed.
#[derive(Clone)]
pub struct KeySet {
    inner: Arc<Inner>,
}

struct Inner {
    file: Option<PathBuf>,
    state: RwLock<State>,
}

struct State {
    keys: HashMap<String, DecodingKey>,
    version: Option<Version>,
    looked_at: Instant,
}

/// What tells one content of a file from another without reading it.
type Version = (SystemTime, u64);

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySet")
            .field("file", &self.inner.file)
            .finish_non_exhaustive()
    }
}

impl KeySet {
    /// Reads a JWK set.
    pub fn from_json(json: &str) -> Result<Self, KeyError> {
        Ok(Self::new(None, parse(json)?, None))
    }

    /// Reads a JWK set file, and again when it changes.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let (keys, version) = read(path)?;
        Ok(Self::new(Some(path.to_owned()), keys, version))
    }

    fn new(file: Option<PathBuf>, keys: HashMap<String, DecodingKey>, version: Option<Version>) -> Self {
        let state = State {
            keys,
            version,
            looked_at: Instant::now(),
        };
        Self {
            inner: Arc::new(Inner {
                file,
                state: RwLock::new(state),
            }),
        }
    }

    pub(crate) fn find(&self, key_id: &str) -> Option<DecodingKey> {
        if self.inner.file.is_some() && self.read_state(|state| state.looked_at.elapsed() >= LOOK_PAUSE) {
            self.look_again();
        }
        self.read_state(|state| state.keys.get(key_id).cloned())
    }

    fn read_state<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(
            &self
                .inner
                .state
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    fn look_again(&self) {
        let Some(file) = &self.inner.file else { return };
        let mut state = self
            .inner
            .state
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        // Another caller may have looked while this one waited.
        if state.looked_at.elapsed() < LOOK_PAUSE {
            return;
        }
        state.looked_at = Instant::now();
        if version_of(file) == state.version {
            return;
        }
        match read(file) {
            Ok((keys, version)) => {
                state.keys = keys;
                state.version = version;
            }
            Err(error) => tracing::error!(%error, "the key set file cannot be read; the old keys stay"),
        }
    }
}

fn read(path: &Path) -> Result<(HashMap<String, DecodingKey>, Option<Version>), KeyError> {
    // Before the content: a change in between is seen by the next look.
    let version = version_of(path);
    let json = std::fs::read_to_string(path).map_err(|source| KeyError::Read(path.to_owned(), source))?;
    Ok((parse(&json)?, version))
}

fn version_of(path: &Path) -> Option<Version> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn parse(json: &str) -> Result<HashMap<String, DecodingKey>, KeyError> {
    let set: JwkSet = serde_json::from_str(json).map_err(|error| KeyError::Format(error.to_string()))?;
    let mut keys = HashMap::new();
    for jwk in &set.keys {
        let refuse = |why: &str| KeyError::Format(why.to_owned());
        let key_id = jwk
            .common
            .key_id
            .clone()
            .ok_or_else(|| refuse("a key has no kid"))?;
        let is_ed25519 = matches!(&jwk.algorithm,
            AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519);
        if !is_ed25519 {
            return Err(refuse(&format!("{key_id} is of another kind")));
        }
        let key = DecodingKey::from_jwk(jwk).map_err(|error| refuse(&error.to_string()))?;
        if keys.insert(key_id.clone(), key).is_some() {
            return Err(refuse(&format!("{key_id} is there twice")));
        }
    }
    Ok(keys)
}
