//! From a paper's text to what it says: finds each label's value, and takes it if it has the form that such a value has.

use std::collections::BTreeSet;

use types::{Secret, Tn};

use super::AccountRecord;
use super::cells::{Cell, lines};
use super::features::Features;
use super::labels::{Fact, LabelAt};
use super::likeness::ends_with_postal_code;
use super::numbers::numbers_in;

/// Values that are kept of one thing.
const VALUES_MAX: usize = 8;
/// Numbers that are kept of an account's lines.
const LINES_MAX: usize = 20_000;
/// Numbers that are read in all, however often; a bill has some hundreds.
const NUMBERS_READ_MAX: usize = 100_000;
/// Lines of an address.
const ADDRESS_LINES_MAX: usize = 4;
const ACCOUNT_CHARS: std::ops::RangeInclusive<usize> = 4..=30;
const NAME_CHARS_MAX: usize = 100;
/// A name has fewer words; what has more is a sentence.
const NAME_WORDS_MAX: usize = 9;
const ADDRESS_CHARS_MAX: usize = 250;

/// Reads what a paper says of an account.
pub fn read(text: &str) -> AccountRecord {
    let lines = lines(text);
    let mut reading = Reading {
        record: AccountRecord::default(),
        lines: BTreeSet::new(),
        room: NUMBERS_READ_MAX,
    };
    let mut features = Features::default();
    for (row, line) in lines.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            for (index, label) in cell.labels.iter().enumerate() {
                let at = Place {
                    lines: &lines,
                    row,
                    column,
                };
                reading.take(label, &at.value(cell, index), at);
            }
            reading.take_identified(cell.text);
        }
        features.take(line, || {
            line.iter().flat_map(|cell| reading.numbers(cell.text)).collect()
        });
    }
    AccountRecord {
        lines: reading.lines.into_iter().collect(),
        features: features.found(),
        ..reading.record
    }
}

/// A cell's place in a paper.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    lines: &'a [Vec<Cell<'a>>],
    row: usize,
    column: usize,
}

/// What stands behind a label.
#[derive(Debug)]
struct Value<'a> {
    text: &'a str,
    /// Where it is: its line, and where it begins there. None: there is none, or the rest of its cell is another label's.
    place: Option<(usize, usize)>,
    /// No other label stands between its own and the next cell.
    is_last: bool,
    /// It stands in a cell of its own, and not in a table.
    is_apart: bool,
}

impl<'a> Place<'a> {
    fn line(self, row: usize) -> &'a [Cell<'a>] {
        self.lines.get(row).map(Vec::as_slice).unwrap_or_default()
    }

    /// The cell of this column in the next line, if it is not a label of its own. Where the lines differ in their cells,
    /// nobody knows which is below which.
    fn below(self) -> Option<&'a Cell<'a>> {
        let (here, there) = (self.line(self.row), self.line(self.row + 1));
        let is_aligned = here.len() == there.len();
        there
            .get(self.column)
            .filter(|cell| is_aligned && !cell.is_labelled())
    }

    /// What stands behind the label with this index in its cell: in the cell, beside it, or below it.
    fn value(self, cell: &'a Cell<'a>, index: usize) -> Value<'a> {
        let label = cell.labels.get(index);
        let next = cell.labels.get(index + 1);
        let start = label.map_or(0, |label| label.value);
        let end = next.map_or(cell.text.len(), |next| next.start);
        let inline = cell.text.get(start..end).unwrap_or_default().trim();
        if !inline.is_empty() || next.is_some() {
            return Value {
                text: inline,
                place: next.is_none().then_some((self.row, cell.start)),
                is_last: next.is_none(),
                is_apart: false,
            };
        }
        let here = self.line(self.row);
        let (row, found, is_apart) = match here.get(self.column + 1) {
            Some(beside) if !beside.is_labelled() => (self.row, Some(beside), here.len() == 2),
            // A row of several labels heads a table, which may be of anything.
            Some(_) | None => (self.row + 1, self.below(), here.len() == 1),
        };
        Value {
            text: found.map(|cell| cell.text).unwrap_or_default(),
            place: found.map(|cell| (row, cell.start)),
            is_last: true,
            is_apart,
        }
    }

    /// The line below a value, if the value may go on there: the only cell of its line, or a cell and a postal code, that
    /// begins where the value or its label does.
    fn goes_on(self, row: usize, start: usize) -> Option<String> {
        let label = self.line(self.row).get(self.column)?;
        let line = self.line(row);
        let first = line.first()?;
        let is_below = first.start == start || self.line(row.checked_sub(1)?).len() == 1 && self.column == 0;
        let is_postal_code = |cell: &Cell<'_>| cell.text.parse::<crate::port_in::PostalCode>().is_ok();
        let is_whole = line.len() == 1 || (line.len() == 2 && line.last().is_some_and(is_postal_code));
        let has_label = line.iter().any(|cell| !cell.labels.is_empty());
        let is_right = first.start >= label.start;
        (is_below && is_right && is_whole && !has_label)
            .then(|| line.iter().map(|cell| cell.text).collect::<Vec<_>>().join(" "))
    }
}

/// What was read so far.
struct Reading {
    record: AccountRecord,
    lines: BTreeSet<Tn>,
    /// Numbers that may still be read.
    room: usize,
}

impl Reading {
    fn take(&mut self, label: &LabelAt, value: &Value<'_>, at: Place<'_>) {
        let record = &mut self.record;
        match label.fact {
            Fact::Account => account_numbers(value.text)
                .into_iter()
                .for_each(|number| push(&mut record.account_numbers, number)),
            Fact::Btn => {
                if let [btn] = self.numbers(value.text).as_slice() {
                    push(&mut self.record.btns, *btn);
                }
            }
            // Where cells have run together a page or an amount may stand behind the name.
            Fact::Name
                if !label.has_mark
                    && !value.is_apart
                    && value.text.contains(|digit: char| digit.is_ascii_digit()) => {}
            Fact::Name => record.add_name(value.text),
            Fact::NameStrict if label.has_mark || value.is_apart => record.add_name(value.text),
            Fact::NameFid if label.start == 0 && !label.has_mark => record.add_name(value.text),
            Fact::Address => record.add_address(value, at),
            Fact::AddressFid if value.text.starts_with(|first: char| first.is_ascii_digit()) => {
                record.add_address(value, at);
            }
            Fact::Lines => self.take_list(value, at),
            Fact::NameStrict | Fact::NameFid | Fact::AddressFid | Fact::Other => {}
        }
    }

    /// The numbers of a list: behind the label, and in the lines below that have numbers and no label before them.
    fn take_list(&mut self, value: &Value<'_>, at: Place<'_>) {
        let is_beside = value.place.is_none_or(|(row, _)| row == at.row);
        if is_beside {
            let found = self.numbers(value.text);
            self.add_lines(found);
        }
        if !value.is_last || at.column > 0 {
            return;
        }
        for row in at.row + 1..at.lines.len() {
            let line = at.line(row);
            let is_labelled = line.first().is_none_or(Cell::is_labelled);
            let found: Vec<Tn> = line.iter().flat_map(|cell| self.numbers(cell.text)).collect();
            if found.is_empty() || is_labelled {
                break;
            }
            self.add_lines(found);
        }
    }

    /// The numbers behind the field identifier `/TN`, by which carriers' own forms name the line that a feature is on.
    fn take_identified(&mut self, cell: &str) {
        const IDENTIFIER: &str = "/TN ";
        for part in cell.split(IDENTIFIER).skip(1) {
            let first = self
                .numbers(part.split('/').next().unwrap_or_default())
                .first()
                .copied();
            self.add_lines(first);
        }
    }

    fn add_lines(&mut self, tns: impl IntoIterator<Item = Tn>) {
        for tn in tns {
            if self.lines.len() < LINES_MAX {
                self.lines.insert(tn);
            }
        }
    }

    /// The numbers in a text, until enough were read.
    fn numbers(&mut self, text: &str) -> Vec<Tn> {
        if self.room == 0 {
            return Vec::new();
        }
        let found = numbers_in(text);
        self.room = self.room.saturating_sub(found.len());
        found
    }
}

impl AccountRecord {
    fn add_name(&mut self, text: &str) {
        let name = text.trim_matches([' ', ',', '-', '_', '*']);
        let is_name = name.chars().any(char::is_alphabetic)
            && !name.contains([':', '@', '$', '_'])
            && name.chars().count() <= NAME_CHARS_MAX
            && name.split_whitespace().count() <= NAME_WORDS_MAX
            && name.starts_with(|first: char| first.is_uppercase() || first.is_ascii_digit());
        if is_name {
            push(&mut self.names, name.to_owned());
        }
    }

    /// An address goes on in the lines below until its postal code; one that has none is its first line.
    fn add_address(&mut self, value: &Value<'_>, at: Place<'_>) {
        let mut whole = vec![value.text.to_owned()];
        let mut below = value.place.map(|(row, start)| (row + 1, start));
        while let Some((row, start)) = below.filter(|_| whole.len() < ADDRESS_LINES_MAX) {
            let Some(line) = at.goes_on(row, start).filter(|_| !ends_with_postal_code(&whole)) else {
                break;
            };
            whole.push(line);
            below = Some((row + 1, start));
        }
        if !ends_with_postal_code(&whole) {
            whole.truncate(1);
        }
        let address = whole.join(", ");
        let is_address = address.starts_with(|first: char| first.is_ascii_digit() || first.is_uppercase())
            && address.chars().any(|character| character.is_ascii_digit())
            && !address.contains([':', '@', '$'])
            && address.chars().count() <= ADDRESS_CHARS_MAX;
        if is_address {
            push(&mut self.addresses, address);
        }
    }
}

fn push<T: PartialEq>(values: &mut Vec<T>, value: T) {
    if values.len() < VALUES_MAX && !values.contains(&value) {
        values.push(value);
    }
}

/// The account number at the start of a value: its groups of characters up to one without a digit. Where a group behind the
/// first may be something else, such as a date without a label, the first by itself is a reading too.
fn account_numbers(value: &str) -> Vec<Secret> {
    let groups: Vec<&str> = value
        .split_whitespace()
        .take_while(|group| {
            group.chars().any(|character| character.is_ascii_digit())
                && group
                    .chars()
                    .all(|character| character.is_ascii_alphanumeric() || "-.()".contains(character))
        })
        .collect();
    let mut readings = vec![groups.join(" ")];
    readings.extend(groups.first().map(|first| (*first).to_owned()));
    readings.dedup();
    // Bills that hide a part of it write X in its place.
    let is_number = |reading: &String| {
        ACCOUNT_CHARS.contains(&reading.chars().count()) && !reading.to_ascii_uppercase().contains("XX")
    };
    readings.into_iter().filter(is_number).map(Secret::new).collect()
}
