//! What carriers say when something else is under way.

use intake_domain::carrier::LosingCarrier;
use intake_domain::port_in::{
    AtCarrier, CommandKind, CommandState, Fallback, InventoryChange, NumberState, OrderFact, OrderState,
    PendingOn, Says, StateName,
};
use jiff::SignedDuration;
use reasons::Reason;
use types::Ver;

use crate::orders::{
    ONE, TWO, action_required, cancelling, now, order_in, order_with, reason, rejection, tn, told,
};

#[test]
fn what_the_carrier_never_had_is_cancelled_at_once() {
    let cases = [
        (StateName::Submitted, AtCarrier::Nothing, StateName::Cancelled),
        (
            StateName::Submitted,
            AtCarrier::Perhaps,
            StateName::CancelRequested,
        ),
        (StateName::Pending, AtCarrier::Nothing, StateName::CancelRequested),
    ];
    for (before, at_carrier, expected) in cases {
        let cancelled = order_in(before)
            .cancel(at_carrier, &LosingCarrier::Untold, now())
            .unwrap();
        assert_eq!(
            cancelled.order.record().state.name(),
            expected,
            "{before} {at_carrier:?}"
        );
        let is_ended = cancelled.order.open_tns().is_empty();
        assert_eq!(
            is_ended,
            expected == StateName::Cancelled,
            "{before} {at_carrier:?}"
        );
    }
}

#[test]
fn a_refused_cancel_of_what_the_carrier_never_had_is_done() {
    for (at_carrier, expected) in [
        (AtCarrier::Nothing, OrderState::Cancelled),
        (AtCarrier::Perhaps, OrderState::Pending(PendingOn::Carrier)),
    ] {
        let order = order_with(cancelling(Fallback::Submitted));
        let ver = order.record().ver;
        let (kind, state) = (CommandKind::Cancel, CommandState::Refused);
        let followed = order.follow_command(&told(kind, ver, state, "no such PON"), at_carrier, now());
        assert_eq!(followed.unwrap().order.record().state, expected);
    }
}

#[test]
fn a_refused_submit_is_in_the_history_of_an_order_that_is_being_cancelled() {
    let order = order_in(StateName::CancelRequested);
    let (kind, state) = (CommandKind::Submit, CommandState::Refused);
    let followed = order.follow_command(&told(kind, Ver::FIRST, state, "bad"), AtCarrier::Nothing, now());
    let entry = followed.unwrap().entry;
    assert_eq!(
        (entry.action, entry.note.as_str(), entry.is_alarming),
        ("command_refused", "submit: bad", true)
    );
}

#[test]
fn numbers_that_are_ours_port_though_nobody_asked_for_it_any_more() {
    for name in [StateName::ActionRequired, StateName::CancelRequested] {
        let part = order_in(name).hear(&Says::Activated { tns: vec![tn(ONE)] }, Ver::FIRST, now());
        // The other number waits for what it waited for.
        assert_eq!(part.order.record().state, order_in(name).record().state);
        assert_eq!(part.order.open_tns(), [tn(TWO)]);
        assert_eq!(part.inventory, Some(InventoryChange::PutInService(vec![tn(ONE)])));
        assert!(part.entry.is_alarming, "{name}");
        let whole = part
            .order
            .hear(&Says::Activated { tns: Vec::new() }, Ver::FIRST, now());
        assert_eq!(whole.order.record().state, OrderState::Ported);
    }
}

#[test]
fn a_part_that_ported_makes_the_order_ported_whatever_ends_it() {
    let ported = [OrderFact::Ported {
        tns: vec![tn(ONE)],
        at: now(),
    }];
    let part = |name: StateName| {
        let said = Says::Activated { tns: vec![tn(ONE)] };
        order_in(name).hear(&said, Ver::FIRST, now()).order
    };
    let lost = Says::Rejected(rejection(vec![reason(Reason::TnNotFound, Some(TWO))]));
    let rejected = part(StateName::Activating).hear(&lost, Ver::FIRST, now());
    let cancelling = part(StateName::CancelRequested);
    let ver = cancelling.record().ver;
    let cancelled = cancelling.hear(&Says::Cancelled, ver, now());
    for ended in [rejected, cancelled] {
        assert_eq!(ended.order.record().state, OrderState::Ported);
        assert_eq!(ended.facts, ported);
    }
}

#[test]
fn a_number_that_fails_while_the_others_wait_leaves_the_inventory_alone() {
    let mixed = || {
        Says::Rejected(rejection(vec![
            reason(Reason::TnNotFound, Some(TWO)),
            reason(Reason::Workload, Some(ONE)),
        ]))
    };
    for (name, expected) in [
        (
            StateName::FocConfirmed,
            Some(InventoryChange::WithdrawThese(vec![tn(TWO)])),
        ),
        (StateName::Pending, None),
    ] {
        let heard = order_in(name).hear(&mixed(), Ver::FIRST, now());
        assert_eq!(heard.inventory, expected, "{name}");
        assert_eq!(heard.order.record().numbers[1].state, NumberState::Failed);
        assert_eq!(heard.order.record().state.name(), name);
    }
}

#[test]
fn a_second_rejection_adds_its_reasons_and_gives_no_more_time() {
    let pin = reason(Reason::Pin, Some(ONE));
    let account = reason(Reason::AccountNumber, None);
    let first = order_in(StateName::ActionRequired);
    let second = Says::Rejected(rejection(vec![pin.clone(), account.clone()]));
    let later = now().checked_add(SignedDuration::from_hours(48)).unwrap();
    let heard = first.clone().hear(&second, Ver::FIRST, later);
    let joined = rejection(vec![pin, account]);
    let OrderFact::ActionRequired { reasons, .. } = &heard.facts[0] else {
        panic!("{:?}", heard.facts);
    };
    assert_eq!(*reasons, joined.reasons);
    assert_eq!(heard.order.record().state, action_required(joined));
    assert_eq!(heard.order.next_due(), first.next_due());
}

#[test]
fn a_number_that_fails_while_another_awaits_its_fix_sends_nothing_out() {
    let pin = rejection(vec![reason(Reason::Pin, Some(ONE))]);
    let order = order_with(action_required(pin));
    let ver = order.record().ver;
    let gone = Says::Rejected(rejection(vec![reason(Reason::TnNotFound, Some(TWO))]));
    let heard = order.hear(&gone, ver, now());
    assert_eq!(heard.order.record().state.name(), StateName::ActionRequired);
    assert_eq!(heard.order.record().ver, ver, "the wrong PIN is not sent again");
    assert_eq!(heard.facts, []);
    assert_eq!(heard.order.open_tns(), [tn(ONE)]);
}
