//! The version of a purchase order.

use std::fmt;
use std::str::FromStr;

use crate::as_text::{InvalidValue, serde_as_text};

const REFUSED: InvalidValue = InvalidValue {
    what: "VER",
    expected: "a number from 1 to 99",
};

/// The version of a purchase order: rises with each supplement. Invariant: 1 to 99, because carriers' forms
/// have two digits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ver(u16);

impl Ver {
    /// The version of an order that was sent once.
    pub const FIRST: Self = Self(1);

    /// Checks a bare number.
    pub const fn new(number: u16) -> Result<Self, InvalidValue> {
        if number >= 1 && number <= 99 {
            Ok(Self(number))
        } else {
            Err(REFUSED)
        }
    }

    /// The bare number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The version that the next supplement carries; none after 99.
    pub const fn next(self) -> Option<Self> {
        if self.0 < 99 { Some(Self(self.0 + 1)) } else { None }
    }
}

impl fmt::Display for Ver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl FromStr for Ver {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if is_number {
            text.parse().map_err(|_| REFUSED)?
        } else {
            return Err(REFUSED);
        };
        Self::new(number)
    }
}

impl TryFrom<u16> for Ver {
    type Error = InvalidValue;

    fn try_from(number: u16) -> Result<Self, Self::Error> {
        Self::new(number)
    }
}

impl TryFrom<u32> for Ver {
    type Error = InvalidValue;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        u16::try_from(number).map_err(|_| REFUSED).and_then(Self::new)
    }
}

impl TryFrom<i32> for Ver {
    type Error = InvalidValue;

    fn try_from(number: i32) -> Result<Self, Self::Error> {
        u16::try_from(number).map_err(|_| REFUSED).and_then(Self::new)
    }
}

impl From<Ver> for i32 {
    fn from(ver: Ver) -> Self {
        Self::from(ver.0)
    }
}

impl From<Ver> for u32 {
    fn from(ver: Ver) -> Self {
        Self::from(ver.0)
    }
}

serde_as_text!(Ver);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_from_01_to_99() {
        assert_eq!(Ver::FIRST.to_string(), "01");
        assert_eq!(
            Ver::FIRST.next().map(|ver| ver.to_string()).as_deref(),
            Some("02")
        );
        assert_eq!(Ver::new(99).unwrap().next(), None);
        assert!(Ver::FIRST < Ver::new(2).unwrap());
    }

    #[test]
    fn nothing_outside_1_to_99_is_a_version() {
        for input in ["", "0", "00", "100", "001", "+1", "-1", "1a", " 1"] {
            assert!(input.parse::<Ver>().is_err(), "{input}");
        }
        assert_eq!("2".parse::<Ver>(), "02".parse::<Ver>());
        assert!(
            Ver::try_from(0_i32).is_err()
                && Ver::try_from(-1_i32).is_err()
                && Ver::try_from(100_u32).is_err()
        );
        assert_eq!(i32::from(Ver::try_from(7_i32).unwrap()), 7);
    }
}
