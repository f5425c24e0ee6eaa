//! From intake's messages to ours. What cannot be read is refused with the field that is wrong.

mod dispute;
mod port_in;
mod port_out;

use std::fmt::Display;
use std::str::FromStr;

use events::HandleError;
use jiff::Timestamp;
use notification_domain::{Account, AccountNotice, Notice, PinAlarm, Reason};
use portway_proto::intake::v1;
use portway_proto::types::v1::{CarrierReason, Court, ReasonClass};
use prost::{Message, Name};
use types::{AccountId, EventId, Subject, Tn};

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

/// How one type of event becomes a notice; `None`: nobody need be told of this one.
type Reader = fn(&[u8]) -> Read<Option<Notice>>;

/// Every type of event that somebody is told of. Those that are missing here are commands to the gateway.
fn readers() -> impl Iterator<Item = (String, Reader)> {
    let alarm: (String, Reader) = (v1::PinAlarmRaised::full_name(), pin_alarm);
    port_in::readers()
        .into_iter()
        .chain(port_out::readers())
        .chain(dispute::readers())
        .chain([alarm])
}

pub(super) fn notice_types() -> impl Iterator<Item = String> {
    readers().map(|(name, _)| name)
}

pub(super) fn notice(type_name: &str, payload: &[u8]) -> Read<Option<Notice>> {
    let found = readers().find(|(name, _)| name == type_name);
    let (_, read) = found.ok_or_else(|| refused("type", &"nobody is told of it"))?;
    read(payload)
}

fn pin_alarm(payload: &[u8]) -> Read<Option<Notice>> {
    let event = v1::PinAlarmRaised::decode(payload)?;
    Ok(Some(Notice::Account(AccountNotice {
        account: parse("account_id", &event.account_id)?,
        alarm: PinAlarm {
            tns: tns(&event.tns)?,
            wrong_pins: event.wrong_pins.unsigned_abs(),
            winning_name: event.winning_name,
            raised_at: time(event.raised_at.as_ref(), "raised_at")?,
        },
    })))
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
