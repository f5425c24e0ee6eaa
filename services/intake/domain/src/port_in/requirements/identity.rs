//! Who the subscriber is and where the service is.

use super::Requirement;
use crate::port_in::details::{Address, Details, SubscriberKind};
use crate::port_in::order::Order;
use crate::port_in::postal::lies_in;
use crate::port_in::text::ShortText;

/// Carriers' forms have this many characters for the name of a business.
const COMPANY_NAME_SENT: usize = 25;
/// And this many for who signs.
const SIGNER_SENT: usize = 15;

pub(super) fn check(order: &Order) -> Vec<Requirement> {
    let details = &order.record().details;
    let mut all = Vec::new();
    if details.losing_carrier.is_none() {
        let remedy =
            "Name the carrier that has the numbers now; CheckPortability and ListCarriers show its id.";
        all.push(match &details.losing_carrier_name {
            None => Requirement::missing("details.losing_carrier", remedy),
            Some(name) => Requirement::fault(
                "CARRIER_NOT_IDENTIFIED",
                "details.losing_carrier",
                format!("{name} is not identified yet"),
                remedy,
            ),
        });
    }
    match &details.authorized_by {
        None => {
            let remedy = "Name the person who may sign for the account.";
            all.push(Requirement::missing("details.authorized_by", remedy));
        }
        Some(name) => all.extend(too_long("SIGNER_CUT", "details.authorized_by", name, SIGNER_SENT)),
    }
    all.extend(check_name(details));
    all.extend(check_address(&details.service_address));
    all
}

fn check_name(details: &Details) -> Vec<Requirement> {
    const REMEDY: &str = "Write the name exactly as on the bill.";
    let mut all = Vec::new();
    match details.subscriber_kind {
        None => {
            let remedy = "Say whether the subscriber is a person or a company.";
            all.push(Requirement::missing("details.subscriber_kind", remedy));
        }
        Some(SubscriberKind::Residential) => {
            let parts = [
                ("details.first_name", &details.first_name),
                ("details.last_name", &details.last_name),
            ];
            all.extend(
                parts
                    .iter()
                    .filter(|(_, name)| name.is_none())
                    .map(|(field, _)| Requirement::missing(field, REMEDY)),
            );
            if details.company_name.is_some() {
                all.push(Requirement::fault(
                    "RESIDENTIAL_WITH_COMPANY",
                    "details.company_name",
                    "a residential subscriber has no company name",
                    "Take the company name out, or make the subscriber a business.",
                ));
            }
        }
        Some(SubscriberKind::Business) => match &details.company_name {
            None => all.push(Requirement::missing("details.company_name", REMEDY)),
            Some(name) => all.extend(too_long(
                "NAME_CUT",
                "details.company_name",
                name,
                COMPANY_NAME_SENT,
            )),
        },
    }
    all
}

/// Names are kept whole and sent cut.
fn too_long(code: &'static str, field: &str, name: &ShortText, sent: usize) -> Option<Requirement> {
    let is_cut = name.as_str().chars().count() > sent;
    is_cut.then(|| {
        let message = format!("carriers take {sent} characters; the rest is kept here and not sent");
        Requirement::warning(code, field, message, "Nothing need be done.")
    })
}

fn check_address(address: &Address) -> Vec<Requirement> {
    const REMEDY: &str = "Write the service address exactly as on the bill.";
    let parts = [
        ("details.service_address.street", address.street.is_none()),
        ("details.service_address.city", address.city.is_none()),
        ("details.service_address.state", address.state.is_none()),
        (
            "details.service_address.postal_code",
            address.postal_code.is_none(),
        ),
    ];
    let mut all: Vec<Requirement> = parts
        .into_iter()
        .filter(|(_, is_missing)| *is_missing)
        .map(|(field, _)| Requirement::missing(field, REMEDY))
        .collect();
    let lines = [("street", &address.street), ("unit", &address.unit)];
    for (part, line) in lines {
        if line.as_ref().is_some_and(|line| is_po_box(line.as_str())) {
            all.push(Requirement::fault(
                "PO_BOX",
                &format!("details.service_address.{part}"),
                "a PO box is not a place where there is service",
                "Give the physical address of the service.",
            ));
        }
    }
    if let (Some(state), Some(postal_code)) = (&address.state, &address.postal_code)
        && lies_in(postal_code.as_str(), state.as_str()) == Some(false)
    {
        all.push(Requirement::fault(
            "ZIP_STATE_MISMATCH",
            "details.service_address.postal_code",
            format!("{postal_code} is not in {state}"),
            "Correct the postal code or the state.",
        ));
    }
    all
}

/// Whether a line of an address is a post office box, however it is written.
fn is_po_box(line: &str) -> bool {
    let words: String = line
        .to_uppercase()
        .chars()
        .filter(|character| *character != '.')
        .map(|character| {
            if character.is_alphanumeric() {
                character
            } else {
                ' '
            }
        })
        .collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    let has = |phrase: &[&str]| words.windows(phrase.len()).any(|window| window == phrase);
    let is_bare_box =
        matches!(words.as_slice(), ["BOX", number, ..] if number.bytes().all(|byte| byte.is_ascii_digit()));
    is_bare_box
        || has(&["PO", "BOX"])
        || has(&["P", "O", "BOX"])
        || has(&["POBOX"])
        || has(&["POST", "OFFICE", "BOX"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_po_box_is_seen_however_it_is_written() {
        for line in [
            "PO Box 12",
            "P.O. Box 12",
            "p o box 12",
            "POBox 7",
            "Post Office Box 3",
            "Box 44",
            "c/o Ann, PO BOX 9",
        ] {
            assert!(is_po_box(line), "{line}");
        }
        for line in ["1 Main St", "12 Boxwood Ave", "4 Box Elder Ln", "Polk Street 3"] {
            assert!(!is_po_box(line), "{line}");
        }
    }
}
