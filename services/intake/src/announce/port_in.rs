//! Facts about port-in orders as events.

use events::NewEvent;
use intake_domain::port_in::{self, ChildRef, Order, OrderFact, OrderReason, ReturnReason, ReviewCause};
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use portway_proto::types::v1::{CarrierReason, Court, ReasonClass};
use prost::{Message, Name};
use reasons::Actor;
use service::stamp;
use sqlx::PgConnection;
use types::Tn;

use super::cutover;

/// Announces what happened to an order that this transaction has locked.
pub(crate) async fn fact(
    conn: &mut PgConnection,
    order: &Order,
    fact: OrderFact,
    now: Timestamp,
) -> Result<(), StoreError> {
    events::append(conn, &event(order, fact, now)).await?;
    Ok(())
}

fn event(about: &Order, fact: OrderFact, now: Timestamp) -> NewEvent {
    let order = Some(reference(about, &about.open_tns()));
    let of = |tns: &[Tn]| Some(reference(about, tns));
    let stamp = |at: Timestamp| Some(stamp::to_proto(at));
    match fact {
        OrderFact::InReview { causes } => {
            let causes = causes.into_iter().map(|one| cause(one).into()).collect();
            new(about, now, &v1::OrderInReview { order, causes })
        }
        OrderFact::Returned { reasons } => {
            let reasons = reasons.iter().map(return_reason).collect();
            new(about, now, &v1::OrderReturned { order, reasons })
        }
        OrderFact::DraftExpiring { expires_at } => {
            let expires_at = stamp(expires_at);
            new(about, now, &v1::OrderDraftExpiring { order, expires_at })
        }
        OrderFact::Submitted { resubmitted } => new(about, now, &submitted(order, resubmitted, false)),
        OrderFact::DateChangeRequested => new(about, now, &submitted(order, true, true)),
        OrderFact::DateChangeRefused { wanted, foc_at } => {
            let (wanted_date, foc_at) = (wanted.map(stamp::date_to_proto), foc_at.and_then(stamp));
            new(
                about,
                now,
                &v1::OrderDateChangeRefused {
                    order,
                    wanted_date,
                    foc_at,
                },
            )
        }
        OrderFact::Split { children } => {
            let children = children
                .iter()
                .map(|child| child_reference(about, child))
                .collect();
            new(about, now, &v1::OrderSplit { order, children })
        }
        OrderFact::Pending => new(about, now, &v1::OrderPending { order }),
        OrderFact::Delayed { reasons } => {
            let reasons = reasons.iter().map(reason).collect();
            new(about, now, &v1::OrderDelayed { order, reasons })
        }
        OrderFact::ActionRequired {
            reasons,
            update_required,
        } => new(about, now, &action_required(order, &reasons, update_required)),
        OrderFact::FocConfirmed { foc_at } => {
            let foc_at = stamp(foc_at);
            new(about, now, &v1::OrderFocConfirmed { order, foc_at })
        }
        OrderFact::FocMoved {
            from,
            foc_at,
            asked_for,
        } => new(about, now, &foc_moved(order, from, foc_at, asked_for)),
        OrderFact::ActivationRequested { tns } => cutover::activation_requested(about, &tns, now),
        OrderFact::Ported { tns, at } => {
            let (order, ported_at) = (of(&tns), stamp(at));
            new(about, now, &v1::OrderPorted { order, ported_at })
        }
        OrderFact::CancelRequested => new(about, now, &v1::OrderCancelRequested { order }),
        OrderFact::Cancelled { tns } => new(about, now, &v1::OrderCancelled { order: of(&tns) }),
        OrderFact::Rejected { tns, reasons } => {
            let (order, reasons) = (of(&tns), reasons.iter().map(reason).collect());
            new(about, now, &v1::OrderRejected { order, reasons })
        }
        OrderFact::Abandoned { tns } => new(about, now, &v1::OrderAbandoned { order: of(&tns) }),
        OrderFact::CutOver(fact) => cutover::event(about, fact, now),
    }
}

fn action_required(
    order: Option<v1::OrderRef>,
    reasons: &[OrderReason],
    update_required: bool,
) -> v1::OrderActionRequired {
    v1::OrderActionRequired {
        order,
        reasons: reasons.iter().map(reason).collect(),
        update_required,
    }
}

const fn submitted(order: Option<v1::OrderRef>, resubmitted: bool, date_only: bool) -> v1::OrderSubmitted {
    v1::OrderSubmitted {
        order,
        resubmitted,
        date_only,
    }
}

fn foc_moved(
    order: Option<v1::OrderRef>,
    from: Timestamp,
    foc_at: Timestamp,
    asked_for: bool,
) -> v1::OrderFocMoved {
    v1::OrderFocMoved {
        order,
        foc_at: Some(stamp::to_proto(foc_at)),
        previous_foc_at: Some(stamp::to_proto(from)),
        asked_for,
    }
}

pub(super) fn new<M: Message + Name>(order: &Order, now: Timestamp, message: &M) -> NewEvent {
    let record = order.record();
    NewEvent::new(record.account, record.id.as_uuid(), now, message)
}

pub(super) fn reference(order: &Order, tns: &[Tn]) -> v1::OrderRef {
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
        parent_order_id: record
            .parent
            .map(|parent| parent.id.to_string())
            .unwrap_or_default(),
    }
}

fn child_reference(parent: &Order, child: &ChildRef) -> v1::OrderRef {
    let parent = reference(parent, &[]);
    v1::OrderRef {
        order_id: child.id.to_string(),
        request_number: child.request_number.to_string(),
        ver: types::Ver::FIRST.into(),
        losing_carrier: child
            .losing_carrier
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        parent_order_id: parent.order_id.clone(),
        ..parent
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

/// A reason of our review as others see it.
pub(crate) fn return_reason(reason: &ReturnReason) -> v1::ReturnReason {
    v1::ReturnReason {
        field: reason.field.as_ref().map(ToString::to_string).unwrap_or_default(),
        message: reason.message.to_string(),
    }
}

/// Why an order is reviewed, as others see it.
pub(crate) const fn cause(cause: ReviewCause) -> v1::ReviewCause {
    match cause {
        ReviewCause::EveryOrder => v1::ReviewCause::EveryOrder,
        ReviewCause::ManyNumbers => v1::ReviewCause::ManyNumbers,
        ReviewCause::FirstOrder => v1::ReviewCause::FirstOrder,
        ReviewCause::Warnings => v1::ReviewCause::Warnings,
        ReviewCause::ReturnedBefore => v1::ReviewCause::ReturnedBefore,
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

pub(crate) const fn actor(actor: Actor) -> Court {
    match actor {
        Actor::Customer => Court::Customer,
        Actor::EndUser => Court::EndUser,
        Actor::Us => Court::Us,
        Actor::GainingCarrier => Court::GainingCarrier,
        Actor::LosingCarrier => Court::LosingCarrier,
    }
}

/// Whose turn it is.
pub(crate) const fn court(court: port_in::Court) -> Court {
    match court {
        port_in::Court::Customer => Court::Customer,
        port_in::Court::Us => Court::Us,
        port_in::Court::GainingCarrier => Court::GainingCarrier,
        port_in::Court::LosingCarrier => Court::LosingCarrier,
        port_in::Court::EndUser => Court::EndUser,
    }
}
