//! The words of a dispute, and the stable names under which they are stored.

use types::{OrderId, PortOutId, RequestNumber};

/// Declares words that are stored under a stable name.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $code:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$word_doc])* $word,)+
        }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$word,)+];

            /// The stable name.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$word => $code,)+
                }
            }

            /// Reads a stable name.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.code() == code)
            }
        }
    )+};
}
pub(super) use words;

words! {
    /// Which way the numbers went.
    Direction {
        /// They came to us, and somebody claims them back.
        PortIn = "PORT_IN",
        /// They left us, and the account claims them back.
        PortOut = "PORT_OUT",
    }
    /// What is said to be wrong with the port.
    Kind {
        /// Whoever has the numbers did not allow it.
        Unauthorized = "UNAUTHORIZED",
        /// It was allowed, and should not have been.
        Mistaken = "MISTAKEN",
    }
    /// Who reports it.
    Reporter {
        /// The account.
        Account = "ACCOUNT",
        /// The end user of the numbers.
        EndUser = "END_USER",
        /// The other carrier.
        Carrier = "CARRIER",
    }
    /// Where a dispute stands, by name alone.
    StateName {
        /// Nobody has answered yet.
        Open = "OPEN",
        /// Somebody said why the port stands.
        Answered = "ANSWERED",
        /// The carrier is asked to undo the port.
        SnapbackAsked = "SNAPBACK_ASKED",
        /// It refused.
        SnapbackRefused = "SNAPBACK_REFUSED",
        /// Numbers are back where they were.
        Returned = "RETURNED",
        /// Over.
        Settled = "SETTLED",
    }
    /// How a dispute ended for a number.
    Outcome {
        /// It is back where it was before the port.
        Returned = "RETURNED",
        /// The port stands.
        Upheld = "UPHELD",
        /// Whoever opened the dispute took it back; the port stands.
        Withdrawn = "WITHDRAWN",
    }
}

/// The port that is disputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// An order that brought the numbers.
    PortIn {
        /// The order.
        order: OrderId,
        /// Its number for people.
        number: RequestNumber,
    },
    /// The case by which they left.
    PortOut {
        /// The case.
        port_out: PortOutId,
        /// Its number for people.
        number: RequestNumber,
    },
}

impl About {
    /// Which way the numbers went.
    pub const fn direction(self) -> Direction {
        match self {
            Self::PortIn { .. } => Direction::PortIn,
            Self::PortOut { .. } => Direction::PortOut,
        }
    }

    /// The number that people know the port by.
    pub const fn number(self) -> RequestNumber {
        match self {
            Self::PortIn { number, .. } | Self::PortOut { number, .. } => number,
        }
    }
}
