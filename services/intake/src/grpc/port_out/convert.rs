//! Port-outs as callers see them.

use grpc::page;
use intake_domain::port_out::{
    AnswerMode, AnswerState, Conflict, ConflictState, Consent, FieldMatch, LawfulReason, Outcome, PortOut,
    PortOutState, StateName,
};
use portway_proto::intake::v1;
use service::stamp;

use super::parse::AskedTimeline;
use crate::announce::protection::{channel, consent_state};
use crate::ops::port_out::{Happened, Seen};

pub(super) fn port_out(seen: &Seen) -> v1::PortOut {
    let case = &seen.case;
    let request = &case.request;
    v1::PortOut {
        port_out_id: case.id.to_string(),
        request_number: case.number.to_string(),
        account_id: case.account.to_string(),
        etag: case.version.to_string(),
        state: state(StateName::from(&case.state)).into(),
        pon: request.key.pon.to_string(),
        ver: i32::from(request.key.ver.get()),
        winning_spid: request.key.winning_spid.to_string(),
        winning_name: request.winning_name.clone(),
        numbers: numbers(case),
        foc_at: case.foc_at.map(stamp::to_proto),
        answer_due_at: case.state.answer_due_at().map(stamp::to_proto),
        received_at: Some(stamp::to_proto(request.received_at)),
        decided_by: case
            .state
            .decision()
            .map(|decision| decision.by.to_string())
            .unwrap_or_default(),
        rejection_reason: rejection_reason(&case.state).to_owned(),
        answer_state: case
            .answer
            .as_ref()
            .map_or(v1::AnswerState::Unspecified, |sent| answer(sent.state))
            .into(),
        answer_changed_at: case.answer.as_ref().map(|sent| stamp::to_proto(sent.since)),
        answer_refusal: case
            .answer
            .as_ref()
            .map(|sent| sent.refusal.clone())
            .unwrap_or_default(),
        ended_at: case.state.ended_at().map(stamp::to_proto),
        end_user_name: request.end_user_name.clone(),
        postal_code: request.postal_code.clone(),
        answers_per_number: request.answers == AnswerMode::PerNumber,
        policy_version: case.policy.version,
        policy_outcome: outcome(case.policy.outcome).into(),
        policy_ask_by: ask_by(case.policy.outcome).into(),
        consents: seen.consents.iter().map(consent).collect(),
        conflicts: seen.conflicts.iter().map(conflict).collect(),
        review_explanation: case.review_explanation.clone(),
        requested_foc_at: request.requested_foc_at.map(stamp::to_proto),
        wireless: request.is_wireless,
        simple: request.is_simple,
        number_count: i32::try_from(case.numbers.len()).unwrap_or(i32::MAX),
        comment_count: i32::try_from(seen.written.comments).unwrap_or(i32::MAX),
        open_action_count: i32::try_from(seen.written.open_actions).unwrap_or(i32::MAX),
    }
}

pub(super) fn reason(reason: LawfulReason) -> v1::RejectionReason {
    v1::RejectionReason {
        code: reason.code().to_owned(),
        meaning: reason.meaning().to_owned(),
        proof: reason.proof().to_owned(),
    }
}

fn numbers(case: &PortOut) -> Vec<v1::PortOutNumber> {
    let number = |number: &intake_domain::port_out::AskedNumber| v1::PortOutNumber {
        tn: number.tn.to_string(),
        denial: number
            .denial
            .map(|denial| denial.code().to_owned())
            .unwrap_or_default(),
        account_number: field_match(number.matches.account_number).into(),
        postal_code: field_match(number.matches.postal_code).into(),
        pin: field_match(number.matches.pin).into(),
        name: field_match(number.matches.name).into(),
    };
    case.numbers.iter().map(number).collect()
}

const fn field_match(found: FieldMatch) -> v1::FieldMatch {
    match found {
        FieldMatch::Matched => v1::FieldMatch::Matched,
        FieldMatch::NotMatched => v1::FieldMatch::NotMatched,
        FieldMatch::NotGiven => v1::FieldMatch::NotGiven,
        FieldMatch::NotCompared => v1::FieldMatch::NotCompared,
    }
}

/// What a policy says.
pub(super) const fn outcome(outcome: Outcome) -> v1::PortOutOutcome {
    match outcome {
        Outcome::Authorize => v1::PortOutOutcome::Authorize,
        Outcome::Hold => v1::PortOutOutcome::Hold,
        Outcome::RequirePin => v1::PortOutOutcome::RequirePin,
        Outcome::AskEndUser(_) => v1::PortOutOutcome::AskEndUser,
    }
}

/// How a policy asks end users; unspecified: it does not.
pub(super) const fn ask_by(outcome: Outcome) -> v1::ConsentChannel {
    match outcome {
        Outcome::AskEndUser(by) => channel(by),
        Outcome::Authorize | Outcome::Hold | Outcome::RequirePin => v1::ConsentChannel::Unspecified,
    }
}

/// NO when any number has one, else ASKED while any has no answer, else YES.
pub(super) fn consent_as_a_whole(consent: &Consent) -> v1::ConsentState {
    let any = |wanted| {
        consent
            .answers()
            .any(|(_, answer)| consent_state(answer) == wanted)
    };
    [v1::ConsentState::No, v1::ConsentState::Asked]
        .into_iter()
        .find(|state| any(*state))
        .unwrap_or(v1::ConsentState::Yes)
}

fn consent(consent: &Consent) -> v1::PortOutConsent {
    let numbers = consent.answers().map(|(tn, answer)| v1::NumberConsent {
        tn: tn.to_string(),
        state: consent_state(answer).into(),
    });
    v1::PortOutConsent {
        consent_id: consent.id.to_string(),
        tns: consent.asked.tns().iter().map(ToString::to_string).collect(),
        sent_to: consent.asked.sent_to(),
        channel: channel(consent.asked.by()).into(),
        state: consent_as_a_whole(consent).into(),
        asked_at: Some(stamp::to_proto(consent.asked_at)),
        answered_at: consent.reply.as_ref().map(|reply| stamp::to_proto(reply.at)),
        numbers: numbers.collect(),
    }
}

fn conflict(conflict: &Conflict) -> v1::PortOutConflict {
    let (state, refusal) = match &conflict.state {
        ConflictState::Requested => (v1::ConflictState::Requested, ""),
        ConflictState::Sent => (v1::ConflictState::Sent, ""),
        ConflictState::Accepted { .. } => (v1::ConflictState::Accepted, ""),
        ConflictState::Refused { refusal, .. } => (v1::ConflictState::Refused, refusal.as_str()),
    };
    v1::PortOutConflict {
        conflict_id: conflict.id.to_string(),
        tns: conflict.tns.iter().map(ToString::to_string).collect(),
        state: state.into(),
        raised_at: Some(stamp::to_proto(conflict.raised_at)),
        settled_at: conflict.state.settled_at().map(stamp::to_proto),
        refusal: refusal.to_owned(),
    }
}

/// One more entry than the page's size was read, to know whether there is a next page.
pub(super) fn timeline(asked: &AskedTimeline, entries: &[Happened]) -> v1::ListPortOutTimelineResponse {
    let size = usize::try_from(asked.size).unwrap_or(usize::MAX);
    let shown = &entries[..entries.len().min(size)];
    let next_page_token = match shown.last() {
        Some(last) if entries.len() > size => page::token(&asked.listed(), &last.seq),
        Some(_) | None => String::new(),
    };
    let entry = |entry: &Happened| v1::PortOutTimelineEntry {
        at: Some(stamp::to_proto(entry.at)),
        actor: entry.actor.clone(),
        action: entry.what.clone(),
        note: entry.detail.clone(),
        warning: entry.is_warning,
    };
    v1::ListPortOutTimelineResponse {
        entries: shown.iter().map(entry).collect(),
        next_page_token,
    }
}

pub(super) const fn state(state: StateName) -> v1::PortOutState {
    match state {
        StateName::Pending => v1::PortOutState::Pending,
        StateName::RejectionReview => v1::PortOutState::RejectionReview,
        StateName::Authorized => v1::PortOutState::Authorized,
        StateName::Rejected => v1::PortOutState::Rejected,
        StateName::PortedOut => v1::PortOutState::PortedOut,
        StateName::Cancelled => v1::PortOutState::Cancelled,
    }
}

/// Why it was rejected, or is to be; empty: it was not.
pub(super) const fn rejection_reason(state: &PortOutState) -> &'static str {
    match state {
        PortOutState::RejectionReview { claim, .. } => claim.reason.code(),
        PortOutState::Rejected { grounds, .. } => grounds.code(),
        PortOutState::Pending { .. }
        | PortOutState::Authorized { .. }
        | PortOutState::PortedOut { .. }
        | PortOutState::Cancelled { .. } => "",
    }
}

pub(super) const fn answer(state: AnswerState) -> v1::AnswerState {
    match state {
        AnswerState::Requested => v1::AnswerState::Requested,
        AnswerState::Sent => v1::AnswerState::Sent,
        AnswerState::Acknowledged => v1::AnswerState::Acknowledged,
        AnswerState::Refused => v1::AnswerState::Refused,
    }
}
