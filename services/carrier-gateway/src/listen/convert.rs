//! Intake's events, read into what the use cases take.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use carrier_gateway_domain::{PortOutAnswer, PortOutConflict, RawReason, Reading, pon_of};
use events::{Event, HandleError};
use jiff::Timestamp;
use portway_proto::intake::v1::{
    DisputeDirection, DisputeSnapbackAsked, GrantChanged, OrderRef, OrderSubmitted, PortOutAuthorized,
    PortOutConflicted, PortOutRef, PortOutRejected,
};
use portway_proto::types::v1::CarrierReason;
use service::stamp;
use types::{AccountId, EventId, OrderId, PortOutId, Spid, Subject, Tn, Ver};

use crate::ops::{Asked, NewVersion, PortOutSnapback};

/// Which event was heard, and when it happened, in business time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    pub(super) event: EventId,
    pub(super) at: Timestamp,
}

impl Heard {
    pub(super) fn of(event: &Event) -> Result<Self, HandleError> {
        let at = present("occurred_at", event.occurred_at.as_ref())?;
        Ok(Self {
            event: parsed("event_id", &event.event_id)?,
            at: stamp::from_proto(at).map_err(|error| refused("occurred_at", &error))?,
        })
    }
}

/// The order that an event is about.
pub(super) fn subject(event: &Event) -> Result<OrderId, HandleError> {
    parsed("subject_id", &event.subject_id)
}

/// What was asked about which order.
pub(super) fn asked_of_order(order: Option<OrderRef>, heard: Heard) -> Result<(Asked, OrderId), HandleError> {
    let order = present("order", order)?;
    let asked = Asked {
        account: parsed("account_id", &order.account_id)?,
        pon: pon_of(&order.request_number).map_err(|error| refused("request_number", &error))?,
        ver: ver(order.ver)?,
        at: heard.at,
        by: heard.event,
    };
    Ok((asked, parsed("order_id", &order.order_id)?))
}

/// The numbers that are asked about.
pub(super) fn tns(order: Option<&OrderRef>) -> Result<BTreeSet<Tn>, HandleError> {
    let tns = order.map(|order| order.tns.as_slice()).unwrap_or_default();
    tns.iter().map(|tn| parsed("tns", tn)).collect()
}

/// A version of an order that is to be sent.
pub(super) fn new_version(event: OrderSubmitted, heard: Heard) -> Result<(Asked, NewVersion), HandleError> {
    let order = present("order", event.order)?;
    let losing_carrier = parsed("losing_carrier", &order.losing_carrier)?;
    let tns = tns(Some(&order))?;
    let (asked, order) = asked_of_order(Some(order), heard)?;
    let version = NewVersion {
        order,
        losing_carrier,
        tns,
        date_only: event.date_only,
    };
    Ok((asked, version))
}

/// A decided case of a winning carrier's request.
pub(super) struct Case {
    pub(super) asked: Asked,
    pub(super) port_out: PortOutId,
    pub(super) winning_spid: Spid,
    /// How the carrier reads our answer to it, which was settled when the request came.
    pub(super) reading: Reading,
}

/// Which case was decided.
pub(super) fn case(port_out: Option<PortOutRef>, heard: Heard) -> Result<Case, HandleError> {
    let port_out = present("port_out", port_out)?;
    Ok(Case {
        asked: Asked {
            account: parsed("account_id", &port_out.account_id)?,
            pon: parsed("pon", &port_out.pon)?,
            ver: ver(port_out.ver)?,
            at: heard.at,
            by: heard.event,
        },
        port_out: parsed("port_out_id", &port_out.port_out_id)?,
        winning_spid: parsed("winning_spid", &port_out.winning_spid)?,
        reading: Reading::of(port_out.answers_per_number),
    })
}

/// Which numbers are asked for of a winning carrier; `None`: they came to us, and the order asks.
pub(super) fn port_out_snapback(
    event: DisputeSnapbackAsked,
    heard: Heard,
) -> Result<Option<(Asked, PortOutSnapback)>, HandleError> {
    let dispute = present("dispute", event.dispute)?;
    match dispute.direction() {
        DisputeDirection::PortIn => return Ok(None),
        DisputeDirection::PortOut => {}
        DisputeDirection::Unspecified => return Err(refused("direction", &"missing")),
    }
    let asked = Asked {
        account: parsed("account_id", &dispute.account_id)?,
        pon: parsed("pon", &event.pon)?,
        ver: ver(event.ver)?,
        at: heard.at,
        by: heard.event,
    };
    let tns = dispute.tns.iter().map(|tn| parsed("tns", tn));
    let wanted = PortOutSnapback {
        port_out: parsed("subject_id", &dispute.subject_id)?,
        winning_spid: parsed("winning_spid", &event.winning_spid)?,
        tns: tns.collect::<Result<_, _>>()?,
        reason: event.reason,
        request_id: parsed("snapback_id", &event.snapback_id)?,
    };
    Ok(Some((asked, wanted)))
}

/// Yes, except for those that are denied.
pub(super) fn authorized(event: &PortOutAuthorized) -> Result<PortOutAnswer, HandleError> {
    let foc_at = event
        .port_out
        .as_ref()
        .and_then(|port_out| port_out.foc_at.as_ref());
    let foc_at = foc_at.map(stamp::from_proto).transpose();
    let denied = raw_reasons(&event.denied)?;
    if denied.iter().any(|reason| reason.tn.is_none()) {
        return Err(refused("denied.tn", &"missing"));
    }
    Ok(PortOutAnswer::Authorized {
        foc_at: foc_at.map_err(|error| refused("foc_at", &error))?,
        denied,
    })
}

/// No.
pub(super) fn rejected(event: &PortOutRejected) -> Result<PortOutAnswer, HandleError> {
    Ok(PortOutAnswer::Rejected {
        reasons: raw_reasons(&event.reasons)?,
        tns: case_tns(event.port_out.as_ref())?,
    })
}

/// Not after all. A carrier that reads our answers as a whole keeps none of the request.
pub(super) fn conflict(event: &PortOutConflicted) -> Result<PortOutConflict, HandleError> {
    let is_per_number = event
        .port_out
        .as_ref()
        .is_some_and(|case| case.answers_per_number);
    Ok(PortOutConflict {
        id: parsed("conflict_id", &event.conflict_id)?,
        reasons: raw_reasons(&event.reasons)?,
        tns: if is_per_number {
            case_tns(event.port_out.as_ref())?
        } else {
            Vec::new()
        },
    })
}

fn case_tns(port_out: Option<&PortOutRef>) -> Result<Vec<Tn>, HandleError> {
    let tns = port_out.into_iter().flat_map(|port_out| &port_out.tns);
    tns.map(|tn| parsed("tns", tn)).collect()
}

/// In our words: the winning carrier's program reads the reason, its people read the text.
fn raw_reasons(reasons: &[CarrierReason]) -> Result<Vec<RawReason>, HandleError> {
    let reasons = reasons.iter().map(|reason| {
        let tn = (!reason.tn.is_empty()).then(|| parsed("reasons.tn", &reason.tn));
        Ok(RawReason {
            tn: tn.transpose()?,
            code: reason.reason.clone(),
            text: reason.raw_text.clone(),
        })
    });
    reasons.collect()
}

/// What a subject may do in an account.
pub(super) struct Granted {
    pub(super) account: AccountId,
    pub(super) subject: Subject,
    pub(super) permissions: Vec<String>,
}

/// A grant as it is now.
pub(super) fn grant(event: GrantChanged) -> Result<Granted, HandleError> {
    let grant = present("grant", event.grant)?;
    Ok(Granted {
        account: parsed("account_id", &event.account_id)?,
        subject: parsed("subject", &grant.subject)?,
        permissions: grant.permissions,
    })
}

fn present<T>(field: &str, value: Option<T>) -> Result<T, HandleError> {
    value.ok_or_else(|| refused(field, &"missing"))
}

fn parsed<T>(field: &str, text: &str) -> Result<T, HandleError>
where
    T: FromStr<Err: Display>,
{
    text.parse().map_err(|error| refused(field, &error))
}

fn ver(number: i32) -> Result<Ver, HandleError> {
    Ver::try_from(number).map_err(|error| refused("ver", &error))
}

fn refused(field: &str, why: &dyn Display) -> HandleError {
    HandleError::Refused(format!("{field}: {why}"))
}
