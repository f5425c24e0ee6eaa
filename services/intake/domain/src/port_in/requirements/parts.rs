//! What an order lacks that will go out in several parts: its own list, made of theirs.

use std::collections::HashSet;

use types::Tn;

use super::{DocumentFacts, Requirement};
use crate::port_in::split::{CHILDREN_MAX, Part};

/// The list of an order of these parts, each given with its numbers and what it lacks: what all lack once, what some lack
/// for each of their numbers. Faults first, then warnings.
pub fn of_parts(mut parts: Vec<(Vec<Tn>, Vec<Requirement>)>) -> Vec<Requirement> {
    if parts.len() < 2 {
        return parts.pop().map(|(_, lacks)| lacks).unwrap_or_default();
    }
    // What is about one number cannot be shared.
    let is_in_all =
        |wanted: &Requirement| wanted.tn.is_none() && parts.iter().all(|(_, lacks)| lacks.contains(wanted));
    let shared: Vec<Requirement> = parts
        .first()
        .map(|(_, lacks)| lacks.iter().filter(|lack| is_in_all(lack)).cloned().collect())
        .unwrap_or_default();
    let own = parts.into_iter().flat_map(|(tns, lacks)| {
        let own: Vec<Requirement> = lacks
            .into_iter()
            .filter(|lack| lack.tn.is_some() || !shared.contains(lack))
            .collect();
        own.into_iter().flat_map(move |lack| named(&lack, &tns))
    });
    let own: Vec<Requirement> = own.collect();
    let mut all = shared;
    all.extend(own);
    all.sort_by_key(|requirement| requirement.is_warning);
    all
}

/// An order divides into so many children at most, since they are made at once.
pub fn of_part_count(count: usize) -> Option<Requirement> {
    (count > CHILDREN_MAX).then(|| {
        Requirement::fault(
            "TOO_MANY_PARTS",
            "numbers",
            format!("the numbers make {count} orders for the carriers; {CHILDREN_MAX} can go together"),
            "Divide the numbers over several orders.",
        )
    })
}

/// What is about one number as it is; what is about a whole part for each of its numbers.
fn named(lack: &Requirement, tns: &[Tn]) -> Vec<Requirement> {
    match lack.tn {
        Some(_) => vec![lack.clone()],
        None => tns.iter().map(|tn| lack.clone().about(*tn)).collect(),
    }
}

impl Part {
    /// Whether a paper goes with it: one that names one of its numbers, or no number at all. Another account's letters and
    /// records are nobody else's business.
    pub fn is_named_by(&self, document: &DocumentFacts) -> bool {
        let named: HashSet<Tn> = document.tns.iter().copied().collect();
        named.is_empty() || self.numbers.iter().any(|number| named.contains(&number.tn))
    }
}
