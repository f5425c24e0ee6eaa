//! Which code of which carrier means which reason.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use types::CarrierId;

use crate::raw_code::{normalise, unwrap_codes};
use crate::reason::{Actor, Field, Reason, ReasonClass};

const REJECT_CODES: &str = include_str!("../data/reject_codes.csv");

static BUILT_IN: LazyLock<Crosswalk> = LazyLock::new(|| {
    // Flexible, because the notes at the end of a row have commas.
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(REJECT_CODES.as_bytes());
    let mappings: Result<Vec<Mapping>, csv::Error> = reader.deserialize().collect();
    #[expect(
        clippy::expect_used,
        reason = "the file is compiled in, and each test of this crate reads it"
    )]
    let mappings = mappings.expect("the built-in crosswalk is well formed");
    Crosswalk {
        reasons: BTreeMap::new(),
    }
    .with_mappings(mappings)
});

/// The kind of network a carrier runs, and so the codes it uses where it has none of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Network {
    /// Mobile.
    Wireless,
    /// Fixed lines, cable and voice over IP.
    Wireline,
}

impl Network {
    /// The name of the network's vocabulary.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Wireless => "wireless",
            Self::Wireline => "wireline",
        }
    }
}

/// Whose words a code is in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vocabulary {
    /// The carrier that sent it. Its own meaning of a code goes first.
    pub carrier: Option<CarrierId>,
    /// The carrier's network, whose meaning goes second. For a carrier that is not known to be of one network: none,
    /// and its codes are looked for in wireless, then in wireline.
    pub network: Option<Network>,
}

/// One line of the crosswalk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Mapping {
    /// A carrier's id, or `wireless` or `wireline`.
    pub vocabulary: String,
    /// The carrier's code, in any case.
    pub code: String,
    /// What it means.
    pub reason: Reason,
}

/// Everything that follows from a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What it means.
    pub reason: Reason,
    /// What happens next.
    pub class: ReasonClass,
    /// What to do about it.
    pub remedy: &'static str,
    /// Who must act.
    pub actor: Actor,
    /// The order's field at fault, when there is exactly one; [`Reason::fields`] has all that may be.
    pub field: Option<Field>,
    /// What the carrier sent, untouched.
    pub raw: String,
    /// The code that was found in it, as the crosswalk spells it.
    pub code: String,
}

/// The known codes of all carriers.
#[derive(Debug, Clone)]
pub struct Crosswalk {
    reasons: BTreeMap<(String, String), Reason>,
}

impl Crosswalk {
    /// The crosswalk that comes with the program.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// This crosswalk with mappings of operators added; they win over those there were.
    #[must_use]
    pub fn with_mappings(mut self, mappings: impl IntoIterator<Item = Mapping>) -> Self {
        let key = |mapping: &Mapping| (vocabulary_key(&mapping.vocabulary), normalise(&mapping.code));
        self.reasons.extend(
            mappings
                .into_iter()
                .map(|mapping| (key(&mapping), mapping.reason)),
        );
        self
    }

    /// Explains what a carrier sent: a code in any case, or a vendor's text with the carrier's code in it.
    pub fn explain(&self, vocabulary: &Vocabulary, raw: &str) -> Explanation {
        let code = match self.reason(vocabulary, &normalise(raw)) {
            Some(_) => normalise(raw),
            None => unwrap_codes(raw)
                .into_iter()
                .next()
                .unwrap_or_else(|| normalise(raw)),
        };
        self.explain_code(vocabulary, code, raw)
    }

    /// Explains every code in what a carrier sent, each once, in the order of the text; at least one explanation.
    pub fn explain_all(&self, vocabulary: &Vocabulary, raw: &str) -> Vec<Explanation> {
        let mut explanations = vec![self.explain(vocabulary, raw)];
        for code in unwrap_codes(raw) {
            if explanations.iter().all(|explanation| explanation.code != code) {
                explanations.push(self.explain_code(vocabulary, code, raw));
            }
        }
        explanations
    }

    fn explain_code(&self, vocabulary: &Vocabulary, code: String, raw: &str) -> Explanation {
        let reason = self.reason(vocabulary, &code).unwrap_or(Reason::Unmapped);
        Explanation {
            reason,
            class: reason.class(),
            remedy: reason.remedy(),
            actor: reason.actor(),
            field: reason.field(),
            raw: raw.to_owned(),
            code,
        }
    }

    /// Looks a code up: the carrier's own meaning, else its network's.
    fn reason(&self, vocabulary: &Vocabulary, code: &str) -> Option<Reason> {
        let own = vocabulary
            .carrier
            .as_ref()
            .map(|carrier| vocabulary_key(carrier.as_str()));
        let networks = match vocabulary.network {
            Some(Network::Wireless) => &[Network::Wireless][..],
            Some(Network::Wireline) => &[Network::Wireline][..],
            None => &[Network::Wireless, Network::Wireline][..],
        };
        let of_networks = networks.iter().map(|network| network.code().to_owned());
        own.into_iter()
            .chain(of_networks)
            .find_map(|name| self.reasons.get(&(name, code.to_owned())).copied())
    }
}

/// A vocabulary's name without what people spell differently: `T-Mobile` and `tmobile` are one carrier.
fn vocabulary_key(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_lowercase())
        .collect()
}
