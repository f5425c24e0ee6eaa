//! What a bill or a customer service record (CSR) says of an account, read from the text of the paper.
//!
//! Carriers lay these papers out as they like, so only what stands behind a label that is known (`data/record_labels.csv`)
//! is believed; what could be read in two ways is not read at all. A paper that says nothing leads to no finding, and one that
//! says something is compared leniently where carriers are lenient.
//!
//! **Architecture invariant:** the text is a stranger's: any text is read without a panic and in bounded time, and what was
//! read is shown as data and never acted upon. Start at [`read`].

mod cells;
mod features;
mod labels;
mod likeness;
mod numbers;
mod reading;

use types::{Secret, Tn};

pub use features::Feature;
pub use likeness::{is_same_address, is_same_name, postal_code_in};
pub use numbers::numbers_in;
pub use reading::read;

/// What a paper says of an account. Several values of one thing are those that the paper gives in several places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountRecord {
    /// The subscriber's name.
    pub names: Vec<String>,
    /// The service address, on one line.
    pub addresses: Vec<String>,
    /// The account number.
    pub account_numbers: Vec<Secret>,
    /// The billing telephone number.
    pub btns: Vec<Tn>,
    /// The account's lines, where the paper lists them.
    pub lines: Vec<Tn>,
    /// What is on the account that stands in the way of a port.
    pub features: Vec<FoundFeature>,
}

/// A feature that a paper names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFeature {
    /// Which.
    pub feature: Feature,
    /// The numbers it was named with; none: the account.
    pub tns: Vec<Tn>,
}

impl AccountRecord {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
