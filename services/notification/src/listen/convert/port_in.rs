//! What becomes of a port-in order.

use notification_domain::{Invitation, InvitationKind, Notice, PortInNews, PortInNotice, Remark};
use portway_proto::intake::v1;
use portway_proto::types::v1::{Capability, Court};
use prost::{Message, Name};

use super::{Read, Reader, parse, present, reasons, refused, time, tns};

pub(super) fn readers() -> [(String, Reader); 24] {
    [
        (v1::OrderSubmitted::full_name(), submitted),
        (v1::OrderPending::full_name(), pending),
        (v1::OrderDelayed::full_name(), delayed),
        (v1::OrderActionRequired::full_name(), action_required),
        (v1::OrderFocConfirmed::full_name(), foc_confirmed),
        (v1::OrderPorted::full_name(), ported),
        (v1::OrderCancelled::full_name(), cancelled),
        (v1::OrderRejected::full_name(), rejected),
        (v1::OrderAbandoned::full_name(), abandoned),
        (v1::OrderInReview::full_name(), in_review),
        (v1::OrderReturned::full_name(), returned),
        (v1::OrderDraftExpiring::full_name(), draft_expiring),
        (v1::OrderActionExpiring::full_name(), action_expiring),
        (v1::OrderSplit::full_name(), split),
        (v1::OrderFocMoved::full_name(), foc_moved),
        (v1::OrderDateChangeRefused::full_name(), date_change_refused),
        (v1::OrderCommented::full_name(), commented),
        (v1::LetterSigningRequested::full_name(), signing_requested),
        (v1::LetterSigned::full_name(), signed),
        (v1::OrderHeldBack::full_name(), held_back),
        (v1::OrderCapabilityFailed::full_name(), capability_failed),
        (v1::OrderProved::full_name(), proved),
        (v1::TemporaryNumberSwapped::full_name(), temporary_swapped),
        (v1::OrderSnapbackSettled::full_name(), snapback_settled),
    ]
}

fn submitted(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderSubmitted::decode(payload)?;
    // A change of the wanted date is the account's own call, and it heard the reply: the carrier's answer is the news.
    if event.date_only {
        return Ok(None);
    }
    let news = if event.resubmitted {
        PortInNews::Resubmitted
    } else {
        PortInNews::Submitted
    };
    port_in(event.order, news)
}

fn pending(payload: &[u8]) -> Read<Option<Notice>> {
    port_in(v1::OrderPending::decode(payload)?.order, PortInNews::Pending)
}

fn delayed(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderDelayed::decode(payload)?;
    let reasons = reasons(event.reasons)?;
    port_in(event.order, PortInNews::Delayed { reasons })
}

fn action_required(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderActionRequired::decode(payload)?;
    let news = PortInNews::ActionRequired {
        reasons: reasons(event.reasons)?,
        update_required: event.update_required,
    };
    port_in(event.order, news)
}

fn foc_confirmed(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderFocConfirmed::decode(payload)?;
    let foc_at = time(event.foc_at.as_ref(), "foc_at")?;
    port_in(event.order, PortInNews::FocConfirmed { foc_at })
}

fn ported(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderPorted::decode(payload)?;
    let ported_at = time(event.ported_at.as_ref(), "ported_at")?;
    port_in(event.order, PortInNews::Ported { ported_at })
}

fn cancelled(payload: &[u8]) -> Read<Option<Notice>> {
    port_in(v1::OrderCancelled::decode(payload)?.order, PortInNews::Cancelled)
}

fn rejected(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderRejected::decode(payload)?;
    let reasons = reasons(event.reasons)?;
    port_in(event.order, PortInNews::Rejected { reasons })
}

fn abandoned(payload: &[u8]) -> Read<Option<Notice>> {
    port_in(v1::OrderAbandoned::decode(payload)?.order, PortInNews::Abandoned)
}

fn in_review(payload: &[u8]) -> Read<Option<Notice>> {
    port_in(v1::OrderInReview::decode(payload)?.order, PortInNews::InReview)
}

fn returned(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderReturned::decode(payload)?;
    let remark = |reason: v1::ReturnReason| Remark {
        field: reason.field,
        message: reason.message,
    };
    let remarks = event.reasons.into_iter().map(remark).collect();
    port_in(event.order, PortInNews::Returned { remarks })
}

fn draft_expiring(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderDraftExpiring::decode(payload)?;
    let expires_at = time(event.expires_at.as_ref(), "expires_at")?;
    port_in(event.order, PortInNews::DraftExpiring { expires_at })
}

fn action_expiring(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderActionExpiring::decode(payload)?;
    let expires_at = time(event.expires_at.as_ref(), "expires_at")?;
    port_in(event.order, PortInNews::ActionExpiring { expires_at })
}

fn split(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderSplit::decode(payload)?;
    let parts = event.children.iter();
    let parts = parts.map(|child| parse("children.request_number", &child.request_number));
    let parts = parts.collect::<Read<_>>()?;
    port_in(event.order, PortInNews::Split { parts })
}

fn foc_moved(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderFocMoved::decode(payload)?;
    let news = PortInNews::FocMoved {
        foc_at: time(event.foc_at.as_ref(), "foc_at")?,
        previous: time(event.previous_foc_at.as_ref(), "previous_foc_at")?,
        asked_for: event.asked_for,
    };
    port_in(event.order, news)
}

fn date_change_refused(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderDateChangeRefused::decode(payload)?;
    let foc_at = event.foc_at.as_ref();
    let foc_at = foc_at.map(|at| time(Some(at), "foc_at")).transpose()?;
    port_in(event.order, PortInNews::DateChangeRefused { foc_at })
}

/// The account knows what it wrote itself.
fn commented(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderCommented::decode(payload)?;
    if !event.by_platform {
        return Ok(None);
    }
    let asks_customer = event.action_by() == Court::Customer;
    port_in(event.order, PortInNews::Commented { asks_customer })
}

fn signing_requested(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::LetterSigningRequested::decode(payload)?;
    let invitation = Invitation {
        kind: InvitationKind::Sign,
        id: parse("signing_id", &event.signing_id)?,
        expires_at: time(event.expires_at.as_ref(), "expires_at")?,
    };
    port_in(event.order, PortInNews::SigningRequested(invitation))
}

fn signed(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::LetterSigned::decode(payload)?;
    let signed_at = time(event.signed_at.as_ref(), "signed_at")?;
    port_in(event.order, PortInNews::Signed { signed_at })
}

fn held_back(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderHeldBack::decode(payload)?;
    let news = PortInNews::HeldBack {
        lapses_at: time(event.lapses_at.as_ref(), "lapses_at")?,
        holds: event.holds.into_iter().map(|hold| hold.message).collect(),
    };
    port_in(event.order, news)
}

fn capability_failed(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderCapabilityFailed::decode(payload)?;
    let capability = match event.capability() {
        Capability::Unspecified => "",
        Capability::VoiceInbound => "voice_inbound",
        Capability::VoiceOutbound => "voice_outbound",
        Capability::Emergency => "emergency",
        Capability::CallerName => "caller_name",
        Capability::Messaging => "messaging",
    };
    let capability = capability.to_owned();
    port_in(event.order, PortInNews::CapabilityFailed { capability })
}

fn proved(payload: &[u8]) -> Read<Option<Notice>> {
    port_in(v1::OrderProved::decode(payload)?.order, PortInNews::Proved)
}

fn temporary_swapped(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::TemporaryNumberSwapped::decode(payload)?;
    let temporary = parse("temporary_tn", &event.temporary_tn)?;
    port_in(event.order, PortInNews::TemporarySwapped { temporary })
}

fn snapback_settled(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::OrderSnapbackSettled::decode(payload)?;
    let confirmed = event.confirmed;
    port_in(event.order, PortInNews::SnapbackSettled { confirmed })
}

fn port_in(order: Option<v1::OrderRef>, news: PortInNews) -> Read<Option<Notice>> {
    let order = present("order", order)?;
    Ok(Some(Notice::PortIn(PortInNotice {
        order: parse("order_id", &order.order_id)?,
        account: parse("account_id", &order.account_id)?,
        request_number: parse("request_number", &order.request_number)?,
        ver: order.ver.try_into().map_err(|error| refused("ver", &error))?,
        tns: tns(&order.tns)?,
        losing_carrier: order.losing_carrier,
        losing_carrier_name: order.losing_carrier_name,
        customer_reference: order.customer_reference,
        news,
    })))
}
