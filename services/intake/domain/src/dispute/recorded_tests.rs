use types::{AccountId, DisputeId, PortOutId, RequestKind, RequestNumber};

use super::*;
use crate::dispute::{
    About, DisputedNumber, Kind, Missed, Outcome, Outcomes, Reporter, Settlement, SettlementFault, StateName,
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn tn(last: u8) -> Tn {
    format!("+1415867530{last}").parse().unwrap()
}

fn open() -> Dispute {
    Dispute {
        id: DisputeId::generate(),
        number: RequestNumber::new(RequestKind::Dispute, 1),
        account: AccountId::generate(),
        version: 1,
        about: About::PortOut {
            port_out: PortOutId::generate(),
            number: RequestNumber::new(RequestKind::PortOut, 1),
        },
        kind: Kind::Mistaken,
        reporter: Reporter::Account,
        reporter_name: "Ada".to_owned(),
        carrier_name: "Other Telecom".to_owned(),
        opened_by: "ada".to_owned(),
        opened_at: NOW,
        numbers: [1, 2, 3].map(|last| DisputedNumber::new(tn(last))).to_vec(),
        state: State::Open,
        missed: Missed::default(),
        explanation: String::new(),
        charged: Vec::new(),
    }
}

/// What is recorded at first and the state after that, what is recorded then and the state, and whether that ends the wish
/// for one and two.
type Case = (&'static [u8], StateName, &'static [u8], StateName, bool);

#[test]
fn a_wish_is_over_when_none_of_its_numbers_is_away_and_not_before() {
    use StateName::{Returned, SnapbackAsked};
    let cases: [Case; 4] = [
        (&[1], SnapbackAsked, &[2], Returned, true),
        (&[3], SnapbackAsked, &[1, 2], Returned, true),
        (&[1], SnapbackAsked, &[3], SnapbackAsked, false),
        (&[1, 2], Returned, &[3], Returned, false),
    ];
    let wished = [tn(1), tn(2)];
    let tns = |lasts: &[u8]| lasts.iter().map(|last| tn(*last)).collect::<Vec<_>>();
    for (first, state_between, second, state_after, ends) in cases {
        let snapback = SnapbackId::generate();
        let mut dispute = open();
        dispute.ask_back(&wished, snapback).unwrap();
        dispute.record_return(&tns(first), &wished, NOW).unwrap();
        assert_eq!(dispute.state.name(), state_between, "{first:?}");
        let wished: &[Tn] = if state_between == SnapbackAsked {
            &wished
        } else {
            &[]
        };
        let recorded = dispute.record_return(&tns(second), wished, NOW).unwrap();
        assert_eq!((recorded.tns, dispute.state.name()), (tns(second), state_after));
        assert_eq!(recorded.ended, ends.then_some(snapback), "{first:?} {second:?}");
    }
}

#[test]
fn the_answer_to_a_wish_that_is_over_changes_nothing() {
    let snapback = SnapbackId::generate();
    let mut dispute = open();
    dispute.ask_back(&[], snapback).unwrap();
    let all = dispute.tns();
    dispute.record_return(&[], &all, NOW).unwrap();
    let before = dispute.clone();
    for returned in [&all[..], &[]] {
        assert!(!dispute.hear_snapback(snapback, returned, NOW));
        assert_eq!(dispute, before);
    }
}

#[test]
fn a_number_that_is_recorded_stays_back_whatever_becomes_of_the_rest() {
    let snapback = SnapbackId::generate();
    let mut dispute = open();
    dispute.ask_back(&[], snapback).unwrap();
    dispute.record_return(&[tn(1)], &dispute.tns(), NOW).unwrap();
    assert!(dispute.hear_snapback(snapback, &[], NOW));
    assert_eq!(dispute.still_away(), [tn(2), tn(3)]);
}

#[test]
fn only_numbers_that_are_away_are_recorded_and_only_those_are_settled_as_returned() {
    let mut dispute = open();
    dispute.record_return(&[tn(1), tn(1)], &[], NOW).unwrap();
    let refused = dispute.record_return(&[tn(1), tn(2), tn(9)], &[], NOW);
    assert_eq!(refused, Err(SnapbackRefusal::NotAway(vec![tn(1), tn(9)])));
    let settlement = |rest| Settlement {
        outcomes: Outcomes {
            named: [(tn(1), Outcome::Returned)].into(),
            rest: Some(rest),
        },
        explanation: String::new(),
        waives_fee: false,
    };
    let untrue = dispute.clone().settle(&settlement(Outcome::Returned), NOW);
    assert_eq!(untrue, Err(SettlementFault::Outcomes(vec![tn(2), tn(3)])));
    dispute.settle(&settlement(Outcome::Upheld), NOW).unwrap();
    assert_eq!(dispute.charged, [tn(1)]);
}
