//! What the customer says about an order.

use jiff::civil::Date;
use types::{CarrierId, Secret, Tn};

use super::text::{PostalCode, Reference, RespOrg, ShortText, State};

/// Residential or business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriberKind {
    /// A person: first and last name.
    Residential,
    /// A company: company name.
    Business,
}

/// What becomes of the lines that do not port in a partial port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemainingNumbers {
    /// They stay in service.
    Keep,
    /// The losing carrier disconnects them.
    Disconnect,
}

impl RemainingNumbers {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Keep, Self::Disconnect];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Keep => "KEEP",
            Self::Disconnect => "DISCONNECT",
        }
    }
}

/// A secret of an order: just given, or kept sealed where only its mask is at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptSecret {
    /// Given by the customer, not stored yet.
    Given(Secret),
    /// Stored. The mask is all that is known without opening it.
    Stored {
        /// What its owner may see of it.
        masked: String,
    },
}

impl KeptSecret {
    /// What its owner may see of it.
    pub fn masked(&self) -> String {
        match self {
            Self::Given(secret) => secret.masked(),
            Self::Stored { masked } => masked.clone(),
        }
    }
}

/// A service address. In a draft any part may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Street line with house number.
    pub street: Option<ShortText>,
    /// Unit, floor or suite.
    pub unit: Option<ShortText>,
    /// City or town.
    pub city: Option<ShortText>,
    /// State, territory or province.
    pub state: Option<State>,
    /// ZIP or postal code.
    pub postal_code: Option<PostalCode>,
}

/// What the customer says about an order. In a draft any part may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details {
    /// Who has the numbers now.
    pub losing_carrier: Option<CarrierId>,
    /// Account number at the losing carrier.
    pub account_number: Option<KeptSecret>,
    /// Billing telephone number at the losing carrier.
    pub btn: Option<Tn>,
    /// Residential or business.
    pub subscriber_kind: Option<SubscriberKind>,
    /// First name of a residential subscriber.
    pub first_name: Option<ShortText>,
    /// Last name of a residential subscriber.
    pub last_name: Option<ShortText>,
    /// Name of a business.
    pub company_name: Option<ShortText>,
    /// Who may sign for the account.
    pub authorized_by: Option<ShortText>,
    /// Service address as on the bill.
    pub service_address: Address,
    /// Last four of the SSN, or the tax id.
    pub tax_id: Option<KeptSecret>,
    /// The date wanted; none: the earliest.
    pub wanted_date: Option<Date>,
    /// Whether lines stay behind.
    pub partial: bool,
    /// The number that bills the lines that stay.
    pub new_btn: Option<Tn>,
    /// The customer's own reference.
    pub customer_reference: Option<Reference>,
    /// What becomes of the lines that stay behind; none: not said, so they are kept.
    pub remaining_numbers: Option<RemainingNumbers>,
    /// The losing carrier as the customer calls it.
    pub losing_carrier_name: Option<ShortText>,
    /// The `RespOrg` that controls toll-free numbers now.
    pub resp_org: Option<RespOrg>,
}

/// A new value of one detail; `None` takes the old one away.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the field of `Details` of the same name")]
pub enum Detail {
    LosingCarrier(Option<CarrierId>),
    AccountNumber(Option<Secret>),
    Btn(Option<Tn>),
    SubscriberKind(Option<SubscriberKind>),
    FirstName(Option<ShortText>),
    LastName(Option<ShortText>),
    CompanyName(Option<ShortText>),
    AuthorizedBy(Option<ShortText>),
    ServiceAddress(Address),
    PostalCode(Option<PostalCode>),
    TaxId(Option<Secret>),
    WantedDate(Option<Date>),
    Partial(bool),
    NewBtn(Option<Tn>),
    CustomerReference(Option<Reference>),
    RemainingNumbers(Option<RemainingNumbers>),
    LosingCarrierName(Option<ShortText>),
    RespOrg(Option<RespOrg>),
}

impl Details {
    /// These details with one of them replaced.
    #[must_use]
    pub fn with(mut self, detail: Detail) -> Self {
        match detail {
            Detail::LosingCarrier(value) => self.losing_carrier = value,
            Detail::AccountNumber(value) => self.account_number = value.map(KeptSecret::Given),
            Detail::Btn(value) => self.btn = value,
            Detail::SubscriberKind(value) => self.subscriber_kind = value,
            Detail::FirstName(value) => self.first_name = value,
            Detail::LastName(value) => self.last_name = value,
            Detail::CompanyName(value) => self.company_name = value,
            Detail::AuthorizedBy(value) => self.authorized_by = value,
            Detail::ServiceAddress(value) => self.service_address = value,
            Detail::PostalCode(value) => self.service_address.postal_code = value,
            Detail::TaxId(value) => self.tax_id = value.map(KeptSecret::Given),
            Detail::WantedDate(value) => self.wanted_date = value,
            Detail::Partial(value) => self.partial = value,
            Detail::NewBtn(value) => self.new_btn = value,
            Detail::CustomerReference(value) => self.customer_reference = value,
            Detail::RemainingNumbers(value) => self.remaining_numbers = value,
            Detail::LosingCarrierName(value) => self.losing_carrier_name = value,
            Detail::RespOrg(value) => self.resp_org = value,
        }
        self
    }

    /// The subscriber's whole name: the company's, or the person's.
    pub fn end_user_name(&self) -> String {
        let name = |part: &Option<ShortText>| part.as_ref().map(ToString::to_string).unwrap_or_default();
        match self.subscriber_kind {
            Some(SubscriberKind::Business) => name(&self.company_name),
            Some(SubscriberKind::Residential) | None => {
                let parts = [name(&self.first_name), name(&self.last_name)];
                parts.join(" ").trim().to_owned()
            }
        }
    }
}
