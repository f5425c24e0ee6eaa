//! The keys of a vault, as an operator writes them: `id:base64key[,id:base64key…]`.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Generate as _, KeyInit as _};
use secrecy::zeroize::Zeroizing;
use types::Secret;

use crate::{VaultError, sealed};

/// Keys by id, at least one, each id once. The first seals, all open.
#[derive(Clone)]
pub struct KeyRing {
    first: NamedKey,
    others: Vec<NamedKey>,
}

#[derive(Clone)]
pub(crate) struct NamedKey {
    pub(crate) id: String,
    /// What everything sealed under it begins with.
    pub(crate) prefix: Vec<u8>,
    pub(crate) cipher: XChaCha20Poly1305,
}

/// What is wrong with the text of a key ring; entries are counted from one and never quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// No colon between id and key.
    #[error("entry {0} is not of the form id:key")]
    NotAPair(usize),
    /// Ids are 1 to 32 letters, digits, `-`, `_` or `.`.
    #[error("the id of entry {0} is not 1 to 32 letters, digits, dashes, dots or underscores")]
    InvalidId(usize),
    /// The key is not the base64 of 32 bytes.
    #[error("the key of entry {0} is not 32 bytes in base64")]
    InvalidKey(usize),
    /// The id occurred before.
    #[error("the id of entry {0} is taken by an entry before it")]
    DuplicateId(usize),
}

impl KeyRing {
    pub(crate) fn sealing(&self) -> &NamedKey {
        &self.first
    }

    pub(crate) fn find(&self, id: &str) -> Option<&NamedKey> {
        self.all().find(|key| key.id == id)
    }

    fn all(&self) -> impl Iterator<Item = &NamedKey> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl FromStr for KeyRing {
    type Err = KeyRingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, others) = text
            .split_once(',')
            .map_or((text, None), |(first, others)| (first, Some(others)));
        let mut ring = Self {
            first: NamedKey::parse(first, 1)?,
            others: Vec::new(),
        };
        for (index, entry) in others
            .into_iter()
            .flat_map(|others| others.split(','))
            .enumerate()
        {
            let position = index + 2;
            let key = NamedKey::parse(entry, position)?;
            if ring.find(&key.id).is_some() {
                return Err(KeyRingError::DuplicateId(position));
            }
            ring.others.push(key);
        }
        Ok(ring)
    }
}

impl NamedKey {
    fn parse(entry: &str, position: usize) -> Result<Self, KeyRingError> {
        let (id, key) = entry
            .trim()
            .split_once(':')
            .ok_or(KeyRingError::NotAPair(position))?;
        let prefix = sealed::prefix(id).ok_or(KeyRingError::InvalidId(position))?;
        let bytes = BASE64_STANDARD
            .decode(key)
            .map_err(|_| KeyRingError::InvalidKey(position))?;
        let cipher = XChaCha20Poly1305::new_from_slice(&Zeroizing::new(bytes))
            .map_err(|_| KeyRingError::InvalidKey(position))?;
        Ok(Self {
            id: id.to_owned(),
            prefix,
            cipher,
        })
    }
}

/// Ids only, the sealing one first.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing")?;
        f.debug_list().entries(self.all().map(|key| &key.id)).finish()
    }
}

/// A new random key in base64, to stand behind an id in a key ring or to make a [`crate::DigestKey`] of.
pub fn generate_key() -> Result<Secret, VaultError> {
    let key = Zeroizing::new(<[u8; 32]>::try_generate().map_err(|_| VaultError::NoRandomness)?);
    Ok(Secret::new(BASE64_STANDARD.encode(key.as_slice())))
}
