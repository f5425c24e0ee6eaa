//! Texts that may be shown to nobody but the carrier they are meant for.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

/// A PIN, SSN, tax id or account number in memory.
///
/// It is wiped when dropped, `Debug` shows nothing of it, and it cannot be serialized: the ways out are
/// [`Secret::expose`] for sealing or sending, and [`Secret::masked`] for people.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes over a text that must not be seen.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself. Each call is a place to look at in a review.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the owner of the secret may see of it: its last two characters when it has more than four, else
    /// nothing. The number of dots is fixed, so that it does not tell the length.
    pub fn masked(&self) -> String {
        const DOTS: &str = "••••";
        let text = self.expose();
        match text.char_indices().nth_back(1) {
            Some((start, _)) if text.chars().nth(4).is_some() => format!("{DOTS}{}", &text[start..]),
            Some(_) | None => DOTS.to_owned(),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

/// Tells whether a correction changed a secret. Not for checking a caller's secret: its time depends on the texts.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_a_secret() {
        let secret = Secret::new("8264-pin");
        assert_eq!(
            format!("{secret:?} {:?}", Some(&secret)),
            "Secret([redacted]) Some(Secret([redacted]))"
        );
        assert_eq!(secret.expose(), "8264-pin");
    }

    #[test]
    fn masking_shows_two_characters_at_most() {
        let cases = [
            ("", "••••"),
            ("1", "••••"),
            ("8264", "••••"),
            ("82645", "••••45"),
            ("naïveté", "••••té"),
        ];
        for (secret, shown) in cases {
            assert_eq!(Secret::new(secret).masked(), shown, "{secret}");
        }
    }

    #[test]
    fn a_secret_is_read_from_json_as_a_string() {
        assert_eq!(
            serde_json::from_str::<Secret>("\"8264\"").unwrap(),
            Secret::from("8264")
        );
    }
}
