//! What time does to orders.

use intake_domain::port_in::{
    Commitment, InventoryChange, Order, OrderFact, OrderRecord, OrderState, Says, StateName,
};
use jiff::SignedDuration;
use types::Ver;

use crate::orders::{at, commitment, foc_at, now, order_in, order_with};

#[test]
fn an_order_that_nobody_acts_on_is_abandoned_after_thirty_calendar_days_of_its_region() {
    // New Jersey: 30 days from 10:00 EST. Across the change of clocks they have an hour more.
    for (since, due) in [
        ("2026-11-23T15:00:00Z", "2026-12-23T15:00:00Z"),
        ("2026-10-20T14:00:00Z", "2026-11-19T15:00:00Z"),
    ] {
        let record = OrderRecord {
            since: at(since),
            ..order_in(StateName::ActionRequired).record().clone()
        };
        let order = Order::restore(record);
        assert_eq!(order.next_due(), Some(at(due)));
        let early = at(due).checked_sub(SignedDuration::from_hours(1)).unwrap();
        assert_eq!(order.clone().fall_due(early), None);
        let abandoned = order.fall_due(at(due)).unwrap();
        assert_eq!(abandoned.order.record().state, OrderState::Abandoned);
        assert!(matches!(&abandoned.facts[..], [OrderFact::Abandoned { tns }] if tns.len() == 2));
    }
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
