//! Our review, what is not answered, drafts that expire, numbers let go, delays.

use std::collections::HashSet;

use intake_domain::carrier::LosingCarrier;
use intake_domain::port_in::requirements::Requirement;
use intake_domain::port_in::{
    ActionRefusal, AtCarrier, AwaitedAnswer, Commitment, Court, DropRefusal, Fallback, NumberState,
    OrderFact, OrderState, PendingOn, ReturnReason, ReviewCause, ReviewPolicy, Says, Settlement, StateName,
};
use reasons::Reason;
use types::Ver;

use crate::orders::{
    ONE, TWO, action_required, at, cancelling, changing, commitment, foc_at, now, order_in, order_with,
    reason, rejection, tn,
};

fn warning() -> Requirement {
    Requirement {
        code: "NAME_CUT",
        field: String::new(),
        tn: None,
        message: String::new(),
        remedy: "",
        is_warning: true,
    }
}

#[test]
fn a_policy_has_those_orders_reviewed_that_a_rule_applies_to() {
    let none = ReviewPolicy::default();
    let every_order = ReviewPolicy {
        every_order: true,
        ..none
    };
    let first_order = ReviewPolicy {
        first_order: true,
        ..none
    };
    let warnings = ReviewPolicy {
        warnings: true,
        ..none
    };
    let over = |most| ReviewPolicy {
        numbers_over: Some(most),
        ..none
    };
    let cases = [
        (none, true, vec![warning()], vec![]),
        (every_order, false, vec![], vec![ReviewCause::EveryOrder]),
        (over(1), false, vec![], vec![ReviewCause::ManyNumbers]),
        (over(2), false, vec![], vec![]),
        (first_order, true, vec![], vec![ReviewCause::FirstOrder]),
        (first_order, false, vec![], vec![]),
        (warnings, false, vec![warning()], vec![ReviewCause::Warnings]),
        (warnings, false, vec![], vec![]),
    ];
    for (policy, is_first, requirements, expected) in cases {
        let causes = policy.causes(&order_in(StateName::Draft), &requirements, is_first);
        assert_eq!(causes, expected, "{policy:?}");
    }
}

#[test]
fn nothing_goes_out_before_the_release_and_what_came_back_is_reviewed_again() {
    let causes = vec![ReviewCause::FirstOrder];
    let held = order_in(StateName::Draft)
        .submit(Vec::new(), causes.clone(), now())
        .unwrap();
    assert_eq!(held.facts, [OrderFact::InReview { causes }]);
    assert_eq!(held.order.record().state.court(), Some(Court::Us));
    let unmet = Requirement {
        is_warning: false,
        ..warning()
    };
    let early = held.order.clone().release(vec![unmet], None, now());
    assert!(matches!(early, Err(ActionRefusal::NotReady(_))));
    let reasons = vec![ReturnReason {
        field: Some("details.company_name".parse().unwrap()),
        message: "the name is cut".parse().unwrap(),
    }];
    let back = held.order.clone().send_back(reasons.clone(), now()).unwrap();
    assert_eq!(back.facts, [OrderFact::Returned { reasons }]);
    assert_eq!(back.order.record().submitted_at, None);
    let again = ReviewPolicy::default().causes(&back.order, &[], false);
    assert_eq!(again, [ReviewCause::ReturnedBefore]);
    let released = held.order.release(vec![warning()], None, now()).unwrap();
    assert_eq!(released.facts, [OrderFact::Submitted { resubmitted: false }]);
    assert_eq!(released.order.record().state, OrderState::Submitted);
}

#[test]
fn what_a_carrier_does_not_answer_comes_to_us_after_two_business_days() {
    // Monday before Thanksgiving, from New Jersey; the cut-over of the second case is on Wednesday.
    let soon = Commitment {
        foc_at: at("2026-11-25T05:00:00Z"),
        incoming: true,
        ..commitment()
    };
    for (state, due) in [
        (
            OrderState::Pending(PendingOn::Carrier),
            at("2026-11-25T15:00:00Z"),
        ),
        (OrderState::FocConfirmed(soon), at("2026-11-24T17:00:00Z")),
    ] {
        let cancelled = order_with(state)
            .cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, now())
            .unwrap()
            .order;
        assert_eq!(cancelled.next_due(), Some(due));
        let overdue = cancelled.fall_due(due).unwrap();
        assert!(overdue.entry.is_alarming);
        let record = overdue.order.record();
        assert_eq!(
            (record.state.court(), overdue.order.next_due()),
            (Some(Court::Us), None)
        );
    }
    let unanswered = order_with(changing(Fallback::Submitted));
    let overdue = unanswered.fall_due(at("2026-11-25T15:00:00Z")).unwrap().order;
    let OrderState::ChangingDate(late) = &overdue.record().state else {
        panic!("{:?}", overdue.record().state)
    };
    assert_eq!(late.answer, AwaitedAnswer::Overdue);
    // It may still answer.
    let answered = overdue.hear(&Says::Foc { foc_at: foc_at() }, Ver::new(2).unwrap(), now());
    assert_eq!(answered.order.record().state.name(), StateName::FocConfirmed);
}

#[test]
fn a_cancel_is_settled_by_a_person_either_way() {
    let from = Fallback::FocConfirmed(commitment());
    let refused = order_with(cancelling(from.clone())).settle_cancel(Settlement::Refused, "by phone", now());
    let refused = refused.unwrap();
    assert_eq!(refused.order.record().state, from.clone().into());
    assert_eq!(refused.entry.note, "by phone");
    let done = order_with(cancelling(from)).settle_cancel(Settlement::Confirmed, "by phone", now());
    assert_eq!(done.unwrap().order.record().state, OrderState::Cancelled);
}

#[test]
fn a_draft_warns_three_days_before_it_is_abandoned_and_a_change_postpones_both() {
    let draft = order_in(StateName::Draft);
    assert_eq!(draft.next_due(), Some(at("2026-12-20T15:00:00Z")));
    let warned = draft.fall_due(at("2026-12-20T15:00:00Z")).unwrap();
    let expires_at = at("2026-12-23T15:00:00Z");
    assert_eq!(warned.facts, [OrderFact::DraftExpiring { expires_at }]);
    let kept = warned.order.clone().keep(at("2026-12-21T15:00:00Z")).unwrap();
    assert_eq!(kept.next_due(), Some(at("2027-01-17T15:00:00Z")));
    assert_eq!(warned.order.clone().fall_due(at("2026-12-23T14:59:59Z")), None);
    let gone = warned.order.fall_due(expires_at).unwrap();
    assert_eq!(gone.order.record().state, OrderState::Abandoned);
    assert_eq!(order_in(StateName::Pending).keep(now()), None);
}

#[test]
fn numbers_are_let_go_and_the_others_go_on() {
    let waiting = |reasons| order_with(action_required(rejection(reasons)));
    let one = HashSet::from([tn(ONE)]);
    let lost = reason(Reason::NotPortable, Some(ONE));
    let sent = waiting(vec![lost.clone()]).drop_numbers(&one, now()).unwrap();
    assert_eq!(sent.facts, [OrderFact::Submitted { resubmitted: true }]);
    assert_eq!(sent.order.open_tns(), [tn(TWO)]);
    assert_eq!(sent.order.record().numbers[0].state, NumberState::Released);
    // Something else is still to be settled: that is done by a fix.
    let pin = reason(Reason::Pin, Some(TWO));
    let waits = waiting(vec![lost, pin.clone()])
        .drop_numbers(&one, now())
        .unwrap();
    assert_eq!(waits.order.record().state, action_required(rejection(vec![pin])));
    assert!(waits.facts.is_empty());
    // Of what cannot go together one is left.
    let split = waiting(vec![reason(Reason::MultiLine, None)])
        .drop_numbers(&one, now())
        .unwrap();
    assert_eq!(split.order.record().state, OrderState::Submitted);
    let both = HashSet::from([tn(ONE), tn(TWO)]);
    let order = || waiting(vec![reason(Reason::Pin, None)]);
    assert_eq!(order().drop_numbers(&both, now()), Err(DropRefusal::All));
    let other = tn("+12018670199");
    let unknown = order().drop_numbers(&HashSet::from([other]), now());
    assert_eq!(unknown, Err(DropRefusal::NotInOrder(vec![other])));
}

#[test]
fn a_delay_is_kept_until_the_order_moves_on() {
    let reasons = vec![reason(Reason::Workload, None)];
    let delayed = order_in(StateName::Pending).hear(
        &Says::Delayed {
            reasons: reasons.clone(),
        },
        Ver::FIRST,
        now(),
    );
    assert_eq!(
        delayed.order.record().state,
        OrderState::Pending(PendingOn::Carrier)
    );
    assert_eq!(delayed.order.record().delays, reasons);
    let committed = delayed
        .order
        .hear(&Says::Foc { foc_at: foc_at() }, Ver::FIRST, now());
    assert!(committed.order.record().delays.is_empty());
}
