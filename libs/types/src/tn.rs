//! The telephone number as everything inside carries it.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::as_text::{InvalidValue, serde_as_text};

/// A telephone number of the North American Numbering Plan.
///
/// Invariant, and no more than that: `+1` and ten digits NPA-NXX-XXXX of the plan's shape, NPA `[2-9][0-8]x`
/// and NXX `[2-9]xx`. Whether such a number exists and may be ported is the `numbering` crate's to say, which
/// is also where text as people write it becomes a `Tn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tn {
    npa: u16,
    nxx: u16,
    line: u16,
}

impl Tn {
    /// The area code: 200 to 989.
    pub const fn npa(self) -> u16 {
        self.npa
    }

    /// The exchange code: 200 to 999.
    pub const fn nxx(self) -> u16 {
        self.nxx
    }

    /// The last four digits as a number; write them with `{:04}`.
    pub const fn line(self) -> u16 {
        self.line
    }

    /// The ten digits without `+1`, the way carriers' order forms want them.
    pub fn digits(self) -> String {
        format!("{:03}{:03}{:04}", self.npa, self.nxx, self.line)
    }
}

impl fmt::Display for Tn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+1{:03}{:03}{:04}", self.npa, self.nxx, self.line)
    }
}

impl FromStr for Tn {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = InvalidValue {
            what: "telephone number",
            expected: "+1 and ten digits NPA-NXX-XXXX",
        };
        let digits = text.strip_prefix("+1").ok_or(refused)?;
        let has_plan_shape = matches!(digits.as_bytes(), [b'2'..=b'9', b'0'..=b'8', _, b'2'..=b'9', rest @ ..]
            if rest.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        if !has_plan_shape {
            return Err(refused);
        }
        let part = |range: Range<usize>| {
            digits
                .get(range)
                .and_then(|part| part.parse().ok())
                .ok_or(refused)
        };
        Ok(Self {
            npa: part(0..3)?,
            nxx: part(3..6)?,
            line: part(6..10)?,
        })
    }
}

serde_as_text!(Tn);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_shows_its_parts() {
        let tn: Tn = "+14158670042".parse().unwrap();
        assert_eq!((tn.npa(), tn.nxx(), tn.line()), (415, 867, 42));
        assert_eq!(tn.digits(), "4158670042");
        assert_eq!(tn.to_string(), "+14158670042");
        assert_eq!(serde_json::to_string(&tn).unwrap(), "\"+14158670042\"");
    }

    #[test]
    fn only_the_canonical_form_of_the_plans_shape_is_taken() {
        let refused = [
            "",
            "+1",
            "4158675309",
            "14158675309",
            "+1415867530",
            "+141586753091",
            "+44415867530",
            "+1415-867-5309",
            "+1 4158675309",
            "+11158675309",
            "+13958675309",
            "+14150675309",
            "+14151675309",
            "+1415867530x",
            "+141586753０",
        ];
        for input in refused {
            assert!(input.parse::<Tn>().is_err(), "{input}");
        }
    }

    proptest! {
        #[test]
        fn every_number_of_the_shape_survives_text(text in r"\+1[2-9][0-8][0-9][2-9][0-9]{6}") {
            let tn: Tn = text.parse().unwrap();
            prop_assert_eq!(tn.to_string(), text);
        }

        #[test]
        fn no_text_panics(text in ".{0,20}") {
            let _ = text.parse::<Tn>();
        }
    }
}
