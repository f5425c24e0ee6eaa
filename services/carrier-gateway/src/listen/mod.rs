//! Listens to intake: what is to go to carriers, what has ended, and who may do what here.

mod convert;

use carrier_gateway_domain::{OrderAsk, PortOutAnswer};
use convert::Heard;
use events::{Event, HandleError, Handler};
use futures::future::BoxFuture;
use portway_proto::intake::v1;
use prost::{Message, Name};
use sqlx::PgConnection;

use crate::ops::{self, Decided};

/// Acts on intake's events.
#[derive(Debug, Clone, Copy)]
pub struct IntakeListener;

impl Handler for IntakeListener {
    fn types(&self) -> Vec<String> {
        vec![
            v1::OrderSubmitted::full_name(),
            v1::OrderCancelRequested::full_name(),
            v1::OrderActivationRequested::full_name(),
            v1::OrderSnapbackRequested::full_name(),
            v1::OrderMessagingRequested::full_name(),
            v1::OrderCancelled::full_name(),
            v1::OrderRejected::full_name(),
            v1::OrderAbandoned::full_name(),
            v1::PortOutAuthorized::full_name(),
            v1::PortOutRejected::full_name(),
            v1::PortOutConflicted::full_name(),
            v1::DisputeSnapbackAsked::full_name(),
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
    let heard = Heard::of(event)?;
    let name = event.r#type.as_str();
    if name == v1::OrderSubmitted::full_name() {
        let (asked, version) = convert::new_version(decode(event)?, heard)?;
        Ok(ops::submit_order(tx, asked, version).await?)
    } else if name == v1::OrderCancelRequested::full_name() {
        let event: v1::OrderCancelRequested = decode(event)?;
        ask(tx, event.order, heard, OrderAsk::Cancel).await
    } else if name == v1::OrderActivationRequested::full_name() {
        let event: v1::OrderActivationRequested = decode(event)?;
        let tns = convert::tns(event.order.as_ref())?;
        ask(tx, event.order, heard, OrderAsk::Activate { tns }).await
    } else if name == v1::OrderSnapbackRequested::full_name() {
        let event: v1::OrderSnapbackRequested = decode(event)?;
        let (tns, reason) = (convert::tns(event.order.as_ref())?, event.reason);
        ask(tx, event.order, heard, OrderAsk::Snapback { tns, reason }).await
    } else if name == v1::OrderMessagingRequested::full_name() {
        let event: v1::OrderMessagingRequested = decode(event)?;
        let (tns, campaign) = (convert::tns(event.order.as_ref())?, event.campaign_id);
        ask(
            tx,
            event.order,
            heard,
            OrderAsk::EnableMessaging { tns, campaign },
        )
        .await
    } else if ends_order(name) {
        Ok(ops::end_order(tx, convert::subject(event)?).await?)
    } else if name == v1::PortOutAuthorized::full_name() {
        let event: v1::PortOutAuthorized = decode(event)?;
        let answer = convert::authorized(&event)?;
        answer_port_out(tx, event.port_out, heard, answer, event.cases).await
    } else if name == v1::PortOutRejected::full_name() {
        let event: v1::PortOutRejected = decode(event)?;
        // The winning carrier accepted the conflict, so it knows.
        if !event.conflict_id.is_empty() {
            return Ok(());
        }
        let answer = convert::rejected(&event)?;
        answer_port_out(tx, event.port_out, heard, answer, event.cases).await
    } else if name == v1::PortOutConflicted::full_name() {
        let event: v1::PortOutConflicted = decode(event)?;
        let conflict = convert::conflict(&event)?;
        let case = convert::case(event.port_out, heard)?;
        Ok(ops::raise_conflict(tx, case.asked, case.port_out, case.winning_spid, conflict).await?)
    } else if name == v1::DisputeSnapbackAsked::full_name() {
        // Numbers that came are asked for with OrderSnapbackRequested.
        match convert::port_out_snapback(decode(event)?, heard)? {
            Some((asked, wanted)) => Ok(ops::snapback_port_out(tx, asked, wanted).await?),
            None => Ok(()),
        }
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

async fn ask(
    tx: &mut PgConnection,
    order: Option<v1::OrderRef>,
    heard: Heard,
    ask: OrderAsk,
) -> Result<(), HandleError> {
    let (asked, order) = convert::asked_of_order(order, heard)?;
    Ok(ops::ask_order(tx, asked, order, ask).await?)
}

async fn answer_port_out(
    tx: &mut PgConnection,
    port_out: Option<v1::PortOutRef>,
    heard: Heard,
    answer: PortOutAnswer,
    cases: i32,
) -> Result<(), HandleError> {
    let case = convert::case(port_out, heard)?;
    let decided = Decided {
        answer,
        reading: case.reading,
        // Not said before lines could be separated while a request is open.
        cases: i16::try_from(cases).ok().filter(|cases| *cases > 0),
    };
    Ok(ops::answer_port_out(tx, case.asked, case.port_out, case.winning_spid, decided).await?)
}

fn decode<M: Message + Default>(event: &Event) -> Result<M, HandleError> {
    let payload = event
        .payload
        .as_ref()
        .ok_or_else(|| HandleError::Refused("the event has no payload".to_owned()))?;
    Ok(M::decode(payload.value.as_slice())?)
}
