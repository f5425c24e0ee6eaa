//! Listens to intake: what is to go to carriers, what has ended, and who may do what here.

mod convert;

use events::{Event, HandleError, Handler};
use futures::future::BoxFuture;
use jiff::Timestamp;
use portway_proto::intake::v1;
use prost::{Message, Name};
use sqlx::PgConnection;

use crate::ops;

/// Acts on intake's events.
#[derive(Debug, Clone, Copy)]
pub struct IntakeListener;

impl Handler for IntakeListener {
    fn types(&self) -> Vec<String> {
        vec![
            v1::OrderSubmitted::full_name(),
            v1::OrderCancelRequested::full_name(),
            v1::OrderActivationRequested::full_name(),
            v1::OrderCancelled::full_name(),
            v1::OrderRejected::full_name(),
            v1::OrderAbandoned::full_name(),
            v1::PortOutAuthorized::full_name(),
            v1::PortOutRejected::full_name(),
            v1::GrantChanged::full_name(),
        ]
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<(), HandleError>> {
        Box::pin(act(tx, event))
    }
}

async fn act(tx: &mut PgConnection, event: &Event) -> Result<(), HandleError> {
    let at = convert::occurred_at(event)?;
    let name = event.r#type.as_str();
    if name == v1::OrderSubmitted::full_name() {
        submitted(tx, decode(event)?, at).await
    } else if name == v1::OrderCancelRequested::full_name() {
        let event: v1::OrderCancelRequested = decode(event)?;
        let (asked, order) = convert::asked_of_order(event.order, at)?;
        Ok(ops::cancel_order(tx, asked, order).await?)
    } else if name == v1::OrderActivationRequested::full_name() {
        let event: v1::OrderActivationRequested = decode(event)?;
        let (asked, order) = convert::asked_of_order(event.order, at)?;
        Ok(ops::activate_order(tx, asked, order).await?)
    } else if ends_order(name) {
        Ok(ops::end_order(tx, convert::subject(event)?).await?)
    } else if name == v1::PortOutAuthorized::full_name() {
        authorized(tx, decode(event)?, at).await
    } else if name == v1::PortOutRejected::full_name() {
        rejected(tx, decode(event)?, at).await
    } else if name == v1::GrantChanged::full_name() {
        let grant = convert::grant(decode(event)?)?;
        Ok(auth::grants::put(tx, grant.account, &grant.subject, &grant.permissions).await?)
    } else {
        Err(HandleError::Refused(format!("{name} was not asked for")))
    }
}

/// Whether nothing is expected of the carrier after this. `OrderPorted` is not among them: it may be of some of the
/// numbers, and a submission ends by itself when its carrier has activated the last one that is awaited.
fn ends_order(name: &str) -> bool {
    name == v1::OrderCancelled::full_name()
        || name == v1::OrderRejected::full_name()
        || name == v1::OrderAbandoned::full_name()
}

async fn submitted(
    tx: &mut PgConnection,
    event: v1::OrderSubmitted,
    at: Timestamp,
) -> Result<(), HandleError> {
    let (asked, version) = convert::new_version(event.order, at)?;
    Ok(ops::submit_order(tx, asked, version).await?)
}

async fn authorized(
    tx: &mut PgConnection,
    event: v1::PortOutAuthorized,
    at: Timestamp,
) -> Result<(), HandleError> {
    let answer = convert::authorized(event.port_out.as_ref())?;
    let case = convert::case(event.port_out, at)?;
    Ok(ops::answer_port_out(tx, case.asked, case.port_out, case.winning_spid, answer).await?)
}

async fn rejected(
    tx: &mut PgConnection,
    event: v1::PortOutRejected,
    at: Timestamp,
) -> Result<(), HandleError> {
    let answer = convert::rejected(event.reasons)?;
    let case = convert::case(event.port_out, at)?;
    Ok(ops::answer_port_out(tx, case.asked, case.port_out, case.winning_spid, answer).await?)
}

fn decode<M: Message + Default>(event: &Event) -> Result<M, HandleError> {
    let payload = event
        .payload
        .as_ref()
        .ok_or_else(|| HandleError::Refused("the event has no payload".to_owned()))?;
    Ok(M::decode(payload.value.as_slice())?)
}
