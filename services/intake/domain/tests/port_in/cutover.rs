//! When numbers may be cut over, and what stands in the way.

use std::collections::{BTreeMap, HashSet};

use calendar::BusinessHours;
use intake_domain::carrier::{CarrierProfile, Network};
use intake_domain::port_in::cutover::{
    ActivationMode, Asked, Cutover, Decision, Demand, Hold, HoldCode, Item, Member, NumberReadiness, Policy,
    SnapbackRefusal, Urge, WindowRefusal, check_window, obstacles,
};
use intake_domain::port_in::{
    Commitment, Court, NumberState, Order, OrderFact, OrderRecord, OrderState, StateName,
};
use jiff::{SignedDuration, Timestamp};
use reasons::Reason;
use types::Tn;

use crate::orders::{ONE, TWO, at, commitment, foc_at, now, order_in, order_with, reason, tn};

fn member(order: &Order) -> Member<'_> {
    let numbers = order.record().numbers.iter();
    Member {
        order,
        tns: numbers.map(|number| number.tn).collect(),
        lacking: BTreeMap::new(),
    }
}

fn codes(members: &[Member<'_>], is_group: bool, urge: Urge, at: Timestamp) -> Vec<HoldCode> {
    let found = obstacles(members, is_group, urge, at);
    found.into_iter().map(|obstacle| obstacle.code).collect()
}

fn committed() -> Order {
    order_with(OrderState::FocConfirmed(Commitment {
        incoming: true,
        ..commitment()
    }))
}

fn changed(order: &Order, change: impl FnOnce(&mut OrderRecord)) -> Order {
    let mut record = order.record().clone();
    change(&mut record);
    Order::restore(record)
}

#[test]
fn each_state_of_a_member_holds_the_group_back_or_lets_it_go() {
    let expected = [
        (StateName::Draft, vec![HoldCode::NotCommitted]),
        (StateName::Submitted, vec![HoldCode::NotCommitted]),
        (StateName::Pending, vec![HoldCode::NotCommitted]),
        (StateName::ActionRequired, vec![HoldCode::Rejected]),
        (StateName::FocConfirmed, vec![]),
        (StateName::Activating, vec![]),
        (StateName::Ported, vec![]),
        (StateName::CancelRequested, vec![HoldCode::Cancelling]),
        (StateName::Cancelled, vec![HoldCode::Ended]),
        (StateName::Rejected, vec![HoldCode::Ended]),
        (StateName::Abandoned, vec![HoldCode::Ended]),
    ];
    assert_eq!(expected.len(), StateName::ALL.len());
    for (name, holds) in expected {
        let (ready, other) = (committed(), order_in(name));
        let members = [member(&ready), member(&other)];
        assert_eq!(codes(&members, true, Urge::Time, foc_at()), holds, "{name}");
    }
}

#[test]
fn a_date_a_delay_a_call_and_what_is_lacking_stand_in_the_way() {
    let order = committed();
    let before = foc_at().checked_sub(SignedDuration::from_secs(1)).unwrap();
    assert_eq!(
        codes(&[member(&order)], false, Urge::Time, before),
        [HoldCode::LaterDate]
    );
    let delayed = changed(&order, |record| {
        record.delays = vec![reason(Reason::Workload, None)];
    });
    assert_eq!(
        codes(&[member(&delayed)], true, Urge::Time, foc_at()),
        [HoldCode::Delayed]
    );
    // An order by itself goes on its date, as the carrier committed to it.
    assert_eq!(codes(&[member(&delayed)], false, Urge::Time, foc_at()), []);
    let on_demand = changed(&order, |record| {
        record.cutover.activation = ActivationMode::OnDemand;
    });
    assert_eq!(
        codes(&[member(&on_demand)], false, Urge::Time, foc_at()),
        [HoldCode::AwaitsCall]
    );
    assert_eq!(codes(&[member(&on_demand)], false, Urge::Call, foc_at()), []);
    let unrouted = Member {
        lacking: BTreeMap::from([(HoldCode::RoutingMissing, 2)]),
        ..member(&order)
    };
    assert_eq!(
        codes(&[unrouted], false, Urge::Call, foc_at()),
        [HoldCode::RoutingMissing]
    );
}

#[test]
fn a_call_needs_the_day_and_not_the_hour_of_the_foc() {
    // Half past three in the afternoon in New Jersey.
    let order = order_with(OrderState::FocConfirmed(Commitment {
        foc_at: at("2026-12-01T20:30:00Z"),
        ..commitment()
    }));
    let day_before = at("2026-12-01T04:59:59Z");
    let morning = at("2026-12-01T13:00:00Z");
    assert_eq!(
        codes(&[member(&order)], false, Urge::Call, day_before),
        [HoldCode::LaterDate]
    );
    assert_eq!(codes(&[member(&order)], false, Urge::Call, morning), []);
    assert_eq!(
        codes(&[member(&order)], false, Urge::Time, morning),
        [HoldCode::LaterDate]
    );
}

#[test]
fn a_number_that_fails_holds_its_group_back_and_an_order_by_itself_not() {
    let order = changed(&committed(), |record| {
        record.numbers[0].state = NumberState::Failed;
    });
    assert_eq!(
        codes(&[member(&order)], true, Urge::Time, foc_at()),
        [HoldCode::Ended]
    );
    assert_eq!(codes(&[member(&order)], false, Urge::Time, foc_at()), []);
}

#[test]
fn some_numbers_go_the_others_are_held_back_and_nothing_is_told_twice() {
    let later = vec![Hold {
        code: HoldCode::LaterDate,
        member: None,
        number_count: 1,
        court: Court::LosingCarrier,
    }];
    let decision = Decision {
        go: HashSet::from([tn(TWO)]),
        holds: later,
        warnings: String::new(),
    };
    let partly = committed().cut_over(decision.clone(), foc_at()).unwrap();
    let record = partly.order.record();
    assert_eq!(record.state, OrderState::Activating { foc_at: foc_at() });
    let states: Vec<NumberState> = record.numbers.iter().map(|number| number.state).collect();
    assert_eq!(states, [NumberState::FocConfirmed, NumberState::Activating]);
    assert_eq!(record.court(), Some(Court::LosingCarrier));
    assert!(
        matches!(&partly.facts[..], [OrderFact::ActivationRequested { tns }, OrderFact::CutOver(_)]
        if *tns == [tn(TWO)])
    );
    assert_eq!(
        partly.order.next_due(),
        Some(at("2026-12-31T05:00:00Z")),
        "the end of the commitment"
    );
    assert_eq!(partly.order.clone().cut_over(decision, foc_at()), None);
    let all = Decision {
        go: HashSet::from([tn(ONE), tn(TWO)]),
        ..Decision::default()
    };
    let rest = partly.order.cut_over(all, foc_at()).unwrap();
    assert_eq!(
        rest.facts,
        [OrderFact::ActivationRequested { tns: vec![tn(ONE)] }]
    );
    assert_eq!(rest.order.record().cutover, Cutover::default());
}

#[test]
fn only_what_is_demanded_is_lacking() {
    let order = committed();
    let tns: HashSet<Tn> = HashSet::from([tn(ONE), tn(TWO)]);
    let routed = NumberReadiness {
        is_routed: true,
        ..NumberReadiness::default()
    };
    let known = BTreeMap::from([(tn(ONE), routed)]);
    let policy = Policy {
        routing: Demand::Enforce,
        emergency: Demand::Off,
        ..Policy::default()
    };
    let enforced = policy.lacking(&order, &tns, &known, Demand::Enforce);
    assert_eq!(enforced, BTreeMap::from([(HoldCode::RoutingMissing, 1)]));
    let warned = policy.lacking(&order, &tns, &known, Demand::Warn);
    let both = [
        (HoldCode::CallerNameMissing, 2),
        (HoldCode::MessagingUndecided, 2),
    ];
    assert_eq!(warned, BTreeMap::from(both));
    let ported = order_in(StateName::Ported);
    assert!(
        policy
            .lacking(&ported, &tns, &BTreeMap::new(), Demand::Enforce)
            .is_empty()
    );
    assert_eq!(Item::ALL.len(), 4);
}

#[test]
fn a_carrier_cuts_over_in_its_hours_on_its_days_from_the_day_of_the_foc_on() {
    let order = committed();
    let eight_to_five = profile(Some(BusinessHours::default()));
    // Asked at → allowed, or open from. Tuesday the 1st; the 5th is a Saturday.
    let cases = [
        ("2026-11-30T15:00:00Z", Some("2026-12-01T13:00:00Z")),
        ("2026-12-01T12:59:59Z", Some("2026-12-01T13:00:00Z")),
        ("2026-12-01T13:00:00Z", None),
        ("2026-12-01T21:59:59Z", None),
        ("2026-12-01T22:00:00Z", Some("2026-12-02T13:00:00Z")),
        ("2026-12-05T15:00:00Z", Some("2026-12-07T13:00:00Z")),
    ];
    for (asked_at, opens_at) in cases {
        let opened = check_window(&order, Some(&eight_to_five), foc_at(), at(asked_at));
        let expected = opens_at.map_or(Ok(()), |opens| Err(WindowRefusal::Closed { opens_at: at(opens) }));
        assert_eq!(opened, expected, "{asked_at}");
        assert_eq!(
            check_window(&order, None, foc_at(), at(asked_at)),
            expected,
            "of an unknown carrier"
        );
    }
    let never = check_window(&order, Some(&profile(None)), foc_at(), at("2026-12-01T15:00:00Z"));
    assert_eq!(never, Err(WindowRefusal::NotOnDemand));
}

fn profile(hours: Option<BusinessHours>) -> CarrierProfile {
    CarrierProfile {
        activates_on_demand: hours,
        ..crate::carriers::carrier(Network::Wireless)
    }
}

#[test]
fn a_number_goes_back_for_a_day_and_an_inadvertent_one_at_any_age() {
    let order = order_in(StateName::Ported);
    let here: BTreeMap<Tn, Timestamp> = [tn(ONE), tn(TWO)].map(|tn| (tn, now())).into();
    let day = SignedDuration::from_hours(24);
    let asked = |inadvertent: Option<&str>| Asked {
        reason: "the wrong shop".to_owned(),
        inadvertent: inadvertent.map(str::to_owned),
    };
    for (seconds, is_late) in [(0, false), (1, true)] {
        let when = now()
            .checked_add(day + SignedDuration::from_secs(seconds))
            .unwrap();
        let freely = order.clone().ask_back(&[tn(ONE)], &asked(None), &here, when);
        let expected = if is_late {
            Err(SnapbackRefusal::TooLate(vec![tn(ONE)]))
        } else {
            Ok(vec![tn(ONE)])
        };
        assert_eq!(freely.map(|(tns, _)| tns), expected, "a day and {seconds} s");
        let stated = order.clone().ask_back(&[], &asked(Some("it was")), &here, when);
        assert_eq!(stated.unwrap().0, [tn(ONE), tn(TWO)]);
    }
    let gone = BTreeMap::from([(tn(TWO), now())]);
    let left = order.ask_back(&[tn(ONE)], &asked(None), &gone, now());
    assert_eq!(left.unwrap_err(), SnapbackRefusal::NotPorted(vec![tn(ONE)]));
}
