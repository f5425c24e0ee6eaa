//! Facts about cut-overs as events show them, and replies too.

use events::NewEvent;
use intake_domain::port_in::cutover::{Capability, CutoverFact, Hold, HoldCode, SettledSnapback, Tested};
use jiff::Timestamp;
use portway_proto::intake::v1;
use portway_proto::types::v1 as types_v1;
use service::stamp;
use types::Tn;

use super::about::About;
use super::port_in::court;

pub(super) fn activation_requested(about: &About<'_>, tns: &[Tn], now: Timestamp) -> NewEvent {
    let order = Some(about.reference(tns));
    about.event(now, &v1::OrderActivationRequested { order })
}

pub(super) fn event(about: &About<'_>, fact: CutoverFact, now: Timestamp) -> NewEvent {
    let of = |tns: &[Tn]| Some(about.reference(tns));
    match fact {
        CutoverFact::HeldBack { tns, held, lapses_at } => {
            let message = v1::OrderHeldBack {
                order: of(&tns),
                holds: held.holds.iter().map(hold).collect(),
                held_since: Some(stamp::to_proto(held.since)),
                lapses_at: lapses_at.map(stamp::to_proto),
            };
            about.event(now, &message)
        }
        CutoverFact::CapabilityFailed(tested) => {
            about.event(now, &capability_failed(of(&[tested.tn]), tested))
        }
        CutoverFact::Proved => {
            let order = of(&about.order.open_tns());
            about.event(now, &v1::OrderProved { order })
        }
        CutoverFact::TemporarySwapped { tn, temporary } => {
            let message = v1::TemporaryNumberSwapped {
                order: of(&[tn]),
                temporary_tn: temporary.to_string(),
                swapped_at: Some(stamp::to_proto(now)),
            };
            about.event(now, &message)
        }
        CutoverFact::MessagingRequested { tns, campaign_id } => {
            let order = of(&tns);
            about.event(now, &v1::OrderMessagingRequested { order, campaign_id })
        }
        CutoverFact::SnapbackRequested { tns, reason } => {
            let order = of(&tns);
            about.event(now, &v1::OrderSnapbackRequested { order, reason })
        }
        CutoverFact::SnapbackSettled(settled) => {
            about.event(now, &snapback_settled(of(&settled.tns), settled, now))
        }
    }
}

/// What holds an order back.
pub(crate) fn hold(hold: &Hold) -> v1::Hold {
    v1::Hold {
        code: hold_code(hold.code).into(),
        request_number: hold.member.map(|member| member.to_string()).unwrap_or_default(),
        number_count: i32::try_from(hold.number_count).unwrap_or(i32::MAX),
        court: court(hold.court).into(),
        message: hold.code.message().to_owned(),
    }
}

const fn hold_code(code: HoldCode) -> v1::HoldCode {
    match code {
        HoldCode::AwaitsCall => v1::HoldCode::AwaitsCall,
        HoldCode::NotCommitted => v1::HoldCode::NotCommitted,
        HoldCode::Rejected => v1::HoldCode::Rejected,
        HoldCode::Delayed => v1::HoldCode::Delayed,
        HoldCode::LaterDate => v1::HoldCode::LaterDate,
        HoldCode::Cancelling => v1::HoldCode::Cancelling,
        HoldCode::Ended => v1::HoldCode::Ended,
        HoldCode::RoutingMissing => v1::HoldCode::RoutingMissing,
        HoldCode::EmergencyMissing => v1::HoldCode::EmergencyMissing,
        HoldCode::CallerNameMissing => v1::HoldCode::CallerNameMissing,
        HoldCode::MessagingUndecided => v1::HoldCode::MessagingUndecided,
        HoldCode::ActivationRefused => v1::HoldCode::ActivationRefused,
    }
}

/// A capability in the words of the contracts.
pub(crate) const fn capability(capability: Capability) -> types_v1::Capability {
    match capability {
        Capability::VoiceInbound => types_v1::Capability::VoiceInbound,
        Capability::VoiceOutbound => types_v1::Capability::VoiceOutbound,
        Capability::Emergency => types_v1::Capability::Emergency,
        Capability::CallerName => types_v1::Capability::CallerName,
        Capability::Messaging => types_v1::Capability::Messaging,
    }
}

fn capability_failed(order: Option<v1::OrderRef>, tested: Tested) -> v1::OrderCapabilityFailed {
    v1::OrderCapabilityFailed {
        order,
        capability: capability(tested.capability).into(),
        test_id: tested.test_id,
        detail: tested.detail,
        tested_at: Some(stamp::to_proto(tested.tested_at)),
    }
}

fn snapback_settled(
    order: Option<v1::OrderRef>,
    settled: SettledSnapback,
    now: Timestamp,
) -> v1::OrderSnapbackSettled {
    v1::OrderSnapbackSettled {
        order,
        snapback_id: settled.id.to_string(),
        confirmed: settled.refusal.is_none(),
        inadvertent: settled.asked.inadvertent.is_some(),
        reason: settled.asked.reason,
        refusal: settled.refusal.unwrap_or_default(),
        settled_at: Some(stamp::to_proto(now)),
    }
}
