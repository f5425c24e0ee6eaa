//! Keeps secrets (PINs, account numbers, webhook keys) unreadable in the database, and makes keyed digests.
//!
//! A secret is sealed with XChaCha20-Poly1305 under the first key of a [`KeyRing`]; all keys of the ring open,
//! so keys are rotated by putting a new one in front. Each ciphertext is bound to its [`Context`], the column
//! and row it belongs to: moved to another row it does not open.
//!
//! **Invariant:** no error, `Debug` or `Display` of this crate shows a secret or a key.
//!
//! Start at [`Vault`]; digests are in [`DigestKey`].
#![warn(missing_docs)]

mod digest;
mod key_ring;
mod sealed;
mod short_secret;

use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead as _, Generate as _, Payload};
use secrecy::zeroize::Zeroizing;
use types::Secret;

pub use digest::{DIGEST_LENGTH, DigestKey, DigestKeyError, keyed_digest};
pub use key_ring::{KeyRing, KeyRingError, generate_key};
pub use sealed::{MalformedSealed, Sealed};
pub use short_secret::{PIN_DIGITS, PinHash, generate_pin};

/// Seals and opens secrets.
#[derive(Debug, Clone)]
pub struct Vault {
    keys: KeyRing,
}

/// Why a secret was not sealed or not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The system gave no random bytes.
    #[error("no random bytes to be had")]
    NoRandomness,
    /// The secret is longer than the cipher can take.
    #[error("the secret is too long to be sealed")]
    TooLong,
    /// It was sealed under a key that the ring does not hold (any more).
    #[error("sealed under the key {0}, which is not in the key ring")]
    UnknownKey(String),
    /// Another key under the same id, another context, or changed bytes; there is no telling which.
    #[error("the sealed secret does not belong here or was changed")]
    Refused,
    /// What was sealed is not a text, so this vault did not seal it.
    #[error("the sealed secret is not a text")]
    NotText,
}

/// Where a secret belongs: a column and the row's id. Not secret, and needed again to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    column: &'static str,
    row: Vec<u8>,
}

impl Context {
    /// The place of one secret, such as `intake.port_number.pin` and the bytes of the row's id. Neither may
    /// ever change while sealed secrets exist.
    pub fn new(column: &'static str, row: impl AsRef<[u8]>) -> Self {
        Self {
            column,
            row: row.as_ref().to_vec(),
        }
    }

    /// What the ciphertext vouches for besides the secret: the place, and the bytes in front of it.
    fn associated_data(&self, header: &[u8]) -> Vec<u8> {
        let parts = [header, self.column.as_bytes(), &self.row];
        parts
            .iter()
            .flat_map(|part| digest::frame(part).into_iter().chain(part.iter().copied()))
            .collect()
    }
}

impl Vault {
    /// A vault that seals under the first of `keys`.
    pub fn new(keys: KeyRing) -> Self {
        Self { keys }
    }

    /// Makes `secret` unreadable, for the one place that `context` names.
    pub fn seal(&self, secret: &Secret, context: &Context) -> Result<Sealed, VaultError> {
        let key = self.keys.sealing();
        let nonce = XNonce::try_generate().map_err(|_| VaultError::NoRandomness)?;
        let header = [key.prefix.as_slice(), &nonce].concat();
        let associated_data = context.associated_data(&header);
        let payload = Payload {
            msg: secret.expose().as_bytes(),
            aad: &associated_data,
        };
        let ciphertext = key
            .cipher
            .encrypt(&nonce, payload)
            .map_err(|_| VaultError::TooLong)?;
        Ok(Sealed::join(key.id.clone(), header, nonce.into(), &ciphertext))
    }

    /// Reads a secret that was sealed for the place that `context` names.
    pub fn open(&self, sealed: &Sealed, context: &Context) -> Result<Secret, VaultError> {
        let unknown = || VaultError::UnknownKey(sealed.key_id().to_owned());
        let key = self.keys.find(sealed.key_id()).ok_or_else(unknown)?;
        let (header, ciphertext) = sealed.parts();
        let associated_data = context.associated_data(header);
        let payload = Payload {
            msg: ciphertext,
            aad: &associated_data,
        };
        let plaintext = key
            .cipher
            .decrypt(&XNonce::from(sealed.nonce()), payload)
            .map_err(|_| VaultError::Refused)?;
        let plaintext = Zeroizing::new(plaintext);
        std::str::from_utf8(&plaintext)
            .map(Secret::from)
            .map_err(|_| VaultError::NotText)
    }

    /// Whether `sealed` is under an older key and should be sealed again.
    pub fn is_outdated(&self, sealed: &Sealed) -> bool {
        sealed.key_id() != self.keys.sealing().id
    }
}
