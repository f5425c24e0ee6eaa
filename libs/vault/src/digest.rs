//! Digests that only the holder of a key can make: HMAC-SHA256.
//!
//! A plain hash of a request or a PIN can be guessed from outside, because there are few of them; a keyed one
//! cannot. [`DigestKey::sign`] is for messages that others verify (webhooks), [`keyed_digest`] for our own.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::zeroize::Zeroizing;
use sha2::Sha256;

/// Bytes in a digest.
pub const DIGEST_LENGTH: usize = 32;

/// Half of the digest's length is the least that HMAC's security rests on.
const KEY_LENGTH_MIN: usize = 16;

/// A key for digests, of 16 bytes or more.
#[derive(Clone)]
pub struct DigestKey(Hmac<Sha256>);

/// The key cannot be used; what it was is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DigestKeyError {
    /// Not base64.
    #[error("the digest key is not base64")]
    NotBase64,
    /// Fewer than 16 bytes.
    #[error("the digest key has fewer than 16 bytes")]
    TooShort,
}

impl DigestKey {
    /// A key of these bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, DigestKeyError> {
        if bytes.len() < KEY_LENGTH_MIN {
            return Err(DigestKeyError::TooShort);
        }
        Hmac::new_from_slice(bytes)
            .map(Self)
            .map_err(|_| DigestKeyError::TooShort)
    }

    /// The HMAC-SHA256 of exactly `message`, for receivers that compute the same.
    pub fn sign(&self, message: &[u8]) -> [u8; DIGEST_LENGTH] {
        self.0
            .clone()
            .chain_update(message)
            .finalize()
            .into_bytes()
            .into()
    }

    /// Whether `signature` is [`DigestKey::sign`] of `message`, in a time that does not depend on the answer.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0
            .clone()
            .chain_update(message)
            .verify_slice(signature)
            .is_ok()
    }
}

/// From base64, as settings hold it.
impl FromStr for DigestKey {
    type Err = DigestKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = BASE64_STANDARD
            .decode(text.trim())
            .map_err(|_| DigestKeyError::NotBase64)?;
        Self::new(&Zeroizing::new(bytes))
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey([redacted])")
    }
}

/// A digest of several parts, framed so that no other list of parts has the same message. Make the first part
/// a constant that names the purpose, when one key serves several.
pub fn keyed_digest(key: &DigestKey, parts: &[&[u8]]) -> [u8; DIGEST_LENGTH] {
    let mut mac = key.0.clone();
    for part in parts {
        mac.update(&frame(part));
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// What stands before `part` where several are joined, so that where they meet is part of the message.
pub(crate) fn frame(part: &[u8]) -> [u8; 8] {
    // A usize has 64 bits at most, so the length is never cut.
    u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes()
}
