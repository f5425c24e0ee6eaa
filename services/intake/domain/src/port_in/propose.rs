//! What would settle a carrier's reasons: for each field and number what was sent, what may be right, who acts and how.
//!
//! **Architecture invariant:** no secret is ever suggested or shown; where one is wrong, only where to find the right one
//! is said.

mod hint;

use jiff::civil::Date;
use reasons::{Actor, Field, Reason, ReasonClass};
use types::Tn;

use self::hint::hint;
use super::details::{Address, Details, KeptSecret};
use super::number::{NumberState, OrderNumber};
use super::order::Order;
use super::reason::OrderReason;
use super::text::PostalCode;

/// What can be done instead where a number cannot come.
const ALTERNATIVES: [&str; 2] = [
    "a new number from us",
    "call forwarding from the number, which stays where it is, to a new one",
];

/// How a reason is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixWay {
    /// With corrected data.
    ApplyFix,
    /// At the losing carrier or with the end user, and then confirmed.
    ConfirmRemedy,
    /// By letting the number go.
    DropNumbers,
    /// By dividing: a fix that says in what numbers differ.
    Split,
    /// By waiting.
    Wait,
    /// By our operations.
    Operations,
    /// Not in this order: the number is out of it.
    Nothing,
}

/// Where a suggested value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuggestionSource {
    /// The carrier's own words.
    CarrierText,
    /// A customer service record or another document.
    Document,
    /// How it mostly is, or the only other value there is.
    Pattern,
}

/// A value that may be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The value, as a correction takes it.
    pub value: String,
    /// Where it comes from.
    pub source: SuggestionSource,
}

/// What a document of the order says about a field. Never one of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The field.
    pub field: Field,
    /// Its value there.
    pub value: String,
}

/// What would settle one reason for one field and number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedFix {
    /// The number; none: the order.
    pub tn: Option<Tn>,
    /// The field; none: no data is at fault.
    pub field: Option<Field>,
    /// What the carrier has, secrets masked.
    pub sent: String,
    /// What it said; none for a number that failed before.
    pub reason: Option<OrderReason>,
    /// A value that may be right.
    pub suggestion: Option<Suggestion>,
    /// Where to look for the right value.
    pub hint: &'static str,
    /// Who acts.
    pub actor: Actor,
    /// How many business days that mostly takes, at least and at most.
    pub days: (u8, u8),
    /// What settles it.
    pub way: FixWay,
    /// What can be done instead.
    pub alternatives: &'static [&'static str],
}

impl Order {
    /// What would settle what the customer is asked, what we look into, or why it takes longer; then the numbers that cannot come by this
    /// order. `evidence` is what documents say, `earliest` the first date that the carrier can be asked for.
    pub fn propose_fix(&self, evidence: &[Evidence], earliest: Option<Date>) -> Vec<ProposedFix> {
        let open: Vec<&OrderNumber> = self
            .record
            .numbers
            .iter()
            .filter(|number| number.state.is_open())
            .collect();
        let asked = self
            .record
            .state
            .unsettled()
            .map_or(&self.record.delays, |asked| &asked.reasons);
        let is_about_open = |reason: &&OrderReason| {
            reason
                .tn
                .is_none_or(|tn| open.iter().any(|number| number.tn == tn))
        };
        let mut all: Vec<ProposedFix> = asked
            .iter()
            .filter(is_about_open)
            .flat_map(|reason| self.settling(reason, &open, evidence, earliest))
            .collect();
        let failed = self
            .record
            .numbers
            .iter()
            .filter(|number| number.state == NumberState::Failed);
        all.extend(failed.map(|number| ProposedFix {
            tn: Some(number.tn),
            field: None,
            sent: String::new(),
            reason: None,
            suggestion: None,
            hint: "",
            actor: Actor::Customer,
            days: (0, 0),
            way: FixWay::Nothing,
            alternatives: &ALTERNATIVES,
        }));
        all
    }

    /// A line for each field that a reason may be about; for a PIN, one for each number.
    fn settling(
        &self,
        reason: &OrderReason,
        open: &[&OrderNumber],
        evidence: &[Evidence],
        earliest: Option<Date>,
    ) -> Vec<ProposedFix> {
        let details = &self.record.details;
        let line = |field: Option<Field>, number: Option<&OrderNumber>| ProposedFix {
            tn: number.map(|number| number.tn).or(reason.tn),
            field,
            sent: field
                .map(|field| sent(details, number, field))
                .unwrap_or_default(),
            suggestion: field.and_then(|field| suggest(details, reason, field, evidence, earliest)),
            hint: field.map_or("", hint),
            ..plain(reason)
        };
        let numbers = || open.iter().filter(|number| reason.concerns(number.tn));
        let fields: Vec<Field> = reason
            .reason
            .fields()
            .iter()
            .copied()
            .filter(|field| is_of(details, *field))
            .collect();
        if fields.is_empty() {
            return vec![line(None, None)];
        }
        let lines = fields.into_iter().flat_map(|field| match field {
            Field::Pin => numbers().map(|number| line(Some(field), Some(number))).collect(),
            Field::AccountNumber
            | Field::TaxId
            | Field::Btn
            | Field::NewBtn
            | Field::FirstName
            | Field::LastName
            | Field::CompanyName
            | Field::AuthorizedBy
            | Field::ServiceAddress
            | Field::PostalCode
            | Field::Partial
            | Field::WantedDate
            | Field::Loa
            | Field::PhoneNumber => vec![line(Some(field), None)],
        });
        lines.collect()
    }
}

/// What is the same for every field of a reason.
fn plain(reason: &OrderReason) -> ProposedFix {
    let way = way(reason.reason);
    ProposedFix {
        tn: reason.tn,
        field: None,
        sent: String::new(),
        reason: Some(reason.clone()),
        suggestion: None,
        hint: "",
        actor: reason.reason.actor(),
        days: typical_days(reason.reason),
        way,
        alternatives: match (way, reason.reason) {
            (FixWay::DropNumbers, _) | (_, Reason::NotPortable) => &ALTERNATIVES,
            (_, _) => &[],
        },
    }
}

const fn way(reason: Reason) -> FixWay {
    match reason.class() {
        ReasonClass::Fix => FixWay::ApplyFix,
        ReasonClass::Customer => FixWay::ConfirmRemedy,
        ReasonClass::Cancel => FixWay::DropNumbers,
        ReasonClass::Split => FixWay::Split,
        ReasonClass::Delay => FixWay::Wait,
        ReasonClass::Reroute | ReasonClass::Manual => FixWay::Operations,
    }
}

/// Business days until it is settled, as practice has it: no rule says so. Data from a bill is at hand; a customer service
/// record takes a carrier a day or two; balances, features and resellers take longest.
const fn typical_days(reason: Reason) -> (u8, u8) {
    use Reason::{
        Address, AllDataMismatch, DataMissing, EndUserName, EndUserNotReady, LineFreeze, PlatformLock,
        PortProtection, ResoldAccount, TnNotActive, UnauthorizedSigner,
    };
    if matches!(
        reason,
        Address | EndUserName | AllDataMismatch | DataMissing | UnauthorizedSigner
    ) {
        return (2, 5);
    }
    if matches!(
        reason,
        TnNotActive | PortProtection | LineFreeze | PlatformLock | EndUserNotReady
    ) {
        return (1, 3);
    }
    if matches!(reason, ResoldAccount) {
        return (3, 10);
    }
    match reason.class() {
        ReasonClass::Fix | ReasonClass::Split => (1, 2),
        ReasonClass::Customer => (2, 10),
        ReasonClass::Delay | ReasonClass::Reroute => (1, 5),
        ReasonClass::Cancel => (0, 0),
        ReasonClass::Manual => (1, 3),
    }
}

/// Whether orders of this kind of subscriber have the field.
fn is_of(details: &Details, field: Field) -> bool {
    use super::details::SubscriberKind::{Business, Residential};
    match (field, details.subscriber_kind) {
        (Field::CompanyName, Some(Residential)) | (Field::FirstName | Field::LastName, Some(Business)) => {
            false
        }
        (_, _) => true,
    }
}

/// What the carrier has of a field.
fn sent(details: &Details, number: Option<&OrderNumber>, field: Field) -> String {
    fn text(value: Option<&impl ToString>) -> String {
        value.map(ToString::to_string).unwrap_or_default()
    }
    let masked = |secret: Option<&KeptSecret>| secret.map(KeptSecret::masked).unwrap_or_default();
    match field {
        Field::Pin => masked(number.and_then(|number| number.pin.as_ref())),
        Field::AccountNumber => masked(details.account_number.as_ref()),
        Field::TaxId => masked(details.tax_id.as_ref()),
        Field::Btn => text(details.btn.as_ref()),
        Field::NewBtn => text(details.new_btn.as_ref()),
        Field::FirstName => text(details.first_name.as_ref()),
        Field::LastName => text(details.last_name.as_ref()),
        Field::CompanyName => text(details.company_name.as_ref()),
        Field::AuthorizedBy => text(details.authorized_by.as_ref()),
        Field::ServiceAddress => on_one_line(&details.service_address),
        Field::PostalCode => text(details.service_address.postal_code.as_ref()),
        Field::Partial => details.partial.to_string(),
        Field::WantedDate => text(details.wanted_date.as_ref()),
        Field::Loa | Field::PhoneNumber => String::new(),
    }
}

fn on_one_line(address: &Address) -> String {
    let parts = [
        address.street.as_ref().map(ToString::to_string),
        address.unit.as_ref().map(ToString::to_string),
        address.city.as_ref().map(ToString::to_string),
        address.state.as_ref().map(ToString::to_string),
        address.postal_code.as_ref().map(ToString::to_string),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A value that may be right: what the carrier itself wrote before what a document says, and both before a pattern.
fn suggest(
    details: &Details,
    reason: &OrderReason,
    field: Field,
    evidence: &[Evidence],
    earliest: Option<Date>,
) -> Option<Suggestion> {
    let has = |value: &str| sent(details, None, field) == value;
    if let Some(value) = from_text(&reason.raw_text, field, &has) {
        let source = SuggestionSource::CarrierText;
        return Some(Suggestion { value, source });
    }
    let is_secret = matches!(field, Field::Pin | Field::AccountNumber | Field::TaxId);
    let documented = evidence
        .iter()
        .find(|known| known.field == field && !is_secret && !has(&known.value));
    if let Some(known) = documented {
        return Some(Suggestion {
            value: known.value.clone(),
            source: SuggestionSource::Document,
        });
    }
    let value = match field {
        Field::Partial => (!details.partial).to_string(),
        Field::WantedDate => earliest?.to_string(),
        Field::Pin
        | Field::AccountNumber
        | Field::TaxId
        | Field::Btn
        | Field::NewBtn
        | Field::FirstName
        | Field::LastName
        | Field::CompanyName
        | Field::AuthorizedBy
        | Field::ServiceAddress
        | Field::PostalCode
        | Field::Loa
        | Field::PhoneNumber => return None,
    };
    let source = SuggestionSource::Pattern;
    Some(Suggestion { value, source })
}

/// The one value of a field that a carrier's words name besides the one it was sent.
fn from_text(text: &str, field: Field, has: &impl Fn(&str) -> bool) -> Option<String> {
    let words = text.split(|character: char| character.is_whitespace() || ",;:'\"".contains(character));
    let words = words.map(|word| word.trim_matches(|character: char| ".()[]".contains(character)));
    let read: fn(&str) -> Option<String> = match field {
        Field::PostalCode => |word| Some(word.parse::<PostalCode>().ok()?.to_string()),
        Field::Btn => |word| Some(word_as_tn(word)?.to_string()),
        Field::Pin
        | Field::AccountNumber
        | Field::TaxId
        | Field::NewBtn
        | Field::FirstName
        | Field::LastName
        | Field::CompanyName
        | Field::AuthorizedBy
        | Field::ServiceAddress
        | Field::Partial
        | Field::WantedDate
        | Field::Loa
        | Field::PhoneNumber => return None,
    };
    let mut named: Vec<String> = words.filter_map(read).filter(|value| !has(value)).collect();
    named.dedup();
    (named.len() == 1).then(|| named.swap_remove(0))
}

fn word_as_tn(word: &str) -> Option<Tn> {
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    let is_number = word
        .chars()
        .all(|character| character.is_ascii_digit() || "+-.()".contains(character));
    let national = digits
        .strip_prefix('1')
        .filter(|rest| rest.len() == 10)
        .unwrap_or(&digits);
    is_number.then(|| format!("+1{national}").parse().ok()).flatten()
}
