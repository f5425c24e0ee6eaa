//! The text as lines of cells. A tab, a bar or a gap of several spaces parts cells; what stands in one cell belongs together.

use super::labels::{LabelAt, labels_in};

/// Lines that are looked at; a bill has some hundreds.
const LINES_MAX: usize = 5_000;
/// Bytes of a line that are looked at; what is longer is no line that people read.
const LINE_BYTES_MAX: usize = 2_000;

/// A cell, with the labels in it.
#[derive(Debug)]
pub(super) struct Cell<'a> {
    pub(super) text: &'a str,
    /// Where it begins in its line, by bytes.
    pub(super) start: usize,
    pub(super) labels: Vec<LabelAt>,
}

impl Cell<'_> {
    /// Whether it begins with a label, and so is not the value of another.
    pub(super) fn is_labelled(&self) -> bool {
        self.labels.first().is_some_and(|label| label.start == 0)
    }
}

/// The lines that have anything on them.
pub(super) fn lines(text: &str) -> Vec<Vec<Cell<'_>>> {
    let lines = text
        .lines()
        .filter(|line| line.len() <= LINE_BYTES_MAX)
        .map(cells);
    lines.filter(|cells| !cells.is_empty()).take(LINES_MAX).collect()
}

fn cells(line: &str) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    let mut offset = 0;
    for part in line.split_inclusive(['\t', '|', '\u{a0}']) {
        let mut start = offset;
        offset += part.len();
        for piece in part.split_inclusive("  ") {
            let text = piece.trim_matches(|end: char| end.is_whitespace() || end == '|');
            if !text.is_empty() {
                let indent = piece.find(text).unwrap_or_default();
                cells.push(Cell {
                    text,
                    start: start + indent,
                    labels: labels_in(text),
                });
            }
            start += piece.len();
        }
    }
    cells
}
