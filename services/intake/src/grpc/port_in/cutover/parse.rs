//! Reads requests about cut-overs, all faults at once.

use std::collections::HashSet;

use grpc::Faults;
use intake_domain::port_in::cutover::{ActivationMode, Asked, Demand, Policy};
use portway_proto::intake::v1;
use types::Tn;

use super::super::order_name;
use crate::ops::port_in::cutover::MemberDraft;

const ORDERS_MAX: usize = 50;
/// Numbers that one call names, one by one.
pub(super) const NUMBERS_MAX: usize = 1_000;
const NAME_CHARS_MAX: usize = 64;
const REASON_CHARS_MAX: usize = 200;
const STATEMENT_CHARS_MAX: usize = 1_000;

/// A number that must be there.
pub(super) fn number(faults: &mut Faults, field: &str, raw: &str) -> Option<Tn> {
    if raw.is_empty() {
        faults.add(field, "MISSING", "must be set");
        return None;
    }
    match numbering::parse(raw) {
        Ok(tn) => Some(tn),
        Err(refusal) => {
            faults.add(field, refusal.code(), refusal.to_string());
            None
        }
    }
}

/// Numbers that are named, each once, 1,000 at most.
pub(super) fn numbers(faults: &mut Faults, field: &str, raw: &[String]) -> Vec<Tn> {
    if raw.len() > NUMBERS_MAX {
        faults.add(field, "TOO_MANY", "at most 1,000 numbers a call");
        return Vec::new();
    }
    let mut tns = Vec::with_capacity(raw.len());
    let mut known = HashSet::new();
    for (index, raw) in raw.iter().enumerate() {
        let field = format!("{field}[{index}]");
        if let Some(tn) = number(faults, &field, raw) {
            if known.insert(tn) {
                tns.push(tn);
            } else {
                faults.add(field, "DUPLICATE_TN", "is named before");
            }
        }
    }
    tns
}

pub(super) fn group_name(faults: &mut Faults, name: &str) -> String {
    faults.at_most("name", name, NAME_CHARS_MAX);
    name.to_owned()
}

pub(super) fn members(faults: &mut Faults, members: &[v1::GroupMember]) -> Vec<MemberDraft> {
    if members.is_empty() {
        faults.add("members", "MISSING", "must have at least one order");
    }
    let named: usize = members.iter().map(|member| member.tns.len()).sum();
    if members.len() > ORDERS_MAX || named > NUMBERS_MAX {
        faults.add(
            "members",
            "TOO_MANY",
            "at most 50 orders and 1,000 numbers that are named",
        );
        return Vec::new();
    }
    let mut drafts = Vec::with_capacity(members.len());
    for (index, member) in members.iter().enumerate() {
        let mut of_member = Faults::new();
        let order = order_name(&mut of_member, &member.order_id);
        let tns = numbers(&mut of_member, "tns", &member.tns);
        for fault in of_member.into_vec() {
            faults.add(
                format!("members[{index}].{}", fault.field),
                fault.code,
                fault.message,
            );
        }
        drafts.extend(order.map(|order| MemberDraft {
            order,
            tns: tns.into_iter().collect(),
        }));
    }
    drafts
}

pub(super) fn activation(faults: &mut Faults, number: i32) -> Option<ActivationMode> {
    match v1::ActivationMode::try_from(number) {
        Ok(v1::ActivationMode::AtFoc) => Some(ActivationMode::AtFoc),
        Ok(v1::ActivationMode::OnDemand) => Some(ActivationMode::OnDemand),
        Ok(v1::ActivationMode::Unspecified) => {
            faults.add("activation", "MISSING", "must be set");
            None
        }
        Err(error) => {
            faults.add("activation", "INVALID", error.to_string());
            None
        }
    }
}

pub(super) fn policy(faults: &mut Faults, policy: Option<v1::ReadinessPolicy>) -> Policy {
    let Some(policy) = policy else {
        faults.add("policy", "MISSING", "must be set");
        return Policy::default();
    };
    let mut demand = |field: &str, number: i32| match v1::ReadinessDemand::try_from(number) {
        Ok(v1::ReadinessDemand::Unspecified | v1::ReadinessDemand::Warn) => Demand::Warn,
        Ok(v1::ReadinessDemand::Off) => Demand::Off,
        Ok(v1::ReadinessDemand::Enforce) => Demand::Enforce,
        Err(error) => {
            faults.add(format!("policy.{field}"), "INVALID", error.to_string());
            Demand::Warn
        }
    };
    Policy {
        routing: demand("routing", policy.routing),
        emergency: demand("emergency", policy.emergency),
        caller_name: demand("caller_name", policy.caller_name),
        messaging: demand("messaging", policy.messaging),
    }
}

pub(super) fn campaign(faults: &mut Faults, campaign_id: &str) -> String {
    if campaign_id.is_empty() {
        faults.add("campaign_id", "MISSING", "must be set");
    }
    faults.at_most("campaign_id", campaign_id, NAME_CHARS_MAX);
    campaign_id.to_owned()
}

pub(super) fn asked(faults: &mut Faults, body: &v1::RequestSnapbackRequest) -> Asked {
    if body.reason.trim().is_empty() {
        faults.add("reason", "MISSING", "must be set");
    }
    faults.at_most("reason", &body.reason, REASON_CHARS_MAX);
    faults.at_most("statement", &body.statement, STATEMENT_CHARS_MAX);
    if body.inadvertent && body.statement.trim().is_empty() {
        faults.add("statement", "MISSING", "must be set for an inadvertent port");
    }
    Asked {
        reason: body.reason.clone(),
        inadvertent: body.inadvertent.then(|| body.statement.clone()),
    }
}
