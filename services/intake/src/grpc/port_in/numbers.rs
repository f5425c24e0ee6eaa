//! Reads numbers to port, all faults of all of them at once.

use std::collections::HashSet;

use calendar::civil_date;
use grpc::Faults;
use intake_domain::port_in::OrderNumber;
use jiff::Timestamp;
use numbering::NpacRegion;
use portway_proto::intake::v1;
use types::Tn;

use super::number_fields::Said;

/// Numbers in one call at most; more come as a file.
pub(super) const NUMBERS_MAX: usize = 1_000;

/// Reads the numbers of a call.
pub(super) fn read(faults: &mut Faults, drafts: &[v1::NumberDraft], now: Timestamp) -> Vec<OrderNumber> {
    if drafts.len() > NUMBERS_MAX {
        faults.add(
            "numbers",
            "TOO_MANY",
            "at most 1,000 numbers a call; send more as a file",
        );
        return Vec::new();
    }
    // Whether an area code is in use yet is a matter of days; the NPAC's own are Eastern.
    let today = civil_date(NpacRegion::Northeast, now);
    let listed = numbering::parse_list(drafts.iter().map(|draft| draft.phone_number.as_str()));
    let mut numbers = Vec::with_capacity(drafts.len());
    for (index, (draft, listed)) in drafts.iter().zip(listed).enumerate() {
        let info = listed.and_then(|tn| numbering::describe(tn, today));
        let number = info.map_err(|refusal| {
            let field = format!("numbers[{index}].phone_number");
            let code = if draft.phone_number.is_empty() {
                "MISSING"
            } else {
                refusal.code()
            };
            faults.add(field, code, refusal.to_string());
        });
        let changes = Said::in_draft(index, draft).changes(faults, &[]);
        if let Ok(info) = number {
            numbers.push(OrderNumber::draft(info).with(changes));
        }
    }
    numbers
}

/// Reads numbers that are only named.
pub(super) fn read_names(faults: &mut Faults, raw: &[String]) -> HashSet<Tn> {
    if raw.is_empty() {
        faults.add("phone_numbers", "MISSING", "must name at least one number");
    }
    let mut tns = HashSet::new();
    for (index, raw) in raw.iter().enumerate() {
        match numbering::parse(raw) {
            Ok(tn) => {
                tns.insert(tn);
            }
            Err(refusal) => faults.add(
                format!("phone_numbers[{index}]"),
                refusal.code(),
                refusal.to_string(),
            ),
        }
    }
    tns
}
