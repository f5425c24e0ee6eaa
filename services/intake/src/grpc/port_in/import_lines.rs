//! Lines of imports: a message read like a line of a file, and what came of each shown.

use grpc::Faults;
use portway_proto::intake::v1;
use service::stamp;

use crate::ops::port_in::imports::{
    Cells, Column, ImportState, ImportView, KeptLine, LineOutcome, RawLine, capabilities_text,
};

/// A number as if it were a line of a file.
pub(super) fn raw_line(numbered: &v1::ImportedNumber) -> RawLine {
    let number = numbered.number.clone().unwrap_or_default();
    let (config, overrides) = (
        number.config.unwrap_or_default(),
        number.overrides.unwrap_or_default(),
    );
    let capabilities = match config.capabilities() {
        v1::NumberCapabilities::Unspecified => String::new(),
        v1::NumberCapabilities::Voice => capabilities_text(false).to_owned(),
        v1::NumberCapabilities::VoiceAndSms => capabilities_text(true).to_owned(),
    };
    let said = [
        (Column::PhoneNumber, number.phone_number),
        (Column::Pin, number.pin),
        (Column::AgentName, number.agent_name),
        (Column::AgentEmail, number.agent_email),
        (Column::Capabilities, capabilities),
        (Column::Alias, config.alias),
        (Column::Subaccount, config.subaccount),
        (Column::CallerName, config.caller_name),
        (Column::Application, config.application),
        (Column::EmergencyAddress, config.emergency_address),
        (Column::LosingCarrier, overrides.losing_carrier),
        (Column::AccountNumber, overrides.account_number),
        (Column::Btn, overrides.btn),
        (Column::AuthorizedBy, overrides.authorized_by),
        (Column::RespOrg, overrides.resp_org),
        (Column::Part, overrides.part),
    ];
    let cells: Cells = said
        .into_iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .collect();
    RawLine {
        line: numbered.line,
        cells: Ok(cells),
    }
}

pub(super) fn read_outcomes(faults: &mut Faults, asked: &[i32]) -> Vec<LineOutcome> {
    let mut outcomes = Vec::new();
    for (index, number) in asked.iter().enumerate() {
        match v1::LineOutcome::try_from(*number) {
            Ok(v1::LineOutcome::Added) => outcomes.push(LineOutcome::Good),
            Ok(v1::LineOutcome::Duplicate) => outcomes.push(LineOutcome::Duplicate),
            Ok(v1::LineOutcome::Faulty) => outcomes.push(LineOutcome::Faulty),
            Ok(v1::LineOutcome::HeldBack) => outcomes.push(LineOutcome::HeldBack),
            Ok(v1::LineOutcome::Unspecified) | Err(_) => {
                faults.add(
                    format!("outcomes[{index}]"),
                    "INVALID",
                    "is not an outcome of lines",
                );
            }
        }
    }
    outcomes
}

pub(super) fn import(view: &ImportView) -> v1::Import {
    let import = &view.import;
    let state = match import.state {
        ImportState::Receiving => v1::ImportState::Receiving,
        ImportState::Added => v1::ImportState::Added,
        ImportState::Refused => v1::ImportState::Refused,
    };
    let count = |outcome| i32::try_from(view.count(outcome)).unwrap_or(i32::MAX);
    v1::Import {
        import_id: import.id.to_string(),
        order_id: import.order.to_string(),
        state: state.into(),
        next_line: import.next_line,
        lines: import.lines,
        good: count(LineOutcome::Good).saturating_add(count(LineOutcome::HeldBack)),
        duplicates: count(LineOutcome::Duplicate),
        faulty: count(LineOutcome::Faulty),
        take_good_lines: import.take_good_lines,
        created_at: Some(stamp::to_proto(import.created_at)),
        finished_at: import.finished_at.map(stamp::to_proto),
    }
}

pub(super) fn line(kept: &KeptLine) -> v1::ImportLine {
    let outcome = match kept.outcome {
        LineOutcome::Good => v1::LineOutcome::Added,
        LineOutcome::Duplicate => v1::LineOutcome::Duplicate,
        LineOutcome::Faulty => v1::LineOutcome::Faulty,
        LineOutcome::HeldBack => v1::LineOutcome::HeldBack,
    };
    v1::ImportLine {
        line: kept.line,
        tn: kept.tn.map(|tn| tn.to_string()).unwrap_or_default(),
        outcome: outcome.into(),
        faults: line_faults(kept).collect(),
    }
}

pub(super) fn line_faults(kept: &KeptLine) -> impl Iterator<Item = v1::LineFault> {
    kept.faults.iter().map(|fault| v1::LineFault {
        line: kept.line,
        column: fault.column.clone(),
        code: fault.code.clone(),
        message: fault.message.clone(),
    })
}
