//! How an account's letters look.

use std::fmt;
use std::str::FromStr;

use crate::logo::Logo;

/// How an account's letters look. Empty: plain.
#[derive(Debug, Clone, Default)]
pub struct Brand {
    /// Name at the head.
    pub name: String,
    /// Picture at the head.
    pub logo: Option<Logo>,
    /// Colour of the line below the head; none: black.
    pub accent: Option<Colour>,
    /// Line at the foot of each page.
    pub contact_line: String,
}

/// A colour, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// Not a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be # and six hex digits, such as #0a5cad")]
pub struct InvalidColour;

impl Colour {
    /// Red, green and blue, each from 0 to 1, as PDFs have them.
    pub(crate) fn parts(self) -> [f32; 3] {
        [self.red, self.green, self.blue].map(|part| f32::from(part) / 255.0)
    }
}

impl FromStr for Colour {
    type Err = InvalidColour;

    fn from_str(text: &str) -> Result<Self, InvalidColour> {
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .ok_or(InvalidColour)?;
        let part = |at: usize| {
            digits
                .get(at..at + 2)
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .ok_or(InvalidColour)
        };
        Ok(Self {
            red: part(0)?,
            green: part(2)?,
            blue: part(4)?,
        })
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_hex_digits() {
        assert_eq!("#0A5cad".parse::<Colour>().unwrap().to_string(), "#0a5cad");
        for wrong in ["", "0a5cad", "#0a5ca", "#0a5cadd", "#0a5cag", "#+a5cad", "#ééé"] {
            assert_eq!(wrong.parse::<Colour>(), Err(InvalidColour), "{wrong}");
        }
    }
}
