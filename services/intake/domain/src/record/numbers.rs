//! The telephone numbers in a text.

use std::collections::BTreeSet;

use types::Tn;

/// Numbers that are kept of one text.
const TNS_MAX: usize = 20_000;
/// Numbers that a range has at most; what is longer is not a range but a number and something else.
const RANGE_MAX: u16 = 1_000;
/// Numbers of ranges that are looked at in one text; a paper of ranges that overlap for ever is nobody's bill.
const OF_RANGES_MAX: usize = 100_000;

/// The numbers that stand in a text, in ascending order. Digits of one line are read together; where several numbers stand
/// in a row they are found one after the other, and of a range (`201-867-0100 - 0119`, `... thru ...`) every number.
pub fn numbers_in(text: &str) -> Vec<Tn> {
    let mut found = Found {
        tns: BTreeSet::new(),
        room: OF_RANGES_MAX,
    };
    for line in text.lines() {
        found.collect(line);
    }
    found.tns.into_iter().collect()
}

/// What was found so far.
struct Found {
    tns: BTreeSet<Tn>,
    /// Numbers of ranges that may still be looked at.
    room: usize,
}

impl Found {
    fn collect(&mut self, line: &str) {
        let digits: Vec<(usize, char)> = line
            .char_indices()
            .filter(|(_, character)| character.is_ascii_digit())
            .collect();
        let mut start = 0;
        let mut before: Option<(Tn, usize)> = None;
        while start < digits.len() && self.tns.len() < TNS_MAX {
            let number = [11, 10]
                .into_iter()
                .find_map(|length| read_number(line, digits.get(start..start + length)?));
            let Some((tn, length)) = number else {
                start += 1;
                continue;
            };
            self.tns.insert(tn);
            let begins = digits.get(start).map_or(0, |(at, _)| *at);
            let ends = digits.get(start + length - 1).map_or(0, |(at, _)| at + 1);
            if let Some((first, end)) = before
                && line.get(end..begins).is_some_and(is_range_mark)
                && (first.npa(), first.nxx()) == (tn.npa(), tn.nxx())
            {
                self.add_range(first, tn.line());
            }
            let last = digits.get(start + length..start + length + 4);
            if let Some(last) = last.and_then(|last| last_of_range(line, ends, last)) {
                self.add_range(tn, last);
            }
            before = Some((tn, ends));
            start += length;
        }
    }

    /// Adds the numbers after `first` up to the one with these last four digits, if that is a range.
    fn add_range(&mut self, first: Tn, last: u16) {
        let is_range = last > first.line() && last - first.line() < RANGE_MAX;
        let end = if is_range { last } else { first.line() };
        for line in (first.line() + 1..=end).take(self.room) {
            self.room -= 1;
            let tn = format!("+1{:03}{:03}{line:04}", first.npa(), first.nxx());
            self.tns.extend(tn.parse::<Tn>());
        }
    }
}

/// Reads the number that these digits of a line are, if they stand together.
fn read_number(line: &str, digits: &[(usize, char)]) -> Option<(Tn, usize)> {
    const GAP_MAX: usize = 3;
    let is_together = digits.windows(2).all(|pair| {
        let [(from, _), (to, _)] = pair else { return false };
        let gap = line.get(from + 1..*to).unwrap_or("?");
        gap.len() <= GAP_MAX
            && gap
                .chars()
                .all(|character| matches!(character, ' ' | '-' | '.' | '/' | '(' | ')'))
    });
    let text: String = digits.iter().map(|(_, digit)| digit).collect();
    (is_together && stands_alone(line, digits))
        .then(|| numbering::parse(&text).ok())
        .flatten()
        .map(|tn| (tn, digits.len()))
}

/// A digit before or behind makes digits part of something longer, such as an account number.
fn stands_alone(line: &str, digits: &[(usize, char)]) -> bool {
    let before = digits
        .first()
        .and_then(|(at, _)| line.get(..*at)?.chars().next_back());
    let behind = digits
        .last()
        .and_then(|(at, _)| line.get(at + 1..)?.chars().next());
    [before, behind]
        .into_iter()
        .flatten()
        .all(|character| !character.is_ascii_digit())
}

/// The last four digits of a range, if that is what these are: together, alone, and behind a mark of a range.
fn last_of_range(line: &str, from: usize, digits: &[(usize, char)]) -> Option<u16> {
    let ((first, _), (last, _)) = (digits.first()?, digits.last()?);
    let is_together = last - first == digits.len() - 1;
    let is_marked = line.get(from..*first).is_some_and(is_range_mark);
    let is_more = line.get(last + 1..).is_some_and(|rest| {
        rest.starts_with(['-', '/', '.', ','])
            && rest.chars().nth(1).is_some_and(|next| next.is_ascii_digit())
    });
    (is_together && is_marked && !is_more && stands_alone(line, digits))
        .then(|| line.get(*first..=*last)?.parse().ok())
        .flatten()
}

fn is_range_mark(text: &str) -> bool {
    let bare = text.trim_matches([' ', '(']).to_ascii_lowercase();
    matches!(
        bare.as_str(),
        "-" | "\u{2013}" | "\u{2014}" | "to" | "thru" | "through"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_found_however_they_are_written() {
        let cases = [
            (
                "Please port (201) 867-0123 and 201.867.0124.",
                vec!["+12018670123", "+12018670124"],
            ),
            (
                "+1 201 867 0123, 12018670124",
                vec!["+12018670123", "+12018670124"],
            ),
            ("2018670123 2018670124", vec!["+12018670123", "+12018670124"]),
            ("1. 201-867-0123", vec!["+12018670123"]),
            ("12. 201-867-0123", vec!["+12018670123"]),
            ("Account 99201867012345", vec![]),
            ("201867\n0123", vec![]),
            ("Date 2026-11-21, $201.86", vec![]),
        ];
        for (text, expected) in cases {
            let found: Vec<String> = numbers_in(text).iter().map(Tn::to_string).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn every_number_of_a_range_is_found() {
        let three = ["+12018670123", "+12018670124", "+12018670125"];
        for text in [
            "201-867-0123 - 0125",
            "201-867-0123-0125",
            "(201) 867-0123 thru 0125",
            "201 867 0123 through 0125",
            "201-867-0123 to 201-867-0125",
            "201.867.0123 \u{2013} 201.867.0125",
        ] {
            let found: Vec<String> = numbers_in(text).iter().map(Tn::to_string).collect();
            assert_eq!(found, three, "{text}");
        }
        for text in [
            "201-867-0123 - 0120",
            "201-867-0123 - 2026",
            "201-867-0123 - 11-20-2026",
            "201-867-0123 0125",
            "201-867-0123, $0125.00",
        ] {
            assert_eq!(numbers_in(text).len(), 1, "{text}");
        }
        let two_exchanges = "201-867-0123 to 201-868-0125";
        assert_eq!(numbers_in(two_exchanges).len(), 2);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = numbers_in(&text);
        }

        #[test]
        fn no_text_of_digits_and_marks_panics(text in "[0-9 ()./+-]{0,80}(to|thru|\u{2013})?[0-9 -]{0,20}") {
            let _ = numbers_in(&text);
        }
    }
}
