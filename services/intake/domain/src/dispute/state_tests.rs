use std::collections::BTreeMap;

use jiff::ToSpan;
use types::{OrderId, PortOutId, RequestKind};

use super::*;
use crate::dispute::{Outcomes, Settlement, SettlementFault, SnapbackRefusal};

const OPENED: Timestamp = Timestamp::UNIX_EPOCH;

fn tn(last: u8) -> Tn {
    format!("+1415867530{last}").parse().unwrap()
}

fn dispute(direction: Direction, kind: Kind) -> Dispute {
    let about = match direction {
        Direction::PortIn => About::PortIn {
            order: OrderId::generate(),
            number: RequestNumber::new(RequestKind::PortIn, 1),
        },
        Direction::PortOut => About::PortOut {
            port_out: PortOutId::generate(),
            number: RequestNumber::new(RequestKind::PortOut, 1),
        },
    };
    Dispute {
        id: DisputeId::generate(),
        number: RequestNumber::new(RequestKind::Dispute, 1),
        account: AccountId::generate(),
        version: 1,
        about,
        kind,
        reporter: Reporter::EndUser,
        reporter_name: "Ada".to_owned(),
        carrier_name: "Other Telecom".to_owned(),
        opened_by: "ada".to_owned(),
        opened_at: OPENED,
        numbers: vec![DisputedNumber::new(tn(1)), DisputedNumber::new(tn(2))],
        state: State::Open,
        missed: Missed::default(),
        explanation: String::new(),
        charged: Vec::new(),
    }
}

fn after(hours: i64) -> Timestamp {
    OPENED + hours.hours()
}

/// Every state by name, reached by the front door, with the numbers that are back then.
fn every_state(direction: Direction) -> Vec<(&'static str, Dispute)> {
    let snapback = SnapbackId::generate();
    let open = dispute(direction, Kind::Mistaken);
    let mut answered = open.clone();
    answered.hear(true).unwrap();
    let mut asked = open.clone();
    asked.ask_back(&[], snapback).unwrap();
    let mut recorded = asked.clone();
    recorded
        .record_return(&[tn(1)], &[tn(1), tn(2)], after(2))
        .unwrap();
    let mut refused = asked.clone();
    assert!(refused.hear_snapback(snapback, &[], after(2)));
    let mut partly = asked.clone();
    assert!(partly.hear_snapback(snapback, &[tn(1)], after(2)));
    let mut wholly = asked.clone();
    assert!(wholly.hear_snapback(snapback, &[tn(1), tn(2)], after(2)));
    let again = SnapbackId::generate();
    let mut refused_then = partly.clone();
    refused_then.ask_back(&[], again).unwrap();
    assert!(refused_then.hear_snapback(again, &[], after(3)));
    let mut settled = open.clone();
    settled.withdraw("", after(1)).unwrap();
    vec![
        ("open", open),
        ("answered", answered),
        ("asked", asked),
        ("asked, and recorded in part", recorded),
        ("refused", refused),
        ("returned in part", partly),
        ("returned", wholly),
        ("returned in part, then refused", refused_then),
        ("settled", settled),
    ]
}

#[test]
fn every_state_takes_its_actions_and_no_other() {
    use Action::{Answer, MakeStatement, RecordReturn, RequestSnapback, Settle, Withdraw};
    let all = [
        MakeStatement,
        Answer,
        RequestSnapback,
        RecordReturn,
        Withdraw,
        Settle,
    ];
    let expected: [(&str, &[Action]); 9] = [
        ("open", &all),
        (
            "answered",
            &[MakeStatement, RequestSnapback, RecordReturn, Withdraw, Settle],
        ),
        ("asked", &[MakeStatement, RecordReturn]),
        ("asked, and recorded in part", &[MakeStatement, RecordReturn]),
        (
            "refused",
            &[MakeStatement, RequestSnapback, RecordReturn, Withdraw, Settle],
        ),
        (
            "returned in part",
            &[MakeStatement, RequestSnapback, RecordReturn, Settle],
        ),
        ("returned", &[MakeStatement, Settle]),
        (
            "returned in part, then refused",
            &[MakeStatement, RequestSnapback, RecordReturn, Settle],
        ),
        ("settled", &[]),
    ];
    for direction in Direction::ALL {
        for ((name, state), (expected_name, actions)) in every_state(*direction).iter().zip(expected) {
            assert_eq!(*name, expected_name);
            assert_eq!(state.actions(), actions, "{name}");
        }
    }
}

#[test]
fn what_is_not_listed_is_refused_and_changes_nothing() {
    for (name, before) in every_state(Direction::PortOut) {
        for action in Action::ALL {
            let mut after_it = before.clone();
            let back: BTreeMap<Tn, Outcome> = before
                .numbers
                .iter()
                .filter(|number| number.returned_at.is_some())
                .map(|number| (number.tn, Outcome::Returned))
                .collect();
            let settlement = Settlement {
                outcomes: Outcomes {
                    named: back,
                    rest: Some(Outcome::Upheld),
                },
                explanation: "why".to_owned(),
                waives_fee: false,
            };
            let is_done = match action {
                Action::MakeStatement => after_it.hear(false).is_ok(),
                Action::Answer => after_it.hear(true).is_ok(),
                Action::RequestSnapback => after_it.ask_back(&[], SnapbackId::generate()).is_ok(),
                Action::RecordReturn => after_it.record_return(&[], &[], after(5)).is_ok(),
                Action::Withdraw => after_it.withdraw("why", after(5)).is_ok(),
                Action::Settle => after_it.settle(&settlement, after(5)).is_ok(),
            };
            assert_eq!(is_done, before.allows(*action), "{name} {action:?}");
            if !is_done {
                assert_eq!(after_it, before, "{name} {action:?}");
            }
        }
    }
}

#[test]
fn each_state_is_in_somebodys_court_until_it_is_settled() {
    use Court::{Customer, GainingCarrier, LosingCarrier, Us};
    let courts = |direction| -> Vec<_> {
        let states = every_state(direction);
        states.iter().map(|(_, state)| state.court()).collect()
    };
    let us = Some(Us);
    assert_eq!(
        courts(Direction::PortIn),
        [
            Some(Customer),
            us,
            Some(LosingCarrier),
            Some(LosingCarrier),
            us,
            us,
            us,
            us,
            None
        ]
    );
    assert_eq!(
        courts(Direction::PortOut),
        [
            us,
            us,
            Some(GainingCarrier),
            Some(GainingCarrier),
            us,
            us,
            us,
            us,
            None
        ]
    );
}

#[test]
fn a_clock_runs_out_once_and_only_while_it_runs() {
    let mut open = dispute(Direction::PortOut, Kind::Unauthorized);
    let last = |hours: i64| after(hours) - 1.second();
    assert_eq!(open.run_out(last(24)), None);
    let missed = open.run_out(after(24)).unwrap();
    assert_eq!((missed.kind, missed.due_at), (ClockKind::Answer, after(24)));
    assert!(open.is_overdue());
    assert_eq!(open.run_out(last(7 * 24)), None);
    open.hear(true).unwrap();
    assert!(!open.is_overdue(), "the answer came, if late");
    assert_eq!(
        open.run_out(after(7 * 24)).map(|clock| clock.kind),
        Some(ClockKind::Resolution)
    );
    assert_eq!(open.run_out(after(1_000)), None);
    let mut answered = dispute(Direction::PortOut, Kind::Unauthorized);
    answered.hear(true).unwrap();
    assert_eq!(answered.run_out(after(24)), None);
    answered.withdraw("", after(25)).unwrap();
    assert_eq!(answered.run_out(after(1_000)), None);
    let mut late = dispute(Direction::PortIn, Kind::Mistaken);
    let both = [
        late.run_out(after(200)),
        late.run_out(after(200)),
        late.run_out(after(200)),
    ];
    assert_eq!(
        both.map(|clock| clock.map(|clock| clock.kind)),
        [Some(ClockKind::Answer), Some(ClockKind::Resolution), None]
    );
}

#[test]
fn an_outcome_cannot_contradict_where_a_number_is() {
    let snapback = SnapbackId::generate();
    let mut partly = dispute(Direction::PortOut, Kind::Mistaken);
    partly.ask_back(&[], snapback).unwrap();
    partly.hear_snapback(snapback, &[tn(1)], after(1));
    let settle = |named: &[(u8, Outcome)], rest| {
        let mut dispute = partly.clone();
        let settlement = Settlement {
            outcomes: Outcomes {
                named: named
                    .iter()
                    .map(|(last, outcome)| (tn(*last), *outcome))
                    .collect(),
                rest,
            },
            explanation: String::new(),
            waives_fee: false,
        };
        dispute.settle(&settlement, after(2)).map(|()| dispute.charged)
    };
    let (returned, upheld) = (Outcome::Returned, Some(Outcome::Upheld));
    assert_eq!(settle(&[], upheld), Err(SettlementFault::Outcomes(vec![tn(1)])));
    assert_eq!(
        settle(&[], Some(returned)),
        Err(SettlementFault::Outcomes(vec![tn(2)]))
    );
    assert_eq!(
        settle(&[(1, returned)], None),
        Err(SettlementFault::Outcomes(vec![tn(2)]))
    );
    assert_eq!(
        settle(&[(9, returned)], upheld),
        Err(SettlementFault::Strange(vec![tn(9)]))
    );
    assert_eq!(settle(&[(1, returned)], upheld), Ok(vec![tn(1)]));
}

#[test]
fn a_waived_fee_is_not_charged() {
    let snapback = SnapbackId::generate();
    let mut back = dispute(Direction::PortIn, Kind::Unauthorized);
    back.ask_back(&[], snapback).unwrap();
    back.hear_snapback(snapback, &[tn(1), tn(2)], after(1));
    let settlement = |waives_fee| Settlement {
        outcomes: Outcomes::all(Outcome::Returned),
        explanation: String::new(),
        waives_fee,
    };
    let mut waived = back.clone();
    waived.settle(&settlement(true), after(2)).unwrap();
    back.settle(&settlement(false), after(2)).unwrap();
    assert_eq!((back.charged.len(), waived.charged.len()), (2, 0));
}

#[test]
fn only_numbers_that_are_away_are_asked_for_and_only_the_open_wish_is_heard() {
    let snapback = SnapbackId::generate();
    let mut one = dispute(Direction::PortOut, Kind::Unauthorized);
    assert_eq!(
        one.ask_back(&[tn(1), tn(3)], snapback),
        Err(SnapbackRefusal::NotAway(vec![tn(3)]))
    );
    assert_eq!(one.ask_back(&[tn(1), tn(1)], snapback), Ok(vec![tn(1)]));
    assert!(!one.hear_snapback(SnapbackId::generate(), &[tn(1)], after(1)));
    assert!(one.hear_snapback(snapback, &[tn(1)], after(1)));
    assert!(!one.hear_snapback(snapback, &[tn(1)], after(2)), "told again");
    let again = SnapbackId::generate();
    assert_eq!(
        one.ask_back(&[tn(1)], again),
        Err(SnapbackRefusal::NotAway(vec![tn(1)]))
    );
    assert_eq!(one.ask_back(&[], again), Ok(vec![tn(2)]));
}
