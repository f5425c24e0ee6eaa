//! From a paper's text to what it says: finds each label's value, and takes it if it has the form that such a value has.

use types::{Secret, Tn};

use super::AccountRecord;
use super::cells::{Cell, lines};
use super::features;
use super::labels::{Fact, LabelAt};
use super::likeness::ends_with_postal_code;
use super::numbers::numbers_in;

/// Values that are kept of one thing.
const VALUES_MAX: usize = 8;
/// Numbers that are kept of an account's list.
const LINES_MAX: usize = 20_000;
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
    let mut record = AccountRecord::default();
    for (row, line) in lines.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            for (index, label) in cell.labels.iter().enumerate() {
                let at = Place {
                    lines: &lines,
                    row,
                    column,
                };
                take(&mut record, label, &at.value(cell, index), at);
            }
            record.add_lines(behind_identifier(cell.text));
        }
        features::collect(line, &mut record.features);
    }
    record
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
    /// Where it is: its line, and where it begins there. None: the rest of its cell is another label's.
    place: Option<(usize, usize)>,
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

fn take(record: &mut AccountRecord, label: &LabelAt, value: &Value<'_>, at: Place<'_>) {
    match label.fact {
        Fact::Account => account_numbers(value.text)
            .into_iter()
            .for_each(|number| push(&mut record.account_numbers, number)),
        Fact::Btn => {
            if let [btn] = numbers_in(value.text).as_slice() {
                push(&mut record.btns, *btn);
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
        Fact::Lines => record.add_lines(listed(value, at)),
        Fact::NameStrict | Fact::NameFid | Fact::AddressFid | Fact::Other => {}
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

    fn add_lines(&mut self, tns: Vec<Tn>) {
        let mut known: std::collections::HashSet<Tn> = self.lines.iter().copied().collect();
        let room = LINES_MAX.saturating_sub(self.lines.len());
        let new = tns.into_iter().filter(|tn| known.insert(*tn));
        self.lines.extend(new.take(room));
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

/// The numbers of a list: behind the label, and in the lines below that have numbers and no label before them.
fn listed(value: &Value<'_>, at: Place<'_>) -> Vec<Tn> {
    let is_beside = value.place.is_some_and(|(row, _)| row == at.row);
    let mut tns = if is_beside {
        numbers_in(value.text)
    } else {
        Vec::new()
    };
    let mut row = at.row + 1;
    while at.column == 0 && tns.len() < LINES_MAX {
        let line = at.line(row);
        let found: Vec<Tn> = line.iter().flat_map(|cell| numbers_in(cell.text)).collect();
        if found.is_empty() || line.first().is_some_and(Cell::is_labelled) {
            break;
        }
        tns.extend(found);
        row += 1;
    }
    tns
}

/// The numbers behind the field identifier `/TN`, by which carriers' own forms name the line that a feature is on.
fn behind_identifier(cell: &str) -> Vec<Tn> {
    const IDENTIFIER: &str = "/TN ";
    let parts = cell.split(IDENTIFIER).skip(1);
    parts
        .filter_map(|part| numbers_in(part.split('/').next()?).into_iter().next())
        .collect()
}
