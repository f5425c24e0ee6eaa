//! Lines of CSV (RFC 4180), safe to open in a spreadsheet.

use csv::{Terminator, WriterBuilder};
use tonic::Status;

/// Writes lines, each of its cells made harmless.
pub(super) fn write<const COLUMNS: usize>(
    lines: impl IntoIterator<Item = [String; COLUMNS]>,
) -> Result<Vec<u8>, Status> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for line in lines {
        let line = line.map(harmless);
        writer
            .write_record(&line)
            .map_err(|error| grpc::status::internal(&error))?;
    }
    let written = writer.into_inner();
    written.map_err(|error| grpc::status::internal(error.error()))
}

/// A spreadsheet takes what begins with one of these for a formula, quoted or not; an apostrophe makes it a text.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_takes_for_a_formula_is_made_a_text() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+12018670123", "'+12018670123"),
            ("-1", "'-1"),
            ("@sum", "'@sum"),
            ("\tx", "'\tx"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell.to_owned()), expected);
        }
    }

    #[test]
    fn lines_end_as_the_standard_has_it_and_cells_are_quoted_where_they_must_be() {
        let line = ["say \"hi\", Ann", "two\nlines", ""].map(str::to_owned);
        let written = String::from_utf8(write([line]).unwrap()).unwrap();
        assert_eq!(written, "\"say \"\"hi\"\", Ann\",\"two\nlines\",\r\n");
    }
}
