//! All that an order still lacks, named at once. The same list is shown to the customer and guards the submission.
//!
//! Losing carriers often stop at the first error, and an answer takes days: what can be checked here is.

mod carrier;
mod dates;
mod documents;
mod identity;
mod numbers;
mod papers;
mod parts;
mod stranding;
mod taken;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use types::Tn;

pub use documents::{DocumentFacts, DocumentKind, Documents};
pub use papers::{Paper, Papers};
pub use parts::{of_part_count, of_parts};
pub use taken::of_taken;

use super::order::Order;
use crate::carrier::{Holder, LosingCarrier};

/// One thing that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Stable code.
    pub code: &'static str,
    /// The field.
    pub field: String,
    /// The number it is about; none: the order.
    pub tn: Option<Tn>,
    /// What is wrong.
    pub message: String,
    /// How to satisfy it.
    pub remedy: &'static str,
    /// The order can be submitted all the same.
    pub is_warning: bool,
}

/// What the rules need to know of carriers.
#[derive(Debug, Clone)]
pub struct CarrierFacts {
    /// The one that the order names.
    pub losing: LosingCarrier,
    /// Who has each number, as far as that was asked and is known.
    pub holders: BTreeMap<Tn, Holder>,
}

impl CarrierFacts {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        losing: LosingCarrier::Untold,
        holders: BTreeMap::new(),
    };
}

/// Everything that an order lacks: faults first, then warnings.
pub fn of_order(
    order: &Order,
    documents: &Documents<'_>,
    carrier: &CarrierFacts,
    now: Timestamp,
) -> Vec<Requirement> {
    let mut all = of_details(order);
    all.extend(numbers::check(order));
    all.extend(carrier::check(order, carrier));
    all.extend(of_wanted_date(order, &carrier.losing, now));
    all.extend(documents::check(order, documents, &carrier.losing, now));
    all.extend(carrier::check_loa(order, documents, &carrier.losing));
    all.sort_by_key(|requirement| requirement.is_warning);
    all
}

/// What bill and customer service record say otherwise than the order, and what the port would leave behind broken.
pub fn of_papers(order: &Order, papers: &Papers) -> Vec<Requirement> {
    let mut all = papers::check(order, papers);
    if let Some(csr) = &papers.csr {
        all.extend(stranding::check(order, csr));
    }
    all
}

/// Why the wanted date cannot be asked for, if it cannot: one for each region of the numbers that it is wrong for.
pub fn of_wanted_date(order: &Order, losing: &LosingCarrier, now: Timestamp) -> Vec<Requirement> {
    dates::check(order, losing.profile(), now)
}

/// The earliest date that the order can ask for.
pub fn earliest_date(order: &Order, losing: &LosingCarrier, now: Timestamp) -> Option<Date> {
    dates::earliest(order, losing.profile(), now)
}

/// What the details alone lack, which is checked again whenever they are corrected.
pub(super) fn of_details(order: &Order) -> Vec<Requirement> {
    let mut all = identity::check(order);
    all.extend(numbers::check_btn(order));
    all
}

impl Requirement {
    fn missing(field: &str, remedy: &'static str) -> Self {
        Self::fault("MISSING", field, format!("{field} is missing"), remedy)
    }

    fn fault(code: &'static str, field: &str, message: impl Into<String>, remedy: &'static str) -> Self {
        Self {
            code,
            field: field.to_owned(),
            tn: None,
            message: message.into(),
            remedy,
            is_warning: false,
        }
    }

    fn warning(code: &'static str, field: &str, message: impl Into<String>, remedy: &'static str) -> Self {
        Self {
            is_warning: true,
            ..Self::fault(code, field, message, remedy)
        }
    }

    fn about(self, tn: Tn) -> Self {
        Self { tn: Some(tn), ..self }
    }
}
