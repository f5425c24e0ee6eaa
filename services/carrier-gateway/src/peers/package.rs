//! The package of an order: from intake's reply to the carrier's request. In memory alone.

use carrier_gateway_domain::{
    Carrier, NAME_CHARS_MAX, PackageNumber, PortPackage, SIGNER_CHARS_MAX, ServiceAddress, Supplement,
    cut_name,
};
use portway_proto::types::v1::Address;
use portway_proto::{carrier::v1 as carrier, intake::v1 as intake};
use service::stamp;
use types::{Pon, Secret, Tn, Ver};

/// Reads what intake sent. The error names the field and shows no value.
pub(super) fn read(response: intake::GetSubmissionResponse) -> Result<PortPackage, String> {
    let numbers = response.numbers.into_iter().map(|number| {
        Ok(PackageNumber {
            tn: tn("numbers.tn", &number.tn)?.ok_or("numbers.tn: missing")?,
            pin: secret(number.pin),
        })
    });
    let wanted_date = response.wanted_date.as_ref();
    Ok(PortPackage {
        numbers: numbers.collect::<Result<_, String>>()?,
        account_number: secret(response.account_number),
        btn: tn("btn", &response.btn)?,
        end_user_name: response.end_user_name,
        service_address: response.service_address.map(|address| ServiceAddress {
            street: address.street,
            unit: address.unit,
            city: address.city,
            state: address.state,
            postal_code: address.postal_code,
        }),
        tax_id: secret(response.tax_id),
        authorized_by: response.authorized_by,
        wanted_date: wanted_date
            .map(|date| stamp::date_from_proto(date).ok_or("wanted_date: not a date"))
            .transpose()?,
        partial: response.partial,
        new_btn: tn("new_btn", &response.new_btn)?,
        disconnect_remaining: response.disconnect_remaining,
    })
}

fn secret(text: String) -> Option<Secret> {
    (!text.is_empty()).then(|| Secret::new(text))
}

fn tn(field: &str, text: &str) -> Result<Option<Tn>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|error| format!("{field}: {error}"))
}

/// Writes the carrier's request. Names are cut here, where they go out, and nowhere before.
pub(super) fn write(
    pon: &Pon,
    ver: Ver,
    supplement: Supplement,
    losing: &Carrier,
    package: &PortPackage,
) -> carrier::SubmitPortRequest {
    let exposed = |secret: &Option<Secret>| {
        secret
            .as_ref()
            .map(|secret| secret.expose().to_owned())
            .unwrap_or_default()
    };
    let supplement = match supplement {
        Supplement::None => carrier::Supplement::None,
        Supplement::DueDate => carrier::Supplement::DueDate,
        Supplement::Other => carrier::Supplement::Other,
    };
    let numbers = package.numbers.iter().map(|number| carrier::PortNumber {
        tn: number.tn.to_string(),
        pin: exposed(&number.pin),
    });
    carrier::SubmitPortRequest {
        pon: pon.to_string(),
        ver: ver.into(),
        supplement: supplement.into(),
        losing_spid: losing.spid.to_string(),
        numbers: numbers.collect(),
        account_number: exposed(&package.account_number),
        btn: text(package.btn),
        end_user_name: fitting(pon, "end_user_name", &package.end_user_name, NAME_CHARS_MAX),
        service_address: package.service_address.as_ref().map(|address| Address {
            street: address.street.clone(),
            unit: address.unit.clone(),
            city: address.city.clone(),
            state: address.state.clone(),
            postal_code: address.postal_code.clone(),
        }),
        tax_id: exposed(&package.tax_id),
        authorized_by: fitting(pon, "authorized_by", &package.authorized_by, SIGNER_CHARS_MAX),
        requested_date: package.wanted_date.map(stamp::date_to_proto),
        partial: package.partial,
        new_btn: text(package.new_btn),
        losing_resp_org: losing.resp_org.clone().unwrap_or_default(),
        disconnect_remaining: package.disconnect_remaining,
    }
}

fn text(tn: Option<Tn>) -> String {
    tn.map(|tn| tn.to_string()).unwrap_or_default()
}

fn fitting(pon: &Pon, field: &'static str, name: &str, chars_max: usize) -> String {
    let Some(cut) = cut_name(name, chars_max) else {
        return name.to_owned();
    };
    tracing::warn!(%pon, field, chars_max, "a name is longer than the carrier takes; sent cut");
    cut.to_owned()
}
