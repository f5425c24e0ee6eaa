//! Requests about disputes, read: every fault of a request at once.

use std::collections::BTreeMap;

use grpc::{Faults, page};
use intake_domain::dispute::{Direction, Kind, Outcome, Outcomes, Reporter, Settlement, StateName};
use portway_proto::intake::v1;
use portway_proto::intake::v1::open_dispute_request::About;
use tonic::Status;
use types::{RequestKind, RequestNumber, Tn};

use super::super::port_in::order_name;
use crate::ops::dispute::{DisputeName, Filter, Opening, Port, Returned};
use crate::ops::port_in::Requester;
use crate::ops::port_out::PortOutName;

const PAGE_SIZE: i64 = 50;
const PAGE_SIZE_MAX: i64 = 500;
const NUMBERS_MAX: usize = 1_000;
const NAME_CHARS_MAX: usize = 100;
const STATEMENT_CHARS_MAX: usize = 4_000;
const REASON_CHARS_MAX: usize = 500;
const EXPLANATION_CHARS_MAX: usize = 1_000;

/// The UUID or request number of a dispute.
pub(super) fn name(raw: &str) -> Result<DisputeName, Status> {
    let mut faults = Faults::new();
    let name = name_field(&mut faults, raw);
    faults.finish(name)
}

fn name_field(faults: &mut Faults, raw: &str) -> Option<DisputeName> {
    match raw.parse::<RequestNumber>() {
        Ok(number) if number.kind() == RequestKind::Dispute => Some(DisputeName::Number(number)),
        Ok(_) | Err(_) => faults.required("dispute_id", raw).map(DisputeName::Id),
    }
}

pub(super) fn opening(request: &v1::OpenDisputeRequest) -> Result<Opening, Status> {
    let mut faults = Faults::new();
    let port = port(&mut faults, request.about.as_ref());
    let tns = numbers(&mut faults, &request.tns);
    let kind = match v1::DisputeKind::try_from(request.kind) {
        Ok(v1::DisputeKind::Unauthorized) => Some(Kind::Unauthorized),
        Ok(v1::DisputeKind::Mistaken) => Some(Kind::Mistaken),
        Ok(v1::DisputeKind::Unspecified) | Err(_) => missing(&mut faults, "kind"),
    };
    let reporter = match v1::DisputeReporter::try_from(request.reporter) {
        Ok(v1::DisputeReporter::Account) => Some(Reporter::Account),
        Ok(v1::DisputeReporter::EndUser) => Some(Reporter::EndUser),
        Ok(v1::DisputeReporter::Carrier) => Some(Reporter::Carrier),
        Ok(v1::DisputeReporter::Unspecified) | Err(_) => missing(&mut faults, "reporter"),
    };
    let reporter_name = line(
        &mut faults,
        "reporter_name",
        &request.reporter_name,
        NAME_CHARS_MAX,
    );
    let statement = text(&mut faults, "statement", &request.statement, STATEMENT_CHARS_MAX);
    let named = port.zip(kind).zip(reporter);
    let opening = named.map(|((port, kind), reporter)| Opening {
        port,
        tns,
        kind,
        reporter,
        reporter_name,
        statement,
    });
    faults.finish(opening)
}

fn port(faults: &mut Faults, about: Option<&About>) -> Option<Port> {
    match about {
        Some(About::OrderId(raw)) => order_name(faults, raw).map(Port::Order),
        Some(About::PortOutId(raw)) => match raw.parse::<RequestNumber>() {
            Ok(number) if number.kind() == RequestKind::PortOut => {
                Some(Port::PortOut(PortOutName::Number(number)))
            }
            Ok(_) | Err(_) => {
                let id = faults.required("port_out_id", raw)?;
                Some(Port::PortOut(PortOutName::Id(id)))
            }
        },
        None => missing(faults, "about"),
    }
}

/// Which page of disputes.
#[derive(Debug)]
pub(super) struct AskedPage {
    pub(super) filter: Filter,
    pub(super) before: Option<i64>,
    pub(super) size: i64,
}

/// The filters as text, for page tokens.
pub(super) fn binding(filter: &Filter) -> String {
    format!("disputes {filter:?}")
}

/// An account sees its own disputes whatever it names; the platform sees those of the account that it names, or all.
pub(super) fn list(request: &v1::ListDisputesRequest, requester: &Requester) -> Result<AskedPage, Status> {
    let mut faults = Faults::new();
    let named = faults.optional("account_id", &request.account_id);
    let account = requester.scope().or(named);
    if named.is_some_and(|named| account != Some(named)) {
        faults.add("account_id", "INVALID", "is not the account of the caller");
    }
    let mut states = Vec::new();
    for (index, raw) in request.states.iter().enumerate() {
        match v1::DisputeState::try_from(*raw).map(state) {
            Ok(Some(state)) => states.push(state),
            Ok(None) | Err(_) => faults.add(format!("states[{index}]"), "INVALID", "is no state"),
        }
    }
    states.sort_unstable();
    let direction = match v1::DisputeDirection::try_from(request.direction) {
        Ok(v1::DisputeDirection::Unspecified) => None,
        Ok(v1::DisputeDirection::PortIn) => Some(Direction::PortIn),
        Ok(v1::DisputeDirection::PortOut) => Some(Direction::PortOut),
        Err(error) => {
            faults.add("direction", "INVALID", error.to_string());
            None
        }
    };
    let tn = match request.phone_number.as_str() {
        "" => None,
        raw => match numbering::parse(raw) {
            Ok(tn) => Some(tn),
            Err(refusal) => {
                faults.add("phone_number", refusal.code(), refusal.to_string());
                None
            }
        },
    };
    let filter = Filter {
        account,
        states,
        direction,
        tn,
        is_overdue: request.overdue,
    };
    let size = page::size(&mut faults, request.page_size, PAGE_SIZE, PAGE_SIZE_MAX);
    let before = page::cursor(&mut faults, &binding(&filter), &request.page_token);
    faults.finish(Some(AskedPage { filter, before, size }))
}

const fn state(state: v1::DisputeState) -> Option<StateName> {
    match state {
        v1::DisputeState::Unspecified => None,
        v1::DisputeState::Open => Some(StateName::Open),
        v1::DisputeState::Answered => Some(StateName::Answered),
        v1::DisputeState::SnapbackAsked => Some(StateName::SnapbackAsked),
        v1::DisputeState::SnapbackRefused => Some(StateName::SnapbackRefused),
        v1::DisputeState::Returned => Some(StateName::Returned),
        v1::DisputeState::Settled => Some(StateName::Settled),
    }
}

pub(super) fn statement(
    request: &v1::AddDisputeStatementRequest,
) -> Result<(DisputeName, String, bool), Status> {
    let mut faults = Faults::new();
    let name = name_field(&mut faults, &request.dispute_id);
    let text = text(&mut faults, "text", &request.text, STATEMENT_CHARS_MAX);
    let name = faults.finish(name)?;
    Ok((name, text, request.is_answer))
}

pub(super) fn snapback(
    request: &v1::RequestDisputeSnapbackRequest,
) -> Result<(DisputeName, Vec<Tn>, String), Status> {
    let mut faults = Faults::new();
    let name = name_field(&mut faults, &request.dispute_id);
    let tns = numbers(&mut faults, &request.tns);
    let reason = line(&mut faults, "reason", &request.reason, REASON_CHARS_MAX);
    let name = faults.finish(name)?;
    Ok((name, tns, reason))
}

pub(super) fn withdrawal(request: &v1::WithdrawDisputeRequest) -> Result<(DisputeName, String), Status> {
    let mut faults = Faults::new();
    let name = name_field(&mut faults, &request.dispute_id);
    let explanation = explanation(&mut faults, &request.explanation);
    let name = faults.finish(name)?;
    Ok((name, explanation))
}

pub(super) fn settlement(request: &v1::SettleDisputeRequest) -> Result<(DisputeName, Settlement), Status> {
    let mut faults = Faults::new();
    let name = name_field(&mut faults, &request.dispute_id);
    let rest = match v1::DisputeOutcome::try_from(request.outcome).map(outcome) {
        Ok(outcome) => outcome,
        Err(error) => {
            faults.add("outcome", "INVALID", error.to_string());
            None
        }
    };
    let mut named = BTreeMap::new();
    if request.outcomes.len() > NUMBERS_MAX {
        faults.add("outcomes", "TOO_MANY", format!("at most {NUMBERS_MAX}"));
    }
    for (index, given) in request.outcomes.iter().take(NUMBERS_MAX).enumerate() {
        let tn: Option<Tn> = faults.required(&format!("outcomes[{index}].tn"), &given.tn);
        let outcome = match v1::DisputeOutcome::try_from(given.outcome).map(outcome) {
            Ok(Some(outcome)) => Some(outcome),
            Ok(None) | Err(_) => missing(&mut faults, &format!("outcomes[{index}].outcome")),
        };
        let Some((tn, outcome)) = tn.zip(outcome) else {
            continue;
        };
        if named.insert(tn, outcome).is_some() {
            faults.add(format!("outcomes[{index}].tn"), "DUPLICATE", "is named before");
        }
    }
    let explanation = explanation(&mut faults, &request.explanation);
    let settlement = Settlement {
        outcomes: Outcomes { named, rest },
        explanation,
        waives_fee: request.waive_fee,
    };
    let name = faults.finish(name)?;
    Ok((name, settlement))
}

const fn outcome(outcome: v1::DisputeOutcome) -> Option<Outcome> {
    match outcome {
        v1::DisputeOutcome::Unspecified => None,
        v1::DisputeOutcome::Returned => Some(Outcome::Returned),
        v1::DisputeOutcome::Upheld => Some(Outcome::Upheld),
        v1::DisputeOutcome::Withdrawn => Some(Outcome::Withdrawn),
    }
}

pub(super) fn returned(request: &v1::RecordDisputeReturnRequest) -> Result<(DisputeName, Returned), Status> {
    let mut faults = Faults::new();
    let name = name_field(&mut faults, &request.dispute_id);
    let tns = numbers(&mut faults, &request.tns);
    if request.tns.is_empty() {
        missing::<()>(&mut faults, "tns");
    }
    let returned = Returned {
        tns,
        explanation: text(
            &mut faults,
            "explanation",
            &request.explanation,
            EXPLANATION_CHARS_MAX,
        ),
        etag: Some(request.etag.clone()).filter(|etag| !etag.is_empty()),
    };
    let name = faults.finish(name)?;
    Ok((name, returned))
}

/// Numbers of a request, each once; a number that cannot be read is at fault.
fn numbers(faults: &mut Faults, raw: &[String]) -> Vec<Tn> {
    super::super::port_out::numbers(faults, raw)
}

/// A text of one line that must be there.
fn line(faults: &mut Faults, field: &str, raw: &str, chars_max: usize) -> String {
    let line = text(faults, field, raw, chars_max);
    if line.chars().any(char::is_control) {
        faults.add(field, "INVALID", "must be one line");
    }
    line
}

/// A text that must be there.
fn text(faults: &mut Faults, field: &str, raw: &str, chars_max: usize) -> String {
    let text = raw.trim();
    if text.is_empty() {
        missing::<()>(faults, field);
    }
    faults.at_most(field, text, chars_max);
    if text.contains('\0') {
        faults.add(field, "INVALID", "must not hold a NUL");
    }
    text.to_owned()
}

fn explanation(faults: &mut Faults, raw: &str) -> String {
    let text = raw.trim();
    faults.at_most("explanation", text, EXPLANATION_CHARS_MAX);
    if text.contains('\0') {
        faults.add("explanation", "INVALID", "must not hold a NUL");
    }
    text.to_owned()
}

fn missing<T>(faults: &mut Faults, field: &str) -> Option<T> {
    faults.add(field, "MISSING", "must be set");
    None
}
