//! The countries whose numbers we move.

use std::fmt;
use std::str::FromStr;

use crate::as_text::{InvalidValue, serde_as_text};

/// A country whose numbers we move. US territories are the US.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Country {
    /// The United States and its territories.
    Us,
    /// Canada.
    Ca,
}

impl Country {
    /// The ISO 3166 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Us => "US",
            Self::Ca => "CA",
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Country {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "US" => Ok(Self::Us),
            "CA" => Ok(Self::Ca),
            _ => Err(InvalidValue {
                what: "country",
                expected: "US or CA",
            }),
        }
    }
}

serde_as_text!(Country);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_us_and_canada_are_countries_here() {
        assert_eq!("US".parse(), Ok(Country::Us));
        assert_eq!("CA".parse(), Ok(Country::Ca));
        assert!(
            ["", "us", "MX", "JM"]
                .iter()
                .all(|input| input.parse::<Country>().is_err())
        );
        assert_eq!(serde_json::to_string(&Country::Ca).unwrap(), "\"CA\"");
    }
}
