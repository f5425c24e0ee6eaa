//! Another date: asked for by the customer, or given by the carrier.

use intake_domain::carrier::LosingCarrier;
use intake_domain::port_in::{
    AtCarrier, Commitment, DateChangeRefusal, Fallback, InventoryChange, Order, OrderFact, OrderState,
    Package, Refusal, Says, Settlement, StateName, Transition,
};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use reasons::Reason;
use types::Ver;

use crate::orders::{
    ONE, action_required, at, cancelling, commitment, foc_at, now, order_in, order_with, reason, rejection,
};

const TENTH: Date = date(2026, 12, 10);
const SECOND: i32 = 2;

fn ver(number: i32) -> Ver {
    Ver::try_from(number).unwrap()
}

fn change(order: Order, package: Package) -> Result<Order, DateChangeRefusal> {
    let changed = order.change_wanted_date(TENTH, &LosingCarrier::Untold, package, now());
    changed.map(|transition| transition.order)
}

#[test]
fn a_date_is_simply_noted_until_the_package_has_left() {
    for (state, package, sent) in [
        (StateName::Draft, Package::Fetched, false),
        (StateName::Submitted, Package::Waiting, false),
        (StateName::Submitted, Package::Fetched, true),
        (StateName::Pending, Package::Waiting, true),
    ] {
        let changed = change(order_in(state), package).unwrap();
        let record = changed.record();
        assert_eq!(record.details.wanted_date, Some(TENTH), "{state}");
        assert_eq!(
            record.ver,
            ver(if sent { SECOND } else { 1 }),
            "{state} {package:?}"
        );
        assert_eq!(
            matches!(record.state, OrderState::ChangingDate(_)),
            sent,
            "{state} {package:?}"
        );
        // The version that the carrier has counts until it has answered the next.
        assert_eq!(record.ver_in_force, Ver::FIRST, "{state}");
    }
}

#[test]
fn dates_that_cannot_be_asked_for_come_with_their_code() {
    for (wanted, code) in [
        (date(2026, 11, 28), "DATE_NOT_BUSINESS_DAY"),
        (date(2026, 12, 24), "DATE_TOO_FAR"),
        (date(2026, 11, 20), "DATE_PAST"),
        (date(2026, 11, 24), "DATE_TOO_SOON"),
    ] {
        let refused = order_in(StateName::Pending).change_wanted_date(
            wanted,
            &LosingCarrier::Untold,
            Package::Fetched,
            now(),
        );
        let Err(DateChangeRefusal::Date(faults)) = refused else {
            panic!("{wanted}: {refused:?}")
        };
        assert_eq!(faults[0].code, code, "{wanted}");
    }
}

#[test]
fn no_date_is_changed_within_a_day_of_the_cut_over() {
    for (minutes, taken) in [(24 * 60 + 1, true), (24 * 60, false), (23 * 60 + 59, false)] {
        let when = foc_at().checked_sub(SignedDuration::from_mins(minutes)).unwrap();
        let order = order_in(StateName::FocConfirmed);
        let changed = order.change_wanted_date(TENTH, &LosingCarrier::Untold, Package::Fetched, when);
        match changed {
            Ok(changed) => assert!(
                taken && changed.facts == [OrderFact::DateChangeRequested],
                "{minutes}"
            ),
            Err(why) => {
                assert!(!taken, "{minutes}");
                let foc_at = foc_at();
                assert_eq!(why, DateChangeRefusal::Refused(Refusal::TooLate { foc_at }));
            }
        }
    }
}

#[test]
fn a_rejection_takes_another_date_where_that_is_all_it_asks_for() {
    let wanted = |why: Vec<Reason>| {
        let reasons = why.into_iter().map(|why| reason(why, None)).collect();
        change(order_with(action_required(rejection(reasons))), Package::Fetched)
    };
    assert!(wanted(vec![Reason::FocExpired]).is_ok());
    assert!(wanted(vec![Reason::FocExpired, Reason::DueDate]).is_ok());
    for other in [Reason::Pin, Reason::PortProtection, Reason::MultiLine] {
        let refused = wanted(vec![Reason::FocExpired, other]);
        assert_eq!(
            refused,
            Err(DateChangeRefusal::Refused(Refusal::FixRequired)),
            "{other}"
        );
    }
}

#[test]
fn a_change_that_is_refused_restores_what_was_with_what_came_meanwhile() {
    let later = at("2026-12-02T05:00:00Z");
    let refusals: [&dyn Fn(Order) -> Transition; 3] = [
        &|order| order.hear(&Says::ChangeRefused, ver(SECOND), now()),
        &|order| {
            let too_late = rejection(vec![reason(Reason::CannotSupplement, None)]);
            order.hear(&Says::Rejected(too_late), ver(SECOND), now())
        },
        &|order| {
            order
                .settle_date_change(Settlement::Refused, "by phone", now())
                .unwrap()
        },
    ];
    for refuse in refusals {
        let asked = change(order_in(StateName::Pending), Package::Fetched).unwrap();
        // The date for the first version comes after the second was sent: recorded, and nothing is told of it yet.
        let heard = asked.hear(&Says::Foc { foc_at: later }, Ver::FIRST, now());
        assert_eq!(heard.order.record().state.name(), StateName::Pending);
        assert!(heard.facts.is_empty());
        let back = refuse(heard.order);
        let record = back.order.record();
        assert_eq!(
            (record.state.name(), record.details.wanted_date),
            (StateName::FocConfirmed, None)
        );
        let refused = OrderFact::DateChangeRefused {
            wanted: None,
            foc_at: Some(later),
        };
        assert_eq!(back.facts, [refused, OrderFact::FocConfirmed { foc_at: later }]);
        // Answers to the first version count as before.
        let delayed = Says::Activated { tns: Vec::new() };
        let ported = back.order.hear(&delayed, Ver::FIRST, now());
        assert_eq!(ported.order.record().state, OrderState::Ported);
    }
}

#[test]
fn a_rejection_of_the_version_before_holds_if_the_change_is_refused() {
    let asked = change(order_in(StateName::Pending), Package::Fetched).unwrap();
    let pin = rejection(vec![reason(Reason::Pin, Some(ONE))]);
    let heard = asked.hear(&Says::Rejected(pin.clone()), Ver::FIRST, now()).order;
    assert_eq!(heard.record().state.name(), StateName::Pending);
    let back = heard.clone().hear(&Says::ChangeRefused, ver(SECOND), now());
    assert_eq!(back.order.record().state, action_required(pin));
    assert!(matches!(&back.facts[1], OrderFact::ActionRequired { .. }));
    // It is forgotten when the carrier commits itself to the new one.
    let taken = heard.hear(&Says::Foc { foc_at: foc_at() }, ver(SECOND), now());
    assert_eq!(taken.order.record().state.name(), StateName::FocConfirmed);
    assert_eq!(taken.order.record().ver_in_force, ver(SECOND));
}

#[test]
fn a_date_that_was_asked_for_moves_by_the_customer() {
    let later = at("2026-12-10T05:00:00Z");
    let incoming = Commitment {
        incoming: true,
        ..commitment()
    };
    let asked = change(order_with(OrderState::FocConfirmed(incoming)), Package::Fetched).unwrap();
    assert_eq!(
        asked.record().state.foc_at(),
        Some(foc_at()),
        "the old date holds until then"
    );
    let moved = asked.hear(&Says::Foc { foc_at: later }, ver(SECOND), now());
    let (from, asked_for) = (foc_at(), true);
    assert_eq!(
        moved.facts,
        [OrderFact::FocMoved {
            from,
            foc_at: later,
            asked_for
        }]
    );
    assert_eq!(moved.inventory, Some(InventoryChange::Withdraw));
    assert!(moved.entry.note.starts_with("later: "), "{}", moved.entry.note);
}

#[test]
fn a_date_moves_also_while_the_cut_over_or_a_cancel_is_under_way() {
    let later = at("2026-12-03T05:00:00Z");
    let due: Timestamp = foc_at();
    let said = Says::Foc { foc_at: later };
    let activating = order_in(StateName::Activating).hear(&said, Ver::FIRST, due);
    assert!(matches!(
        &activating.facts[..],
        [OrderFact::FocMoved { asked_for: false, .. }]
    ));
    // Within two days of the new date the numbers stay where they are.
    assert_eq!(activating.inventory, None);
    let incoming = Fallback::FocConfirmed(Commitment {
        incoming: true,
        ..commitment()
    });
    let cancel = order_with(cancelling(incoming));
    let moved = cancel.hear(&said, Ver::FIRST, now());
    assert_eq!((moved.entry.action, moved.facts.len()), ("foc_moved", 0));
    assert_eq!(moved.inventory, Some(InventoryChange::Withdraw));
    let resumed = moved.order.hear(&Says::ChangeRefused, ver(SECOND), now());
    assert_eq!(resumed.facts, [OrderFact::FocConfirmed { foc_at: later }]);
}

#[test]
fn a_cancel_takes_the_place_of_a_change_of_date() {
    let asked = change(order_in(StateName::FocConfirmed), Package::Fetched).unwrap();
    let cancelled = asked
        .cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, now())
        .unwrap()
        .order;
    assert_eq!(
        (cancelled.record().ver, cancelled.record().details.wanted_date),
        (ver(3), None)
    );
    let back = cancelled.hear(&Says::ChangeRefused, ver(3), now()).order;
    assert_eq!(back.record().state, OrderState::FocConfirmed(commitment()));
}
