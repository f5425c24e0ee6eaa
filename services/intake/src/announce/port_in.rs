//! Facts about port-in orders as events.

use events::NewEvent;
use intake_domain::port_in::{self, Order, OrderFact, OrderReason, ReturnReason, ReviewCause};
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use portway_proto::types::v1::{CarrierReason, Court, ReasonClass};
use reasons::Actor;
use service::stamp;
use sqlx::PgConnection;
use types::Tn;

use super::about::About;
use super::cutover;

/// Announces what happened to an order that this transaction has locked.
pub(crate) async fn fact(
    conn: &mut PgConnection,
    order: &Order,
    fact: OrderFact,
    now: Timestamp,
) -> Result<(), StoreError> {
    let children = if let OrderFact::Split { children } = &fact {
        children.as_slice()
    } else {
        &[]
    };
    let about = About::of(conn, order, children).await?;
    events::append(conn, &event(&about, fact, now)).await?;
    Ok(())
}

fn event(about: &About<'_>, fact: OrderFact, now: Timestamp) -> NewEvent {
    let order = Some(about.reference(&about.order.open_tns()));
    let of = |tns: &[Tn]| Some(about.reference(tns));
    let stamp = |at: Timestamp| Some(stamp::to_proto(at));
    match fact {
        OrderFact::InReview { causes } => {
            let causes = causes.into_iter().map(|one| cause(one).into()).collect();
            about.event(now, &v1::OrderInReview { order, causes })
        }
        OrderFact::Returned { reasons } => {
            let reasons = reasons.iter().map(return_reason).collect();
            about.event(now, &v1::OrderReturned { order, reasons })
        }
        OrderFact::DraftExpiring { expires_at } => {
            let expires_at = stamp(expires_at);
            about.event(now, &v1::OrderDraftExpiring { order, expires_at })
        }
        OrderFact::ActionExpiring { expires_at } => about.event(now, &action_expiring(order, expires_at)),
        OrderFact::Submitted { resubmitted } => about.event(now, &submitted(order, resubmitted, false)),
        OrderFact::DateChangeRequested => about.event(now, &submitted(order, true, true)),
        OrderFact::DateChangeRefused { wanted, foc_at } => {
            let (wanted_date, foc_at) = (wanted.map(stamp::date_to_proto), foc_at.and_then(stamp));
            about.event(
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
                .map(|child| about.child_reference(child))
                .collect();
            about.event(now, &v1::OrderSplit { order, children })
        }
        OrderFact::Pending => about.event(now, &v1::OrderPending { order }),
        OrderFact::Delayed { reasons } => {
            let reasons = reasons.iter().map(reason).collect();
            about.event(now, &v1::OrderDelayed { order, reasons })
        }
        OrderFact::ActionRequired {
            reasons,
            update_required,
        } => about.event(now, &action_required(order, &reasons, update_required)),
        OrderFact::FocConfirmed { foc_at } => {
            let foc_at = stamp(foc_at);
            about.event(now, &v1::OrderFocConfirmed { order, foc_at })
        }
        OrderFact::FocMoved {
            from,
            foc_at,
            asked_for,
        } => about.event(now, &foc_moved(order, from, foc_at, asked_for)),
        OrderFact::ActivationRequested { tns } => cutover::activation_requested(about, &tns, now),
        OrderFact::Ported { tns, at } => {
            let (order, ported_at) = (of(&tns), stamp(at));
            about.event(now, &v1::OrderPorted { order, ported_at })
        }
        OrderFact::CancelRequested => about.event(now, &v1::OrderCancelRequested { order }),
        OrderFact::Cancelled { tns } => about.event(now, &v1::OrderCancelled { order: of(&tns) }),
        OrderFact::Rejected { tns, reasons } => {
            let (order, reasons) = (of(&tns), reasons.iter().map(reason).collect());
            about.event(now, &v1::OrderRejected { order, reasons })
        }
        OrderFact::Abandoned { tns } => about.event(now, &v1::OrderAbandoned { order: of(&tns) }),
        OrderFact::CutOver(fact) => cutover::event(about, fact, now),
    }
}

fn action_expiring(order: Option<v1::OrderRef>, expires_at: Timestamp) -> v1::OrderActionExpiring {
    v1::OrderActionExpiring {
        order,
        expires_at: Some(stamp::to_proto(expires_at)),
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
