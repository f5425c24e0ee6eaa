//! Short texts with a rule: names of callers, carriers and services, and the names of orders on the wire.

use std::fmt;
use std::str::FromStr;

use crate::as_text::{InvalidValue, serde_as_text};

/// Declares a text type whose `FromStr` is the only way in and accepts what `$is_valid` accepts.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $what:literal, $expected:literal, $is_valid:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let is_valid: fn(&str) -> bool = $is_valid;
                if is_valid(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidValue { what: $what, expected: $expected })
                }
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        serde_as_text!($name);
    )+};
}

texts! {
    /// Who calls: the subject of a verified token. Invariant: 1 to 128 visible ASCII characters.
    Subject = "subject", "1 to 128 visible ASCII characters", |text| is_visible_ascii(text, 128);
    /// A carrier as our settings name it. Invariant: 1 to 64 of `a-z`, `0-9` and `-`.
    CarrierId = "carrier id", "1 to 64 of a-z, 0-9 and -", is_slug;
    /// One of our services. Invariant: 1 to 64 of `a-z`, `0-9` and `-`.
    ServiceName = "service name", "1 to 64 of a-z, 0-9 and -", is_slug;
    /// A carrier's service provider id at the NPAC. Invariant: 4 of `A-Z` and `0-9`.
    Spid = "SPID", "4 of A-Z and 0-9", |text| text.len() == 4 && text.bytes().all(is_upper_or_digit);
    /// A purchase order number: what both carriers call one port request. Invariant: 1 to 25 of `A-Z`, `0-9` and `-`.
    Pon = "PON", "1 to 25 of A-Z, 0-9 and -",
        |text| (1..=25).contains(&text.len()) && text.bytes().all(|byte| byte == b'-' || is_upper_or_digit(byte));
    /// The caller's name for one change, which makes repeating it harmless. Invariant: 1 to 128 visible ASCII characters.
    IdempotencyKey = "idempotency key", "1 to 128 visible ASCII characters", |text| is_visible_ascii(text, 128);
}

fn is_visible_ascii(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_slug(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(is_allowed)
}

fn is_upper_or_digit(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of `inputs` the type takes, and that what it takes comes back unchanged.
    fn accepted<'a, T: FromStr + fmt::Display>(inputs: &[&'a str]) -> Vec<&'a str> {
        let unchanged = |input: &&str| input.parse::<T>().is_ok_and(|value| value.to_string() == **input);
        inputs.iter().copied().filter(unchanged).collect()
    }

    #[test]
    fn each_text_takes_exactly_its_alphabet_and_length() {
        let longest = "k".repeat(128);
        let too_long = "k".repeat(129);
        let inputs = [
            "",
            "a b",
            "a\n",
            "é",
            "user:7@x",
            longest.as_str(),
            too_long.as_str(),
        ];
        assert_eq!(accepted::<Subject>(&inputs), ["user:7@x", longest.as_str()]);
        assert_eq!(
            accepted::<IdempotencyKey>(&inputs),
            ["user:7@x", longest.as_str()]
        );

        let longest = "c".repeat(64);
        let too_long = "c".repeat(65);
        let inputs = [
            "",
            "t-mobile",
            "T-Mobile",
            "t_mobile",
            longest.as_str(),
            too_long.as_str(),
        ];
        assert_eq!(accepted::<CarrierId>(&inputs), ["t-mobile", longest.as_str()]);
        assert_eq!(accepted::<ServiceName>(&inputs), ["t-mobile", longest.as_str()]);

        assert_eq!(
            accepted::<Spid>(&["6529", "X12A", "652", "65299", "x12a", "65-9"]),
            ["6529", "X12A"]
        );

        let longest = "P".repeat(25);
        let too_long = "P".repeat(26);
        let inputs = [
            "",
            "PW-000017",
            "pw-17",
            "PW 17",
            longest.as_str(),
            too_long.as_str(),
        ];
        assert_eq!(accepted::<Pon>(&inputs), ["PW-000017", longest.as_str()]);
    }

    #[test]
    fn json_goes_through_the_same_rule() {
        assert_eq!(serde_json::from_str::<Spid>("\"6529\"").unwrap().as_str(), "6529");
        let error = serde_json::from_str::<Spid>("\"65\"").unwrap_err();
        assert!(
            error.to_string().starts_with("SPID must be 4 of A-Z and 0-9"),
            "{error}"
        );
    }
}
