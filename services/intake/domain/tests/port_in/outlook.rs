//! By when somebody has to act, what happens next, and when the numbers will come.

use std::collections::BTreeMap;

use calendar::DayOverride;
use intake_domain::carrier::{AsksFor, CarrierProfile, LosingCarrier, Network};
use intake_domain::port_in::{
    AtCarrier, CarrierTime, Commitment, EstimateBasis, Fallback, Histogram, Leg, LegStep, NextEventKind,
    Order, OrderRecord, OrderState, Pace, Package, PendingOn, StateName, leg_days,
};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use types::Ver;

use crate::orders::{at, awaits_us, cancelling, commitment, foc_at, now, order_in, order_with};

fn carrier(network: Network, interval_days: u16, closed: &[Date]) -> CarrierProfile {
    CarrierProfile {
        id: "sim-wireless".parse().unwrap(),
        name: "Harbor Mobile".to_owned(),
        spid: "HRBM".parse().unwrap(),
        network,
        asks_for: AsksFor {
            pin: false,
            account_number: true,
            loa: false,
        },
        interval_days,
        days: closed
            .iter()
            .map(|day| (*day, DayOverride::Closed))
            .collect::<BTreeMap<_, _>>(),
        answers_per_number: false,
        bill_age_max_days: None,
        activates_on_demand: None,
        resp_org: None,
    }
}

fn due(state: OrderState, profile: Option<&CarrierProfile>) -> Option<Timestamp> {
    let order = order_with(state);
    order.court_due(&CarrierTime::of(&order, profile))
}

/// Monday, 10:00 in New Jersey; Thursday is Thanksgiving.
#[test]
fn each_state_says_by_when_whoever_has_the_turn_has_to_act() {
    let tuesday = Some(at("2026-11-24T15:00:00Z"));
    for (name, expected) in [
        (StateName::Submitted, tuesday),
        (StateName::Pending, tuesday),
        (StateName::ActionRequired, Some(at("2026-12-23T15:00:00Z"))),
        (StateName::FocConfirmed, Some(foc_at())),
        (StateName::Activating, tuesday),
        (StateName::CancelRequested, Some(at("2026-11-25T15:00:00Z"))),
        (StateName::Ported, None),
        (StateName::Cancelled, None),
        (StateName::Rejected, None),
        (StateName::Abandoned, None),
    ] {
        assert_eq!(
            due(order_in(name).record().state.clone(), None),
            expected,
            "{name}"
        );
    }
    let draft = order_in(StateName::Draft);
    // Its owner is warned before.
    let ends = Some(at("2026-12-23T15:00:00Z"));
    assert_eq!(draft.court_due(&CarrierTime::of(&draft, None)), ends);
}

#[test]
fn a_carrier_answers_within_its_own_interval_and_by_its_own_days() {
    let friday = date(2026, 11, 27);
    let cases = [
        (Network::Wireline, 0, vec![], "2026-11-24T15:00:00Z"),
        (Network::Wireless, 0, vec![], "2026-11-23T15:30:00Z"),
        (Network::Wireline, 3, vec![], "2026-11-27T15:00:00Z"),
        (Network::Wireline, 3, vec![friday], "2026-11-30T15:00:00Z"),
    ];
    for (network, interval, closed, expected) in cases {
        let profile = carrier(network, interval, &closed);
        let pending = OrderState::Pending(PendingOn::Carrier);
        assert_eq!(
            due(pending, Some(&profile)),
            Some(at(expected)),
            "{network:?} {interval}"
        );
        // Ours is a business day of the country, whatever the carrier does.
        let ours = awaits_us();
        assert_eq!(due(ours, Some(&profile)), Some(at("2026-11-24T15:00:00Z")));
    }
}

/// From the Wednesday before Thanksgiving.
#[test]
fn what_a_carrier_is_asked_is_due_by_its_own_days() {
    let wednesday = at("2026-11-25T15:00:00Z");
    let wanted = date(2026, 12, 10);
    for (closed, expected) in [
        (vec![], "2026-11-30T15:00:00Z"),
        (vec![date(2026, 11, 27)], "2026-12-01T15:00:00Z"),
    ] {
        let losing = LosingCarrier::Known(Box::new(carrier(Network::Wireline, 0, &closed)));
        let order = order_in(StateName::Pending);
        let cancelled = order
            .clone()
            .cancel(AtCarrier::Perhaps, &losing, wednesday)
            .unwrap();
        let changed = order.change_wanted_date(wanted, &losing, Package::Fetched, wednesday);
        for asked in [cancelled, changed.unwrap()] {
            assert_eq!(asked.order.next_due(), Some(at(expected)), "{closed:?}");
            let carrier = CarrierTime::of(&asked.order, losing.profile());
            assert_eq!(asked.order.court_due(&carrier), Some(at(expected)), "{closed:?}");
        }
    }
}

#[test]
fn what_happens_next_is_either_by_itself_or_by_somebody() {
    use NextEventKind as Next;
    let (due, timer) = (Some(at("2026-11-24T15:00:00Z")), Some(at("2026-11-29T05:00:00Z")));
    let arrived = OrderState::FocConfirmed(Commitment {
        incoming: true,
        ..commitment()
    });
    let in_state = |name| order_in(name).record().state.clone();
    let cases = [
        (in_state(StateName::Draft), Some((Next::Submission, due, false))),
        (in_state(StateName::Submitted), Some((Next::HandOver, due, false))),
        (in_state(StateName::Pending), Some((Next::Answer, due, false))),
        (awaits_us(), Some((Next::Review, due, false))),
        (
            in_state(StateName::ActionRequired),
            Some((Next::Correction, due, false)),
        ),
        (
            in_state(StateName::FocConfirmed),
            Some((Next::NumbersIncoming, timer, true)),
        ),
        (arrived, Some((Next::CutOver, Some(foc_at()), true))),
        (
            in_state(StateName::Activating),
            Some((Next::Activation, due, false)),
        ),
        (
            in_state(StateName::CancelRequested),
            Some((Next::CancelAnswer, due, false)),
        ),
        (in_state(StateName::Ported), None),
        (in_state(StateName::Cancelled), None),
        (in_state(StateName::Rejected), None),
        (in_state(StateName::Abandoned), None),
    ];
    for (state, expected) in cases {
        let next = state.next_event(due, timer, foc_at());
        let next = next.map(|next| (next.kind, next.at, next.is_scheduled));
        assert_eq!(next, expected, "{}", state.name());
    }
}

#[test]
fn a_cut_over_that_is_held_back_past_its_date_does_not_begin_by_itself() {
    let arrived = OrderState::FocConfirmed(Commitment {
        incoming: true,
        ..commitment()
    });
    let late = foc_at() + SignedDuration::from_secs(1);
    let next = arrived.next_event(Some(foc_at()), None, late).unwrap();
    assert_eq!(
        (next.kind, next.at, next.is_scheduled),
        (NextEventKind::CutOver, None, false)
    );
}

#[test]
fn percentiles_are_those_of_the_orders_counted() {
    let histogram: Histogram = [(1, 1), (2, 1), (3, 6), (9, 2)].into_iter().collect();
    assert_eq!(histogram.observations(), 10);
    for (per_cent, days) in [(0, 1), (10, 1), (20, 2), (21, 3), (80, 3), (81, 9), (100, 9)] {
        assert_eq!(histogram.percentile(per_cent), Some(days), "{per_cent}");
    }
    assert_eq!(Histogram::default().percentile(50), None);
}

/// Ten orders that took 1 or 3 days to the FOC, and 2 from there.
fn experience() -> Pace {
    Pace {
        sent_at: None,
        to_foc: [(1, 4), (3, 6)].into_iter().collect(),
        to_port: [(2, 10)].into_iter().collect(),
    }
}

type Range = (Date, Date, EstimateBasis, bool);

fn estimate(order: &Order, profile: Option<&CarrierProfile>, pace: &Pace, now: Timestamp) -> Option<Range> {
    let found = order.estimate(&CarrierTime::of(order, profile), pace, now)?;
    Some((
        found.earliest,
        found.latest,
        found.basis,
        found.waits_for_wanted_date,
    ))
}

#[test]
fn the_estimate_rests_on_history_then_on_the_profile_then_on_the_rule() {
    let draft = order_in(StateName::Draft);
    let slow = carrier(Network::Wireline, 5, &[]);
    let few = Pace {
        to_foc: [(1, 4)].into_iter().collect(),
        ..experience()
    };
    let (nov_27, nov_30) = (date(2026, 11, 27), date(2026, 11, 30));
    let (dec_1, dec_8, dec_22) = (date(2026, 12, 1), date(2026, 12, 8), date(2026, 12, 22));
    let cases = [
        (
            None,
            Pace::default(),
            (nov_30, dec_22, EstimateBasis::Rule, false),
        ),
        (None, few, (nov_30, dec_22, EstimateBasis::Rule, false)),
        (
            Some(&slow),
            Pace::default(),
            (dec_1, dec_8, EstimateBasis::Profile, false),
        ),
        (
            Some(&slow),
            experience(),
            (nov_27, dec_1, EstimateBasis::History(10), false),
        ),
    ];
    for (profile, pace, expected) in cases {
        assert_eq!(estimate(&draft, profile, &pace, now()), Some(expected));
    }
}

#[test]
fn an_estimate_counts_from_the_hand_over_and_is_never_past() {
    let pending = order_in(StateName::Pending);
    let history = EstimateBasis::History(10);
    let sent = |at| Pace {
        sent_at: Some(at),
        ..experience()
    };
    // Handed in on Friday, three to five business days.
    let friday = sent(at("2026-11-20T15:00:00Z"));
    let expected = (date(2026, 11, 25), date(2026, 11, 30), history, false);
    assert_eq!(estimate(&pending, None, &friday, now()), Some(expected));
    // Long overdue: the next days that the carrier works.
    let october = sent(at("2026-10-01T15:00:00Z"));
    let expected = (date(2026, 11, 24), date(2026, 11, 25), history, false);
    assert_eq!(estimate(&pending, None, &october, now()), Some(expected));
    // What waits for the customer goes out again when they act.
    let waiting = order_in(StateName::ActionRequired);
    let expected = (date(2026, 11, 27), date(2026, 12, 1), history, false);
    assert_eq!(estimate(&waiting, None, &october, now()), Some(expected));
}

#[test]
fn a_wanted_date_and_a_commitment_bind_the_estimate() {
    let wanting = |wanted| {
        let record = order_in(StateName::Draft).record().clone();
        let mut details = record.details.clone();
        details.wanted_date = Some(wanted);
        Order::restore(OrderRecord { details, ..record })
    };
    let history = EstimateBasis::History(10);
    let dec_1 = date(2026, 12, 1);
    for (wanted, expected) in [
        (date(2026, 11, 24), (date(2026, 11, 27), dec_1, history, false)),
        (date(2026, 11, 30), (date(2026, 11, 30), dec_1, history, false)),
        (
            date(2026, 12, 18),
            (date(2026, 12, 18), date(2026, 12, 18), history, true),
        ),
    ] {
        assert_eq!(
            estimate(&wanting(wanted), None, &experience(), now()),
            Some(expected)
        );
    }
    let confirmed = order_in(StateName::FocConfirmed);
    let committed = (dec_1, dec_1, EstimateBasis::Committed, false);
    assert_eq!(estimate(&confirmed, None, &experience(), now()), Some(committed));
    let late = estimate(
        &order_in(StateName::Activating),
        None,
        &experience(),
        at("2026-12-03T15:00:00Z"),
    );
    let today = (
        date(2026, 12, 3),
        date(2026, 12, 3),
        EstimateBasis::Committed,
        false,
    );
    assert_eq!(late, Some(today));
    for ended in [
        StateName::Ported,
        StateName::CancelRequested,
        StateName::Cancelled,
        StateName::Rejected,
        StateName::Abandoned,
    ] {
        assert_eq!(
            estimate(&order_in(ended), None, &experience(), now()),
            None,
            "{ended}"
        );
    }
}

#[test]
fn a_carrier_is_timed_from_the_hand_over_to_its_word_and_from_there_to_the_cut_over() {
    use StateName::{
        Abandoned, ActionRequired, Activating, CancelRequested, Draft, FocConfirmed, Pending, Ported,
        Submitted,
    };
    let (start, end) = (LegStep::Start(Leg::ToFoc), LegStep::Finish(Leg::ToPort, None));
    let foc = LegStep::Finish(Leg::ToFoc, Some(Leg::ToPort));
    for (before, after, expected) in [
        (Draft, Submitted, start),
        (Draft, Draft, LegStep::GoOn),
        (Submitted, Pending, LegStep::GoOn),
        (Submitted, FocConfirmed, foc),
        (Pending, FocConfirmed, foc),
        (Pending, ActionRequired, LegStep::BreakOff),
        (ActionRequired, Submitted, start),
        (FocConfirmed, FocConfirmed, LegStep::GoOn),
        (FocConfirmed, Activating, LegStep::GoOn),
        (Activating, FocConfirmed, LegStep::GoOn),
        (Activating, Ported, end),
        (FocConfirmed, Ported, end),
        (Pending, Ported, LegStep::BreakOff),
        (Pending, CancelRequested, LegStep::GoOn),
        (CancelRequested, Pending, LegStep::GoOn),
        (FocConfirmed, Submitted, start),
        (ActionRequired, Abandoned, LegStep::BreakOff),
    ] {
        let step = LegStep::between(&order_in(before), &order_in(after));
        assert_eq!(step, expected, "{before} {after}");
    }
    let submitted = order_in(Submitted);
    let again = Order::restore(OrderRecord {
        ver: Ver::FIRST.next().unwrap(),
        ..submitted.record().clone()
    });
    assert_eq!(LegStep::between(&submitted, &again), start);
    let asked = order_with(cancelling(Fallback::FocConfirmed(commitment())));
    assert_eq!(LegStep::between(&asked, &order_in(FocConfirmed)), LegStep::GoOn);
}

#[test]
fn legs_are_counted_in_the_carriers_business_days() {
    let order = order_in(StateName::Pending);
    let time = CarrierTime::of(&order, None);
    let closed = carrier(Network::Wireline, 0, &[date(2026, 11, 27)]);
    let closed = CarrierTime::of(&order, Some(&closed));
    let monday = at("2026-11-30T15:00:00Z");
    assert_eq!(leg_days(&time, now(), monday), 4);
    assert_eq!(leg_days(&closed, now(), monday), 3);
    assert_eq!(leg_days(&time, now(), now()), 0);
    assert_eq!(leg_days(&time, now(), at("2036-11-30T15:00:00Z")), 250);
}
