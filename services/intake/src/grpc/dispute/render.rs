//! Disputes in the words of the contracts.

use grpc::page;
use intake_domain::dispute::{Action, AskedBack, Clock, Dispute, DisputedNumber, Reporter, State};
use intake_domain::port_in::cutover::SnapbackState;
use portway_proto::intake::v1;
use portway_proto::types::v1::Court;
use service::stamp;
use types::Tn;

use super::parse::{AskedPage, binding};
use crate::announce::dispute as announced;
use crate::announce::port_in::court;
use crate::ops::dispute::{Evidence, Return, Seen, Statement};
use crate::ops::port_in::Requester;

/// What the account sees of whoever said or did something at the platform.
const PLATFORM: &str = "platform";

/// A dispute with everything that was said and asked.
pub(super) fn seen(seen: &Seen, requester: &Requester) -> v1::Dispute {
    v1::Dispute {
        snapbacks: seen.snapbacks.iter().map(snapback).collect(),
        statements: seen
            .statements
            .iter()
            .map(|said| statement(said, requester))
            .collect(),
        returns: seen
            .returns
            .iter()
            .map(|recorded| returned(recorded, requester))
            .collect(),
        ..dispute(&seen.dispute, requester)
    }
}

/// What the file is.
pub(super) fn evidence(evidence: &Evidence) -> v1::EvidenceFile {
    v1::EvidenceFile {
        file_name: evidence.file_name.clone(),
        size_bytes: i64::try_from(evidence.zip.len()).unwrap_or(i64::MAX),
        sha256: hex::encode(evidence.sha256),
    }
}

/// One more dispute than the page's size was read, to know whether there is a next page.
pub(super) fn page(asked: &AskedPage, found: &[Dispute], requester: &Requester) -> v1::ListDisputesResponse {
    let size = usize::try_from(asked.size).unwrap_or(usize::MAX);
    let shown = &found[..found.len().min(size)];
    let next_page_token = match shown.last() {
        Some(last) if found.len() > size => page::token(&binding(&asked.filter), &last.number.number()),
        Some(_) | None => String::new(),
    };
    v1::ListDisputesResponse {
        disputes: shown.iter().map(|shown| dispute(shown, requester)).collect(),
        next_page_token,
    }
}

fn dispute(dispute: &Dispute, requester: &Requester) -> v1::Dispute {
    v1::Dispute {
        dispute_id: dispute.id.to_string(),
        request_number: dispute.number.to_string(),
        account_id: dispute.account.to_string(),
        etag: dispute.version.to_string(),
        direction: announced::direction(dispute.about.direction()).into(),
        subject_id: announced::subject(dispute.about).to_string(),
        subject_request_number: dispute.about.number().to_string(),
        kind: announced::kind(dispute.kind).into(),
        state: state(dispute.state).into(),
        numbers: dispute.numbers.iter().map(number).collect(),
        reporter: reporter(dispute.reporter).into(),
        reporter_name: dispute.reporter_name.clone(),
        carrier_name: dispute.carrier_name.clone(),
        opened_by: dispute.opened_by.clone(),
        opened_at: Some(stamp::to_proto(dispute.opened_at)),
        clocks: dispute.clocks().into_iter().map(clock).collect(),
        court: dispute.court().map_or(Court::Unspecified, court).into(),
        due_at: dispute.next_clock().map(|clock| stamp::to_proto(clock.due_at)),
        actions: actions(dispute, requester),
        snapbacks: Vec::new(),
        statements: Vec::new(),
        returns: Vec::new(),
        explanation: dispute.explanation.clone(),
        charged_tns: dispute.charged.iter().map(Tn::to_string).collect(),
        settled_at: dispute.state.settled_at().map(stamp::to_proto),
    }
}

/// What the requester can do: settling is the platform's, and so is saying that numbers are back.
fn actions(dispute: &Dispute, requester: &Requester) -> Vec<i32> {
    let is_operations = |action: Action| match action {
        Action::RecordReturn | Action::Settle => true,
        Action::MakeStatement | Action::Answer | Action::RequestSnapback | Action::Withdraw => false,
    };
    let allowed = dispute.actions().into_iter();
    let theirs = allowed.filter(|action| requester.is_platform || !is_operations(*action));
    theirs.map(|allowed| action(allowed).into()).collect()
}

const fn action(action: Action) -> v1::DisputeAction {
    match action {
        Action::MakeStatement => v1::DisputeAction::State,
        Action::Answer => v1::DisputeAction::Answer,
        Action::RequestSnapback => v1::DisputeAction::RequestSnapback,
        Action::RecordReturn => v1::DisputeAction::RecordReturn,
        Action::Withdraw => v1::DisputeAction::Withdraw,
        Action::Settle => v1::DisputeAction::Settle,
    }
}

const fn state(state: State) -> v1::DisputeState {
    match state {
        State::Open => v1::DisputeState::Open,
        State::Answered => v1::DisputeState::Answered,
        State::SnapbackAsked { .. } => v1::DisputeState::SnapbackAsked,
        State::SnapbackRefused => v1::DisputeState::SnapbackRefused,
        State::Returned => v1::DisputeState::Returned,
        State::Settled { .. } => v1::DisputeState::Settled,
    }
}

const fn reporter(reporter: Reporter) -> v1::DisputeReporter {
    match reporter {
        Reporter::Account => v1::DisputeReporter::Account,
        Reporter::EndUser => v1::DisputeReporter::EndUser,
        Reporter::Carrier => v1::DisputeReporter::Carrier,
    }
}

fn number(number: &DisputedNumber) -> v1::DisputeNumber {
    v1::DisputeNumber {
        tn: number.tn.to_string(),
        returned_at: number.returned_at.map(stamp::to_proto),
        outcome: announced::outcome(number.outcome).into(),
    }
}

fn clock(clock: Clock) -> v1::DisputeClock {
    v1::DisputeClock {
        kind: announced::clock_kind(clock.kind).into(),
        due_at: Some(stamp::to_proto(clock.due_at)),
        is_running: clock.is_running,
        missed_at: clock.missed_at.map(stamp::to_proto),
    }
}

fn statement(said: &Statement, requester: &Requester) -> v1::DisputeStatement {
    let is_hidden = said.by_platform && !requester.is_platform;
    v1::DisputeStatement {
        author: if is_hidden {
            PLATFORM.to_owned()
        } else {
            said.author.clone()
        },
        stated_at: Some(stamp::to_proto(said.stated_at)),
        text: said.text.clone(),
        is_answer: said.is_answer,
    }
}

fn returned(recorded: &Return, requester: &Requester) -> v1::DisputeReturn {
    v1::DisputeReturn {
        tns: recorded.tns.iter().map(Tn::to_string).collect(),
        explanation: recorded.explanation.clone(),
        recorded_by: if requester.is_platform {
            recorded.recorded_by.clone()
        } else {
            PLATFORM.to_owned()
        },
        recorded_at: Some(stamp::to_proto(recorded.recorded_at)),
    }
}

const fn snapback_state(state: SnapbackState) -> v1::DisputeSnapbackState {
    match state {
        SnapbackState::Requested => v1::DisputeSnapbackState::Requested,
        SnapbackState::Sent => v1::DisputeSnapbackState::Sent,
        SnapbackState::Acknowledged => v1::DisputeSnapbackState::Acknowledged,
        SnapbackState::Confirmed => v1::DisputeSnapbackState::Confirmed,
        SnapbackState::Refused => v1::DisputeSnapbackState::Refused,
    }
}

fn snapback(asked: &AskedBack) -> v1::DisputeSnapback {
    v1::DisputeSnapback {
        snapback_id: asked.id.to_string(),
        tns: asked.tns.iter().map(Tn::to_string).collect(),
        reason: asked.reason.clone(),
        state: snapback_state(asked.state).into(),
        refusal: asked.refusal.clone(),
        requested_by: asked.requested_by.clone(),
        requested_at: Some(stamp::to_proto(asked.requested_at)),
        since: Some(stamp::to_proto(asked.since)),
        ended_by_record: asked.is_ended_by_record,
        late_answer: asked
            .late_answer
            .map_or(v1::DisputeSnapbackState::Unspecified, |(answer, _)| {
                snapback_state(answer)
            })
            .into(),
        late_answer_at: asked.late_answer.map(|(_, at)| stamp::to_proto(at)),
    }
}
