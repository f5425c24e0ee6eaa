//! What time does to orders.

use intake_domain::port_in::{
    AwaitedAction, Commitment, InventoryChange, Order, OrderFact, OrderRecord, OrderState, Says, StateName,
};
use jiff::{SignedDuration, Timestamp};
use reasons::Reason;
use types::Ver;

use crate::orders::{ONE, at, commitment, foc_at, now, order_in, order_with, reason, rejection};

/// An order that the customer was asked to correct then.
fn asked_at(since: Timestamp) -> Order {
    let pin = rejection(vec![reason(Reason::Pin, Some(ONE))]);
    let state = OrderState::ActionRequired(AwaitedAction::new(pin, since));
    let record = OrderRecord {
        since,
        ..order_with(state).record().clone()
    };
    Order::restore(record)
}

#[test]
fn an_order_that_nobody_acts_on_warns_and_is_abandoned_after_thirty_calendar_days_of_its_region() {
    // New Jersey: 30 days from 10:00 EST. Across the change of clocks they have an hour more.
    for (since, warned, due) in [
        (
            "2026-11-23T15:00:00Z",
            "2026-12-20T15:00:00Z",
            "2026-12-23T15:00:00Z",
        ),
        (
            "2026-10-20T14:00:00Z",
            "2026-11-16T15:00:00Z",
            "2026-11-19T15:00:00Z",
        ),
    ] {
        let order = asked_at(at(since));
        assert_eq!(order.next_due(), Some(at(warned)));
        let warned = order.fall_due(at(warned)).unwrap();
        let expires_at = at(due);
        assert_eq!(warned.facts, [OrderFact::ActionExpiring { expires_at }]);
        let order = warned.order;
        assert_eq!(
            (order.next_due(), order.record().since),
            (Some(at(due)), at(since))
        );
        let early = at(due).checked_sub(SignedDuration::from_hours(1)).unwrap();
        assert_eq!(order.clone().fall_due(early), None, "only once");
        let abandoned = order.fall_due(at(due)).unwrap();
        assert_eq!(abandoned.order.record().state, OrderState::Abandoned);
        assert!(matches!(&abandoned.facts[..], [OrderFact::Abandoned { tns }] if tns.len() == 2));
    }
}

#[test]
fn whatever_the_customer_does_with_an_order_gives_them_thirty_days_more() {
    let order = asked_at(now());
    let warned = order.fall_due(at("2026-12-20T15:00:00Z")).unwrap().order;
    let kept = warned.keep(at("2026-12-21T15:00:00Z")).unwrap();
    assert_eq!(kept.next_due(), Some(at("2027-01-17T15:00:00Z")));
    // What else the carrier finds gives no more time.
    let zip = Says::Rejected(rejection(vec![reason(Reason::Zip, None)]));
    let heard = kept.hear(&zip, Ver::FIRST, at("2026-12-29T15:00:00Z")).order;
    let warned = heard.fall_due(at("2027-01-17T15:00:00Z")).unwrap();
    let expires_at = at("2027-01-20T15:00:00Z");
    assert_eq!(warned.facts, [OrderFact::ActionExpiring { expires_at }]);
}

#[test]
fn three_days_are_left_after_a_warning_that_comes_late() {
    let order = asked_at(now());
    let late = order.fall_due(at("2026-12-25T15:00:00Z")).unwrap();
    let expires_at = at("2026-12-28T15:00:00Z");
    assert_eq!(late.facts, [OrderFact::ActionExpiring { expires_at }]);
    assert_eq!(late.order.next_due(), Some(expires_at));
}

#[test]
fn numbers_are_incoming_two_days_before_the_cut_over_or_at_once() {
    let order = order_in(StateName::FocConfirmed);
    assert_eq!(order.next_due(), Some(at("2026-11-29T05:00:00Z")));
    let received_at = at("2026-11-30T12:00:00Z");
    let late = order_with(OrderState::FocConfirmed(Commitment {
        received_at,
        ..commitment()
    }));
    assert_eq!(late.next_due(), Some(received_at));
    let arrived = late.fall_due(received_at).unwrap();
    assert_eq!(arrived.inventory, Some(InventoryChange::Arrive));
    assert!(arrived.facts.is_empty());
    assert_eq!(arrived.order.next_due(), Some(foc_at()));
    assert!(arrived.order.awaits_decision(foc_at()));
    assert_eq!(arrived.order.fall_due(foc_at()), None);
}

#[test]
fn a_date_that_moves_is_told_and_one_that_is_repeated_is_not() {
    let later = foc_at().checked_add(SignedDuration::from_hours(48)).unwrap();
    let incoming = Commitment {
        incoming: true,
        ..commitment()
    };
    let order = order_with(OrderState::FocConfirmed(incoming));
    let same = order
        .clone()
        .hear(&Says::Foc { foc_at: foc_at() }, Ver::FIRST, now());
    assert_eq!((same.order.record(), same.facts.len()), (order.record(), 0));
    let moved = order.hear(&Says::Foc { foc_at: later }, Ver::FIRST, now());
    let (from, asked_for) = (foc_at(), false);
    assert_eq!(
        moved.facts,
        [OrderFact::FocMoved {
            from,
            foc_at: later,
            asked_for
        }]
    );
    // The new date is more than two days away: they come again.
    assert_eq!(moved.inventory, Some(InventoryChange::Withdraw));
    assert_eq!(
        moved.order.record().state,
        OrderState::FocConfirmed(Commitment {
            foc_at: later,
            received_at: now(),
            incoming: false,
        })
    );
}

#[test]
fn a_cut_over_that_never_comes_is_abandoned_thirty_days_after_its_date() {
    let order = order_in(StateName::Activating);
    let due = at("2026-12-31T05:00:00Z");
    assert_eq!(order.next_due(), Some(due));
    let abandoned = order.fall_due(due).unwrap();
    assert_eq!(abandoned.inventory, Some(InventoryChange::Withdraw));
    assert_eq!(abandoned.order.record().state, OrderState::Abandoned);
}
