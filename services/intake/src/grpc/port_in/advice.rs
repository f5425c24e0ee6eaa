//! Shows what may be done with an order, what would settle it, and why it is reviewed.

use intake_domain::port_in::{
    ActionRule, AwaitedAnswer, DateChange, Details, FixWay, OrderState, ProposedFix, SuggestionSource,
};
use portway_proto::intake::v1;
use service::stamp;

use super::{render, status};
use crate::announce::port_in as announce;
use crate::ops::port_in::{CarrierCommand, PutPolicy};

pub(super) fn action_rule((action, rule): ActionRule) -> v1::ActionRule {
    let named = v1::ActionRule {
        action: action.rpc().to_owned(),
        ..v1::ActionRule::default()
    };
    match rule {
        Ok(until) => v1::ActionRule {
            allowed: true,
            until: until.map(stamp::to_proto),
            ..named
        },
        // The same reason and sentence as the RPC's own.
        Err(refusal) => {
            let status = status::action(&refusal);
            v1::ActionRule {
                code: grpc::status::reason_of(&status).unwrap_or_default(),
                why: status.message().to_owned(),
                ..named
            }
        }
    }
}

pub(super) fn proposed_fix(fix: ProposedFix) -> v1::ProposedFix {
    let way = match fix.way {
        FixWay::ApplyFix => v1::FixWay::ApplyFix,
        FixWay::ConfirmRemedy => v1::FixWay::ConfirmRemedy,
        FixWay::DropNumbers => v1::FixWay::DropNumbers,
        FixWay::Split => v1::FixWay::Split,
        FixWay::Wait => v1::FixWay::Wait,
        FixWay::Operations => v1::FixWay::Operations,
        FixWay::Nothing => v1::FixWay::None,
    };
    let source = match fix.suggestion.as_ref().map(|suggestion| suggestion.source) {
        None => v1::SuggestionSource::Unspecified,
        Some(SuggestionSource::CarrierText) => v1::SuggestionSource::CarrierText,
        Some(SuggestionSource::Document) => v1::SuggestionSource::Document,
        Some(SuggestionSource::Pattern) => v1::SuggestionSource::Pattern,
    };
    let meaning = match &fix.reason {
        Some(reason) => reason.reason.meaning(),
        None => "The number cannot come by this order.",
    };
    v1::ProposedFix {
        tn: render::text(fix.tn.as_ref()),
        field: fix.field.map(|field| field.code().to_owned()).unwrap_or_default(),
        sent_value: fix.sent,
        reason: fix.reason.as_ref().map(announce::reason),
        meaning: meaning.to_owned(),
        suggested_value: fix
            .suggestion
            .map(|suggestion| suggestion.value)
            .unwrap_or_default(),
        source: source.into(),
        hint: fix.hint.to_owned(),
        actor: announce::actor(fix.actor).into(),
        typical_days_min: fix.days.0.into(),
        typical_days_max: fix.days.1.into(),
        way: way.into(),
        alternatives: fix.alternatives.iter().map(|one| (*one).to_owned()).collect(),
    }
}

pub(super) fn policy(put: &PutPolicy) -> v1::ReviewPolicy {
    v1::ReviewPolicy {
        account_id: if put.account.is_platform() {
            String::new()
        } else {
            put.account.to_string()
        },
        version: put.version,
        every_order: put.policy.every_order,
        numbers_over: put.policy.numbers_over.and_then(|most| i32::try_from(most).ok()),
        first_order: put.policy.first_order,
        warnings: put.policy.warnings,
        put_by: put.put_by.clone(),
        put_at: Some(stamp::to_proto(put.put_at)),
    }
}

/// Our review: while it is pending, and of a draft that came back from it.
pub(super) fn review(state: &OrderState) -> Option<v1::Review> {
    match state {
        OrderState::InReview(causes) => Some(v1::Review {
            pending: true,
            causes: causes.iter().map(|one| announce::cause(*one).into()).collect(),
            returned: Vec::new(),
        }),
        OrderState::Draft(draft) if !draft.returned.is_empty() => Some(v1::Review {
            pending: false,
            causes: Vec::new(),
            returned: draft.returned.iter().map(announce::return_reason).collect(),
        }),
        OrderState::Draft(_)
        | OrderState::Submitted
        | OrderState::Pending(_)
        | OrderState::ActionRequired(_)
        | OrderState::ChangingDate(_)
        | OrderState::FocConfirmed(_)
        | OrderState::Activating { .. }
        | OrderState::Ported
        | OrderState::CancelRequested { .. }
        | OrderState::Cancelled
        | OrderState::Rejected
        | OrderState::Abandoned
        | OrderState::Parent(_) => None,
    }
}

/// A change of date on its way, as far as its command has come.
pub(super) fn date_change(
    change: &DateChange,
    details: &Details,
    commands: &[CarrierCommand],
) -> v1::DateChange {
    let ver: i32 = change.ver.into();
    let command = commands
        .iter()
        .find(|command| command.ver == ver && command.kind == "supplement");
    v1::DateChange {
        previous_date: change.previous.map(stamp::date_to_proto),
        wanted_date: details.wanted_date.map(stamp::date_to_proto),
        ver,
        state: command
            .map_or(v1::CommandState::Requested, |command| {
                render::command_state(command.state)
            })
            .into(),
        answer_due_at: match change.answer {
            AwaitedAnswer::DueBy(due) => Some(stamp::to_proto(due)),
            AwaitedAnswer::Overdue => None,
        },
    }
}
