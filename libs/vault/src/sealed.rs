//! A sealed secret as it lies in a column: version, length of the key's id, the id, nonce, ciphertext.

use std::fmt;

/// The only layout so far.
const VERSION: u8 = 1;
/// An id stands in front of every sealed secret, so it is kept short.
const KEY_ID_LENGTH_MAX: u8 = 32;
const NONCE_LENGTH: usize = 24;
/// The ciphertext of an empty secret is its authentication tag.
const CIPHERTEXT_LENGTH_MIN: usize = 16;

/// A secret that only a vault can read.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    key_id: String,
    nonce: [u8; NONCE_LENGTH],
    /// All of it as stored. Invariant: begins with a header of the two fields above.
    bytes: Vec<u8>,
}

/// The bytes are not a sealed secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a sealed secret of a known version")]
pub struct MalformedSealed;

/// What everything sealed under the key `key_id` begins with; `None` if this cannot name a key.
pub(crate) fn prefix(key_id: &str) -> Option<Vec<u8>> {
    let length = u8::try_from(key_id.len())
        .ok()
        .filter(|length| (1..=KEY_ID_LENGTH_MAX).contains(length))?;
    let is_plain = key_id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    is_plain.then(|| [&[VERSION, length], key_id.as_bytes()].concat())
}

impl Sealed {
    /// Puts a ciphertext behind its header: the prefix of the key `key_id`, then the nonce.
    pub(crate) fn join(
        key_id: String,
        header: Vec<u8>,
        nonce: [u8; NONCE_LENGTH],
        ciphertext: &[u8],
    ) -> Self {
        let mut bytes = header;
        bytes.extend_from_slice(ciphertext);
        Self { key_id, nonce, bytes }
    }

    /// The id of the key that sealed it.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn nonce(&self) -> [u8; NONCE_LENGTH] {
        self.nonce
    }

    /// Everything before the ciphertext, and the ciphertext.
    pub(crate) fn parts(&self) -> (&[u8], &[u8]) {
        self.bytes.split_at(2 + self.key_id.len() + NONCE_LENGTH)
    }

    /// Reads what stands before the ciphertext.
    fn parse(bytes: &[u8]) -> Option<(String, [u8; NONCE_LENGTH])> {
        let (&[version, length], rest) = bytes.split_first_chunk()?;
        let (key_id, rest) = rest.split_at_checked(usize::from(length))?;
        let (nonce, ciphertext) = rest.split_first_chunk()?;
        let key_id = std::str::from_utf8(key_id)
            .ok()
            .filter(|key_id| prefix(key_id).is_some())?;
        (version == VERSION && ciphertext.len() >= CIPHERTEXT_LENGTH_MIN).then(|| (key_id.to_owned(), *nonce))
    }
}

impl TryFrom<Vec<u8>> for Sealed {
    type Error = MalformedSealed;

    fn try_from(bytes: Vec<u8>) -> Result<Self, Self::Error> {
        let (key_id, nonce) = Self::parse(&bytes).ok_or(MalformedSealed)?;
        Ok(Self { key_id, nonce, bytes })
    }
}

impl From<Sealed> for Vec<u8> {
    fn from(sealed: Sealed) -> Self {
        sealed.bytes
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed")
            .field("key_id", &self.key_id)
            .field("length", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
