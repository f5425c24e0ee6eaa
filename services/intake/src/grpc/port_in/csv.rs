//! Orders as lines of CSV, safe to open in a spreadsheet.

use csv::{Terminator, WriterBuilder};
use jiff::Timestamp;
use tonic::Status;

use crate::ops::port_in::OrderRow;

/// The columns. Times are RFC 3339 in UTC, dates ISO 8601; empty: not known.
const HEADER: [&str; 18] = [
    "Request Number",
    "Order Id",
    "Account Id",
    "State",
    "Version",
    "Losing Carrier",
    "Customer Reference",
    "Numbers",
    "Wanted Date",
    "FOC At",
    "Turn Of",
    "Due At",
    "Overdue",
    "Created At",
    "Submitted At",
    "Updated At",
    "Ended At",
    "Open Actions",
];

/// The header's line.
pub(super) fn header() -> Result<Vec<u8>, Status> {
    write([HEADER.map(str::to_owned)])
}

/// A line an order.
pub(super) fn lines(rows: &[OrderRow]) -> Result<Vec<u8>, Status> {
    write(rows.iter().map(cells))
}

fn write(lines: impl IntoIterator<Item = [String; 18]>) -> Result<Vec<u8>, Status> {
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

fn cells(row: &OrderRow) -> [String; 18] {
    let (record, seen) = (&row.order.record, &row.outlook.seen);
    let details = &record.details;
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let court = record.court().map(intake_domain::port_in::Court::code);
    [
        record.request_number.to_string(),
        record.id.to_string(),
        record.account.to_string(),
        record.state.name().code().to_owned(),
        record.ver.to_string(),
        details
            .losing_carrier
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        details
            .customer_reference
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        row.order.number_count.to_string(),
        details
            .wanted_date
            .map(|date| date.to_string())
            .unwrap_or_default(),
        at(seen.last_foc_at),
        court.unwrap_or_default().to_owned(),
        at(seen.court_due_at),
        if row.outlook.is_overdue { "yes" } else { "no" }.to_owned(),
        at(Some(record.created_at)),
        at(record.submitted_at),
        at(Some(seen.updated_at)),
        at(record.ended_at()),
        seen.open_actions.to_string(),
    ]
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
        let mut line = HEADER.map(|_| String::new());
        line[0] = "say \"hi\", Ann".to_owned();
        line[1] = "two\nlines".to_owned();
        let written = String::from_utf8(write([line]).unwrap()).unwrap();
        assert_eq!(
            written,
            format!("\"say \"\"hi\"\", Ann\",\"two\nlines\"{}\r\n", ",".repeat(16))
        );
    }
}
