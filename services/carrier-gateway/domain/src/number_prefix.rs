//! Which numbers belong together: a block, or a single number that left its block.

use std::fmt;
use std::str::FromStr;

use types::{InvalidValue, Tn};

/// The first digits that numbers of one holder have in common, after `+1`.
///
/// Invariant: 3 digits (NPA), 6 (NPA-NXX), 7 (a thousands block) or 10 (one number), of the numbering plan's shape. The
/// longest that is known of a number says who has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberPrefix(String);

impl NumberPrefix {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is of more than one number.
    pub const fn is_block(&self) -> bool {
        self.0.len() < 10
    }
}

impl From<Tn> for NumberPrefix {
    fn from(tn: Tn) -> Self {
        Self(tn.digits())
    }
}

impl fmt::Display for NumberPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for NumberPrefix {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let has_plan_shape = match text.as_bytes() {
            npa if npa.len() == 3 => is_npa(npa),
            [a, b, c, nxx, ..] if [6, 7, 10].contains(&text.len()) => {
                is_npa(&[*a, *b, *c]) && (b'2'..=b'9').contains(nxx)
            }
            _ => false,
        };
        if has_plan_shape && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue {
                what: "number prefix",
                expected: "the digits of an NPA, NPA-NXX or NPA-NXX-X",
            })
        }
    }
}

fn is_npa(digits: &[u8]) -> bool {
    matches!(digits, [b'2'..=b'9', b'0'..=b'8', _])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_of_an_area_an_exchange_a_thousand_numbers_or_one() {
        let cases = [
            ("212", Some(true)),
            ("212867", Some(true)),
            ("2128675", Some(true)),
            ("2128675301", Some(false)),
            ("", None),
            ("21", None),
            ("2128", None),
            ("21286753", None),
            ("112", None),
            ("292", None),
            ("212167", None),
            ("21286x", None),
            ("+1212867", None),
            ("٢١٢", None),
        ];
        for (text, expected) in cases {
            let is_block = text.parse().ok().as_ref().map(NumberPrefix::is_block);
            assert_eq!(is_block, expected, "{text}");
        }
        let tn: Tn = "+12128675301".parse().unwrap();
        assert_eq!(NumberPrefix::from(tn), "2128675301".parse().unwrap());
    }
}
