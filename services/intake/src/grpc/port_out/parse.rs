//! Requests about port-outs, read: every fault of a request at once.

use std::collections::HashMap;

use grpc::{Faults, page};
use intake_domain::port_out::{LawfulReason, NotLawful};
use portway_proto::intake::v1;
use tonic::{Code, Status};
use types::{AccountId, RequestKind, RequestNumber, Subject, Tn};

use crate::ops::port_out::{PortOutName, Refusal, Review};

const TIMELINE_SIZE: i64 = 100;
const TIMELINE_SIZE_MAX: i64 = 500;
const EXPLANATION_CHARS_MAX: usize = 1_000;
const NUMBERS_MAX: usize = 1_000;

/// The UUID or request number of a port-out.
pub(super) fn name(raw: &str) -> Result<PortOutName, Status> {
    let mut faults = Faults::new();
    let name = name_field(&mut faults, raw);
    faults.finish(name)
}

pub(super) fn name_field(faults: &mut Faults, raw: &str) -> Option<PortOutName> {
    match raw.parse::<RequestNumber>() {
        Ok(number) if number.kind() == RequestKind::PortOut => Some(PortOutName::Number(number)),
        Ok(_) | Err(_) => faults.required("port_out_id", raw).map(PortOutName::Id),
    }
}

/// Numbers of a request, each once; a number that cannot be read is at fault.
pub(in crate::grpc) fn numbers(faults: &mut Faults, raw: &[String]) -> Vec<Tn> {
    if raw.len() > NUMBERS_MAX {
        faults.add("tns", "TOO_MANY", format!("at most {NUMBERS_MAX}"));
        return Vec::new();
    }
    let mut tns: Vec<Tn> = raw
        .iter()
        .enumerate()
        .filter_map(|(index, raw)| faults.required(&format!("tns[{index}]"), raw))
        .collect();
    tns.sort_unstable();
    tns.dedup();
    tns
}

/// A page of what happened to a port-out.
pub(super) struct AskedTimeline {
    pub(super) name: PortOutName,
    pub(super) after: Option<i64>,
    pub(super) size: i64,
}

impl AskedTimeline {
    /// What a page token is good for.
    pub(super) fn listed(&self) -> String {
        listed(self.name)
    }
}

fn listed(name: PortOutName) -> String {
    format!("port_out_timeline {name:?}")
}

pub(super) fn timeline(request: &v1::ListPortOutTimelineRequest) -> Result<AskedTimeline, Status> {
    let mut faults = Faults::new();
    let name = name_field(&mut faults, &request.port_out_id);
    let size = page::size(&mut faults, request.page_size, TIMELINE_SIZE, TIMELINE_SIZE_MAX);
    let after = name.and_then(|name| page::cursor(&mut faults, &listed(name), &request.page_token));
    faults.finish(name.map(|name| AskedTimeline { name, after, size }))
}

pub(super) fn refusal(
    request: &v1::RejectPortOutRequest,
    by: Subject,
) -> Result<(PortOutName, Refusal), Status> {
    let mut faults = Faults::new();
    let name = name_field(&mut faults, &request.port_out_id);
    faults.at_most("explanation", &request.explanation, EXPLANATION_CHARS_MAX);
    let tns = numbers(&mut faults, &request.tns);
    if request.reason.is_empty() {
        faults.add(
            "reason",
            "MISSING",
            "must be a code of ListRejectionReasons; words alone are no reason",
        );
    }
    let name = faults.finish(name)?;
    let reason: LawfulReason = request.reason.parse().map_err(not_lawful)?;
    Ok((
        name,
        Refusal {
            reason,
            tns,
            explanation: request.explanation.clone(),
            by,
        },
    ))
}

fn not_lawful(error: NotLawful) -> Status {
    let lawful = LawfulReason::ALL.map(LawfulReason::code).join(",");
    let facts = HashMap::from([("lawful".to_owned(), lawful)]);
    grpc::status::fail_with(
        Code::InvalidArgument,
        "REASON_NOT_LAWFUL",
        error.to_string(),
        facts,
    )
}

pub(super) fn review(
    request: &v1::ReviewRejectionRequest,
    by: Subject,
) -> Result<(AccountId, PortOutName, Review), Status> {
    let mut faults = Faults::new();
    let name = name_field(&mut faults, &request.port_out_id);
    let account = faults.required("account_id", &request.account_id);
    faults.at_most("explanation", &request.explanation, EXPLANATION_CHARS_MAX);
    let (account, name) = faults.finish(account.zip(name))?;
    Ok((
        account,
        name,
        Review {
            is_upheld: request.uphold,
            explanation: request.explanation.clone(),
            by,
        },
    ))
}
