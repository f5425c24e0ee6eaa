//! A carrier that numbers are taken from, or that takes numbers.

use reasons::{Network, Vocabulary};
use types::{CarrierId, Spid};

/// What is known of a carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// Slug, e.g. `sim-wireless`.
    pub id: CarrierId,
    /// Name.
    pub name: String,
    /// Its service provider id at the NPAC.
    pub spid: Spid,
    /// Wireless or wireline.
    pub network: Network,
    /// Whose code list it answers with before its network's: mostly its own.
    pub code_list: CarrierId,
    /// Whether it asks for a PIN with every number.
    pub pin_required: bool,
    /// Whether it asks for the account number.
    pub account_number_required: bool,
}

impl Carrier {
    /// Whose words its codes are in.
    pub fn vocabulary(&self) -> Vocabulary {
        Vocabulary {
            carrier: Some(self.code_list.clone()),
            network: Some(self.network),
        }
    }
}
