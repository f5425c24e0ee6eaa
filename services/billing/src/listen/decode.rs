//! Events of intake as values of our own. What cannot be read is refused, and so parked where it can be seen.

use std::fmt::Display;
use std::str::FromStr;

use billing_domain::{BilledAccount, ChargeSubject, CompletedPort, time_zone};
use events::{Event, HandleError};
use portway_proto::intake::v1::{Account, DisputeSettled, OrderPorted, PortedOut};
use prost::Message;
use service::stamp;
use types::Tn;

/// The event's payload.
pub(super) fn payload<M: Message + Default>(event: &Event) -> Result<M, HandleError> {
    let payload = event.payload.as_ref().ok_or_else(|| missing("payload"))?;
    Ok(M::decode(payload.value.as_slice())?)
}

/// A part of a message that its owner always sets.
pub(super) fn required<T>(name: &str, part: Option<T>) -> Result<T, HandleError> {
    part.ok_or_else(|| missing(name))
}

/// A text field.
pub(super) fn parse<T>(name: &str, raw: &str) -> Result<T, HandleError>
where
    T: FromStr<Err: Display>,
{
    raw.parse()
        .map_err(|error| HandleError::Refused(format!("{name}: {error}")))
}

/// What we keep of an account.
pub(super) fn account(account: Account) -> Result<BilledAccount, HandleError> {
    Ok(BilledAccount {
        id: parse("account_id", &account.account_id)?,
        time_zone: time_zone(&account.time_zone)
            .map_err(|error| HandleError::Refused(format!("time_zone: {error}")))?,
        currency: parse("currency", &account.currency)?,
        name: account.name,
    })
}

/// A port-in that was completed.
pub(super) fn order_ported(event: &Event, ported: OrderPorted) -> Result<CompletedPort, HandleError> {
    let order = required("order", ported.order)?;
    let subject = ChargeSubject::PortIn(parse("order_id", &order.order_id)?);
    completed(
        event,
        subject,
        &order.request_number,
        &order.tns,
        ported.ported_at,
    )
}

/// A port-out that was completed.
pub(super) fn ported_out(event: &Event, ported: PortedOut) -> Result<CompletedPort, HandleError> {
    let port_out = required("port_out", ported.port_out)?;
    let subject = ChargeSubject::PortOut(parse("port_out_id", &port_out.port_out_id)?);
    completed(
        event,
        subject,
        &port_out.request_number,
        &port_out.tns,
        ported.ported_at,
    )
}

/// A dispute that was settled; the numbers are those that the account pays a fee for, which may be none.
pub(super) fn dispute_settled(event: &Event, settled: DisputeSettled) -> Result<CompletedPort, HandleError> {
    let dispute = required("dispute", settled.dispute)?;
    let subject = ChargeSubject::Dispute(parse("dispute_id", &dispute.dispute_id)?);
    completed(
        event,
        subject,
        &dispute.request_number,
        &settled.charged_tns,
        settled.settled_at,
    )
}

fn completed(
    event: &Event,
    subject: ChargeSubject,
    request_number: &str,
    tns: &[String],
    completed_at: Option<prost_types::Timestamp>,
) -> Result<CompletedPort, HandleError> {
    let completed_at = required("the time of completion", completed_at)?;
    Ok(CompletedPort {
        account: parse("account_id", &event.account_id)?,
        subject,
        request_number: parse("request_number", request_number)?,
        event: parse("event_id", &event.event_id)?,
        tns: tns
            .iter()
            .map(|tn| parse::<Tn>("tns", tn))
            .collect::<Result<_, _>>()?,
        completed_at: stamp::from_proto(&completed_at)
            .map_err(|error| HandleError::Refused(format!("the time of completion: {error}")))?,
    })
}

fn missing(name: &str) -> HandleError {
    HandleError::Refused(format!("{name} is not set"))
}
