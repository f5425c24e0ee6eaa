//! A CSV file that arrives in pieces: its lines, as soon as they are whole.

use csv::{ByteRecord, ReaderBuilder};
use thiserror::Error;

use super::columns::{Cells, Column};

/// Less than this is not looked at before the end: lines are kept by the hundred.
const LOOKED_AT_BYTES: usize = 64 << 10;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Why a file was not read at all.
#[derive(Debug, Error)]
pub(crate) enum UnreadableFile {
    /// There is no column of numbers.
    #[error("the header lacks the column \"Phone Number\"")]
    Header,
    /// It has too many lines.
    #[error("an import has at most 20,000 lines; divide it")]
    TooManyLines,
}

/// A line as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawLine {
    pub(crate) line: i32,
    /// What it says, or the columns that are no UTF-8.
    pub(crate) cells: Result<Cells, Vec<Column>>,
}

/// The part of a file that has arrived and is not read yet.
#[derive(Debug)]
pub(crate) struct CsvFeed {
    unread: Vec<u8>,
    /// Where each column is; none before the header is read.
    header: Option<Vec<Option<Column>>>,
    /// The line that the first of `unread` is.
    line: i32,
    /// The line that the first line after the header is said to be.
    first_line: i32,
}

impl CsvFeed {
    /// A file whose first line after the header is this one.
    pub(crate) fn starting_at(first_line: i32) -> Self {
        Self {
            unread: Vec::new(),
            header: None,
            line: 1,
            first_line,
        }
    }

    /// Takes in a piece. Returns the lines that are whole now.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<Vec<RawLine>, UnreadableFile> {
        self.unread.extend_from_slice(piece);
        if self.unread.len() < LOOKED_AT_BYTES {
            return Ok(Vec::new());
        }
        self.read(false)
    }

    /// The lines that are whole though no more may come: all but the last, which may have been cut off.
    pub(crate) fn broken_off(&mut self) -> Result<Vec<RawLine>, UnreadableFile> {
        self.read(false)
    }

    /// The lines that are left at the end.
    pub(crate) fn finish(&mut self) -> Result<Vec<RawLine>, UnreadableFile> {
        let lines = self.read(true)?;
        if self.header.is_none() {
            return Err(UnreadableFile::Header);
        }
        Ok(lines)
    }

    fn read(&mut self, is_end: bool) -> Result<Vec<RawLine>, UnreadableFile> {
        if self.header.is_none() && self.unread.starts_with(BYTE_ORDER_MARK) {
            self.unread.drain(..BYTE_ORDER_MARK.len());
        }
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .from_reader(self.unread.as_slice());
        let mut records: Vec<ByteRecord> = reader.byte_records().filter_map(Result::ok).collect();
        let place = |record: &ByteRecord| place(&self.unread, record);
        let (mut read_bytes, mut read_lines) = (self.unread.len(), 0);
        if !is_end && let Some(last) = records.pop() {
            // It may go on in the next piece.
            let (byte, line) = place(&last);
            (read_bytes, read_lines) = (byte, line - 1);
        }
        let mut lines = Vec::with_capacity(records.len());
        for record in &records {
            let (_, line) = place(record);
            let line = self.line.saturating_add(line - 1);
            match &self.header {
                None => {
                    self.header = Some(read_header(record)?);
                    // From here on lines are counted from what the first one is said to be.
                    self.line = self.line.saturating_add(self.first_line).saturating_sub(line + 1);
                }
                Some(header) => lines.push(RawLine {
                    line,
                    cells: read_cells(header, record),
                }),
            }
        }
        self.unread.drain(..read_bytes);
        self.line = self.line.saturating_add(read_lines);
        Ok(lines)
    }
}

/// Where a record begins: its byte and its line, from 1. The reader's position is before the end of the line before, and
/// before lines that are empty.
fn place(text: &[u8], record: &ByteRecord) -> (usize, i32) {
    let position = record.position();
    let mut byte = usize::try_from(position.map_or(0, csv::Position::byte)).unwrap_or(0);
    let mut line = i32::try_from(position.map_or(1, csv::Position::line)).unwrap_or(i32::MAX);
    while let Some(end @ (b'\r' | b'\n')) = text.get(byte) {
        line = line.saturating_add(i32::from(*end == b'\n'));
        byte += 1;
    }
    (byte, line)
}

fn read_header(record: &ByteRecord) -> Result<Vec<Option<Column>>, UnreadableFile> {
    let columns: Vec<Option<Column>> = record
        .iter()
        .map(|name| std::str::from_utf8(name).ok().and_then(Column::named))
        .collect();
    if columns.contains(&Some(Column::PhoneNumber)) {
        Ok(columns)
    } else {
        Err(UnreadableFile::Header)
    }
}

fn read_cells(header: &[Option<Column>], record: &ByteRecord) -> Result<Cells, Vec<Column>> {
    let (mut cells, mut unreadable) = (Vec::new(), Vec::new());
    for (column, cell) in header.iter().zip(record) {
        let Some(column) = column else { continue };
        match std::str::from_utf8(cell) {
            Ok(text) if text.trim().is_empty() => {}
            Ok(text) => cells.push((*column, text.trim().to_owned())),
            Err(_) => unreadable.push(*column),
        }
    }
    if unreadable.is_empty() {
        Ok(cells)
    } else {
        Err(unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\u{feff}agent name, PIN ,Phone Number,Note\r\n\"Lee,\n Ann\",0042,2018670123,hi\r\n\
                        ,,2018670124,\r\n\r\nBo,7,2018670125\r\n";

    /// Line and agent's name of each.
    fn read_in_pieces(file: &[u8], size: usize, first_line: i32) -> Vec<(i32, Option<String>)> {
        let mut feed = CsvFeed::starting_at(first_line);
        let mut lines = Vec::new();
        for piece in file.chunks(size) {
            lines.extend(feed.push(piece).unwrap());
            // As if each piece were large.
            lines.extend(feed.read(false).unwrap());
        }
        lines.extend(feed.finish().unwrap());
        let name = |cells: Cells| cells.into_iter().find(|(column, _)| *column == Column::AgentName);
        lines
            .into_iter()
            .map(|raw| (raw.line, name(raw.cells.unwrap()).map(|(_, text)| text)))
            .collect()
    }

    #[test]
    fn a_file_reads_the_same_however_it_is_cut() {
        let ann = Some("Lee,\n Ann".to_owned());
        let expected = [(2, ann.clone()), (4, None), (6, Some("Bo".to_owned()))];
        for size in 3..=FILE.len() {
            assert_eq!(read_in_pieces(FILE.as_bytes(), size, 2), expected, "{size}");
        }
        let later = [(102, ann), (104, None), (106, Some("Bo".to_owned()))];
        assert_eq!(read_in_pieces(FILE.as_bytes(), 7, 102), later);
    }

    #[test]
    fn a_cell_that_is_no_utf8_is_named_and_the_others_are_read() {
        let mut feed = CsvFeed::starting_at(2);
        feed.push(b"Phone Number,PIN\n2018670123,\xFF\n2018670124,1\n")
            .unwrap();
        let lines = feed.finish().unwrap();
        assert_eq!(lines[0].cells, Err(vec![Column::Pin]));
        assert!(lines[1].cells.is_ok());
    }

    #[test]
    fn a_file_without_numbers_is_refused_whole() {
        for file in ["", "PIN,Agent Name\n1,Ann\n", "2018670123,1\n"] {
            let mut feed = CsvFeed::starting_at(2);
            feed.push(file.as_bytes()).unwrap();
            assert!(matches!(feed.finish(), Err(UnreadableFile::Header)), "{file}");
        }
    }
}
