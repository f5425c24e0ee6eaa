//! Addresses that mail is written to.

use std::fmt;
use std::str::FromStr;

use types::InvalidValue;

/// RFC 5321, 4.5.3.1.3, less the angle brackets.
const LENGTH_MAX: usize = 254;
const LOCAL_LENGTH_MAX: usize = 64;
const LABEL_LENGTH_MAX: usize = 63;

/// An email address. Invariant: `local@domain` in ASCII, the local part a dot-atom, the domain labels in
/// lower case, so that one mailbox has one spelling as far as we can know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = InvalidValue {
            what: "email address",
            expected: "name@domain in ASCII, at most 254 characters",
        };
        let (local, domain) = text.rsplit_once('@').ok_or(refused)?;
        let is_local = local.len() <= LOCAL_LENGTH_MAX
            && local
                .split('.')
                .all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_byte));
        let is_domain = domain.split('.').all(is_label);
        if text.len() <= LENGTH_MAX && is_local && is_domain {
            Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
        } else {
            Err(refused)
        }
    }
}

fn is_atom_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn is_label(label: &str) -> bool {
    (1..=LABEL_LENGTH_MAX).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_in_one_spelling() {
        let long_local = "l".repeat(64);
        let taken = [
            ("ada@portway.test", "ada@portway.test"),
            ("Ada.L+ports@Mail.Portway.TEST", "Ada.L+ports@mail.portway.test"),
        ];
        for (text, expected) in taken {
            assert_eq!(text.parse::<EmailAddress>().unwrap().as_str(), expected);
        }
        assert!(format!("{long_local}@a.test").parse::<EmailAddress>().is_ok());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("l@{}.test", "d.".repeat(130));
        let long_local = format!("{}@a.test", "l".repeat(65));
        let refused = [
            "",
            "@",
            "a",
            "a@",
            "@a.test",
            "a@a..test",
            "a@.test",
            "a@-a.test",
            "a@a-.test",
            ".a@a.test",
            "a.@a.test",
            "a..b@a.test",
            "a b@a.test",
            "a@a.test\r\nBcc: b@b.test",
            "ä@a.test",
            "a@ä.test",
            "a@b@c.test",
            "<a@a.test>",
            "Ada <a@a.test>",
            "a@a.test,b@a.test",
            "\"a b\"@a.test",
            "a@[127.0.0.1]",
            " a@a.test",
            &long,
            &long_local,
        ];
        for text in refused {
            assert!(text.parse::<EmailAddress>().is_err(), "{text:?}");
        }
    }
}
