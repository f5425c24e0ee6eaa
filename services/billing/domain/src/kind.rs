//! What is charged for.

use std::fmt;
use std::str::FromStr;

use types::InvalidValue;

/// What is charged for: one number that completed a port, one way or the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChargeKind {
    /// A number that came to us.
    PortIn,
    /// A number that left us.
    PortOut,
    /// A number whose port was disputed, where the account bears the cost.
    Dispute,
}

impl ChargeKind {
    /// The name under which it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PortIn => "PORT_IN",
            Self::PortOut => "PORT_OUT",
            Self::Dispute => "DISPUTE",
        }
    }
}

impl fmt::Display for ChargeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ChargeKind {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "PORT_IN" => Ok(Self::PortIn),
            "PORT_OUT" => Ok(Self::PortOut),
            "DISPUTE" => Ok(Self::Dispute),
            _ => Err(InvalidValue {
                what: "charge kind",
                expected: "PORT_IN, PORT_OUT or DISPUTE",
            }),
        }
    }
}
