//! The labels that papers put before what they say, and where they stand in a cell.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Each row: what stands behind the label, and the label.
const LABELS: &str = include_str!("../../data/record_labels.csv");

/// What stands behind a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    Account,
    Btn,
    Name,
    /// A name behind a label that is a common word: only after a colon, or in a cell of its own.
    NameStrict,
    /// A name behind the two letters of a carrier's own form.
    NameFid,
    Address,
    AddressFid,
    Lines,
    /// Something that is not asked for, but ends what stands before it.
    Other,
}

/// A label in a cell, by bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct LabelAt {
    pub(super) fact: Fact,
    pub(super) start: usize,
    /// Where the value begins.
    pub(super) value: usize,
    pub(super) has_mark: bool,
}

/// The words of a label, and what stands behind it.
type Phrase = (Vec<&'static str>, Fact);

/// By their first word, the longest first.
static PHRASES: LazyLock<HashMap<&'static str, Vec<Phrase>>> = LazyLock::new(|| {
    let mut phrases: HashMap<&str, Vec<Phrase>> = HashMap::new();
    for row in LABELS.lines().skip(1) {
        let Some((fact, label)) = row.split_once(',') else {
            continue;
        };
        let Some(fact) = fact_of(fact) else { continue };
        let words: Vec<&str> = label.split(' ').collect();
        let Some(first) = words.first() else { continue };
        phrases.entry(first).or_default().push((words, fact));
    }
    for of_word in phrases.values_mut() {
        of_word.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    }
    phrases
});

fn fact_of(code: &str) -> Option<Fact> {
    Some(match code {
        "account" => Fact::Account,
        "btn" => Fact::Btn,
        "name" => Fact::Name,
        "name_strict" => Fact::NameStrict,
        "name_fid" => Fact::NameFid,
        "address" => Fact::Address,
        "address_fid" => Fact::AddressFid,
        "lines" => Fact::Lines,
        "other" => Fact::Other,
        _unknown => return None,
    })
}

/// A word of a text in capitals, by bytes; `#` is a word.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The words of a text.
pub(super) fn words_of(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut is_open = false;
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        let is_word = character.is_alphanumeric();
        match words.last_mut() {
            Some(word) if is_word && is_open => {
                word.text.extend(character.to_uppercase());
                word.end = end;
            }
            _ if is_word || character == '#' => words.push(Word {
                text: character.to_uppercase().collect(),
                start: at,
                end,
            }),
            _ => {}
        }
        is_open = is_word;
    }
    words
}

/// The labels in a cell, from left to right. One within a cell counts only with a colon behind it: without, it may be a
/// word of a sentence.
pub(super) fn labels_in(cell: &str) -> Vec<LabelAt> {
    let words = words_of(cell);
    let mut labels = Vec::new();
    let mut index = 0;
    while index < words.len() {
        let Some((length, fact)) = phrase_at(&words, index) else {
            index += 1;
            continue;
        };
        let (start, end) = (words[index].start, words[index + length - 1].end);
        let rest = &cell[end..];
        let bare = rest.trim_start_matches(['.', ' ', ')']);
        let has_mark = bare.starts_with([':', '#']) || cell[start..end].ends_with('#');
        let value = cell.len() - bare.trim_start_matches([':', '#', '.', '-', '=', ' ']).len();
        // A single word may end a longer label that is not known, such as the name of something else.
        let is_sure = length > 1
            || fact == Fact::Other
            || words[..index]
                .last()
                .is_some_and(|before| before.text.contains(|digit: char| digit.is_ascii_digit()));
        if index == 0 || (has_mark && is_sure) {
            // What stands before the first word is a bullet or a number of a list.
            let start = if index == 0 { 0 } else { start };
            labels.push(LabelAt {
                fact,
                start,
                value,
                has_mark,
            });
        } else if length > 1 {
            // Where cells have run together a label ends what stands before it, even where it is not believed itself.
            labels.push(LabelAt {
                fact: Fact::Other,
                start,
                value,
                has_mark,
            });
        }
        index += length;
    }
    labels
}

/// The longest phrase that begins at a word.
fn phrase_at(words: &[Word], index: usize) -> Option<(usize, Fact)> {
    let phrases = PHRASES.get(words.get(index)?.text.as_str())?;
    let found = phrases.iter().find(|(phrase, _)| {
        let here = words.get(index..index + phrase.len());
        here.is_some_and(|here| here.iter().zip(phrase).all(|(word, wanted)| word.text == *wanted))
    });
    found.map(|(phrase, fact)| (phrase.len(), *fact))
}
