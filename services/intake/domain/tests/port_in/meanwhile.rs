//! What comes while a cancel or a change of date is out, and what lists say of actions on many numbers or orders.

use intake_domain::carrier::LosingCarrier;
use intake_domain::port_in::{
    Action, AtCarrier, AwaitedAction, Children, Commitment, Court, Fallback, InventoryChange, NumberChanges,
    NumberState, Order, OrderFact, OrderState, Package, PendingOn, Refusal, Says, StateName, Transition,
};
use jiff::{SignedDuration, Timestamp};
use reasons::Reason;
use types::Ver;

use crate::orders::{
    ONE, action_required, at, cancelling, changing, commitment, every_state, foc_at, now, order_in,
    order_with, reason, rejection, tn,
};

fn days_later(days: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_hours(24 * days)).unwrap()
}

fn wrong_pin() -> Says {
    Says::Rejected(rejection(vec![reason(Reason::Pin, Some(ONE))]))
}

fn refuse(order: Order, when: Timestamp) -> Transition {
    let ver = order.record().ver;
    order.hear(&Says::ChangeRefused, ver, when)
}

#[test]
fn a_rejection_while_something_is_out_holds_if_that_is_refused() {
    for waiting in [cancelling, changing] {
        let committed = Commitment {
            incoming: true,
            ..commitment()
        };
        let order = order_with(waiting(Fallback::FocConfirmed(committed)));
        let name = order.record().state.name();
        let heard = order.hear(&wrong_pin(), Ver::FIRST, days_later(1));
        assert_eq!(heard.order.record().state.name(), name);
        assert_eq!(heard.facts, [], "nobody has to act while it is out");
        // The carrier no longer stands by its date.
        assert_eq!(heard.inventory, Some(InventoryChange::Withdraw), "{name}");
        assert_eq!(heard.order.record().state.foc_at(), None);
        let back = refuse(heard.order, days_later(2));
        let pin = rejection(vec![reason(Reason::Pin, Some(ONE))]);
        let expected = OrderState::ActionRequired(AwaitedAction::new(pin, days_later(1)));
        assert_eq!(back.order.record().state, expected);
        assert!(
            back.facts
                .iter()
                .any(|fact| matches!(fact, OrderFact::ActionRequired { .. })),
            "{name}"
        );
        assert_eq!(back.order.record().since, days_later(1), "its time began then");
        let states = back.order.record().numbers.iter().map(|number| number.state);
        assert!(states.eq([NumberState::InOrder; 2]));
    }
}

#[test]
fn a_carrier_that_rejects_the_cancel_as_too_late_has_refused_it() {
    let order = order_with(cancelling(Fallback::FocConfirmed(commitment())));
    let too_late = Says::Rejected(rejection(vec![reason(Reason::CannotSupplement, None)]));
    let ver = order.record().ver;
    let back = order.hear(&too_late, ver, now());
    assert_eq!(back.order.record().state, OrderState::FocConfirmed(commitment()));
}

#[test]
fn a_delay_meanwhile_changes_nothing_to_go_back_to() {
    let order = order_with(cancelling(Fallback::Pending(PendingOn::Carrier)));
    let delayed = Says::Rejected(rejection(vec![reason(Reason::Workload, None)]));
    let heard = order.clone().hear(&delayed, Ver::FIRST, now());
    assert_eq!(heard.order, order);
}

#[test]
fn what_is_refused_gives_no_more_time_to_act() {
    let due = order_in(StateName::ActionRequired).next_due();
    assert_eq!(due, Some(at("2026-12-20T15:00:00Z")), "the warning");
    let cancelled = order_in(StateName::ActionRequired)
        .cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, days_later(10))
        .unwrap();
    let expired = rejection(vec![reason(Reason::FocExpired, None)]);
    let moved = order_with(action_required(expired))
        .change_wanted_date(
            jiff::civil::date(2026, 12, 14),
            &LosingCarrier::Untold,
            Package::Fetched,
            days_later(10),
        )
        .unwrap();
    for asked in [cancelled, moved] {
        // A second rejection neither.
        let ver = asked.order.record().ver_in_force;
        let heard = asked.order.hear(&wrong_pin(), ver, days_later(11));
        let back = refuse(heard.order, days_later(12));
        assert_eq!(back.order.record().state.name(), StateName::ActionRequired);
        assert_eq!(back.order.next_due(), due);
    }
}

#[test]
fn numbers_arrive_two_days_before_their_date_whatever_is_asked_of_the_carrier() {
    for waiting in [cancelling, changing] {
        let order = order_with(waiting(Fallback::FocConfirmed(commitment())));
        let answer_due = at("2026-11-25T15:00:00Z");
        assert_eq!(order.next_due(), Some(answer_due));
        let overdue = order.fall_due(answer_due).unwrap();
        assert_eq!(overdue.entry.action, "unanswered");
        let arrival = at("2026-11-29T05:00:00Z");
        assert_eq!(overdue.order.next_due(), Some(arrival));
        let arrived = overdue.order.fall_due(arrival).unwrap();
        assert_eq!(arrived.inventory, Some(InventoryChange::Arrive));
        assert_eq!(arrived.facts, []);
        assert!(arrived.order.record().state.commitment().unwrap().incoming);
        assert_eq!(arrived.order.next_due(), None);
        // Refused, the order goes on with what has arrived.
        let back = refuse(arrived.order, arrival);
        assert_eq!(back.order.next_due(), Some(foc_at()));
    }
}

#[test]
fn numbers_are_set_up_until_none_is_to_come() {
    for (name, state) in every_state() {
        let order = order_with(state);
        let nothing = vec![NumberChanges {
            tn: tn(ONE),
            changes: Vec::new(),
        }];
        let rule = order.check(Action::ConfigureNumbers, now());
        assert_eq!(rule.is_ok(), order.configure(nothing).is_ok(), "{name}");
    }
    let ported = order_in(StateName::Ported).check(Action::ConfigureNumbers, now());
    assert_eq!(ported, Err(Refusal::ConfigurationClosed));
}

#[test]
fn what_is_done_to_the_children_of_a_parent_is_allowed_while_it_is_to_one() {
    let parent = order_with(OrderState::Parent(Children {
        state: StateName::Pending,
        court: Some(Court::LosingCarrier),
    }));
    let near = |hours: i64| {
        let foc_at = now().checked_add(SignedDuration::from_hours(hours)).unwrap();
        order_with(OrderState::FocConfirmed(Commitment {
            foc_at,
            ..commitment()
        }))
    };
    let rule = |children: &[Order]| parent.rule_of_children(Action::CancelOrder, children, now());
    let too_late = near(23);
    let foc_at = too_late.record().state.foc_at().unwrap();
    assert_eq!(
        rule(std::slice::from_ref(&too_late)),
        Some(Err(Refusal::TooLate { foc_at }))
    );
    let until = |hours| Some(now().checked_add(SignedDuration::from_hours(hours)).unwrap());
    assert_eq!(
        rule(&[near(48), too_late.clone(), near(72)]),
        Some(Ok(until(48))),
        "until the last can no longer be"
    );
    let pending = order_in(StateName::Pending);
    assert_eq!(rule(&[near(48), pending]), Some(Ok(None)));
    assert!(matches!(rule(&[]), Some(Err(Refusal::Illegal(_)))));
    assert_eq!(
        parent.rule_of_children(Action::ApplyFix, &[too_late], now()),
        None
    );
}
