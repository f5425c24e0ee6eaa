//! Pages: a stated size, and tokens that only work with the filters they were made for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::faults::Faults;

/// The size of a page: `default` for 0, a fault below 0 and above `max`.
pub fn size(faults: &mut Faults, requested: i32, default: i64, max: i64) -> i64 {
    match i64::from(requested) {
        0 => default,
        size if (1..=max).contains(&size) => size,
        _out_of_range => {
            faults.add("page_size", "OUT_OF_RANGE", format!("must be 0 to {max}"));
            default
        }
    }
}

/// Where the next page starts, for a list with these filters (any stable text of them).
pub fn token(filters: &str, cursor: &impl Serialize) -> String {
    let cursor = serde_json::to_vec(cursor).unwrap_or_default();
    let mut bytes = digest(filters).to_vec();
    bytes.extend_from_slice(&cursor);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a token back; `None` for the first page, and for a token that is not one of this list (then with a fault).
pub fn cursor<T: DeserializeOwned>(faults: &mut Faults, filters: &str, token: &str) -> Option<T> {
    if token.is_empty() {
        return None;
    }
    let cursor = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| {
        bytes
            .strip_prefix(&digest(filters))
            .filter(|json| !holds_nul(json))
            .and_then(|json| serde_json::from_slice(json).ok())
    });
    if cursor.is_none() {
        faults.add(
            "page_token",
            "PAGE_TOKEN",
            "is not a token of this list with these filters",
        );
    }
    cursor
}

/// Whether a text in the cursor has a NUL, which no text in a database has: a token is not proof against forgers.
fn holds_nul(json: &[u8]) -> bool {
    const NUL: &[u8] = br"\u0000";
    json.windows(NUL.len()).any(|window| window == NUL)
}

fn digest(filters: &str) -> [u8; 8] {
    let mut short = [0; 8];
    short.copy_from_slice(&Sha256::digest(filters.as_bytes())[..8]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_works_with_its_own_filters_alone() {
        let mut faults = Faults::new();
        let made = token("state=PORTED", &(7, "x"));
        assert_eq!(
            cursor::<(i32, String)>(&mut faults, "state=PORTED", &made),
            Some((7, "x".to_owned()))
        );
        assert!(faults.is_empty());
        for (filters, token) in [
            ("state=DRAFT", made.as_str()),
            ("state=PORTED", "nonsense"),
            ("state=PORTED", "é"),
            ("state=PORTED", token("state=PORTED", &(7, "\0")).as_str()),
            ("state=PORTED", token("state=PORTED", &("7", "x")).as_str()),
        ] {
            let mut faults = Faults::new();
            assert_eq!(cursor::<(i32, String)>(&mut faults, filters, token), None);
            assert_eq!(faults.into_vec()[0].code, "PAGE_TOKEN");
        }
    }

    #[test]
    fn a_page_has_a_size_within_bounds() {
        for (requested, size_made, ok) in [
            (0, 50, true),
            (1, 1, true),
            (500, 500, true),
            (501, 50, false),
            (-1, 50, false),
        ] {
            let mut faults = Faults::new();
            assert_eq!(size(&mut faults, requested, 50, 500), size_made);
            assert_eq!(faults.is_empty(), ok, "{requested}");
        }
    }
}
