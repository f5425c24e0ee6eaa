//! Activations that the carrier refuses, and orders whose date went by without a cut-over.

use std::collections::{BTreeMap, HashSet};

use intake_domain::carrier::LosingCarrier;
use intake_domain::port_in::cutover::{
    ActivationMode, CutoverFact, Decision, HoldCode, Member, Urge, obstacles,
};
use intake_domain::port_in::{
    Action, AtCarrier, AwaitedAnswer, CommandHeard, CommandKind, CommandState, Commitment, Court, Fallback,
    NumberState, Order, OrderFact, OrderRecord, OrderState, Package, Says, StateName,
};
use jiff::{SignedDuration, Timestamp};
use types::{Tn, Ver};

use crate::orders::{ONE, TWO, at, commitment, foc_at, order_in, tn};

/// An hour into the day of the cut-over.
fn later() -> Timestamp {
    foc_at().checked_add(SignedDuration::from_hours(1)).unwrap()
}

fn refuse(order: Order, tns: Option<&[Tn]>) -> intake_domain::port_in::Transition {
    let heard = CommandHeard {
        kind: CommandKind::Activate,
        ver: order.record().ver,
        state: CommandState::Refused,
        tns,
        refusal: "no such SV",
    };
    order.follow_command(&heard, AtCarrier::Perhaps, later()).unwrap()
}

fn refused() -> Order {
    refuse(order_in(StateName::Activating), None).order
}

fn states(order: &Order) -> Vec<NumberState> {
    let numbers = order.record().numbers.iter();
    numbers.map(|number| number.state).collect()
}

fn codes(order: &Order, urge: Urge) -> Vec<HoldCode> {
    let member = Member {
        order,
        tns: HashSet::from([tn(ONE), tn(TWO)]),
        lacking: BTreeMap::new(),
    };
    let found = obstacles(&[member], false, urge, later());
    found.into_iter().map(|obstacle| obstacle.code).collect()
}

#[test]
fn what_the_carrier_refuses_to_cut_over_is_held_for_us_and_told() {
    let held = refuse(order_in(StateName::Activating), None);
    let record = held.order.record();
    let committed = Commitment {
        received_at: foc_at(),
        incoming: true,
        ..commitment()
    };
    assert_eq!(record.state, OrderState::FocConfirmed(committed));
    assert_eq!(record.court(), Some(Court::Us));
    assert_eq!(states(&held.order), [NumberState::ActivationRefused; 2]);
    let [
        OrderFact::CutOver(CutoverFact::HeldBack {
            tns,
            held: told,
            lapses_at,
        }),
    ] = &held.facts[..]
    else {
        panic!("{:?}", held.facts);
    };
    assert_eq!((tns.as_slice(), told.holds.len()), (&[tn(ONE), tn(TWO)][..], 1));
    let hold = &told.holds[0];
    assert_eq!(
        (hold.code, hold.number_count, hold.court),
        (HoldCode::ActivationRefused, 2, Court::Us)
    );
    assert_eq!(*lapses_at, Some(at("2026-12-31T05:00:00Z")));
    assert_eq!(
        (
            held.entry.action,
            held.entry.note.as_str(),
            held.entry.is_alarming
        ),
        ("activation_refused", "2 numbers: no such SV", true)
    );
    assert_eq!(held.inventory, None, "the numbers are still to come");
}

#[test]
fn it_is_not_asked_for_again_by_itself_but_by_a_call() {
    let order = refused();
    assert_eq!(codes(&order, Urge::Time), [HoldCode::ActivationRefused]);
    assert_eq!(codes(&order, Urge::Call), []);
    assert!(!order.awaits_decision(later()));
    // What was decided once more is no news.
    let holds = order.record().cutover.held.clone().unwrap().holds;
    let decision = Decision {
        holds,
        ..Decision::default()
    };
    assert_eq!(order.clone().cut_over(decision, later()), None);
    assert_eq!(order.may_be_activated(later()), Ok(()));
    let again = Decision {
        go: order.waiting_tns(),
        ..Decision::default()
    };
    let called = order.cut_over(again, later()).unwrap();
    assert_eq!(
        called.facts,
        [OrderFact::ActivationRequested {
            tns: vec![tn(ONE), tn(TWO)]
        }]
    );
    assert_eq!(states(&called.order), [NumberState::Activating; 2]);
    assert_eq!(called.order.record().cutover.held, None);
}

#[test]
fn an_order_on_demand_waits_for_us_and_for_no_call_beside() {
    let mut record = refused().record().clone();
    record.cutover.activation = ActivationMode::OnDemand;
    let order = Order::restore(record);
    assert_eq!(codes(&order, Urge::Time), [HoldCode::ActivationRefused]);
}

#[test]
fn one_batch_is_refused_and_the_others_go_on() {
    let part = refuse(order_in(StateName::Activating), Some(&[tn(ONE)]));
    assert_eq!(
        part.order.record().state,
        OrderState::Activating { foc_at: foc_at() }
    );
    assert_eq!(
        states(&part.order),
        [NumberState::ActivationRefused, NumberState::Activating]
    );
    let cancel = part.order.check(Action::CancelOrder, later());
    assert!(cancel.is_err(), "the other number is being cut over");
    let ported = part
        .order
        .hear(&Says::Activated { tns: vec![tn(TWO)] }, Ver::FIRST, later());
    // What is left can be given up.
    let cancelled = ported
        .order
        .cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, later())
        .unwrap();
    assert_eq!(cancelled.facts, [OrderFact::CancelRequested]);
    // Nobody asked for these any more.
    let late = refuse(order_in(StateName::Activating), Some(&[]));
    assert_eq!((late.entry.action, late.facts.len()), ("command_refused", 0));
}

#[test]
fn a_refused_order_can_be_cancelled_and_has_time_to_be_answered() {
    let order = refused();
    assert_eq!(
        order.check(Action::CancelOrder, later()),
        Ok(Some(at("2026-12-31T05:00:00Z"))),
        "until the commitment lapses"
    );
    let cancelling = order
        .cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, later())
        .unwrap();
    assert_eq!(cancelling.facts, [OrderFact::CancelRequested]);
    let OrderState::CancelRequested { from, answer } = &cancelling.order.record().state else {
        panic!("{:?}", cancelling.order.record().state);
    };
    assert!(matches!(from, Fallback::FocConfirmed(_)));
    // Two business days from Tuesday the 1st, not half a day before a date that has passed.
    assert_eq!(*answer, AwaitedAnswer::DueBy(at("2026-12-03T06:00:00Z")));
    // Refused, the order is where it was, and is not cut over by itself.
    let ver = cancelling.order.record().ver;
    let back = cancelling.order.hear(&Says::ChangeRefused, ver, later());
    assert_eq!(states(&back.order), [NumberState::ActivationRefused; 2]);
    assert_eq!(codes(&back.order, Urge::Time), [HoldCode::ActivationRefused]);
}

#[test]
fn a_refused_order_can_have_another_date_which_is_another_try() {
    let wanted = jiff::civil::date(2026, 12, 10);
    let changing = refused()
        .change_wanted_date(wanted, &LosingCarrier::Untold, Package::Fetched, later())
        .unwrap();
    assert_eq!(changing.facts, [OrderFact::DateChangeRequested]);
    let record = changing.order.record();
    assert!(record.state.fallback().is_some());
    // Not answered, it can still be cancelled.
    assert!(
        changing
            .order
            .clone()
            .cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, later())
            .is_ok()
    );
    let (ver, next) = (record.ver, at("2026-12-10T05:00:00Z"));
    let moved = changing.order.hear(&Says::Foc { foc_at: next }, ver, later());
    assert_eq!(states(&moved.order), [NumberState::FocConfirmed; 2]);
    assert_eq!(codes(&moved.order, Urge::Time), [HoldCode::LaterDate]);
}

#[test]
fn an_order_that_is_held_back_past_its_date_can_be_cancelled_and_one_under_way_not() {
    let committed = |held: bool| {
        let mut record: OrderRecord = order_in(StateName::FocConfirmed).record().clone();
        record.cutover.held = held.then(|| refused().record().cutover.held.clone()).flatten();
        Order::restore(record)
    };
    let before = foc_at().checked_sub(SignedDuration::from_secs(1)).unwrap();
    for (held, when, is_taken) in [
        (true, foc_at(), true),
        (true, before, false),
        (false, foc_at(), false),
    ] {
        let order = committed(held);
        let cancelled = order
            .clone()
            .cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, when);
        assert_eq!(cancelled.is_ok(), is_taken, "held {held} at {when}");
        assert_eq!(order.check(Action::ChangeWantedDate, when).is_ok(), is_taken);
    }
}

#[test]
fn a_date_that_is_said_again_moves_nothing_that_is_under_way() {
    // On the day and before the hour: somebody asked for it.
    let early = foc_at().checked_sub(SignedDuration::from_hours(3)).unwrap();
    let under_way = order_in(StateName::Activating);
    let part = refuse(under_way.clone(), Some(&[tn(ONE)])).order;
    for order in [under_way, part, refused()] {
        let again = order
            .clone()
            .hear(&Says::Foc { foc_at: foc_at() }, Ver::FIRST, early);
        assert_eq!(again.order, order);
        assert_eq!((again.facts, again.inventory), (vec![], None));
    }
    let next = at("2026-12-10T05:00:00Z");
    let moved = order_in(StateName::Activating).hear(&Says::Foc { foc_at: next }, Ver::FIRST, early);
    assert!(matches!(&moved.facts[..], [OrderFact::FocMoved { .. }]));
}
