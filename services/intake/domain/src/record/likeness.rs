//! When what a paper says is what an order says: as lenient as carriers are, and no more.
//!
//! Case, punctuation and the usual short forms of streets make no difference; a middle initial does, for carriers reject for
//! one. Account numbers are compared as for port-outs.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::labels::words_of;
use crate::port_in::{Address, PostalCode, ShortText, State, SubscriberKind};
use crate::port_out::is_same_postal_code;

/// Each row: a word of addresses, and its short form; none: it is left out. From the USPS's Publication 28.
const STREET_WORDS: &str = include_str!("../../data/street_words.csv");
/// Carriers' forms have this many characters for the name of a business; what is longer is cut there.
const NAME_CUT: usize = 25;

static SHORT: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    STREET_WORDS
        .lines()
        .skip(1)
        .filter_map(|row| row.split_once(','))
        .collect()
});

/// Each row: a state, territory or province, and its name.
static STATE_NAMES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let rows = include_str!("../../data/state_names.csv").lines().skip(1);
    rows.filter_map(|row| row.split_once(',')).collect()
});

/// Whether two names are the same. A person's may stand in any order (`LEE, ANN`); a company's form of business may be
/// written out or not.
pub fn is_same_name(kind: SubscriberKind, ours: &str, theirs: &str) -> bool {
    let (mut ours_words, mut theirs_words) = (name_words(ours), name_words(theirs));
    match kind {
        SubscriberKind::Residential => {
            ours_words.sort_unstable();
            theirs_words.sort_unstable();
            ours_words == theirs_words
        }
        SubscriberKind::Business => {
            let (ours_bare, theirs_bare) = (ours_words.concat(), theirs_words.concat());
            let is_cut = theirs.chars().count() >= NAME_CUT && ours_bare.starts_with(&theirs_bare);
            ours_bare == theirs_bare || is_cut
        }
    }
}

fn name_words(name: &str) -> Vec<String> {
    let bare = name.replace(['.', '\'', '\u{2019}'], "").replace('&', " AND ");
    let words = words_of(&bare).into_iter().map(|word| match word.text.as_str() {
        "INCORPORATED" => "INC".to_owned(),
        "CORPORATION" => "CORP".to_owned(),
        "COMPANY" => "CO".to_owned(),
        "LIMITED" => "LTD".to_owned(),
        _other => word.text,
    });
    let mut words: Vec<String> = words.collect();
    if words.len() > 1 && words.first().is_some_and(|first| first == "THE") {
        words.remove(0);
    }
    words
}

/// An address as it is compared.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parts {
    /// All before state and postal code, short and in capitals.
    words: Vec<String>,
    state: Option<String>,
    postal_code: Option<String>,
}

/// Whether the address on a paper is the order's. What one of them leaves out is not compared, but street and unit are.
pub fn is_same_address(ours: &Address, theirs: &str) -> bool {
    let theirs = parts(theirs);
    let is_same_state = match (&ours.state, &theirs.state) {
        (Some(ours), Some(theirs)) => ours.as_str() == theirs,
        (None, _) | (_, None) => true,
    };
    let is_same_code = match (&ours.postal_code, &theirs.postal_code) {
        (Some(ours), Some(theirs)) => is_same_postal_code(ours.as_str(), theirs),
        (None, _) | (_, None) => true,
    };
    is_same_state && is_same_code && is_same_street(ours, &theirs.words)
}

fn is_same_street(ours: &Address, theirs: &[String]) -> bool {
    let of = |part: &Option<ShortText>| {
        part.as_ref()
            .map(|text| short_words(text.as_str()))
            .unwrap_or_default()
    };
    let (street, unit, city) = (of(&ours.street), of(&ours.unit), of(&ours.city));
    let none = Vec::new();
    let ways = [
        [&street, &unit, &city],
        [&unit, &street, &city],
        [&street, &city, &unit],
        [&street, &unit, &none],
        [&unit, &street, &none],
    ];
    // A state that no code follows, or that is written out, is still among the words.
    let state = ours.state.as_ref().map(State::as_str);
    let ends = [
        Vec::new(),
        state.map(short_words).unwrap_or_default(),
        state
            .and_then(|state| STATE_NAMES.get(state))
            .map(|name| short_words(name))
            .unwrap_or_default(),
    ];
    ways.iter().any(|way| {
        let mut ends = ends.iter();
        ends.any(|end| way.iter().copied().flatten().chain(end).eq(theirs))
    })
}

fn short_words(text: &str) -> Vec<String> {
    let words = words_of(text).into_iter().map(|word| word.text);
    words
        .filter(|word| word != "#")
        .map(|word| SHORT.get(word.as_str()).map_or(word, |short| (*short).to_owned()))
        .filter(|word| !word.is_empty())
        .collect()
}

/// The postal code at the end of an address.
pub fn postal_code_in(address: &str) -> Option<String> {
    parts(address).postal_code
}

/// Whether lines of an address come to its end.
pub(super) fn ends_with_postal_code(lines: &[String]) -> bool {
    postal_code_in(&lines.join(" ")).is_some()
}

/// Takes an address apart from its end.
fn parts(text: &str) -> Parts {
    let mut words: Vec<String> = words_of(text).into_iter().map(|word| word.text).collect();
    if matches!(words.last().map(String::as_str), Some("USA" | "US" | "CANADA")) {
        words.pop();
    }
    let postal_code = take_postal_code(&mut words);
    let is_state = |word: &String| postal_code.is_some() && word.parse::<State>().is_ok();
    let state = words.pop_if(|word| is_state(word));
    Parts {
        words: short_words(&words.join(" ")),
        state,
        postal_code,
    }
}

/// A postal code has something before it: a house number alone is none.
fn take_postal_code(words: &mut Vec<String>) -> Option<String> {
    for length in [2, 1] {
        let from = words.len().checked_sub(length).filter(|from| *from > 0)?;
        let code = words.get(from..)?.join("-");
        let has_form = code.bytes().filter(u8::is_ascii_digit).count() != 5 || length == 1;
        if has_form && code.parse::<PostalCode>().is_ok() {
            words.truncate(from);
            return Some(code);
        }
    }
    None
}
