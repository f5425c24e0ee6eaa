//! Secrets that are short enough to be tried through, such as PINs: hashed slowly, and with a key.
//!
//! All four-digit PINs are tried in no time, however they are hashed. Without the key nobody outside can try; with it,
//! and the table, each try still costs memory and time.

use argon2::Argon2;
use chacha20poly1305::aead::Generate as _;
use secrecy::zeroize::Zeroizing;
use types::Secret;

use crate::digest::{DIGEST_LENGTH, DigestKey, keyed_digest};
use crate::{Context, VaultError};

/// Digits of a PIN that is made here.
pub const PIN_DIGITS: u32 = 8;

/// The slow part, done once for an owner and a PIN that is set or tried. What is stored is [`PinHash::for_row`].
#[derive(Clone)]
pub struct PinHash(Zeroizing<[u8; DIGEST_LENGTH]>);

impl PinHash {
    /// Hashes `pin` for its owner, e.g. an account's id. Takes tens of milliseconds and 19 MiB (Argon2id with the first
    /// of the parameters that OWASP recommends): not for an async task.
    pub fn new(key: &DigestKey, owner: &[u8; 16], pin: &Secret) -> Result<Self, VaultError> {
        let keyed = keyed_digest(key, &[b"PIN", owner, pin.expose().as_bytes()]);
        let mut hash = Zeroizing::new([0; DIGEST_LENGTH]);
        Argon2::default()
            .hash_password_into(&keyed, owner, hash.as_mut())
            .map_err(|_| VaultError::TooLong)?;
        Ok(Self(hash))
    }

    /// What is kept of it in one place, so that equal PINs in two rows look different. Compare by equality: the text of
    /// a digest under a key that nobody outside has tells nothing by the time it takes.
    pub fn for_row(&self, key: &DigestKey, context: &Context) -> [u8; DIGEST_LENGTH] {
        keyed_digest(
            key,
            &[b"PIN row", &context.associated_data(&[]), self.0.as_slice()],
        )
    }
}

impl std::fmt::Debug for PinHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PinHash([redacted])")
    }
}

/// A new random PIN of [`PIN_DIGITS`] digits.
pub fn generate_pin() -> Result<Secret, VaultError> {
    let bytes = Zeroizing::new(<[u8; 16]>::try_generate().map_err(|_| VaultError::NoRandomness)?);
    // Of 128 bits the remainder is as good as even.
    let number = u128::from_be_bytes(*bytes) % 10_u128.pow(PIN_DIGITS);
    Ok(Secret::new(format!("{number:08}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_of_one_key_owner_pin_and_row() {
        let key = DigestKey::new(&[7; 32]).unwrap();
        let row = |key: &DigestKey, owner: u8, pin: &str, row: &str| {
            let hash = PinHash::new(key, &[owner; 16], &pin.into()).unwrap();
            hash.for_row(key, &Context::new("test.pin", row))
        };
        let first = row(&key, 1, "4711", "a");
        assert_eq!(first, row(&key, 1, "4711", "a"));
        let others = [
            row(&DigestKey::new(&[8; 32]).unwrap(), 1, "4711", "a"),
            row(&key, 2, "4711", "a"),
            row(&key, 1, "4712", "a"),
            row(&key, 1, "4711", "b"),
        ];
        for other in others {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_pin_is_eight_digits_and_another_each_time() {
        let (one, other) = (generate_pin().unwrap(), generate_pin().unwrap());
        assert!(one.expose().len() == 8 && one.expose().bytes().all(|byte| byte.is_ascii_digit()));
        assert_ne!(one, other);
        assert_eq!(
            format!("{:?}", PinHash(Zeroizing::new([1; 32]))),
            "PinHash([redacted])"
        );
    }
}
