//! Disputes as people read them.

use portway_proto::intake::v1::{Dispute, DisputeReturn, DisputeSnapback, DisputeStatement};

use crate::output;
use crate::wording;

/// One a line.
pub(super) fn disputes_text(disputes: &[Dispute]) -> String {
    let mut table = output::table([
        "DISPUTE", "STATE", "PORT", "KIND", "CARRIER", "NUMBERS", "TURN", "DUE",
    ]);
    for dispute in disputes {
        table.add_row([
            dispute.request_number.clone(),
            wording::dispute_state(dispute.state),
            dispute.subject_request_number.clone(),
            wording::dispute_kind(dispute.kind),
            dispute.carrier_name.clone(),
            dispute.numbers.len().to_string(),
            wording::court(dispute.court),
            wording::instant(dispute.due_at.as_ref()),
        ]);
    }
    table.trim_fmt()
}

/// One with everything that was said and asked.
pub(super) fn dispute_text(dispute: &Dispute) -> String {
    let fields = output::fields([
        (
            "dispute",
            format!("{} ({})", dispute.request_number, dispute.dispute_id),
        ),
        ("state", wording::dispute_state(dispute.state)),
        (
            "port",
            format!(
                "{} {}",
                wording::dispute_direction(dispute.direction),
                dispute.subject_request_number
            ),
        ),
        ("kind", wording::dispute_kind(dispute.kind)),
        ("carrier", dispute.carrier_name.clone()),
        (
            "reported by",
            format!(
                "{} ({})",
                dispute.reporter_name,
                wording::dispute_reporter(dispute.reporter)
            ),
        ),
        ("opened", wording::instant(dispute.opened_at.as_ref())),
        ("opened by", dispute.opened_by.clone()),
        ("turn", wording::court(dispute.court)),
        ("due", wording::instant(dispute.due_at.as_ref())),
        ("settled", wording::instant(dispute.settled_at.as_ref())),
        ("explanation", dispute.explanation.clone()),
        ("fee for", dispute.charged_tns.join(" ")),
    ]);
    let mut numbers = output::table(["NUMBER", "BACK SINCE", "OUTCOME"]);
    for number in &dispute.numbers {
        numbers.add_row([
            number.tn.clone(),
            wording::instant(number.returned_at.as_ref()),
            wording::dispute_outcome(number.outcome),
        ]);
    }
    let parts = [
        Some(fields.trim_fmt()),
        Some(numbers.trim_fmt()),
        statements_text(&dispute.statements),
        snapbacks_text(&dispute.snapbacks),
        returns_text(&dispute.returns),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn statements_text(statements: &[DisputeStatement]) -> Option<String> {
    let mut table = output::table(["SAID", "BY", "ANSWER", "STATEMENT"]);
    for said in statements {
        table.add_row([
            wording::instant(said.stated_at.as_ref()),
            said.author.clone(),
            if said.is_answer { "yes" } else { "" }.to_owned(),
            said.text.clone(),
        ]);
    }
    (!statements.is_empty()).then(|| table.trim_fmt())
}

fn snapbacks_text(snapbacks: &[DisputeSnapback]) -> Option<String> {
    let mut table = output::table(["ASKED FOR", "BY", "STATE", "SINCE", "NUMBERS", "NOTE"]);
    for asked in snapbacks {
        table.add_row([
            wording::instant(asked.requested_at.as_ref()),
            asked.requested_by.clone(),
            wording::dispute_snapback_state(asked.state),
            wording::instant(asked.since.as_ref()),
            asked.tns.join(" "),
            note_on(asked),
        ]);
    }
    (!snapbacks.is_empty()).then(|| table.trim_fmt())
}

fn note_on(asked: &DisputeSnapback) -> String {
    let late = wording::dispute_snapback_state(asked.late_answer);
    if !late.is_empty() {
        format!("on record; the carrier answered later: {late}")
    } else if asked.ended_by_record {
        "on record; the carrier has not answered".to_owned()
    } else {
        asked.refusal.clone()
    }
}

fn returns_text(returns: &[DisputeReturn]) -> Option<String> {
    let mut table = output::table(["BACK ON RECORD", "BY", "NUMBERS", "EXPLANATION"]);
    for recorded in returns {
        table.add_row([
            wording::instant(recorded.recorded_at.as_ref()),
            recorded.recorded_by.clone(),
            recorded.tns.join(" "),
            recorded.explanation.clone(),
        ]);
    }
    (!returns.is_empty()).then(|| table.trim_fmt())
}
