//! The short texts of an order: what each may look like. Whether they are the right ones is for the requirements.

use std::fmt;
use std::str::FromStr;

use types::{InvalidValue, Secret};

use super::postal::is_state;

/// Declares a text type whose `FromStr` is the only way in: `$read` gives the canonical form, or refuses.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $what:literal, $expected:literal, $read:expr;)+) => {$(
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
                let read: fn(&str) -> Option<String> = $read;
                read(text).map(Self).ok_or(InvalidValue { what: $what, expected: $expected })
            }
        }
    )+};
}

texts! {
    /// A name, a line of an address, a reference. Invariant: 1 to 100 characters, none of them a control character,
    /// no space at either end.
    ShortText = "text", "1 to 100 characters on one line", |text| line(text, 100);
    /// The customer's own name for an order. Invariant: as [`ShortText`], but at most 64 characters.
    Reference = "reference", "1 to 64 characters on one line", |text| line(text, 64);
    /// The caller name (CNAM) that is shown with a number. Invariant: 1 to 15 letters, digits, spaces and `. , & ' -`, as
    /// the databases of caller names take them, the first a letter or a digit.
    CallerName = "caller name", "1 to 15 letters, digits, spaces and . , & ' -, the first a letter or a digit", caller_name;
    /// Who controls a toll-free number. Invariant: five capital letters and digits.
    RespOrg = "RespOrg", "five letters and digits, e.g. ATX01", resp_org;
    /// A remark of a person. Invariant: as [`ShortText`], but at most 500 characters.
    Note = "note", "1 to 500 characters on one line", |text| line(text, 500);
    /// Where somebody is written to. Invariant: something, one `@`, and a domain with a dot, without spaces.
    Email = "email address", "of the form name@domain.tld", email;
    /// A state, territory or province. Invariant: one of the two-letter codes of the US and Canada.
    State = "state", "a two-letter code of a state, territory or province",
        |text| Some(text.trim().to_ascii_uppercase()).filter(|code| is_state(code));
    /// A ZIP, a ZIP+4 or a Canadian postal code. Invariant: `NNNNN`, `NNNNN-NNNN` or `ANA NAN`.
    PostalCode = "postal code", "a ZIP, a ZIP+4 or a Canadian postal code", postal_code;
}

/// Reads a secret: 1 to `chars_max` characters on one line. Spaces at the ends come from copying and are no part of it.
pub fn read_secret(text: &str, chars_max: usize) -> Result<Secret, InvalidValue> {
    let refused = InvalidValue {
        what: "value",
        expected: "on one line and no longer than carriers take",
    };
    line(text, chars_max).map(Secret::new).ok_or(refused)
}

fn line(text: &str, chars_max: usize) -> Option<String> {
    let text = text.trim();
    let is_line = !text.is_empty() && !text.chars().any(char::is_control);
    (is_line && text.chars().count() <= chars_max).then(|| text.to_owned())
}

/// A light check: only sending tells whether an address exists.
fn email(text: &str) -> Option<String> {
    const CHARS_MAX: usize = 254;
    let text = line(text, CHARS_MAX)?;
    let (name, domain) = text.split_once('@')?;
    let has_name = !name.is_empty() && !text.chars().any(char::is_whitespace);
    let has_domain = domain.split('.').count() > 1
        && domain.split('.').all(|label| !label.is_empty())
        && !domain.contains('@');
    (has_name && has_domain).then_some(text)
}

fn caller_name(text: &str) -> Option<String> {
    let text = line(text, 15)?;
    let is_taken = |character: char| character.is_ascii_alphanumeric() || " .,&'-".contains(character);
    let begins_well = text.starts_with(|first: char| first.is_ascii_alphanumeric());
    (begins_well && text.chars().all(is_taken)).then_some(text)
}

fn resp_org(text: &str) -> Option<String> {
    let id = text.trim().to_ascii_uppercase();
    let is_id = id.len() == 5 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_id.then_some(id)
}

fn postal_code(text: &str) -> Option<String> {
    let bare: String = text
        .chars()
        .filter(|character| !matches!(character, ' ' | '-'))
        .collect::<String>()
        .to_ascii_uppercase();
    let is_canadian = bare.len() == 6
        && bare.bytes().enumerate().all(|(index, byte)| {
            if index % 2 == 0 {
                byte.is_ascii_uppercase()
            } else {
                byte.is_ascii_digit()
            }
        });
    let is_zip = bare.bytes().all(|byte| byte.is_ascii_digit());
    match bare.len() {
        5 if is_zip => Some(bare),
        9 if is_zip => Some(format!("{}-{}", bare.get(..5)?, bare.get(5..)?)),
        6 if is_canadian => Some(format!("{} {}", bare.get(..3)?, bare.get(3..)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: FromStr + fmt::Display>(text: &str) -> Option<String> {
        text.parse::<T>().ok().map(|value| value.to_string())
    }

    #[test]
    fn postal_codes_have_one_spelling() {
        let cases = [
            ("07302", Some("07302")),
            ("07302-1234", Some("07302-1234")),
            ("073021234", Some("07302-1234")),
            ("m5v 3l9", Some("M5V 3L9")),
            ("M5V3L9", Some("M5V 3L9")),
            ("7302", None),
            ("0730a", None),
            ("5MV 3L9", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read::<PostalCode>(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn emails_are_checked_lightly() {
        for text in ["a@b.co", "first.last+tag@mail.example.com"] {
            assert!(text.parse::<Email>().is_ok(), "{text}");
        }
        for text in [
            "", "a", "a@b", "@b.co", "a@b.co.", "a b@c.de", "a@b@c.de", "a@.co",
        ] {
            assert!(text.parse::<Email>().is_err(), "{text}");
        }
    }

    #[test]
    fn caller_names_fit_in_the_databases() {
        for text in ["HARBOR & CO.", "3M", "O'Neil-Lee, Ann", "exactly fifteen"] {
            assert!(text.parse::<CallerName>().is_ok(), "{text}");
        }
        for text in [
            "",
            "sixteen letters!",
            "sixteenletterss1",
            "Café",
            "-Lee",
            "A/B",
            "A_B",
        ] {
            assert!(text.parse::<CallerName>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_resp_org_has_five_letters_and_digits() {
        assert_eq!(read::<RespOrg>("atx01"), Some("ATX01".to_owned()));
        for text in ["", "ATX1", "ATX001", "AT-01"] {
            assert!(text.parse::<RespOrg>().is_err(), "{text}");
        }
    }

    #[test]
    fn texts_are_one_line_and_bounded() {
        assert_eq!(read::<ShortText>("  Ann Lee "), Some("Ann Lee".to_owned()));
        assert!("a\nb".parse::<ShortText>().is_err() && " ".parse::<ShortText>().is_err());
        assert!("r".repeat(64).parse::<Reference>().is_ok() && "r".repeat(65).parse::<Reference>().is_err());
        assert_eq!(read::<State>("nj"), Some("NJ".to_owned()));
        assert!("XX".parse::<State>().is_err());
    }
}
