//! Corrections and confirmations.

use std::collections::BTreeMap;

use intake_domain::port_in::{
    Correction, Detail, FixFault, FixRefusal, NumberState, Order, OrderFact, OrderReason, OrderState,
    Override, Part, Refusal, SentSecrets,
};
use reasons::{Reason, ReasonClass};
use types::{Secret, Ver};

use crate::orders::{ONE, TWO, action_required, now, order_with, reason, rejection, tn};

fn rejected_for(reasons: Vec<OrderReason>) -> Order {
    order_with(action_required(rejection(reasons)))
}

fn pin(number: &str, pin: &str) -> Correction {
    Correction::Pin {
        tn: tn(number),
        pin: Secret::new(pin),
    }
}

fn sent() -> SentSecrets {
    SentSecrets {
        account_number: Some(Secret::new("ACC-7788991")),
        tax_id: None,
        pins: BTreeMap::from([(tn(ONE), Secret::new("1111")), (tn(TWO), Secret::new("2222"))]),
    }
}

fn faults(refusal: FixRefusal) -> Vec<(String, &'static str)> {
    let FixRefusal::Faults(faults) = refusal else {
        panic!("{refusal:?}")
    };
    faults
        .into_iter()
        .map(|FixFault { field, code, .. }| (field, code))
        .collect()
}

#[test]
fn a_corrected_order_goes_out_as_the_next_version() {
    let order = rejected_for(vec![
        reason(Reason::Pin, Some(ONE)),
        reason(Reason::AccountNumber, None),
    ]);
    let account = Correction::Detail(Detail::AccountNumber(Some(Secret::new("ACC-1"))));
    let fixed = order
        .apply_fix(vec![pin(ONE, "9999"), account], &sent(), false, now())
        .unwrap();
    let record = fixed.order.record();
    assert_eq!(
        (record.state.clone(), record.ver, record.ver_in_force),
        (OrderState::Submitted, Ver::new(2).unwrap(), Ver::new(2).unwrap())
    );
    assert_eq!(fixed.facts, [OrderFact::Submitted { resubmitted: true }]);
    assert_eq!(record.numbers[0].state, NumberState::InOrder);
}

#[test]
fn all_that_is_wrong_with_a_fix_is_named_at_once() {
    let order = rejected_for(vec![
        reason(Reason::Pin, Some(ONE)),
        reason(Reason::AccountNumber, None),
        reason(Reason::LoaRequired, None),
    ]);
    let corrections = vec![pin(ONE, "1111"), pin("+12018670199", "1"), pin(ONE, "3333")];
    let refusal = order.apply_fix(corrections, &sent(), false, now()).unwrap_err();
    let expected = [
        ("corrections[0]", "PIN_UNCHANGED"),
        ("corrections[1]", "NEW_ORDER_REQUIRED"),
        ("corrections[2]", "DUPLICATE"),
        ("account_number", "CORRECTION_MISSING"),
        ("loa", "LOA_MISSING"),
    ];
    let expected: Vec<(String, &str)> = expected
        .iter()
        .map(|(field, code)| ((*field).to_owned(), *code))
        .collect();
    assert_eq!(faults(refusal), expected);
}

#[test]
fn each_reason_takes_the_correction_it_asks_for_and_no_other() {
    let zip = || Correction::Detail(Detail::PostalCode(Some("07030".parse().unwrap())));
    let name = || Correction::Detail(Detail::FirstName(Some("Anna".parse().unwrap())));
    let cases = [
        (Reason::Pin, Some(TWO), vec![pin(ONE, "9999")], false, false),
        (Reason::Pin, None, vec![pin(ONE, "9999")], false, true),
        (Reason::Zip, None, vec![zip()], false, true),
        (Reason::Address, None, vec![zip()], false, true),
        (Reason::FirstName, None, vec![zip()], false, false),
        (Reason::EndUserName, None, vec![name()], false, true),
        (Reason::LoaRequired, None, vec![], true, true),
        (Reason::UnauthorizedSigner, None, vec![], true, true),
        (Reason::DataMissing, None, vec![], false, false),
        (Reason::DataMissing, None, vec![name()], false, true),
        (Reason::PortProtection, Some(ONE), vec![], false, false),
    ];
    for (why, number, corrections, has_new_loa, ok) in cases {
        let order = rejected_for(vec![reason(why, number)]);
        let fixed = order.apply_fix(corrections, &sent(), has_new_loa, now());
        assert_eq!(fixed.is_ok(), ok, "{why} {number:?}: {fixed:?}");
    }
}

#[test]
fn an_unchanged_value_is_no_correction() {
    let order = rejected_for(vec![
        reason(Reason::AccountNumber, None),
        reason(Reason::FirstName, None),
    ]);
    let corrections = vec![
        Correction::Detail(Detail::AccountNumber(Some(Secret::new("ACC-7788991")))),
        Correction::Detail(Detail::FirstName(Some("Ann".parse().unwrap()))),
    ];
    let refusal = order.apply_fix(corrections, &sent(), false, now()).unwrap_err();
    assert_eq!(
        faults(refusal).iter().map(|(_, code)| *code).collect::<Vec<_>>(),
        ["UNCHANGED", "UNCHANGED"]
    );
}

#[test]
fn only_what_the_customer_settles_with_the_carrier_is_confirmed() {
    for one in Reason::ALL {
        let confirmed = rejected_for(vec![reason(*one, None)]).confirm_remedy(now());
        match one.class() {
            ReasonClass::Customer => {
                assert_eq!(
                    confirmed.unwrap().order.record().ver,
                    Ver::new(2).unwrap(),
                    "{one}"
                );
            }
            ReasonClass::Fix
            | ReasonClass::Delay
            | ReasonClass::Split
            | ReasonClass::Reroute
            | ReasonClass::Cancel
            | ReasonClass::Manual => {
                assert_eq!(
                    confirmed.unwrap_err(),
                    Refusal::NotConfirmable(vec![*one]),
                    "{one}"
                );
            }
        }
    }
    let mixed = rejected_for(vec![
        reason(Reason::PortProtection, None),
        reason(Reason::Pin, Some(ONE)),
    ]);
    assert_eq!(
        mixed.confirm_remedy(now()).unwrap_err(),
        Refusal::NotConfirmable(vec![Reason::Pin])
    );
}

#[test]
fn numbers_that_cannot_go_together_need_to_be_told_apart() {
    let order = rejected_for(vec![reason(Reason::MultiLine, None)]);
    assert!(order.is_to_be_split());
    let refused = order
        .clone()
        .correct_for_split(vec![], &sent(), false)
        .unwrap_err();
    assert!(
        matches!(&refused, FixRefusal::Faults(faults) if faults[0].code == "SPLIT_MISSING"),
        "{refused:?}"
    );
    let apart = Correction::Override {
        tn: tn(TWO),
        value: Override::Part(Some("annex".parse().unwrap())),
    };
    let corrected = order.correct_for_split(vec![apart], &sent(), false).unwrap();
    let parts: Vec<_> = corrected.division().parts.iter().map(Part::tns).collect();
    assert_eq!(parts, [vec![tn(ONE)], vec![tn(TWO)]]);
}
