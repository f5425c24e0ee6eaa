//! The facts about a number that can be ported.

use std::fmt;
use std::str::FromStr;

use types::{Country, InvalidValue, Tn};

use crate::region::NpacRegion;

/// How a number is ported: by an order to the carrier, or by a change of its `RespOrg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberKind {
    /// A number of some place, wireline or wireless.
    Geographic,
    /// A number that its owner pays for being called at.
    TollFree,
}

impl NumberKind {
    /// The stable name, for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Geographic => "geographic",
            Self::TollFree => "toll_free",
        }
    }
}

impl fmt::Display for NumberKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The state, territory or province of an area code, or several where one area code serves several.
/// Invariant: two-letter postal codes, joined by `/`, such as `WA` or `NT/NU/YT`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateCode(String);

impl StateCode {
    /// The code, or the codes joined by `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Each state by itself.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Display for StateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for StateCode {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_postal_code =
            |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase());
        if text.split('/').all(is_postal_code) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue {
                what: "state",
                expected: "two-letter postal codes, joined by /",
            })
        }
    }
}

/// What a number is. Toll-free numbers have no country, no state and no region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberInfo {
    /// The number in canonical form.
    pub tn: Tn,
    /// How it is ported.
    pub kind: NumberKind,
    /// The country of its area code.
    pub country: Option<Country>,
    /// The state, territory or province of its area code.
    pub state: Option<StateCode>,
    /// The region of the NPAC whose clock its port runs by.
    pub region: Option<NpacRegion>,
}
