//! Shows groups, readiness and snapbacks.

use intake_domain::port_in::cutover::{Demand, Item, MessagingState, Policy, SnapbackState};
use jiff::Timestamp;
use portway_proto::intake::v1;
use service::stamp;
use types::Tn;

use super::super::render::{number_state, proof, state};
use crate::announce::cutover::{capability, hold};
use crate::ops::port_in::cutover::{
    CapabilityProof, Group, GroupState, GroupView, NumberLine, ReadinessView, Snapback,
};

pub(super) fn group(view: &GroupView) -> v1::CutoverGroup {
    let members = view.members.iter().map(|(id, tns)| {
        let order = view.orders.get(id).map(intake_domain::port_in::Order::record);
        let mut tns: Vec<String> = tns.iter().map(Tn::to_string).collect();
        tns.sort_unstable();
        v1::GroupMember {
            order_id: id.to_string(),
            tns,
            request_number: order
                .map(|order| order.request_number.to_string())
                .unwrap_or_default(),
            state: order
                .map_or(v1::OrderState::Unspecified, |order| state(order.state.name()))
                .into(),
            foc_at: order.and_then(|order| order.state.foc_at()).map(stamp::to_proto),
        }
    });
    let dates: Option<Vec<Timestamp>> = view
        .orders
        .values()
        .map(|order| order.record().state.foc_at())
        .collect();
    let activates_at = dates.and_then(|dates| dates.into_iter().max());
    let waits_for = view.obstacles.iter().map(|obstacle| v1::Hold {
        request_number: obstacle.request_number.to_string(),
        ..hold(&obstacle.seen_by(obstacle.order))
    });
    v1::CutoverGroup {
        members: members.collect(),
        activates_at: activates_at.map(stamp::to_proto),
        waits_for: waits_for.collect(),
        ..listed_group(&view.group)
    }
}

pub(super) fn listed_group(group: &Group) -> v1::CutoverGroup {
    let state = match group.state {
        GroupState::Open => v1::GroupState::Open,
        GroupState::Activated => v1::GroupState::Activated,
        GroupState::Released => v1::GroupState::Released,
    };
    v1::CutoverGroup {
        group_id: group.id.to_string(),
        account_id: group.account.to_string(),
        name: group.name.clone(),
        etag: group.version.to_string(),
        state: state.into(),
        created_at: Some(stamp::to_proto(group.created_at)),
        ended_at: group.ended_at.map(stamp::to_proto),
        ..v1::CutoverGroup::default()
    }
}

pub(super) fn readiness(view: &ReadinessView, next_page_token: String) -> v1::GetReadinessResponse {
    let cutover = &view.order.record().cutover;
    let holds = cutover
        .held
        .as_ref()
        .map(|held| held.holds.iter().map(hold).collect());
    v1::GetReadinessResponse {
        ready: view.ready,
        holds: holds.unwrap_or_default(),
        proof: cutover.proof.map_or(v1::ProofState::Unspecified, proof).into(),
        numbers: view
            .numbers
            .iter()
            .map(|line| number(view.policy, line))
            .collect(),
        next_page_token,
    }
}

fn number(policy: Policy, line: &NumberLine) -> v1::NumberReadiness {
    let awaits = line.number.state.awaits_cutover();
    let items = Item::ALL
        .into_iter()
        .filter(|item| awaits && policy.of(*item) != Demand::Off);
    v1::NumberReadiness {
        tn: line.number.tn.to_string(),
        state: number_state(line.number.state).into(),
        checks: items.map(|item| check(policy, line, item)).collect(),
        proofs: line.proofs.iter().map(capability_proof).collect(),
        messaging: messaging(line).into(),
        campaign_id: line
            .messaging
            .as_ref()
            .map(|leg| leg.campaign_id.clone())
            .unwrap_or_default(),
        temporary_tn: line.temporary.map(|tn| tn.to_string()).unwrap_or_default(),
        group_id: line.group.map(|group| group.to_string()).unwrap_or_default(),
    }
}

fn check(policy: Policy, line: &NumberLine, item: Item) -> v1::ReadinessCheck {
    let shown = match item {
        Item::Routing => v1::ReadinessItem::Routing,
        Item::Emergency => v1::ReadinessItem::Emergency,
        Item::CallerName => v1::ReadinessItem::CallerName,
        Item::Messaging => v1::ReadinessItem::Messaging,
    };
    let satisfied = line.known.has(item);
    v1::ReadinessCheck {
        item: shown.into(),
        demand: demand(policy.of(item)).into(),
        satisfied,
        remedy: if satisfied {
            String::new()
        } else {
            item.remedy().to_owned()
        },
    }
}

const fn demand(demand: Demand) -> v1::ReadinessDemand {
    match demand {
        Demand::Off => v1::ReadinessDemand::Off,
        Demand::Warn => v1::ReadinessDemand::Warn,
        Demand::Enforce => v1::ReadinessDemand::Enforce,
    }
}

pub(super) fn policy(policy: Policy) -> v1::ReadinessPolicy {
    v1::ReadinessPolicy {
        routing: demand(policy.routing).into(),
        emergency: demand(policy.emergency).into(),
        caller_name: demand(policy.caller_name).into(),
        messaging: demand(policy.messaging).into(),
    }
}

fn capability_proof(known: &CapabilityProof) -> v1::CapabilityProof {
    v1::CapabilityProof {
        capability: capability(known.capability).into(),
        state: proof(known.state).into(),
        test_id: known.test_id.clone(),
        detail: known.detail.clone(),
        tested_at: known.tested_at.map(stamp::to_proto),
    }
}

/// A number without a leg waits for one if it is to text and has not ended.
fn messaging(line: &NumberLine) -> v1::MessagingState {
    match line.messaging.as_ref().map(|leg| leg.state) {
        Some(MessagingState::WaitingForRegistration) => v1::MessagingState::WaitingForRegistration,
        Some(MessagingState::Requested) => v1::MessagingState::Requested,
        Some(MessagingState::Active) => v1::MessagingState::Active,
        Some(MessagingState::Failed) => v1::MessagingState::Failed,
        None if line.texts => v1::MessagingState::WaitingForRegistration,
        None => v1::MessagingState::NotWanted,
    }
}

pub(super) fn snapback(snapback: &Snapback) -> v1::Snapback {
    let state = match snapback.state {
        SnapbackState::Requested => v1::SnapbackState::Requested,
        SnapbackState::Sent => v1::SnapbackState::Sent,
        SnapbackState::Acknowledged => v1::SnapbackState::Acknowledged,
        SnapbackState::Confirmed => v1::SnapbackState::Confirmed,
        SnapbackState::Refused => v1::SnapbackState::Refused,
    };
    let given = snapback.answers.given().iter();
    let numbers = given.map(|(tn, refusal)| v1::SnapbackNumber {
        tn: tn.to_string(),
        state: match refusal {
            None => v1::SnapbackState::Confirmed,
            Some(_) => v1::SnapbackState::Refused,
        }
        .into(),
        refusal: refusal.clone().unwrap_or_default(),
    });
    v1::Snapback {
        numbers: numbers.collect(),
        snapback_id: snapback.id.to_string(),
        order_id: snapback.order.to_string(),
        tns: snapback.answers.asked_for().iter().map(Tn::to_string).collect(),
        reason: snapback.asked.reason.clone(),
        inadvertent: snapback.asked.inadvertent.is_some(),
        statement: snapback.asked.inadvertent.clone().unwrap_or_default(),
        state: state.into(),
        requested_by: snapback.requested_by.clone(),
        requested_at: Some(stamp::to_proto(snapback.requested_at)),
        since: Some(stamp::to_proto(snapback.since)),
        refusal: snapback.refusal.clone(),
    }
}
