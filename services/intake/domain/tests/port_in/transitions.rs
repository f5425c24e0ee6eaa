//! Every state × every action.

use std::collections::HashSet;

use intake_domain::port_in::{
    AddRefusal, AtCarrier, BeforeCancel, CancelRefusal, CommandKind, CommandState, Correction,
    InventoryChange, NumberState, Order, OrderFact, OrderState, Says, SentSecrets, StateName, SubmitRefusal,
    Transition,
};
use reasons::Reason;
use types::{Secret, Ver};

use crate::orders::{ONE, TWO, commitment, foc_at, now, number, order_in, order_with, reason, rejection, tn};

/// What is tried on each state.
const ACTIONS: [&str; 17] = [
    "edit",
    "add",
    "remove",
    "submit",
    "fix",
    "confirm",
    "cancel",
    "ack",
    "fix-reject",
    "us-reject",
    "cancel-reject",
    "delay",
    "foc",
    "activated",
    "cancelled",
    "change-refused",
    "due",
];

/// One row a state; one column an action: the state it leads to, `-` where it is refused, `=` where nothing changes.
const TABLE: &str = "
DRAFT            = = = SUBMITTED - - CANCELLED = = = = = = = = = =
SUBMITTED        - - - - - - CANCEL_REQUESTED PENDING ACTION_REQUIRED PENDING REJECTED = FOC_CONFIRMED PORTED = = =
PENDING          - - - - - - CANCEL_REQUESTED = ACTION_REQUIRED PENDING REJECTED = FOC_CONFIRMED PORTED = = =
ACTION_REQUIRED  - - - - SUBMITTED - CANCEL_REQUESTED = ACTION_REQUIRED PENDING REJECTED = = PORTED = = ABANDONED
FOC_CONFIRMED    - - - - - - CANCEL_REQUESTED = ACTION_REQUIRED PENDING REJECTED = FOC_CONFIRMED PORTED = = ACTIVATING
ACTIVATING       - - - - - - - = ACTION_REQUIRED PENDING REJECTED = = PORTED = = ABANDONED
PORTED           - - - - - - - = = = = = = = = = =
CANCEL_REQUESTED - - - - - - - = = = = = CANCEL_REQUESTED PORTED CANCELLED PENDING =
CANCELLED        - - - - - - - = = = = = = = = = =
REJECTED         - - - - - - - = = = = = = = = = =
ABANDONED        - - - - - - - = = = = = = = = = =
";

fn try_action(order: Order, action: &str) -> Result<Option<Transition>, String> {
    let ver = order.record().ver;
    let hear = |order: Order, says: Says| Ok(Some(order.hear(&says, ver, now())));
    let refuse = |error: &dyn std::fmt::Display| error.to_string();
    match action {
        "edit" => order.edit(Vec::new()).map(Some).map_err(|error| refuse(&error)),
        "add" => {
            let added = vec![number("+12018670177", NumberState::Draft)];
            order.add_numbers(added).map(Some).map_err(|error| refuse(&error))
        }
        "remove" => order
            .remove_numbers(&HashSet::from([tn(TWO)]))
            .map(Some)
            .map_err(|error| refuse(&error)),
        "submit" => order
            .submit(Vec::new(), now())
            .map(Some)
            .map_err(|error| refuse(&error)),
        "fix" => {
            let pin = Correction::Pin {
                tn: tn(ONE),
                pin: Secret::new("9999"),
            };
            let fixed = order.apply_fix(vec![pin], &SentSecrets::default(), false, now());
            fixed.map(Some).map_err(|error| refuse(&error))
        }
        "confirm" => order
            .confirm_remedy(now())
            .map(Some)
            .map_err(|error| refuse(&error)),
        "cancel" => order
            .cancel(AtCarrier::Perhaps, now())
            .map(Some)
            .map_err(|error| refuse(&error)),
        "ack" => Ok(order.follow_command(
            CommandKind::Submit,
            ver,
            CommandState::Acknowledged,
            "",
            AtCarrier::Perhaps,
            now(),
        )),
        "fix-reject" => hear(
            order,
            Says::Rejected(rejection(vec![reason(Reason::Pin, Some(TWO))])),
        ),
        "us-reject" => hear(
            order,
            Says::Rejected(rejection(vec![reason(Reason::Unmapped, None)])),
        ),
        "cancel-reject" => hear(
            order,
            Says::Rejected(rejection(vec![reason(Reason::TnNotFound, None)])),
        ),
        "delay" => {
            let reasons = vec![reason(Reason::Workload, None)];
            hear(order, Says::Delayed { reasons })
        }
        "foc" => {
            let moved = foc_at()
                .checked_sub(jiff::SignedDuration::from_hours(24 * 30))
                .unwrap();
            hear(order, Says::Foc { foc_at: moved })
        }
        "activated" => hear(order, Says::Activated { tns: Vec::new() }),
        "cancelled" => hear(order, Says::Cancelled),
        "change-refused" => hear(order, Says::ChangeRefused),
        "due" => Ok(fall_due_until_it_changes(order)),
        other => panic!("no action {other}"),
    }
}

/// Lets time pass until the order is in another state or nothing more is due.
fn fall_due_until_it_changes(order: Order) -> Option<Transition> {
    let (name, due) = (order.record().state.name(), order.next_due()?.max(foc_at()));
    let mut transition = order.fall_due(due)?;
    while transition.order.record().state.name() == name {
        transition = transition.order.fall_due(due)?;
    }
    Some(transition)
}

#[test]
fn every_state_and_every_action() {
    let rows: Vec<Vec<&str>> = TABLE
        .trim()
        .lines()
        .map(|row| row.split_whitespace().collect())
        .collect();
    assert_eq!(rows.len(), StateName::ALL.len());
    for (name, row) in StateName::ALL.into_iter().zip(rows) {
        assert_eq!((row[0], row.len() - 1), (name.code(), ACTIONS.len()));
        for (action, expected) in ACTIONS.into_iter().zip(&row[1..]) {
            let came = match try_action(order_in(name), action) {
                Ok(None) => "=".to_owned(),
                Ok(Some(transition)) => {
                    let state = transition.order.record().state.name();
                    let changed = transition.order.record().state != order_in(name).record().state
                        || !transition.facts.is_empty();
                    let is_quiet = matches!(action, "delay" | "edit" | "add" | "remove");
                    if changed && !is_quiet {
                        state.code().to_owned()
                    } else {
                        "=".to_owned()
                    }
                }
                Err(_) => "-".to_owned(),
            };
            assert_eq!(came, **expected, "{name} × {action}");
        }
    }
}

#[test]
fn every_change_of_state_takes_the_open_numbers_along() {
    for name in StateName::ALL {
        for action in ACTIONS {
            let Ok(Some(transition)) = try_action(order_in(name), action) else {
                continue;
            };
            let state = transition.order.record().state.clone();
            let expected = match state.name() {
                StateName::Draft => NumberState::Draft,
                StateName::Submitted | StateName::Pending | StateName::ActionRequired => NumberState::InOrder,
                StateName::FocConfirmed => NumberState::FocConfirmed,
                StateName::Activating => NumberState::Activating,
                StateName::CancelRequested => continue,
                StateName::Ported | StateName::Cancelled | StateName::Rejected | StateName::Abandoned => {
                    assert!(transition.order.open_tns().is_empty(), "{name} × {action}");
                    continue;
                }
            };
            for number in transition
                .order
                .record()
                .numbers
                .iter()
                .filter(|number| number.state.is_open())
            {
                assert_eq!(number.state, expected, "{name} × {action}");
            }
        }
    }
}

#[test]
fn refusals_have_the_reason_that_customers_are_told() {
    let draft_only = order_in(StateName::Pending).add_numbers(Vec::new());
    assert_eq!(draft_only.unwrap_err(), AddRefusal::NewOrderRequired);
    assert!(matches!(
        order_in(StateName::Pending).submit(Vec::new(), now()),
        Err(SubmitRefusal::Illegal(_))
    ));
    assert_eq!(
        order_in(StateName::Ported).cancel(AtCarrier::Perhaps, now()),
        Err(CancelRefusal::CompletedUseSnapback)
    );
    assert_eq!(
        order_in(StateName::Activating).cancel(AtCarrier::Perhaps, now()),
        Err(CancelRefusal::TooLate { foc_at: foc_at() })
    );
}

#[test]
fn a_cancel_is_taken_until_a_day_before_the_cut_over() {
    // Minutes before the FOC → taken.
    for (minutes, taken) in [
        (24 * 60 + 1, true),
        (24 * 60, false),
        (23 * 60 + 59, false),
        (-1, false),
    ] {
        let when = foc_at()
            .checked_sub(jiff::SignedDuration::from_mins(minutes))
            .unwrap();
        let cancelled = order_in(StateName::FocConfirmed).cancel(AtCarrier::Perhaps, when);
        match cancelled {
            Ok(transition) => {
                assert!(taken, "{minutes}");
                assert_eq!(transition.facts, [OrderFact::CancelRequested]);
                assert_eq!(transition.order.record().ver, Ver::new(2).unwrap());
            }
            Err(error) => {
                assert!(!taken, "{minutes}");
                assert_eq!(error, CancelRefusal::TooLate { foc_at: foc_at() });
            }
        }
    }
}

#[test]
fn an_older_version_and_one_that_was_never_sent_change_nothing() {
    let order = order_with(OrderState::Submitted);
    let fixed = order_in(StateName::ActionRequired)
        .apply_fix(
            vec![Correction::Pin {
                tn: tn(ONE),
                pin: Secret::new("9999"),
            }],
            &SentSecrets::default(),
            false,
            now(),
        )
        .unwrap()
        .order;
    for (order, ver) in [(fixed, Ver::FIRST), (order, Ver::new(3).unwrap())] {
        let heard = order.clone().hear(&Says::Foc { foc_at: foc_at() }, ver, now());
        assert_eq!(heard.order, order);
        assert!(heard.facts.is_empty() && heard.inventory.is_none());
        assert_eq!(heard.entry.action, "answer_recorded");
    }
}

#[test]
fn an_answer_after_a_confirmed_cancel_alarms() {
    let heard = order_in(StateName::Cancelled).hear(&Says::Foc { foc_at: foc_at() }, Ver::FIRST, now());
    assert!(heard.entry.is_alarming && heard.facts.is_empty());
}

#[test]
fn a_refused_cancel_goes_back_and_keeps_what_came_meanwhile() {
    let cancelling = order_in(StateName::Pending)
        .cancel(AtCarrier::Perhaps, now())
        .unwrap()
        .order;
    let (first, second) = (Ver::FIRST, Ver::new(2).unwrap());
    let committed = cancelling.hear(&Says::Foc { foc_at: foc_at() }, first, now());
    assert_eq!(committed.order.record().state.name(), StateName::CancelRequested);
    assert!(committed.facts.is_empty());
    let back = committed.order.hear(&Says::ChangeRefused, second, now());
    assert_eq!(back.order.record().state, OrderState::FocConfirmed(commitment()));
    assert_eq!(back.facts, [OrderFact::FocConfirmed { foc_at: foc_at() }]);
    // Answers to the version before the cancel still count.
    let ported = back
        .order
        .hear(&Says::Activated { tns: Vec::new() }, first, now());
    assert_eq!(ported.order.record().state, OrderState::Ported);
}

#[test]
fn a_carrier_that_refuses_the_cancel_command_is_the_same_as_one_that_answers_no() {
    let from = BeforeCancel::FocConfirmed(commitment());
    let order = order_with(OrderState::CancelRequested { from });
    let ver = order.record().ver;
    let back = order
        .follow_command(
            CommandKind::Cancel,
            ver,
            CommandState::Refused,
            "too late",
            AtCarrier::Perhaps,
            now(),
        )
        .unwrap();
    assert_eq!(back.order.record().state, OrderState::FocConfirmed(commitment()));
    assert_eq!(back.entry.note, "too late");
}

#[test]
fn one_number_fails_and_the_others_go_on_without_it() {
    let lost = Says::Rejected(rejection(vec![reason(Reason::TnNotFound, Some(ONE))]));
    let heard = order_in(StateName::Pending).hear(&lost, Ver::FIRST, now());
    let record = heard.order.record();
    assert_eq!(
        (record.state.clone(), record.ver),
        (OrderState::Submitted, Ver::new(2).unwrap())
    );
    assert_eq!(heard.facts, [OrderFact::Submitted { resubmitted: true }]);
    assert_eq!(record.numbers[0].state, NumberState::Failed);
    assert_eq!(heard.order.open_tns(), [tn(TWO)]);
    let also = Says::Rejected(rejection(vec![reason(Reason::TnNotFound, Some(TWO))]));
    let heard = heard.order.hear(&also, Ver::new(2).unwrap(), now());
    assert_eq!(heard.order.record().state, OrderState::Rejected);
    assert!(matches!(&heard.facts[..], [OrderFact::Rejected { tns, .. }] if *tns == [tn(TWO)]));
}

#[test]
fn numbers_port_in_parts_and_an_end_after_a_part_is_ported() {
    let part =
        order_in(StateName::Activating).hear(&Says::Activated { tns: vec![tn(ONE)] }, Ver::FIRST, now());
    assert_eq!(part.order.record().state.name(), StateName::Activating);
    assert_eq!(part.inventory, Some(InventoryChange::PutInService(vec![tn(ONE)])));
    let due = part.order.next_due().unwrap();
    let ended = part.order.fall_due(due).unwrap();
    assert_eq!(ended.order.record().state, OrderState::Ported);
    let (tns, at) = (vec![tn(ONE)], due);
    assert_eq!(ended.facts, [OrderFact::Ported { tns, at }]);
}

#[test]
fn a_rejection_after_the_date_takes_the_numbers_out_of_the_inventory() {
    let wrong_pin = Says::Rejected(rejection(vec![reason(Reason::Pin, Some(ONE))]));
    for (name, expected) in [
        (StateName::FocConfirmed, Some(InventoryChange::Withdraw)),
        (StateName::Pending, None),
    ] {
        let heard = order_in(name).hear(&wrong_pin, Ver::FIRST, now());
        assert_eq!(heard.inventory, expected, "{name}");
    }
}
