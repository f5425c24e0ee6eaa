//! Reads the details of an order. What is given must be well-formed; whether it is enough is for the requirements.

use grpc::Faults;
use intake_domain::port_in::{Address, Detail, RemainingNumbers, SubscriberKind, read_secret};
use jiff::civil::Date;
use portway_proto::intake::v1;
use portway_proto::types::v1 as types_v1;
use service::stamp;
use types::{Secret, Tn};

pub(super) const ACCOUNT_NUMBER_CHARS_MAX: usize = 32;
pub(super) const TAX_ID_CHARS_MAX: usize = 20;

/// The fields of `OrderDetails` by name.
const FIELDS: [&str; 17] = [
    "losing_carrier",
    "account_number",
    "btn",
    "subscriber_kind",
    "first_name",
    "last_name",
    "company_name",
    "authorized_by",
    "service_address",
    "tax_id",
    "wanted_date",
    "partial",
    "new_btn",
    "customer_reference",
    "remaining_numbers",
    "losing_carrier_name",
    "resp_org",
];

/// Reads the fields that are set.
pub(super) fn set_fields(faults: &mut Faults, details: &v1::OrderDetails) -> Vec<Detail> {
    let set = FIELDS.into_iter().filter(|field| is_set(details, field));
    set.filter_map(|field| read(faults, details, field)).collect()
}

/// Reads the fields that are named, set or not; those that are set when none is named.
pub(super) fn named_fields(faults: &mut Faults, details: &v1::OrderDetails, names: &[String]) -> Vec<Detail> {
    if names.is_empty() {
        return set_fields(faults, details);
    }
    let mut changes = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if FIELDS.contains(&name.as_str()) {
            changes.extend(read(faults, details, name));
        } else {
            let field = format!("update_fields[{index}]");
            faults.add(field, "UNKNOWN_FIELD", "is not a field of the details");
        }
    }
    changes
}

fn is_set(details: &v1::OrderDetails, field: &str) -> bool {
    match field {
        "losing_carrier" => !details.losing_carrier.is_empty(),
        "account_number" => !details.account_number.is_empty(),
        "btn" => !details.btn.is_empty(),
        "subscriber_kind" => details.subscriber_kind != 0,
        "first_name" => !details.first_name.is_empty(),
        "last_name" => !details.last_name.is_empty(),
        "company_name" => !details.company_name.is_empty(),
        "authorized_by" => !details.authorized_by.is_empty(),
        "service_address" => details.service_address.is_some(),
        "tax_id" => !details.tax_id.is_empty(),
        "wanted_date" => details.wanted_date.is_some(),
        "partial" => details.partial,
        "new_btn" => !details.new_btn.is_empty(),
        "customer_reference" => !details.customer_reference.is_empty(),
        "remaining_numbers" => details.remaining_numbers != 0,
        "losing_carrier_name" => !details.losing_carrier_name.is_empty(),
        "resp_org" => !details.resp_org.is_empty(),
        _unknown => false,
    }
}

/// The value is wrong, and the fault has been noted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Faulty;

/// Reads one field; `None` when it is wrong, then with a fault.
fn read(faults: &mut Faults, details: &v1::OrderDetails, name: &str) -> Option<Detail> {
    let field = format!("details.{name}");
    let field = field.as_str();
    let detail = match name {
        "losing_carrier" => text(faults, field, &details.losing_carrier).map(Detail::LosingCarrier),
        "account_number" => {
            let number = secret(faults, field, &details.account_number, ACCOUNT_NUMBER_CHARS_MAX);
            number.map(Detail::AccountNumber)
        }
        "btn" => tn(faults, field, &details.btn).map(Detail::Btn),
        "subscriber_kind" => subscriber_kind(faults, field, details).map(Detail::SubscriberKind),
        "first_name" => text(faults, field, &details.first_name).map(Detail::FirstName),
        "last_name" => text(faults, field, &details.last_name).map(Detail::LastName),
        "company_name" => text(faults, field, &details.company_name).map(Detail::CompanyName),
        "authorized_by" => text(faults, field, &details.authorized_by).map(Detail::AuthorizedBy),
        "service_address" => {
            let given = details.service_address.clone().unwrap_or_default();
            address(faults, field, &given).map(Detail::ServiceAddress)
        }
        "tax_id" => secret(faults, field, &details.tax_id, TAX_ID_CHARS_MAX).map(Detail::TaxId),
        "wanted_date" => date(faults, field, details.wanted_date.as_ref()).map(Detail::WantedDate),
        "partial" => Ok(Detail::Partial(details.partial)),
        "new_btn" => tn(faults, field, &details.new_btn).map(Detail::NewBtn),
        "customer_reference" => {
            text(faults, field, &details.customer_reference).map(Detail::CustomerReference)
        }
        "remaining_numbers" => remaining_numbers(faults, field, details).map(Detail::RemainingNumbers),
        "losing_carrier_name" => {
            text(faults, field, &details.losing_carrier_name).map(Detail::LosingCarrierName)
        }
        "resp_org" => text(faults, field, &details.resp_org).map(Detail::RespOrg),
        _unknown => Err(Faulty),
    };
    detail.ok()
}

/// Reads a text that may be empty.
pub(super) fn text<T>(faults: &mut Faults, field: &str, raw: &str) -> Result<Option<T>, Faulty>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let value = faults.optional(field, raw);
    if raw.is_empty() || value.is_some() {
        Ok(value)
    } else {
        Err(Faulty)
    }
}

/// Reads a secret that may be empty.
pub(super) fn secret(
    faults: &mut Faults,
    field: &str,
    raw: &str,
    chars_max: usize,
) -> Result<Option<Secret>, Faulty> {
    if raw.is_empty() {
        return Ok(None);
    }
    let secret = faults.check(field, "INVALID", read_secret(raw, chars_max));
    secret.map(Some).ok_or(Faulty)
}

/// Reads a number that may be empty.
pub(super) fn tn(faults: &mut Faults, field: &str, raw: &str) -> Result<Option<Tn>, Faulty> {
    if raw.is_empty() {
        return Ok(None);
    }
    numbering::parse(raw).map(Some).map_err(|refusal| {
        faults.add(field, refusal.code(), refusal.to_string());
        Faulty
    })
}

fn subscriber_kind(
    faults: &mut Faults,
    field: &str,
    details: &v1::OrderDetails,
) -> Result<Option<SubscriberKind>, Faulty> {
    match v1::SubscriberKind::try_from(details.subscriber_kind) {
        Ok(v1::SubscriberKind::Unspecified) => Ok(None),
        Ok(v1::SubscriberKind::Residential) => Ok(Some(SubscriberKind::Residential)),
        Ok(v1::SubscriberKind::Business) => Ok(Some(SubscriberKind::Business)),
        Err(_) => {
            faults.add(field, "INVALID", "is not a kind of subscriber");
            Err(Faulty)
        }
    }
}

fn remaining_numbers(
    faults: &mut Faults,
    field: &str,
    details: &v1::OrderDetails,
) -> Result<Option<RemainingNumbers>, Faulty> {
    match v1::RemainingNumbers::try_from(details.remaining_numbers) {
        Ok(v1::RemainingNumbers::Unspecified) => Ok(None),
        Ok(v1::RemainingNumbers::Keep) => Ok(Some(RemainingNumbers::Keep)),
        Ok(v1::RemainingNumbers::Disconnect) => Ok(Some(RemainingNumbers::Disconnect)),
        Err(_) => {
            faults.add(field, "INVALID", "is not what may become of remaining numbers");
            Err(Faulty)
        }
    }
}

/// Reads a date that may be missing.
pub(super) fn date(
    faults: &mut Faults,
    field: &str,
    raw: Option<&types_v1::Date>,
) -> Result<Option<Date>, Faulty> {
    let Some(raw) = raw else { return Ok(None) };
    let date = stamp::date_from_proto(raw);
    if date.is_none() {
        faults.add(field, "INVALID", "is not a date of the years 2000 to 9999");
    }
    date.map(Some).ok_or(Faulty)
}

/// Reads an address, any part of which may be missing.
pub(super) fn address(faults: &mut Faults, field: &str, raw: &types_v1::Address) -> Result<Address, Faulty> {
    // All parts are read before the first that is wrong ends it, so that every fault is noted.
    let street = text(faults, &format!("{field}.street"), &raw.street);
    let unit = text(faults, &format!("{field}.unit"), &raw.unit);
    let city = text(faults, &format!("{field}.city"), &raw.city);
    let state = text(faults, &format!("{field}.state"), &raw.state);
    let postal_code = text(faults, &format!("{field}.postal_code"), &raw.postal_code);
    Ok(Address {
        street: street?,
        unit: unit?,
        city: city?,
        state: state?,
        postal_code: postal_code?,
    })
}
