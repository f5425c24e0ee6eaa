//! The rejection compiler: from any carrier's code to our reason, the fields at fault, the remedy and who acts.
//!
//! A code means something only together with the carrier that sent it: `6B` is a wrong PIN at one carrier and a
//! port within one network at all others. What is known is data (`data/reject_codes.csv`); operators add to it by
//! [`Crosswalk::with_mappings`].
//!
//! **Architecture invariant:** a code that is not known is [`Reason::Unmapped`], which a person looks at; it is never
//! taken for success and never ends an order. The raw text is kept whatever became of it.
//! Start at [`explain`]; what each reason entails stands in one table in `reason.rs`.
#![warn(missing_docs)]

mod crosswalk;
mod raw_code;
mod reason;
mod word;

pub use crosswalk::{Crosswalk, Explanation, Mapping, Network, Vocabulary};
pub use reason::{Actor, Field, Reason, ReasonClass};

/// Explains what a carrier sent, by the built-in crosswalk. Where it may name several reasons, use [`explain_all`].
pub fn explain(vocabulary: &Vocabulary, raw: &str) -> Explanation {
    Crosswalk::built_in().explain(vocabulary, raw)
}

/// Explains every code in what a carrier sent, by the built-in crosswalk; at least one explanation.
pub fn explain_all(vocabulary: &Vocabulary, raw: &str) -> Vec<Explanation> {
    Crosswalk::built_in().explain_all(vocabulary, raw)
}
