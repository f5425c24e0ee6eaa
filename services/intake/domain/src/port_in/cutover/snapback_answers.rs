//! What a carrier says of the numbers of a snapback. It may say yes to some and no to others, each at its own time.

use std::collections::BTreeMap;

use types::Tn;

use super::SnapbackState;

/// What was said of the numbers that are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapbackAnswers {
    asked_for: Vec<Tn>,
    given: BTreeMap<Tn, Option<String>>,
}

impl SnapbackAnswers {
    /// `given`: of some of the numbers why they stay, or `None` when they are back.
    pub const fn new(asked_for: Vec<Tn>, given: BTreeMap<Tn, Option<String>>) -> Self {
        Self { asked_for, given }
    }

    /// The numbers that are asked for.
    pub fn asked_for(&self) -> &[Tn] {
        &self.asked_for
    }

    /// What was said of which.
    pub const fn given(&self) -> &BTreeMap<Tn, Option<String>> {
        &self.given
    }

    /// Hears one answer about these numbers, or when none is named about all that are still to be answered. Returns those that
    /// it is news of: a carrier does not take its word back by another answer.
    pub fn hear(&mut self, tns: &[Tn], refusal: Option<&str>) -> Vec<Tn> {
        let awaited = self.asked_for.iter().filter(|tn| !self.given.contains_key(tn));
        let named = awaited.filter(|tn| tns.is_empty() || tns.contains(tn));
        let news: Vec<Tn> = named.copied().collect();
        let told = news.iter().map(|tn| (*tn, refusal.map(str::to_owned)));
        self.given.extend(told);
        news
    }

    /// How the snapback ended; `None`: a number is still to be answered. Any number that is back makes it confirmed.
    pub fn outcome(&self) -> Option<SnapbackState> {
        if !self.asked_for.iter().all(|tn| self.given.contains_key(tn)) {
            return None;
        }
        let is_any_back = self.given.values().any(Option::is_none);
        Some(if is_any_back {
            SnapbackState::Confirmed
        } else {
            SnapbackState::Refused
        })
    }

    /// The numbers that are back.
    pub fn returned(&self) -> Vec<Tn> {
        let back = self.given.iter().filter(|(_, refusal)| refusal.is_none());
        back.map(|(tn, _)| *tn).collect()
    }

    /// Why numbers stay, each reason once.
    pub fn refusal(&self) -> String {
        let mut words: Vec<&str> = self.given.values().flatten().map(String::as_str).collect();
        words.sort_unstable();
        words.dedup();
        words.join("; ")
    }
}
