//! What a port would leave behind broken: lines without a billing number, DSL without its line, a hunt group without its
//! members. Found from what the order and the customer service record say, before a carrier rejects for it or cuts it off.

use std::collections::HashSet;

use types::Tn;

use super::papers::Paper;
use super::{Requirement, numbers::is_toll_free};
use crate::port_in::details::RemainingNumbers;
use crate::port_in::order::Order;
use crate::record::{Feature, FoundFeature};

/// Numbers that a message names.
const NAMED_MAX: usize = 5;

pub(super) fn check(order: &Order, csr: &Paper) -> Vec<Requirement> {
    let leaving: HashSet<Tn> = order.open_tns().into_iter().collect();
    let mut all = Vec::new();
    if !is_toll_free(order) {
        all.extend(check_lines(order, csr, &leaving));
    }
    for found in &csr.record.features {
        all.extend(check_feature(found, &leaving));
    }
    all
}

/// A record that names none of the order's numbers is of another account, and says nothing of this one.
fn check_lines(order: &Order, csr: &Paper, leaving: &HashSet<Tn>) -> Option<Requirement> {
    let lines = &csr.record.lines;
    if !lines.iter().any(|tn| leaving.contains(tn)) {
        return None;
    }
    let staying: Vec<Tn> = lines.iter().copied().filter(|tn| !leaving.contains(tn)).collect();
    let details = &order.record().details;
    let btn_leaves = details.btn.is_some_and(|btn| leaving.contains(&btn));
    if staying.is_empty() {
        return details.partial.then(|| {
            Requirement::warning(
                "PARTIAL_WITHOUT_REST",
                "details.partial",
                "the order says that lines stay, and takes every line that the customer service record lists",
                "Say that all lines leave, or name those that stay to the losing carrier.",
            )
        });
    }
    if details.partial && details.remaining_numbers == Some(RemainingNumbers::Disconnect) {
        // They are not stranded: they are given up.
        return None;
    }
    let names = named(&staying);
    match (details.partial, details.new_btn) {
        // Lines that are disconnected need no number that bills them.
        (true, None) if details.remaining_numbers == Some(RemainingNumbers::Disconnect) => None,
        (false, _) | (true, None) if btn_leaves => Some(Requirement::warning(
            "STRANDING_BTN",
            "details.new_btn",
            format!(
                "the billing number leaves while lines stay: {names}; they would be cut off or hold the port up"
            ),
            "Say that lines stay and name one of them as the new billing number, or add them to the order.",
        )),
        (false, _) => Some(Requirement::warning(
            "STRANDING_LINES",
            "details.partial",
            format!("the order says that all lines leave, and these of the account are not in it: {names}"),
            "Say that lines stay, or add them to the order.",
        )),
        (true, Some(new_btn)) if !lines.contains(&new_btn) => Some(Requirement::warning(
            "STRANDING_NEW_BTN",
            "details.new_btn",
            format!("{new_btn} is not one of the lines that stay: {names}"),
            "Name a line of this account that stays as the new billing number.",
        )),
        (true, _) => None,
    }
}

fn named(tns: &[Tn]) -> String {
    let shown: Vec<String> = tns.iter().take(NAMED_MAX).map(Tn::to_string).collect();
    match tns.len().saturating_sub(NAMED_MAX) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A feature of a line that stays is left alone, but for those that bind lines together or the whole account.
fn check_feature(found: &FoundFeature, leaving: &HashSet<Tn>) -> Vec<Requirement> {
    let (code, message, remedy) = words(found.feature);
    let warning = |of: &str| {
        let message = format!("the customer service record shows {message}{of}");
        Requirement::warning(code, "numbers", message, remedy)
    };
    let leaving: Vec<Tn> = found
        .tns
        .iter()
        .copied()
        .filter(|tn| leaving.contains(tn))
        .collect();
    let is_of_account = matches!(found.feature, Feature::Freeze | Feature::Reseller);
    if found.tns.is_empty() || is_of_account {
        return vec![warning(" on the account")];
    }
    let each = leaving.into_iter();
    each.map(|tn| warning(&format!(" on {tn}")).about(tn)).collect()
}

/// Code, what is found, and what to do about it.
const fn words(feature: Feature) -> (&'static str, &'static str, &'static str) {
    match feature {
        Feature::Dsl => (
            "STRANDING_DSL",
            "DSL, which ends with the port",
            "Order other internet access first, then have the losing carrier take DSL off the line or move it to another.",
        ),
        Feature::HuntGroup => (
            "STRANDING_HUNT_GROUP",
            "a hunt group, which breaks when a member leaves",
            "Have the losing carrier take the numbers out of the group, or port all its members together.",
        ),
        Feature::Isdn => (
            "STRANDING_ISDN",
            "ISDN, whose other numbers stop when its main one leaves",
            "Port all numbers of the ISDN line together, or have the losing carrier convert it first.",
        ),
        Feature::Centrex => (
            "STRANDING_CENTREX",
            "Centrex, which carriers do not port from",
            "Have the losing carrier convert the numbers to plain lines first.",
        ),
        Feature::DistinctiveRing => (
            "STRANDING_DISTINCTIVE_RING",
            "distinctive ring, a number without a line of its own",
            "Have the losing carrier take the feature off, or make the number a line of its own.",
        ),
        Feature::Freeze => (
            "STRANDING_FREEZE",
            "a freeze against changes of carrier",
            "Have the account holder lift it with the losing carrier before the order is submitted.",
        ),
        Feature::Reseller => (
            "STRANDING_RESELLER",
            "a reseller, whose records are not the carrier's",
            "Ask the reseller for the customer service record of the carrier beneath, and take account number and name from it.",
        ),
    }
}
