//! What a person of ours has to look at, and what comes of it.

use std::collections::HashSet;

use intake_domain::carrier::LosingCarrier;
use intake_domain::port_in::{
    AtCarrier, AwaitedAction, CommandKind, CommandState, Correction, Fallback, Finding, InventoryChange,
    Meaning, NumberState, Order, OrderFact, OrderReason, OrderRecord, OrderState, PendingOn, Refusal,
    Rejection, Says, SentSecrets, SettleRejectionRefusal, StateName,
};
use jiff::SignedDuration;
use reasons::Reason;
use types::{Secret, Ver};

use crate::orders::{
    ONE, TWO, action_required, awaits_us, cancelling, changing, label, now, order_in, order_with, reason,
    rejection, tn, told,
};

/// A word that nobody knows, for the whole order.
fn unknown() -> OrderReason {
    OrderReason {
        raw_code: "ZZ9".to_owned(),
        raw_text: "see remarks".to_owned(),
        ..reason(Reason::Unmapped, None)
    }
}

fn says(reasons: Vec<OrderReason>) -> Says {
    Says::Rejected(rejection(reasons))
}

fn on_us(reasons: Vec<OrderReason>) -> OrderState {
    OrderState::Pending(PendingOn::Us(rejection(reasons)))
}

fn means(tn: Option<&str>, reason: Reason) -> Finding {
    let tn = tn.map(|tn| tn.parse().unwrap());
    Finding::Means(vec![Meaning { tn, reason }])
}

fn at_ver(order: &Order, ver: u16) -> Order {
    let ver = Ver::new(ver).unwrap();
    Order::restore(OrderRecord {
        ver,
        ver_in_force: ver,
        ..order.record().clone()
    })
}

#[test]
fn what_nobody_understands_stays_with_the_order_and_is_told() {
    for (name, inventory) in [
        (StateName::Submitted, None),
        (StateName::Pending, None),
        (StateName::FocConfirmed, Some(InventoryChange::Withdraw)),
        (StateName::Activating, Some(InventoryChange::Withdraw)),
    ] {
        let heard = order_in(name).hear(&says(vec![unknown()]), Ver::FIRST, now());
        assert_eq!(heard.order.record().state, on_us(vec![unknown()]), "{name}");
        let reasons = vec![unknown()];
        assert_eq!(heard.facts, [OrderFact::Delayed { reasons }], "{name}");
        assert_eq!(
            (heard.inventory, heard.entry.is_alarming),
            (inventory, true),
            "{name}"
        );
    }
}

#[test]
fn what_is_to_be_settled_is_the_same_in_whatever_order_it_is_said() {
    let pin = reason(Reason::Pin, Some(ONE));
    let answers = [vec![pin.clone()], vec![unknown()]];
    for (first, second) in [(0, 1), (1, 0)] {
        let heard = order_in(StateName::Submitted)
            .hear(&says(answers[first].clone()), Ver::FIRST, now())
            .order
            .hear(&says(answers[second].clone()), Ver::FIRST, now());
        let asked = heard.order.record().state.rejection().unwrap();
        assert_eq!(asked.reasons.len(), 2);
        assert!(asked.reasons.contains(&pin) && asked.reasons.contains(&unknown()));
        assert_eq!(heard.entry.is_alarming, second == 1, "the unknown one alarms");
        let new_pin = Correction::Pin {
            tn: tn(ONE),
            pin: Secret::new("9999"),
        };
        let fixed = heard
            .order
            .apply_fix(vec![new_pin], &SentSecrets::default(), false, now());
        assert_eq!(fixed.unwrap().order.record().state, OrderState::Submitted);
    }
}

#[test]
fn what_we_look_at_is_not_cleared_by_a_delay_or_by_a_number_that_fails() {
    let order = order_with(on_us(vec![unknown()]));
    let slow = vec![reason(Reason::Workload, None)];
    let delayed = Says::Delayed {
        reasons: slow.clone(),
    };
    for quiet in [delayed, says(slow)] {
        let heard = order.clone().hear(&quiet, Ver::FIRST, now());
        assert_eq!((heard.order, heard.facts), (order.clone(), vec![]));
    }
    let gone = reason(Reason::TnNotFound, Some(TWO));
    let heard = order.hear(&says(vec![gone.clone()]), Ver::FIRST, now());
    assert_eq!(heard.order.record().state, on_us(vec![unknown(), gone]));
    assert_eq!(heard.order.record().ver, Ver::FIRST, "nothing is sent again");
    assert_eq!(heard.order.open_tns(), [tn(ONE)]);
}

#[test]
fn a_refused_request_comes_to_us_with_the_carriers_words() {
    let words = Rejection {
        update_required: false,
        reasons: vec![OrderReason {
            raw_code: String::new(),
            raw_text: "no LOA".to_owned(),
            ..reason(Reason::Unmapped, None)
        }],
    };
    let ours = OrderState::Pending(PendingOn::Us(words.clone()));
    for kind in [CommandKind::Submit, CommandKind::Supplement] {
        for name in [StateName::Submitted, StateName::Pending] {
            let heard = told(kind, Ver::FIRST, CommandState::Refused, "no LOA");
            let refused = order_in(name)
                .follow_command(&heard, AtCarrier::Nothing, now())
                .unwrap();
            assert_eq!(refused.order.record().state, ours, "{name}");
            assert_eq!(refused.entry.note, format!("{}: no LOA", kind.code()));
            // What the carrier never had is cancelled at once.
            let cancelled = refused
                .order
                .cancel(AtCarrier::Nothing, &LosingCarrier::Untold, now());
            assert_eq!(cancelled.unwrap().order.record().state, OrderState::Cancelled);
        }
    }
    // While something is out it holds if that is refused as well.
    for waiting in [cancelling, changing] {
        let heard = told(CommandKind::Submit, Ver::FIRST, CommandState::Refused, "no LOA");
        let refused = order_with(waiting(Fallback::Submitted))
            .follow_command(&heard, AtCarrier::Perhaps, now())
            .unwrap();
        let ver = refused.order.record().ver;
        let back = refused.order.hear(&Says::ChangeRefused, ver, now());
        assert_eq!(back.order.record().state, ours);
        let reasons = words.reasons.clone();
        assert!(back.facts.contains(&OrderFact::Delayed { reasons }));
        assert!(back.entry.is_alarming);
    }
}

#[test]
fn a_change_that_was_taken_back_is_not_refused_once_more() {
    let asked = order_with(changing(Fallback::Pending(PendingOn::Carrier)));
    let ver = asked.record().ver;
    let back = asked.hear(&Says::ChangeRefused, ver, now()).order;
    let heard = told(CommandKind::Supplement, ver, CommandState::Refused, "too late");
    let again = back
        .clone()
        .follow_command(&heard, AtCarrier::Perhaps, now())
        .unwrap();
    assert_eq!(again.order, back);
    let answered = back.clone().hear(&Says::ChangeRefused, ver, now());
    assert_eq!(answered.order, back);
}

#[test]
fn a_finding_is_weighed_as_if_the_carrier_had_said_it() {
    let cases = [
        (means(Some(ONE), Reason::Pin), "ACTION_REQUIRED", 1, 2),
        (means(None, Reason::PortProtection), "ACTION_REQUIRED", 1, 2),
        (means(None, Reason::Workload), "PENDING", 1, 2),
        (means(Some(TWO), Reason::TnNotFound), "SUBMITTED", 2, 1),
        (means(None, Reason::TnNotFound), "REJECTED", 1, 0),
        (Finding::NothingWrong, "SUBMITTED", 2, 2),
        (Finding::Final, "REJECTED", 1, 0),
    ];
    for (finding, state, ver, open) in cases {
        let order = order_with(on_us(vec![unknown()]));
        let settled = order.settle_rejection(&finding, "by phone", now()).unwrap();
        let record = settled.order.record();
        assert_eq!(
            (
                label(&record.state),
                record.ver.get(),
                settled.order.open_tns().len()
            ),
            (state, ver, open),
            "{finding:?}"
        );
        assert_eq!(settled.facts.len(), 1, "{finding:?}");
        assert!(
            settled.entry.note.starts_with("by phone"),
            "{}",
            settled.entry.note
        );
        let closed = record.numbers.iter().filter(|number| !number.state.is_open());
        assert!(
            closed
                .map(|number| number.state)
                .all(|state| { state == NumberState::Failed })
        );
    }
}

#[test]
fn a_finding_keeps_what_the_carrier_wrote() {
    let of_two = OrderReason {
        raw_code: "77".to_owned(),
        ..reason(Reason::Unmapped, Some(TWO))
    };
    let order = order_with(on_us(vec![unknown(), of_two]));
    let meanings = [(Some(TWO), "77"), (Some(ONE), "ZZ9"), (None, "ZZ9")];
    let found = meanings.map(|(tn, _)| Meaning {
        tn: tn.map(|tn| tn.parse().unwrap()),
        reason: Reason::Pin,
    });
    let settled = order.settle_rejection(&Finding::Means(found.to_vec()), "by phone", now());
    let settled = settled.unwrap().order;
    let asked = settled.record().state.rejection().unwrap();
    let codes = asked.reasons.iter().map(|reason| reason.raw_code.as_str());
    assert!(codes.eq(meanings.map(|(_, code)| code)));
}

#[test]
fn findings_that_settle_nothing_are_refused_all_at_once() {
    let other = "+12018670199";
    let refused = order_with(awaits_us())
        .settle_rejection(&means(Some(other), Reason::InternalPort), "by phone", now())
        .unwrap_err();
    assert_eq!(
        refused,
        SettleRejectionRefusal::Meanings {
            not_in_order: vec![tn(other)],
            is_still_ours: true
        }
    );
}

#[test]
fn what_the_customer_has_to_settle_stays_theirs() {
    let pin = reason(Reason::Pin, Some(ONE));
    let order = || order_with(action_required(rejection(vec![pin.clone(), unknown()])));
    let nothing = order()
        .settle_rejection(&Finding::NothingWrong, "by phone", now())
        .unwrap();
    let left = action_required(rejection(vec![pin.clone()]));
    assert_eq!(nothing.order.record().state, left);
    assert_eq!(nothing.facts, []);
    let also = order()
        .settle_rejection(&means(None, Reason::Zip), "by phone", now())
        .unwrap();
    let asked = also.order.record().state.rejection().unwrap();
    let reasons: Vec<Reason> = asked.reasons.iter().map(|reason| reason.reason).collect();
    assert_eq!(reasons, [Reason::Pin, Reason::Zip]);
    let all = order()
        .settle_rejection(&Finding::Final, "by phone", now())
        .unwrap();
    assert_eq!(all.order.record().state, OrderState::Rejected);
    // With the customer's matter let go, ours is left.
    let dropped = order().drop_numbers(&HashSet::from([tn(ONE)]), now()).unwrap();
    assert_eq!(label(&dropped.order.record().state), "AWAITS_US");
    assert_eq!(dropped.order.record().ver, Ver::FIRST);
}

#[test]
fn the_same_is_not_sent_again_where_no_number_fell_away() {
    let foreign = reason(Reason::TnNotFound, Some("+12018670199"));
    let heard = order_in(StateName::Pending).hear(&says(vec![foreign.clone()]), Ver::FIRST, now());
    assert_eq!(heard.order.record().state, on_us(vec![foreign]));
    assert_eq!(
        (heard.order.record().ver, heard.entry.is_alarming),
        (Ver::FIRST, true)
    );
    // A number that failed before, and is named again.
    let gone = reason(Reason::TnNotFound, Some(TWO));
    let sent = order_in(StateName::Pending).hear(&says(vec![gone.clone()]), Ver::FIRST, now());
    assert_eq!(sent.order.record().state, OrderState::Submitted);
    let ver = sent.order.record().ver;
    let again = sent.order.hear(&says(vec![gone.clone()]), ver, now());
    assert_eq!(again.order.record().state, on_us(vec![gone]));
    assert_eq!(again.order.record().ver, ver);
}

#[test]
fn the_last_version_is_kept_for_a_cancel() {
    let gone = says(vec![reason(Reason::TnNotFound, Some(TWO))]);
    for (ver, expected) in [(97, "SUBMITTED"), (98, "AWAITS_US")] {
        let order = at_ver(&order_in(StateName::Pending), ver);
        let heard = order.hear(&gone, Ver::new(ver).unwrap(), now());
        assert_eq!(label(&heard.order.record().state), expected, "{ver}");
    }
    let last = at_ver(&order_in(StateName::ActionRequired), 98);
    assert_eq!(
        last.clone().confirm_remedy(now()),
        Err(Refusal::VersionsExhausted),
        "nothing more is sent"
    );
    let cancelled = last
        .cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, now())
        .unwrap();
    assert_eq!(cancelled.order.record().ver.get(), 99);
    let stuck = at_ver(&order_with(awaits_us()), 98);
    let sent = stuck
        .clone()
        .settle_rejection(&Finding::NothingWrong, "by phone", now());
    assert_eq!(
        sent,
        Err(SettleRejectionRefusal::Refused(Refusal::VersionsExhausted))
    );
    assert!(stuck.settle_rejection(&Finding::Final, "by phone", now()).is_ok());
}

#[test]
fn a_rejection_while_something_is_out_adds_to_what_was_to_be_settled() {
    let pin = reason(Reason::Pin, Some(ONE));
    let since = now().checked_sub(SignedDuration::from_hours(48)).unwrap();
    for waiting in [cancelling, changing] {
        let before = Fallback::ActionRequired {
            asked: AwaitedAction::new(rejection(vec![pin.clone()]), since),
            since,
        };
        let heard = order_with(waiting(before)).hear(&says(vec![unknown()]), Ver::FIRST, now());
        let ver = heard.order.record().ver;
        let back = heard.order.hear(&Says::ChangeRefused, ver, now()).order;
        let both = rejection(vec![pin.clone(), unknown()]);
        let expected = OrderState::ActionRequired(AwaitedAction::new(both, since));
        assert_eq!(back.record().state, expected);
        assert_eq!(back.record().since, since);
    }
}
