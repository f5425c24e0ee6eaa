//! Port-outs as callers see them.

use grpc::page;
use intake_domain::port_out::{
    AnswerMode, AnswerState, Consent, ConsentAnswer, FieldMatch, LawfulReason, Outcome, PortOut, PortOutState,
};
use portway_proto::intake::v1;
use service::stamp;

use super::parse::AskedPage;
use crate::ops::port_out::Seen;

pub(super) fn port_out(seen: &Seen) -> v1::PortOut {
    let case = &seen.case;
    let request = &case.request;
    v1::PortOut {
        port_out_id: case.id.to_string(),
        request_number: case.number.to_string(),
        account_id: case.account.to_string(),
        etag: case.version.to_string(),
        state: state(&case.state).into(),
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
        answer_state: case.answer.map_or(v1::AnswerState::Unspecified, answer).into(),
        ended_at: case.state.ended_at().map(stamp::to_proto),
        end_user_name: request.end_user_name.clone(),
        postal_code: request.postal_code.clone(),
        answers_per_number: request.answers == AnswerMode::PerNumber,
        policy_version: case.policy.version,
        policy_outcome: outcome(case.policy.outcome).into(),
        consents: seen.consents.iter().map(consent).collect(),
        review_explanation: case.review_explanation.clone(),
    }
}

/// One more case than the page's size was read, to know whether there is a next page.
pub(super) fn page(asked: &AskedPage, cases: &[Seen]) -> v1::ListPortOutsResponse {
    let size = usize::try_from(asked.size).unwrap_or(usize::MAX);
    let shown = &cases[..cases.len().min(size)];
    let next_page_token = match shown.last() {
        Some(last) if cases.len() > size => page::token(&asked.filters(), &last.case.number.number()),
        Some(_) | None => String::new(),
    };
    v1::ListPortOutsResponse {
        port_outs: shown.iter().map(port_out).collect(),
        next_page_token,
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
        Outcome::AskEndUser => v1::PortOutOutcome::AskEndUser,
    }
}

fn consent(consent: &Consent) -> v1::PortOutConsent {
    let state = match consent.answer {
        None => v1::ConsentState::Asked,
        Some((ConsentAnswer::Yes, _)) => v1::ConsentState::Yes,
        Some((ConsentAnswer::No, _)) => v1::ConsentState::No,
    };
    v1::PortOutConsent {
        consent_id: consent.id.to_string(),
        tns: consent.tns.iter().map(ToString::to_string).collect(),
        sent_to: consent.masked_email(),
        state: state.into(),
        asked_at: Some(stamp::to_proto(consent.asked_at)),
        answered_at: consent.answer.map(|(_, at)| stamp::to_proto(at)),
    }
}

const fn state(state: &PortOutState) -> v1::PortOutState {
    match state {
        PortOutState::Pending { .. } => v1::PortOutState::Pending,
        PortOutState::RejectionReview { .. } => v1::PortOutState::RejectionReview,
        PortOutState::Authorized { .. } => v1::PortOutState::Authorized,
        PortOutState::Rejected { .. } => v1::PortOutState::Rejected,
        PortOutState::PortedOut { .. } => v1::PortOutState::PortedOut,
        PortOutState::Cancelled { .. } => v1::PortOutState::Cancelled,
    }
}

const fn rejection_reason(state: &PortOutState) -> &'static str {
    match state {
        PortOutState::RejectionReview { claim, .. } => claim.reason.code(),
        PortOutState::Rejected { grounds, .. } => grounds.code(),
        PortOutState::Pending { .. }
        | PortOutState::Authorized { .. }
        | PortOutState::PortedOut { .. }
        | PortOutState::Cancelled { .. } => "",
    }
}

const fn answer(state: AnswerState) -> v1::AnswerState {
    match state {
        AnswerState::Requested => v1::AnswerState::Requested,
        AnswerState::Sent => v1::AnswerState::Sent,
        AnswerState::Acknowledged => v1::AnswerState::Acknowledged,
        AnswerState::Refused => v1::AnswerState::Refused,
    }
}
