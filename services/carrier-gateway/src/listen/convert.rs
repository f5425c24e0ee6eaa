//! Intake's events, read into what the use cases take.

use std::fmt::Display;
use std::str::FromStr;

use carrier_gateway_domain::{PortOutAnswer, RawReason, pon_of};
use events::{Event, HandleError};
use jiff::Timestamp;
use portway_proto::intake::v1::{GrantChanged, OrderRef, PortOutRef};
use portway_proto::types::v1::CarrierReason;
use service::stamp;
use types::{AccountId, OrderId, PortOutId, Spid, Subject, Ver};

use crate::ops::{Asked, NewVersion};

/// When the event happened, in business time.
pub(super) fn occurred_at(event: &Event) -> Result<Timestamp, HandleError> {
    let at = event
        .occurred_at
        .as_ref()
        .ok_or_else(|| refused("occurred_at", &"missing"))?;
    stamp::from_proto(at).map_err(|error| refused("occurred_at", &error))
}

/// The order that an event is about.
pub(super) fn subject(event: &Event) -> Result<OrderId, HandleError> {
    parsed("subject_id", &event.subject_id)
}

/// What was asked about which order.
pub(super) fn asked_of_order(
    order: Option<OrderRef>,
    at: Timestamp,
) -> Result<(Asked, OrderId), HandleError> {
    let order = present("order", order)?;
    let asked = Asked {
        account: parsed("account_id", &order.account_id)?,
        pon: pon_of(&order.request_number).map_err(|error| refused("request_number", &error))?,
        ver: ver(order.ver)?,
        at,
    };
    Ok((asked, parsed("order_id", &order.order_id)?))
}

/// A version of an order that is to be sent.
pub(super) fn new_version(
    order: Option<OrderRef>,
    at: Timestamp,
) -> Result<(Asked, NewVersion), HandleError> {
    let order = present("order", order)?;
    let losing_carrier = parsed("losing_carrier", &order.losing_carrier)?;
    let tns = order.tns.iter().map(|tn| parsed("tns", tn));
    let tns = tns.collect::<Result<_, _>>()?;
    let (asked, order) = asked_of_order(Some(order), at)?;
    let version = NewVersion {
        order,
        losing_carrier,
        tns,
    };
    Ok((asked, version))
}

/// A decided case of a winning carrier's request.
pub(super) struct Case {
    pub(super) asked: Asked,
    pub(super) port_out: PortOutId,
    pub(super) winning_spid: Spid,
}

/// Which case was decided.
pub(super) fn case(port_out: Option<PortOutRef>, at: Timestamp) -> Result<Case, HandleError> {
    let port_out = present("port_out", port_out)?;
    Ok(Case {
        asked: Asked {
            account: parsed("account_id", &port_out.account_id)?,
            pon: parsed("pon", &port_out.pon)?,
            ver: ver(port_out.ver)?,
            at,
        },
        port_out: parsed("port_out_id", &port_out.port_out_id)?,
        winning_spid: parsed("winning_spid", &port_out.winning_spid)?,
    })
}

/// Yes.
pub(super) fn authorized(port_out: Option<&PortOutRef>) -> Result<PortOutAnswer, HandleError> {
    let foc_at = port_out.and_then(|port_out| port_out.foc_at.as_ref());
    let foc_at = foc_at.map(stamp::from_proto).transpose();
    Ok(PortOutAnswer::Authorized {
        foc_at: foc_at.map_err(|error| refused("foc_at", &error))?,
    })
}

/// No, in our words: the winning carrier's program reads the reason, its people read the text.
pub(super) fn rejected(reasons: Vec<CarrierReason>) -> Result<PortOutAnswer, HandleError> {
    let reasons = reasons.into_iter().map(|reason| {
        let tn = (!reason.tn.is_empty()).then(|| parsed("reasons.tn", &reason.tn));
        Ok(RawReason {
            tn: tn.transpose()?,
            code: reason.reason,
            text: reason.raw_text,
        })
    });
    Ok(PortOutAnswer::Rejected {
        reasons: reasons.collect::<Result<_, HandleError>>()?,
    })
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
