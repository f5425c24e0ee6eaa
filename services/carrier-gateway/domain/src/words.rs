//! What others write about our requests, made fit to be kept and shown.

use types::Secret;

/// Longer refusals are cut: they are read by people, in a list.
const CHARS_MAX: usize = 500;
const HIDDEN: &str = "••••";

/// `text` without any of `secrets`, which careless carriers quote in their refusals, and not longer than a person
/// reads. Characters that the database cannot keep are replaced.
pub fn plain_words<'a>(text: &str, secrets: impl IntoIterator<Item = &'a Secret>) -> String {
    let mut text = text.replace('\0', "\u{fffd}");
    // The longest first, so that a secret within another does not leave the rest of it behind.
    let mut secrets: Vec<&str> = secrets
        .into_iter()
        .map(Secret::expose)
        .filter(|secret| !secret.is_empty())
        .collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in secrets {
        text = text.replace(secret, HIDDEN);
    }
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_refusal_holds_no_secret_and_has_an_end() {
        let long = "é".repeat(600);
        let cut = format!("{}…", "é".repeat(500));
        let cases = [
            ("PIN 8264 is wrong", "PIN •••• is wrong"),
            ("8264, 82645 and 826", "••••, •••• and 826"),
            ("nothing to hide", "nothing to hide"),
            ("a\0b", "a\u{fffd}b"),
            (long.as_str(), cut.as_str()),
        ];
        let secrets = [Secret::from("8264"), Secret::from("82645"), Secret::from("")];
        for (text, expected) in cases {
            assert_eq!(plain_words(text, &secrets), expected);
        }
    }
}
