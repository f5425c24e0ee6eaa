//! How a number is used once it is here, and what differs for it from the details of its order.

use types::{CarrierId, Secret, Tn};

use super::details::KeptSecret;
use super::text::{CallerName, Email, Reference, RespOrg, ShortText};

/// What a number is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Capabilities {
    /// Calls.
    #[default]
    Voice,
    /// Calls and texts. Texts are a leg of their own, which voice does not imply.
    VoiceAndSms,
}

impl Capabilities {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::Voice, Self::VoiceAndSms];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Voice => "VOICE",
            Self::VoiceAndSms => "VOICE_AND_SMS",
        }
    }
}

/// How a number is used once it is here. None of it goes to the losing carrier.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NumberConfig {
    /// What it is to do.
    pub capabilities: Capabilities,
    /// A name for it.
    pub alias: Option<ShortText>,
    /// The part of the account it belongs to.
    pub subaccount: Option<Reference>,
    /// The caller name (CNAM) that is shown with it.
    pub caller_name: Option<CallerName>,
    /// The application or trunk that its calls go to.
    pub application: Option<Reference>,
    /// The platform's reference of the address that emergency services are given.
    pub emergency_address: Option<Reference>,
    /// Who it goes to.
    pub agent_name: Option<ShortText>,
    /// Where that person is written to.
    pub agent_email: Option<Email>,
}

/// A new value of one field of a [`NumberConfig`]; `None` takes the old one away.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the field of `NumberConfig` of the same name")]
pub enum Setting {
    Capabilities(Capabilities),
    Alias(Option<ShortText>),
    Subaccount(Option<Reference>),
    CallerName(Option<CallerName>),
    Application(Option<Reference>),
    EmergencyAddress(Option<Reference>),
    AgentName(Option<ShortText>),
    AgentEmail(Option<Email>),
}

impl NumberConfig {
    /// This configuration with one field replaced.
    #[must_use]
    pub fn with(mut self, setting: Setting) -> Self {
        match setting {
            Setting::Capabilities(value) => self.capabilities = value,
            Setting::Alias(value) => self.alias = value,
            Setting::Subaccount(value) => self.subaccount = value,
            Setting::CallerName(value) => self.caller_name = value,
            Setting::Application(value) => self.application = value,
            Setting::EmergencyAddress(value) => self.emergency_address = value,
            Setting::AgentName(value) => self.agent_name = value,
            Setting::AgentEmail(value) => self.agent_email = value,
        }
        self
    }
}

/// What differs for a number from the details of its order. It decides which child order the number goes in, and is
/// part of that order's details from then on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overrides {
    /// Who has it now.
    pub losing_carrier: Option<CarrierId>,
    /// The account number there.
    pub account_number: Option<KeptSecret>,
    /// The billing telephone number there.
    pub btn: Option<Tn>,
    /// Who may sign for it.
    pub authorized_by: Option<ShortText>,
    /// The `RespOrg` that controls it, if it is toll-free.
    pub resp_org: Option<RespOrg>,
    /// The customer's name for the numbers that go together.
    pub part: Option<Reference>,
}

/// A new value of one override; `None` takes the old one away.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the field of `Overrides` of the same name")]
pub enum Override {
    LosingCarrier(Option<CarrierId>),
    AccountNumber(Option<Secret>),
    Btn(Option<Tn>),
    AuthorizedBy(Option<ShortText>),
    RespOrg(Option<RespOrg>),
    Part(Option<Reference>),
}

impl Override {
    /// The field, as calls name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::LosingCarrier(_) => "losing_carrier",
            Self::AccountNumber(_) => "account_number",
            Self::Btn(_) => "btn",
            Self::AuthorizedBy(_) => "authorized_by",
            Self::RespOrg(_) => "resp_org",
            Self::Part(_) => "part",
        }
    }
}

impl Overrides {
    /// These overrides with one of them replaced.
    #[must_use]
    pub fn with(mut self, value: Override) -> Self {
        match value {
            Override::LosingCarrier(value) => self.losing_carrier = value,
            Override::AccountNumber(value) => self.account_number = value.map(KeptSecret::Given),
            Override::Btn(value) => self.btn = value,
            Override::AuthorizedBy(value) => self.authorized_by = value,
            Override::RespOrg(value) => self.resp_org = value,
            Override::Part(value) => self.part = value,
        }
        self
    }
}
