//! What is on an account that stands in the way of a port, as customer service records name it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use types::Tn;

use super::FoundFeature;
use super::cells::Cell;
use super::labels::{Fact, Word, words_of};

/// Each row: the feature, and a word or words for it.
const FEATURES: &str = include_str!("../../data/record_features.csv");
/// A line with more words is a sentence, which may speak of a feature that is not there.
const WORDS_MAX: usize = 8;

/// Something on an account that stands in the way of a port, or that a port takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// The line carries DSL.
    Dsl,
    /// Calls roll over from number to number.
    HuntGroup,
    /// The line is ISDN.
    Isdn,
    /// The number is part of a Centrex system.
    Centrex,
    /// The number is a second ring on another line.
    DistinctiveRing,
    /// The account is frozen against changes of carrier.
    Freeze,
    /// A reseller sells the carrier's service.
    Reseller,
}

impl Feature {
    /// Every feature.
    pub const ALL: [Self; 7] = [
        Self::Dsl,
        Self::HuntGroup,
        Self::Isdn,
        Self::Centrex,
        Self::DistinctiveRing,
        Self::Freeze,
        Self::Reseller,
    ];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Dsl => "dsl",
            Self::HuntGroup => "hunt_group",
            Self::Isdn => "isdn",
            Self::Centrex => "centrex",
            Self::DistinctiveRing => "distinctive_ring",
            Self::Freeze => "freeze",
            Self::Reseller => "reseller",
        }
    }
}

static PHRASES: LazyLock<Vec<(Vec<&'static str>, Feature)>> = LazyLock::new(|| {
    let rows = FEATURES.lines().skip(1).filter_map(|row| row.split_once(','));
    rows.filter_map(|(code, phrase)| {
        let feature = Feature::ALL.into_iter().find(|feature| feature.code() == code)?;
        Some((phrase.split(' ').collect(), feature))
    })
    .collect()
});

/// The features that were named so far, each with the numbers it was named beside.
#[derive(Debug, Default)]
pub(super) struct Features(BTreeMap<Feature, BTreeSet<Tn>>);

impl Features {
    /// Adds those that a line names. `numbers` are the line's.
    pub(super) fn take(&mut self, line: &[Cell<'_>], numbers: impl FnOnce() -> Vec<Tn>) {
        let mut named = BTreeSet::new();
        for (column, cell) in line.iter().enumerate() {
            let words = words_of(cell.text);
            let spoken = words
                .iter()
                .filter(|word| word.text.chars().all(char::is_alphabetic));
            if speaks_of_a_person(cell) || spoken.count() > WORDS_MAX {
                continue;
            }
            let behind = line.get(column + 1).filter(|next| !next.is_labelled());
            let behind = behind.and_then(|next| words_of(next.text).into_iter().next());
            let is_named = |phrase: &[&str]| {
                (0..words.len()).any(|at| is_named_at(cell.text, &words, at, phrase, behind.as_ref()))
            };
            let here = PHRASES.iter().filter(|(phrase, _)| is_named(phrase));
            named.extend(here.map(|(_, feature)| *feature));
        }
        if named.is_empty() {
            return;
        }
        let numbers = numbers();
        for feature in named {
            self.0.entry(feature).or_default().extend(&numbers);
        }
    }

    /// All of them.
    pub(super) fn found(self) -> Vec<FoundFeature> {
        let found = self.0.into_iter().map(|(feature, tns)| FoundFeature {
            feature,
            tns: tns.into_iter().collect(),
        });
        found.collect()
    }
}

/// A name or an address may have such a word in it.
fn speaks_of_a_person(cell: &Cell<'_>) -> bool {
    cell.labels.iter().any(|label| match label.fact {
        Fact::Name | Fact::NameStrict | Fact::NameFid | Fact::Address | Fact::AddressFid => true,
        Fact::Account | Fact::Btn | Fact::Lines | Fact::Other => false,
    })
}

/// Whether the phrase stands there and says that there is such a thing: `Hunting: none` does not, nor does `no DSL`, nor
/// a form's empty field `Reseller:`.
fn is_named_at(cell: &str, words: &[Word], index: usize, phrase: &[&str], behind: Option<&Word>) -> bool {
    let Some(here) = words.get(index..index + phrase.len()) else {
        return false;
    };
    if !here.iter().zip(phrase).all(|(word, wanted)| word.text == *wanted) {
        return false;
    }
    let is_denied_before = index
        .checked_sub(1)
        .and_then(|before| words.get(before))
        .is_some_and(|word| matches!(word.text.as_str(), "NO" | "NOT" | "NON" | "WITHOUT"));
    let rest = here
        .last()
        .and_then(|last| cell.get(last.end..))
        .unwrap_or_default();
    let is_field = rest.trim_start().starts_with(':');
    let next = words
        .get(index + phrase.len())
        .or(behind)
        .map(|word| word.text.as_str());
    let is_denied = matches!(
        next,
        Some(
            "NO" | "NONE"
                | "N"
                | "NOT"
                | "OFF"
                | "FALSE"
                | "0"
                | "NA"
                | "REMOVED"
                | "INACTIVE"
                | "DISABLED"
                | "ELIGIBLE"
                | "AVAILABLE"
                | "QUALIFIED"
        )
    );
    let is_blank = is_field && next.is_none();
    !(is_denied_before || is_denied || is_blank)
}
