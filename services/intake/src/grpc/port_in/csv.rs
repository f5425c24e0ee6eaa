//! Orders as lines of CSV.

use jiff::Timestamp;
use tonic::Status;

use crate::grpc::csv::write;
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
