//! What becomes of a dispute.

use notification_domain::{DisputeNews, DisputeNotice, Notice};
use portway_proto::intake::v1;
use portway_proto::intake::v1::{DisputeClockKind, DisputeKind, DisputeOutcome};
use prost::{Message, Name};
use types::Tn;

use super::{Read, Reader, parse, present, refused, time, tns};

pub(super) fn readers() -> [(String, Reader); 5] {
    [
        (v1::DisputeOpened::full_name(), opened),
        (v1::DisputeOverdue::full_name(), overdue),
        (v1::DisputeSnapbackAsked::full_name(), snapback_asked),
        (v1::DisputeSnapbackAnswered::full_name(), snapback_answered),
        (v1::DisputeSettled::full_name(), settled),
    ]
}

fn opened(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::DisputeOpened::decode(payload)?;
    let answer_due_at = time(event.answer_due_at.as_ref(), "answer_due_at")?;
    dispute(event.dispute, DisputeNews::Opened { answer_due_at })
}

fn overdue(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::DisputeOverdue::decode(payload)?;
    let is_answer = match event.clock() {
        DisputeClockKind::Answer => true,
        DisputeClockKind::Resolution => false,
        DisputeClockKind::Unspecified => return Err(refused("clock", &"is not set")),
    };
    let due_at = time(event.due_at.as_ref(), "due_at")?;
    dispute(event.dispute, DisputeNews::Overdue { is_answer, due_at })
}

fn snapback_asked(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::DisputeSnapbackAsked::decode(payload)?;
    dispute(event.dispute, DisputeNews::SnapbackAsked)
}

/// Why a carrier refused stays behind: free text may quote a PIN.
fn snapback_answered(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::DisputeSnapbackAnswered::decode(payload)?;
    let confirmed = event.confirmed;
    dispute(event.dispute, DisputeNews::SnapbackAnswered { confirmed })
}

fn settled(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::DisputeSettled::decode(payload)?;
    let outcomes = event.outcomes.iter().map(outcome).collect::<Read<_>>()?;
    let news = DisputeNews::Settled {
        charged: tns(&event.charged_tns)?,
        outcomes,
        explanation: event.explanation,
    };
    dispute(event.dispute, news)
}

fn outcome(of_number: &v1::DisputeNumberOutcome) -> Read<(Tn, String)> {
    let word = match of_number.outcome() {
        DisputeOutcome::Returned => "returned",
        DisputeOutcome::Upheld => "upheld",
        DisputeOutcome::Withdrawn => "withdrawn",
        DisputeOutcome::Unspecified => return Err(refused("outcome", &"is not set")),
    };
    Ok((parse("tn", &of_number.tn)?, word.to_owned()))
}

fn dispute(dispute: Option<v1::DisputeRef>, news: DisputeNews) -> Read<Option<Notice>> {
    let dispute = present("dispute", dispute)?;
    let kind = match dispute.kind() {
        DisputeKind::Unauthorized => "unauthorized",
        DisputeKind::Mistaken => "mistaken",
        DisputeKind::Unspecified => return Err(refused("kind", &"is not set")),
    };
    Ok(Some(Notice::Dispute(DisputeNotice {
        dispute: parse("dispute_id", &dispute.dispute_id)?,
        account: parse("account_id", &dispute.account_id)?,
        request_number: parse("request_number", &dispute.request_number)?,
        port_number: parse("subject_request_number", &dispute.subject_request_number)?,
        kind,
        tns: tns(&dispute.tns)?,
        carrier_name: dispute.carrier_name,
        news,
    })))
}
