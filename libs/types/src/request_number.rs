//! The number by which people name a request: on the phone, in an email, in a search box.

use std::fmt;
use std::str::FromStr;

use crate::as_text::{InvalidValue, serde_as_text};

/// What a request is about: which way it moves numbers, or that a port is disputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestKind {
    /// Numbers come to us.
    PortIn,
    /// Numbers leave us.
    PortOut,
    /// A port is disputed.
    Dispute,
}

impl RequestKind {
    /// What the number of such a request starts with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::PortIn => "PI_",
            Self::PortOut => "PO_",
            Self::Dispute => "DI_",
        }
    }
}

/// A request's number, such as `PO_624719`. Invariant: shown without leading zeros, so one request has one spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestNumber {
    kind: RequestKind,
    number: u64,
}

impl RequestNumber {
    /// Names the `number`th request of its kind.
    pub const fn new(kind: RequestKind, number: u64) -> Self {
        Self { kind, number }
    }

    /// What the request is about.
    pub const fn kind(self) -> RequestKind {
        self.kind
    }

    /// The bare number.
    pub const fn number(self) -> u64 {
        self.number
    }
}

impl fmt::Display for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.kind.prefix(), self.number)
    }
}

impl FromStr for RequestNumber {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = InvalidValue {
            what: "request number",
            expected: "PI_, PO_ or DI_ and a number",
        };
        let (kind, digits) = [RequestKind::PortIn, RequestKind::PortOut, RequestKind::Dispute]
            .into_iter()
            .find_map(|kind| text.strip_prefix(kind.prefix()).map(|digits| (kind, digits)))
            .ok_or(refused)?;
        let is_canonical = digits == "0" || digits.starts_with(|first: char| matches!(first, '1'..='9'));
        let number = digits.parse().map_err(|_| refused)?;
        if is_canonical {
            Ok(Self { kind, number })
        } else {
            Err(refused)
        }
    }
}

serde_as_text!(RequestNumber);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_number_reads_back_as_written() {
        let number: RequestNumber = "PO_624719".parse().unwrap();
        assert_eq!((number.kind(), number.number()), (RequestKind::PortOut, 624_719));
        assert_eq!(number.to_string(), "PO_624719");
        assert_eq!(RequestNumber::new(RequestKind::PortIn, 7).to_string(), "PI_7");
        assert_eq!(RequestNumber::new(RequestKind::Dispute, 7).to_string(), "DI_7");
    }

    #[test]
    fn other_spellings_are_refused() {
        for input in [
            "",
            "PO_",
            "PX_1",
            "po_1",
            "PO_01",
            "PO_+1",
            "PO_-1",
            "PO_1 ",
            "PO_99999999999999999999",
        ] {
            assert!(input.parse::<RequestNumber>().is_err(), "{input}");
        }
    }
}
