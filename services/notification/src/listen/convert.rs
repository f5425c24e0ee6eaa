//! From intake's messages to ours. What cannot be read is refused with the field that is wrong.

use std::fmt::Display;
use std::str::FromStr;

use events::HandleError;
use jiff::Timestamp;
use notification_domain::{Account, Notice, PortInNews, PortInNotice, PortOutNews, PortOutNotice, Reason};
use portway_proto::intake::v1;
use portway_proto::types::v1::{CarrierReason, Court, ReasonClass};
use prost::{Message, Name};
use types::{AccountId, EventId, Subject, Tn};

/// Who decided, when our operations found that an account's rejection does not hold.
const OVERRULED: &str = "overruled";

type Read<T> = Result<T, HandleError>;

fn refused(field: &str, why: &dyn Display) -> HandleError {
    HandleError::Refused(format!("{field}: {why}"))
}

fn parse<T: FromStr<Err: Display>>(field: &str, text: &str) -> Read<T> {
    text.parse().map_err(|error: T::Err| refused(field, &error))
}

fn present<T>(field: &str, value: Option<T>) -> Read<T> {
    value.ok_or_else(|| refused(field, &"is missing"))
}

pub(super) fn id(text: &str) -> Read<EventId> {
    parse("event_id", text)
}

pub(super) fn time(at: Option<&prost_types::Timestamp>, field: &str) -> Read<Timestamp> {
    let at = present(field, at)?;
    service::stamp::from_proto(at).map_err(|error| refused(field, &error))
}

pub(super) fn account(changed: v1::AccountChanged) -> Read<Account> {
    let account = present("account", changed.account)?;
    Ok(Account {
        id: parse("account_id", &account.account_id)?,
        name: account.name,
        owner_email: parse("owner_email", &account.owner_email)?,
        time_zone: account.time_zone,
    })
}

/// What a subject may do, and in which account.
pub(super) struct Granted {
    pub(super) account: AccountId,
    pub(super) subject: Subject,
    pub(super) permissions: Vec<String>,
}

pub(super) fn grant(changed: v1::GrantChanged) -> Read<Granted> {
    let grant = present("grant", changed.grant)?;
    Ok(Granted {
        account: parse("account_id", &changed.account_id)?,
        subject: parse("subject", &grant.subject)?,
        permissions: grant.permissions,
    })
}

/// How one type of event becomes a notice.
type Reader = fn(&[u8]) -> Read<Notice>;

/// Every type of event that somebody is told of. Those that are missing here are commands to the gateway.
fn readers() -> [(String, Reader); 16] {
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
        (v1::PortOutReceived::full_name(), port_out_received),
        (v1::PortOutAuthorized::full_name(), port_out_authorized),
        (
            v1::PortOutRejectionRequested::full_name(),
            port_out_rejection_requested,
        ),
        (v1::PortOutRejected::full_name(), port_out_rejected),
        (v1::PortOutFocChanged::full_name(), port_out_foc_changed),
        (v1::PortedOut::full_name(), ported_out),
        (v1::PortOutCancelled::full_name(), port_out_cancelled),
    ]
}

pub(super) fn notice_types() -> impl Iterator<Item = String> {
    readers().into_iter().map(|(name, _)| name)
}

pub(super) fn notice(type_name: &str, payload: &[u8]) -> Read<Notice> {
    let found = readers().into_iter().find(|(name, _)| name == type_name);
    let (_, read) = found.ok_or_else(|| refused("type", &"nobody is told of it"))?;
    read(payload)
}

fn submitted(payload: &[u8]) -> Read<Notice> {
    let event = v1::OrderSubmitted::decode(payload)?;
    let news = if event.resubmitted {
        PortInNews::Resubmitted
    } else {
        PortInNews::Submitted
    };
    port_in(event.order, news)
}

fn pending(payload: &[u8]) -> Read<Notice> {
    port_in(v1::OrderPending::decode(payload)?.order, PortInNews::Pending)
}

fn delayed(payload: &[u8]) -> Read<Notice> {
    let event = v1::OrderDelayed::decode(payload)?;
    let reasons = reasons(event.reasons)?;
    port_in(event.order, PortInNews::Delayed { reasons })
}

fn action_required(payload: &[u8]) -> Read<Notice> {
    let event = v1::OrderActionRequired::decode(payload)?;
    let news = PortInNews::ActionRequired {
        reasons: reasons(event.reasons)?,
        update_required: event.update_required,
    };
    port_in(event.order, news)
}

fn foc_confirmed(payload: &[u8]) -> Read<Notice> {
    let event = v1::OrderFocConfirmed::decode(payload)?;
    let foc_at = time(event.foc_at.as_ref(), "foc_at")?;
    port_in(event.order, PortInNews::FocConfirmed { foc_at })
}

fn ported(payload: &[u8]) -> Read<Notice> {
    let event = v1::OrderPorted::decode(payload)?;
    let ported_at = time(event.ported_at.as_ref(), "ported_at")?;
    port_in(event.order, PortInNews::Ported { ported_at })
}

fn cancelled(payload: &[u8]) -> Read<Notice> {
    port_in(v1::OrderCancelled::decode(payload)?.order, PortInNews::Cancelled)
}

fn rejected(payload: &[u8]) -> Read<Notice> {
    let event = v1::OrderRejected::decode(payload)?;
    let reasons = reasons(event.reasons)?;
    port_in(event.order, PortInNews::Rejected { reasons })
}

fn abandoned(payload: &[u8]) -> Read<Notice> {
    port_in(v1::OrderAbandoned::decode(payload)?.order, PortInNews::Abandoned)
}

fn port_out_received(payload: &[u8]) -> Read<Notice> {
    let event = v1::PortOutReceived::decode(payload)?;
    let answer_due_at = time(event.answer_due_at.as_ref(), "answer_due_at")?;
    port_out(event.port_out, PortOutNews::Received { answer_due_at })
}

fn port_out_authorized(payload: &[u8]) -> Read<Notice> {
    let event = v1::PortOutAuthorized::decode(payload)?;
    // Only an overruled rejection reads differently. Everything else that may stand here (a subject, silence, policy) is
    // who authorized it, and is passed on as it is: subjects are an open set.
    let news = if event.decided_by == OVERRULED {
        PortOutNews::Overruled
    } else {
        PortOutNews::Authorized {
            decided_by: event.decided_by,
        }
    };
    port_out(event.port_out, news)
}

fn port_out_rejection_requested(payload: &[u8]) -> Read<Notice> {
    let event = v1::PortOutRejectionRequested::decode(payload)?;
    let reason = event.reason;
    port_out(event.port_out, PortOutNews::RejectionRequested { reason })
}

fn port_out_rejected(payload: &[u8]) -> Read<Notice> {
    let event = v1::PortOutRejected::decode(payload)?;
    let reasons = reasons(event.reasons)?;
    port_out(event.port_out, PortOutNews::Rejected { reasons })
}

fn port_out_foc_changed(payload: &[u8]) -> Read<Notice> {
    port_out(
        v1::PortOutFocChanged::decode(payload)?.port_out,
        PortOutNews::FocChanged,
    )
}

fn ported_out(payload: &[u8]) -> Read<Notice> {
    let event = v1::PortedOut::decode(payload)?;
    let ported_at = time(event.ported_at.as_ref(), "ported_at")?;
    port_out(event.port_out, PortOutNews::PortedOut { ported_at })
}

fn port_out_cancelled(payload: &[u8]) -> Read<Notice> {
    port_out(
        v1::PortOutCancelled::decode(payload)?.port_out,
        PortOutNews::Cancelled,
    )
}

fn port_in(order: Option<v1::OrderRef>, news: PortInNews) -> Read<Notice> {
    let order = present("order", order)?;
    Ok(Notice::PortIn(PortInNotice {
        order: parse("order_id", &order.order_id)?,
        account: parse("account_id", &order.account_id)?,
        request_number: parse("request_number", &order.request_number)?,
        ver: order.ver.try_into().map_err(|error| refused("ver", &error))?,
        tns: tns(&order.tns)?,
        losing_carrier: order.losing_carrier,
        customer_reference: order.customer_reference,
        news,
    }))
}

fn port_out(port_out: Option<v1::PortOutRef>, news: PortOutNews) -> Read<Notice> {
    let port_out = present("port_out", port_out)?;
    let foc_at = port_out.foc_at.as_ref();
    Ok(Notice::PortOut(PortOutNotice {
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
    }))
}

fn tns(texts: &[String]) -> Read<Vec<Tn>> {
    texts.iter().map(|text| parse("tns", text)).collect()
}

fn reasons(reasons: Vec<CarrierReason>) -> Read<Vec<Reason>> {
    reasons.into_iter().map(reason).collect()
}

/// The carrier's own words stay behind: free text may quote a PIN.
fn reason(reason: CarrierReason) -> Read<Reason> {
    let class = match reason.reason_class() {
        ReasonClass::Unspecified => "",
        ReasonClass::Fix => "fix",
        ReasonClass::Delay => "delay",
        ReasonClass::Customer => "customer",
        ReasonClass::Split => "split",
        ReasonClass::Reroute => "reroute",
        ReasonClass::Cancel => "cancel",
        ReasonClass::Manual => "manual",
    };
    let actor = match reason.actor() {
        Court::Unspecified => "",
        Court::Customer => "customer",
        Court::Us => "us",
        Court::GainingCarrier => "gaining_carrier",
        Court::LosingCarrier => "losing_carrier",
        Court::EndUser => "end_user",
    };
    let tn = Some(reason.tn.as_str()).filter(|tn| !tn.is_empty());
    Ok(Reason {
        tn: tn.map(|tn| parse("reasons.tn", tn)).transpose()?,
        code: reason.reason,
        class: class.to_owned(),
        field: reason.field,
        remedy: reason.remedy,
        actor: actor.to_owned(),
        raw_code: reason.raw_code,
    })
}
