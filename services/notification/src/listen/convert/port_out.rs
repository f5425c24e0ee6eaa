//! What becomes of a port-out.

use notification_domain::{
    AnswerProgress, Invitation, InvitationKind, Invited, Notice, PortOutNews, PortOutNotice, TextInvitation,
};
use portway_proto::intake::v1;
use portway_proto::types::v1::Court;
use prost::{Message, Name};
use types::Tn;

use super::{Read, Reader, parse, present, reasons, refused, time, tns};

/// Who decided, when our operations found that an account's rejection does not hold.
const OVERRULED: &str = "overruled";

pub(super) fn readers() -> [(String, Reader); 14] {
    [
        (v1::PortOutReceived::full_name(), received),
        (v1::PortOutAuthorized::full_name(), authorized),
        (v1::PortOutRejectionRequested::full_name(), rejection_requested),
        (v1::PortOutRejected::full_name(), rejected),
        (v1::PortOutFocChanged::full_name(), foc_changed),
        (v1::PortedOut::full_name(), ported_out),
        (v1::PortOutWentWithoutLeave::full_name(), went_without_leave),
        (v1::PortOutCancelled::full_name(), cancelled),
        (v1::PortOutConflicted::full_name(), conflicted),
        (v1::PortOutConflictSettled::full_name(), conflict_settled),
        (v1::PortOutAnswered::full_name(), answered),
        (v1::PortOutCommented::full_name(), commented),
        (v1::PortOutConsentAsked::full_name(), consent_asked),
        (v1::NumbersReleased::full_name(), numbers_released),
    ]
}

fn received(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::PortOutReceived::decode(payload)?;
    let answer_due_at = time(event.answer_due_at.as_ref(), "answer_due_at")?;
    let news = PortOutNews::Received {
        answer_due_at,
        decided_by: event.decided_by,
    };
    port_out(event.port_out, news)
}

fn authorized(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::PortOutAuthorized::decode(payload)?;
    // Only an overruled rejection reads differently. Everything else that may stand here (a subject, silence, policy) is
    // who authorized it, and is passed on as it is: subjects are an open set.
    let news = if event.decided_by == OVERRULED {
        PortOutNews::Overruled {
            explanation: event.explanation,
        }
    } else {
        PortOutNews::Authorized {
            decided_by: event.decided_by,
            denied: reasons(event.denied)?,
        }
    };
    port_out(event.port_out, news)
}

fn rejection_requested(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::PortOutRejectionRequested::decode(payload)?;
    let reason = event.reason;
    port_out(event.port_out, PortOutNews::RejectionRequested { reason })
}

fn rejected(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::PortOutRejected::decode(payload)?;
    let news = PortOutNews::Rejected {
        reasons: reasons(event.reasons)?,
        explanation: event.explanation,
    };
    port_out(event.port_out, news)
}

fn foc_changed(payload: &[u8]) -> Read<Option<Notice>> {
    port_out(
        v1::PortOutFocChanged::decode(payload)?.port_out,
        PortOutNews::FocChanged,
    )
}

fn ported_out(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::PortedOut::decode(payload)?;
    let ported_at = time(event.ported_at.as_ref(), "ported_at")?;
    let news = PortOutNews::PortedOut {
        ported_at,
        with_leave: !event.unauthorized && event.locked_tns.is_empty(),
    };
    port_out(event.port_out, news)
}

fn went_without_leave(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::PortOutWentWithoutLeave::decode(payload)?;
    let news = PortOutNews::WentWithoutLeave {
        ported_at: time(event.ported_at.as_ref(), "ported_at")?,
        was_authorized: event.was_authorized,
        locked: tns(&event.locked_tns)?,
    };
    port_out(event.port_out, news)
}

fn cancelled(payload: &[u8]) -> Read<Option<Notice>> {
    port_out(
        v1::PortOutCancelled::decode(payload)?.port_out,
        PortOutNews::Cancelled,
    )
}

fn conflicted(payload: &[u8]) -> Read<Option<Notice>> {
    port_out(
        v1::PortOutConflicted::decode(payload)?.port_out,
        PortOutNews::Conflicted,
    )
}

fn conflict_settled(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::PortOutConflictSettled::decode(payload)?;
    let accepted = event.accepted;
    port_out(event.port_out, PortOutNews::ConflictSettled { accepted })
}

fn answered(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::PortOutAnswered::decode(payload)?;
    let progress = match event.answer_state() {
        v1::AnswerState::Sent => AnswerProgress::Sent,
        v1::AnswerState::Acknowledged => AnswerProgress::Acknowledged,
        v1::AnswerState::Refused => AnswerProgress::Refused,
        v1::AnswerState::Unspecified | v1::AnswerState::Requested => {
            return Err(refused("answer_state", &"not one that is announced"));
        }
    };
    port_out(event.port_out, PortOutNews::Answered { progress })
}

/// The account knows what it wrote itself.
fn commented(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::PortOutCommented::decode(payload)?;
    if !event.by_platform {
        return Ok(None);
    }
    let asks_customer = event.action_by() == Court::Customer;
    port_out(event.port_out, PortOutNews::Commented { asks_customer })
}

fn consent_asked(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::PortOutConsentAsked::decode(payload)?;
    let id = parse("consent_id", &event.consent_id)?;
    let expires_at = time(event.expires_at.as_ref(), "expires_at")?;
    let invited = match v1::ConsentChannel::try_from(event.channel) {
        Ok(v1::ConsentChannel::Unspecified | v1::ConsentChannel::Email) => Invited::ByMail(Invitation {
            kind: InvitationKind::Consent,
            id,
            expires_at,
        }),
        Ok(v1::ConsentChannel::Sms) => Invited::ByText(TextInvitation {
            number: the_number(event.port_out.as_ref())?,
            id,
            expires_at,
        }),
        Err(error) => return Err(refused("channel", &error)),
    };
    port_out(event.port_out, PortOutNews::ConsentAsked(invited))
}

/// The one number that is asked about.
fn the_number(port_out: Option<&v1::PortOutRef>) -> Read<Tn> {
    match port_out.map(|port_out| port_out.tns.as_slice()) {
        Some([tn]) => parse("tns", tn),
        Some(_) | None => Err(refused("tns", &"a text asks about one number")),
    }
}

fn numbers_released(payload: &[u8]) -> Read<Option<Notice>> {
    port_out(
        v1::NumbersReleased::decode(payload)?.port_out,
        PortOutNews::NumbersReleased,
    )
}

fn port_out(port_out: Option<v1::PortOutRef>, news: PortOutNews) -> Read<Option<Notice>> {
    let port_out = present("port_out", port_out)?;
    let foc_at = port_out.foc_at.as_ref();
    Ok(Some(Notice::PortOut(PortOutNotice {
        port_out: parse("port_out_id", &port_out.port_out_id)?,
        account: parse("account_id", &port_out.account_id)?,
        request_number: parse("request_number", &port_out.request_number)?,
        pon: parse("pon", &port_out.pon)?,
        ver: port_out.ver.try_into().map_err(|error| refused("ver", &error))?,
        tns: tns(&port_out.tns)?,
        foc_at: foc_at.map(|at| time(Some(at), "foc_at")).transpose()?,
        winning_spid: port_out.winning_spid,
        winning_name: port_out.winning_name,
        news,
    })))
}
