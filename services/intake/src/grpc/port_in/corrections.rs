//! Reads the corrections of a fix.

use grpc::Faults;
use intake_domain::port_in::{Correction, Detail, Override};
use portway_proto::intake::v1;

use super::details::{ACCOUNT_NUMBER_CHARS_MAX, Faulty, TAX_ID_CHARS_MAX, address, secret, text, tn};
use crate::ops::port_in::PIN_CHARS_MAX;

/// Corrections in one call at most: every number's PIN, and every field.
const CORRECTIONS_MAX: usize = 20_100;

/// The fields of a number that tell it apart from others.
const OVERRIDES: [&str; 6] = [
    "losing_carrier",
    "account_number",
    "btn",
    "authorized_by",
    "resp_org",
    "part",
];

/// Reads the corrections of a call.
pub(super) fn read(faults: &mut Faults, corrections: &[v1::Correction]) -> Vec<Correction> {
    if corrections.len() > CORRECTIONS_MAX {
        faults.add(
            "corrections",
            "TOO_MANY",
            "more corrections than an order has fields",
        );
        return Vec::new();
    }
    let all = corrections.iter().enumerate();
    all.filter_map(|(index, correction)| read_one(faults, index, correction))
        .collect()
}

fn read_one(faults: &mut Faults, index: usize, correction: &v1::Correction) -> Option<Correction> {
    let field = format!("corrections[{index}].value");
    let field = field.as_str();
    let value = correction.value.trim();
    let is_by_value = !matches!(correction.field.as_str(), "service_address" | "phone_number");
    if is_by_value && value.is_empty() {
        faults.add(field, "MISSING", "must be set");
        return None;
    }
    let detail = match correction.field.as_str() {
        "pin" => return read_pin(faults, index, correction).ok(),
        field if !correction.tn.is_empty() && OVERRIDES.contains(&field) => {
            return read_override(faults, index, correction).ok();
        }
        "account_number" => secret(faults, field, value, ACCOUNT_NUMBER_CHARS_MAX).map(Detail::AccountNumber),
        "tax_id" => secret(faults, field, value, TAX_ID_CHARS_MAX).map(Detail::TaxId),
        "btn" => tn(faults, field, value).map(Detail::Btn),
        "new_btn" => tn(faults, field, value).map(Detail::NewBtn),
        "first_name" => text(faults, field, value).map(Detail::FirstName),
        "last_name" => text(faults, field, value).map(Detail::LastName),
        "company_name" => text(faults, field, value).map(Detail::CompanyName),
        "authorized_by" => text(faults, field, value).map(Detail::AuthorizedBy),
        "postal_code" => text(faults, field, value).map(Detail::PostalCode),
        "wanted_date" => text(faults, field, value).map(Detail::WantedDate),
        "partial" => text(faults, field, value).map(|partial| Detail::Partial(partial.unwrap_or_default())),
        "service_address" => {
            let given = correction.address.clone().unwrap_or_default();
            let field = format!("corrections[{index}].address");
            address(faults, &field, &given).map(Detail::ServiceAddress)
        }
        "phone_number" => {
            let message = "a number cannot be changed; make a new order for it";
            faults.add(
                format!("corrections[{index}].field"),
                "NEW_ORDER_REQUIRED",
                message,
            );
            Err(Faulty)
        }
        _unknown => {
            let message = "is not a field that can be corrected";
            faults.add(format!("corrections[{index}].field"), "UNKNOWN_FIELD", message);
            Err(Faulty)
        }
    };
    detail.map(Correction::Detail).ok()
}

/// What differs for a number, where the carrier wants several requests.
fn read_override(
    faults: &mut Faults,
    index: usize,
    correction: &v1::Correction,
) -> Result<Correction, Faulty> {
    let number = tn(faults, &format!("corrections[{index}].tn"), &correction.tn);
    let field = format!("corrections[{index}].value");
    let (field, value) = (field.as_str(), correction.value.trim());
    let value = match correction.field.as_str() {
        "losing_carrier" => text(faults, field, value).map(Override::LosingCarrier),
        "account_number" => {
            secret(faults, field, value, ACCOUNT_NUMBER_CHARS_MAX).map(Override::AccountNumber)
        }
        "btn" => tn(faults, field, value).map(Override::Btn),
        "authorized_by" => text(faults, field, value).map(Override::AuthorizedBy),
        "resp_org" => text(faults, field, value).map(Override::RespOrg),
        "part" => text(faults, field, value).map(Override::Part),
        _unknown => Err(Faulty),
    };
    Ok(Correction::Override {
        tn: number?.ok_or(Faulty)?,
        value: value?,
    })
}

fn read_pin(faults: &mut Faults, index: usize, correction: &v1::Correction) -> Result<Correction, Faulty> {
    let tn_field = format!("corrections[{index}].tn");
    if correction.tn.is_empty() {
        faults.add(&tn_field, "MISSING", "a PIN is that of a number");
    }
    let value_field = format!("corrections[{index}].value");
    let tn = tn(faults, &tn_field, &correction.tn);
    let pin = secret(faults, &value_field, &correction.value, PIN_CHARS_MAX);
    Ok(Correction::Pin {
        tn: tn?.ok_or(Faulty)?,
        pin: pin?.ok_or(Faulty)?,
    })
}
