//! What an order lacks that will go out in several parts: its own list, made of theirs.

use std::collections::HashSet;

use types::Tn;

use super::{DocumentFacts, Requirement};
use crate::port_in::split::Part;

/// The list of an order of these parts, each given with its numbers and what it lacks: what all lack once, what some lack
/// for each of their numbers. Faults first, then warnings.
pub fn of_parts(mut parts: Vec<(Vec<Tn>, Vec<Requirement>)>) -> Vec<Requirement> {
    if parts.len() < 2 {
        return parts.pop().map(|(_, lacks)| lacks).unwrap_or_default();
    }
    let is_in_all = |wanted: &Requirement| parts.iter().all(|(_, lacks)| lacks.contains(wanted));
    let shared: Vec<Requirement> = parts
        .first()
        .map(|(_, lacks)| lacks.iter().filter(|lack| is_in_all(lack)).cloned().collect())
        .unwrap_or_default();
    let own = parts.into_iter().flat_map(|(tns, lacks)| {
        let own: Vec<Requirement> = lacks.into_iter().filter(|lack| !shared.contains(lack)).collect();
        own.into_iter().flat_map(move |lack| named(&lack, &tns))
    });
    let own: Vec<Requirement> = own.collect();
    let mut all = shared;
    all.extend(own);
    all.sort_by_key(|requirement| requirement.is_warning);
    all
}

/// What is about one number as it is; what is about a whole part for each of its numbers.
fn named(lack: &Requirement, tns: &[Tn]) -> Vec<Requirement> {
    match lack.tn {
        Some(_) => vec![lack.clone()],
        None => tns.iter().map(|tn| lack.clone().about(*tn)).collect(),
    }
}

impl Part {
    /// The papers that go with it: those that name one of its numbers, or none at all. Another account's letters and
    /// records are nobody else's business.
    pub fn papers(&self, documents: &[DocumentFacts]) -> Vec<DocumentFacts> {
        let own: HashSet<Tn> = self.tns.iter().copied().collect();
        let is_own = |document: &&DocumentFacts| {
            document.tns.is_empty() || document.tns.iter().any(|tn| own.contains(tn))
        };
        documents.iter().filter(is_own).cloned().collect()
    }
}
