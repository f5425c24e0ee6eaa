//! Facts about port-in orders as events.

use events::NewEvent;
use intake_domain::port_in::{Order, OrderFact, OrderReason};
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use portway_proto::types::v1::{CarrierReason, Court, ReasonClass};
use prost::{Message, Name};
use reasons::Actor;
use service::stamp;
use sqlx::PgConnection;
use types::Tn;

/// Announces what happened to an order that this transaction has locked.
pub(crate) async fn fact(
    conn: &mut PgConnection,
    order: &Order,
    fact: OrderFact,
    now: Timestamp,
) -> Result<(), StoreError> {
    let open = || Some(reference(order, &order.open_tns()));
    match fact {
        OrderFact::Submitted { resubmitted } => {
            append(
                conn,
                order,
                now,
                &v1::OrderSubmitted {
                    order: open(),
                    resubmitted,
                },
            )
            .await
        }
        OrderFact::Pending => append(conn, order, now, &v1::OrderPending { order: open() }).await,
        OrderFact::Delayed { reasons } => {
            let reasons = reasons.iter().map(reason).collect();
            append(
                conn,
                order,
                now,
                &v1::OrderDelayed {
                    order: open(),
                    reasons,
                },
            )
            .await
        }
        OrderFact::ActionRequired {
            reasons,
            update_required,
        } => {
            let reasons = reasons.iter().map(reason).collect();
            append(
                conn,
                order,
                now,
                &v1::OrderActionRequired {
                    order: open(),
                    reasons,
                    update_required,
                },
            )
            .await
        }
        OrderFact::FocConfirmed { foc_at } => {
            let foc_at = Some(stamp::to_proto(foc_at));
            append(
                conn,
                order,
                now,
                &v1::OrderFocConfirmed {
                    order: open(),
                    foc_at,
                },
            )
            .await
        }
        OrderFact::ActivationRequested => {
            append(conn, order, now, &v1::OrderActivationRequested { order: open() }).await
        }
        OrderFact::Ported { tns, at } => {
            let ported_at = Some(stamp::to_proto(at));
            append(
                conn,
                order,
                now,
                &v1::OrderPorted {
                    order: Some(reference(order, &tns)),
                    ported_at,
                },
            )
            .await
        }
        OrderFact::CancelRequested => {
            append(conn, order, now, &v1::OrderCancelRequested { order: open() }).await
        }
        OrderFact::Cancelled { tns } => {
            append(
                conn,
                order,
                now,
                &v1::OrderCancelled {
                    order: Some(reference(order, &tns)),
                },
            )
            .await
        }
        OrderFact::Rejected { tns, reasons } => {
            let reasons = reasons.iter().map(reason).collect();
            append(
                conn,
                order,
                now,
                &v1::OrderRejected {
                    order: Some(reference(order, &tns)),
                    reasons,
                },
            )
            .await
        }
        OrderFact::Abandoned { tns } => {
            append(
                conn,
                order,
                now,
                &v1::OrderAbandoned {
                    order: Some(reference(order, &tns)),
                },
            )
            .await
        }
    }
}

async fn append<M: Message + Name>(
    conn: &mut PgConnection,
    order: &Order,
    now: Timestamp,
    message: &M,
) -> Result<(), StoreError> {
    let record = order.record();
    events::append(
        conn,
        &NewEvent::new(record.account, record.id.as_uuid(), now, message),
    )
    .await?;
    Ok(())
}

fn reference(order: &Order, tns: &[Tn]) -> v1::OrderRef {
    let record = order.record();
    v1::OrderRef {
        order_id: record.id.to_string(),
        request_number: record.request_number.to_string(),
        account_id: record.account.to_string(),
        ver: record.ver.into(),
        tns: tns.iter().map(Tn::to_string).collect(),
        losing_carrier: record
            .details
            .losing_carrier
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        customer_reference: record
            .details
            .customer_reference
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}

/// A reason as others see it. What follows from it comes from our own table, not from the message it came in.
pub(crate) fn reason(reason: &OrderReason) -> CarrierReason {
    let meaning = reason.reason;
    CarrierReason {
        tn: reason.tn.map(|tn| tn.to_string()).unwrap_or_default(),
        reason: meaning.code().to_owned(),
        reason_class: class(meaning.class()).into(),
        field: meaning
            .field()
            .map(|field| field.code().to_owned())
            .unwrap_or_default(),
        remedy: meaning.remedy().to_owned(),
        actor: actor(meaning.actor()).into(),
        raw_code: reason.raw_code.clone(),
        raw_text: reason.raw_text.clone(),
    }
}

const fn class(class: reasons::ReasonClass) -> ReasonClass {
    match class {
        reasons::ReasonClass::Fix => ReasonClass::Fix,
        reasons::ReasonClass::Delay => ReasonClass::Delay,
        reasons::ReasonClass::Customer => ReasonClass::Customer,
        reasons::ReasonClass::Split => ReasonClass::Split,
        reasons::ReasonClass::Reroute => ReasonClass::Reroute,
        reasons::ReasonClass::Cancel => ReasonClass::Cancel,
        reasons::ReasonClass::Manual => ReasonClass::Manual,
    }
}

const fn actor(actor: Actor) -> Court {
    match actor {
        Actor::Customer => Court::Customer,
        Actor::EndUser => Court::EndUser,
        Actor::Us => Court::Us,
        Actor::GainingCarrier => Court::GainingCarrier,
        Actor::LosingCarrier => Court::LosingCarrier,
    }
}
