//! Whether the losing carrier is the right one, and has all that it asks for.

use super::numbers::is_toll_free;
use super::{CarrierFacts, DocumentKind, Documents, Requirement};
use crate::carrier::{CarrierProfile, LosingCarrier, Network};
use crate::port_in::order::Order;

const CARRIER: &str = "details.losing_carrier";
/// Above this an order is a project, whose dates carriers negotiate.
const NUMBERS_OF_NO_PROJECT: usize = 50;

pub(super) fn check(order: &Order, facts: &CarrierFacts) -> Vec<Requirement> {
    let mut all = Vec::new();
    if facts.losing == LosingCarrier::NoSuch {
        all.push(Requirement::fault(
            "LOSING_CARRIER_UNKNOWN",
            CARRIER,
            "there is no such carrier",
            "Take the id from ListCarriers or CheckPortability.",
        ));
    }
    let profile = facts.losing.profile();
    all.extend(check_account_number(order, profile));
    if let Some(profile) = profile {
        all.extend(check_network(order, profile));
        all.extend(check_pins(order, profile));
        all.extend(check_size(order, profile));
        all.extend(check_holders(order, profile, facts));
    }
    all
}

/// A carrier of which nothing is known may ask for it.
fn check_account_number(order: &Order, profile: Option<&CarrierProfile>) -> Option<Requirement> {
    let is_asked_for = profile.is_none_or(|profile| profile.asks_for.account_number);
    let is_missing = order.record().details.account_number.is_none();
    (is_asked_for && is_missing).then(|| {
        let remedy = "Take the account number from the bill, or ask the losing carrier for it.";
        Requirement::missing("details.account_number", remedy)
    })
}

/// Toll-free numbers go by a change of `RespOrg` and others never do, so the carrier has to be one of that way.
fn check_network(order: &Order, profile: &CarrierProfile) -> Option<Requirement> {
    if order.record().numbers.is_empty() {
        return None;
    }
    if is_toll_free(order) {
        let is_none = profile.resp_org.is_none() && profile.network != Network::TollFree;
        is_none.then(|| {
            Requirement::fault(
                "CARRIER_NOT_RESP_ORG",
                CARRIER,
                format!("{} is no RespOrg and has no toll-free numbers", profile.name),
                "Name the RespOrg that has the numbers; CheckPortability shows it.",
            )
        })
    } else {
        (profile.network == Network::TollFree).then(|| {
            Requirement::fault(
                "CARRIER_RESP_ORG_ONLY",
                CARRIER,
                format!("{} is a RespOrg and has toll-free numbers alone", profile.name),
                "Name the carrier that has the numbers; CheckPortability shows it.",
            )
        })
    }
}

fn check_pins(order: &Order, profile: &CarrierProfile) -> Vec<Requirement> {
    if !profile.asks_for.pin {
        return Vec::new();
    }
    let numbers = order.record().numbers.iter();
    let without = numbers.filter(|number| number.state.is_open() && number.pin.is_none());
    without
        .map(|number| {
            let message = format!(
                "{} asks for a PIN with every number; {} has none",
                profile.name, number.tn
            );
            let remedy =
                "Ask the losing carrier for the number's PIN; for wireless it is often a transfer PIN.";
            Requirement::fault("PIN_REQUIRED", "numbers.pin", message, remedy).about(number.tn)
        })
        .collect()
}

fn check_size(order: &Order, profile: &CarrierProfile) -> Option<Requirement> {
    let count = order.record().numbers.len();
    let is_project = profile.network == Network::Wireline && count > NUMBERS_OF_NO_PROJECT;
    is_project.then(|| {
        Requirement::warning(
            "PROJECT_NEGOTIATED",
            "numbers",
            format!("{count} numbers are a project: {} sets the date", profile.name),
            "Expect a later date than the one that is wanted, or make smaller orders.",
        )
    })
}

/// The bill is right and our data may be old, so it is a warning.
fn check_holders(order: &Order, profile: &CarrierProfile, facts: &CarrierFacts) -> Vec<Requirement> {
    let held_elsewhere = order.open_tns().into_iter().filter_map(|tn| {
        let holder = facts.holders.get(&tn)?;
        (holder.carrier != profile.id).then_some((tn, holder))
    });
    held_elsewhere
        .map(|(tn, holder)| {
            let message = format!("{tn} is with {}, the order says {}", holder.name, profile.name);
            let remedy =
                "Check the bill; if the number is with the other carrier, make an order of its own for it.";
            Requirement::warning("LOSING_CARRIER_MISMATCH", CARRIER, message, remedy).about(tn)
        })
        .collect()
}

/// A letter of authorization, where the carrier asks for one. That the account's policy asks for one, as it does for
/// toll-free numbers, is said elsewhere.
pub(super) fn check_loa(
    order: &Order,
    documents: &Documents<'_>,
    losing: &LosingCarrier,
) -> Option<Requirement> {
    let profile = losing.profile().filter(|profile| profile.asks_for.loa)?;
    let is_said = documents.policy.needs_loa(is_toll_free(order));
    let is_missing = documents.latest(DocumentKind::Loa).is_none() && !is_said;
    is_missing.then(|| {
        Requirement::fault(
            "LOA_MISSING",
            "documents",
            format!("{} asks for a letter of authorization", profile.name),
            "Upload a letter of authorization signed within the last 30 days.",
        )
    })
}
