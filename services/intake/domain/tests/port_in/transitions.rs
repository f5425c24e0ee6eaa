//! Every state × every action.

use std::collections::HashSet;

use intake_domain::carrier::LosingCarrier;
use intake_domain::port_in::{
    Action, ActionRefusal, AddRefusal, AtCarrier, CommandKind, CommandState, Correction, Fallback,
    InventoryChange, NumberState, OrderFact, OrderState, Refusal, Says, SentSecrets, StateName,
};
use reasons::Reason;
use types::{Secret, Ver};

use crate::orders::{
    ONE, TWO, cancelling, commitment, every_state, foc_at, label, now, order_in, order_with, reason,
    rejection, tn, told,
};
use crate::tries::try_action;

/// What is tried on each state.
const ACTIONS: [&str; 29] = [
    "edit",
    "add",
    "remove",
    "submit",
    "release",
    "return",
    "fix",
    "confirm",
    "drop",
    "date",
    "settle-date",
    "cancel",
    "settle-cancel",
    "settle-rejection",
    "activation",
    "activate",
    "snapback",
    "ack",
    "sup-refused",
    "act-refused",
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
/// In rows: writing and our review; the customer and operations; the cut-over; commands; what carriers say; time.
const TABLE: &str = "
DRAFT            = = = SUBMITTED - -  - - - = - CANCELLED - -  = - -  = = =  = = = = = = = =  ABANDONED
IN_REVIEW        - - - - SUBMITTED DRAFT  - - - = - CANCELLED - -  = - -  = = =  = = = = = = = =  =
SUBMITTED        - - - - - -  - - - CHANGING_DATE - CANCEL_REQUESTED - -  = - -  PENDING AWAITS_US =  ACTION_REQUIRED AWAITS_US REJECTED = FOC_CONFIRMED PORTED = =  =
PENDING          - - - - - -  - - - CHANGING_DATE - CANCEL_REQUESTED - -  = - -  = AWAITS_US =  ACTION_REQUIRED AWAITS_US REJECTED = FOC_CONFIRMED PORTED = =  =
AWAITS_US        - - - - - -  - - - CHANGING_DATE - CANCEL_REQUESTED - SUBMITTED  = - -  = AWAITS_US =  ACTION_REQUIRED AWAITS_US REJECTED = FOC_CONFIRMED PORTED = =  =
ACTION_REQUIRED  - - - - - -  SUBMITTED - SUBMITTED - - CANCEL_REQUESTED - -  = - -  = = =  ACTION_REQUIRED ACTION_REQUIRED REJECTED = = PORTED = =  ABANDONED
CHANGING_DATE    - - - - - -  - - - - PENDING CANCEL_REQUESTED - -  = - -  = FOC_CONFIRMED =  ACTION_REQUIRED AWAITS_US REJECTED = FOC_CONFIRMED PORTED = FOC_CONFIRMED  CHANGING_DATE
FOC_CONFIRMED    - - - - - -  - - - CHANGING_DATE - CANCEL_REQUESTED - -  = - -  = = =  ACTION_REQUIRED AWAITS_US REJECTED = FOC_CONFIRMED PORTED = =  ACTIVATING
ACTIVATING       - - - - - -  - - - - - - - -  - - -  = = FOC_CONFIRMED  ACTION_REQUIRED AWAITS_US REJECTED = = PORTED = =  ABANDONED
PORTED           - - - - - -  - - - - - - - -  - - PORTED  = = =  = = = = = = = =  =
CANCEL_REQUESTED - - - - - -  - - - - - - CANCELLED -  = - -  = = =  CANCEL_REQUESTED CANCEL_REQUESTED CANCEL_REQUESTED = CANCEL_REQUESTED PORTED CANCELLED PENDING  CANCEL_REQUESTED
CANCELLED        - - - - - -  - - - - - - - -  - - -  = = =  = = = = = = = =  =
REJECTED         - - - - - -  - - - - - - - -  - - -  = = =  = = = = = = = =  =
ABANDONED        - - - - - -  - - - - - - - -  - - -  = = =  = = = = = = = =  =
PARENT           - - - - - -  - - - - - - - -  - - -  = = =  = = = = = = = =  =
";

/// The table, a row a state.
fn table() -> Vec<(&'static str, OrderState, Vec<&'static str>)> {
    let rows = TABLE.trim().lines();
    let states = every_state();
    assert_eq!(rows.clone().count(), states.len());
    states
        .into_iter()
        .zip(rows)
        .map(|((name, state), row)| {
            let mut cells = row.split_whitespace();
            assert_eq!(cells.next(), Some(name));
            (name, state, cells.collect())
        })
        .collect()
}

#[test]
fn every_state_and_every_action() {
    for (name, state, row) in table() {
        assert_eq!(row.len(), ACTIONS.len(), "{name}");
        for (action, expected) in ACTIONS.into_iter().zip(row) {
            let came = match try_action(order_with(state.clone()), action) {
                Ok(None) => "=",
                Ok(Some(transition)) => {
                    let after = &transition.order.record().state;
                    let changed = *after != state || !transition.facts.is_empty();
                    let is_quiet = matches!(action, "delay" | "edit" | "add" | "remove");
                    if changed && !is_quiet { label(after) } else { "=" }
                }
                Err(_) => "-",
            };
            assert_eq!(came, expected, "{name} × {action}");
        }
    }
}

/// The actions of the table that are RPCs.
const RPCS: [(&str, Action); 17] = [
    ("edit", Action::UpdateOrder),
    ("add", Action::AddNumbers),
    ("remove", Action::RemoveNumbers),
    ("submit", Action::SubmitOrder),
    ("release", Action::ReleaseOrder),
    ("return", Action::ReturnOrder),
    ("fix", Action::ApplyFix),
    ("confirm", Action::ConfirmRemedy),
    ("drop", Action::DropNumbers),
    ("date", Action::ChangeWantedDate),
    ("settle-date", Action::SettleDateChange),
    ("cancel", Action::CancelOrder),
    ("settle-cancel", Action::SettleCancel),
    ("settle-rejection", Action::SettleRejection),
    ("activation", Action::SetActivation),
    ("activate", Action::ActivateOrder),
    ("snapback", Action::RequestSnapback),
];

#[test]
fn what_is_said_of_an_action_is_what_comes_of_it() {
    let said: HashSet<Action> = RPCS.iter().map(|(_, action)| *action).collect();
    let unsaid = Action::ALL.into_iter().filter(|action| !said.contains(action));
    assert_eq!(
        unsaid.collect::<Vec<_>>(),
        [Action::UploadDocument, Action::ConfigureNumbers],
        "one has no transition, the other names numbers"
    );
    for (name, state) in every_state() {
        let order = order_with(state);
        let rules = order.actions(&[], now());
        for (word, action) in RPCS {
            let (_, rule) = rules.iter().find(|(listed, _)| *listed == action).unwrap();
            let came = try_action(order.clone(), word);
            match (rule, came) {
                (Ok(until), Ok(_)) => assert!(until.is_none_or(|until| until > now()), "{name} × {word}"),
                (Err(refusal), Err(why)) => assert_eq!(refusal.to_string(), why, "{name} × {word}"),
                (rule, came) => panic!("{name} × {word}: {rule:?}, but {came:?}"),
            }
        }
    }
}

#[test]
fn every_change_of_state_takes_the_open_numbers_along() {
    for (name, before) in every_state() {
        for action in ACTIONS {
            let Ok(Some(transition)) = try_action(order_with(before.clone()), action) else {
                continue;
            };
            let state = transition.order.record().state.clone();
            let expected = match state.name() {
                _ if state.fallback().is_some() => continue,
                StateName::Draft => NumberState::Draft,
                StateName::Submitted | StateName::Pending | StateName::ActionRequired => NumberState::InOrder,
                StateName::FocConfirmed if (name, action) == ("ACTIVATING", "act-refused") => {
                    NumberState::ActivationRefused
                }
                StateName::FocConfirmed => NumberState::FocConfirmed,
                StateName::Activating => NumberState::Activating,
                StateName::CancelRequested => continue,
                StateName::Ported | StateName::Cancelled | StateName::Rejected | StateName::Abandoned => {
                    assert!(transition.order.open_tns().is_empty(), "{name} × {action}");
                    continue;
                }
            };
            let numbers = &transition.order.record().numbers;
            for number in numbers.iter().filter(|number| number.state.is_open()) {
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
        order_in(StateName::Pending).submit(Vec::new(), Vec::new(), now()),
        Err(ActionRefusal::Refused(Refusal::Illegal(_)))
    ));
    assert_eq!(
        order_in(StateName::Ported).cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, now()),
        Err(Refusal::CompletedUseSnapback)
    );
    assert_eq!(
        order_in(StateName::Activating).cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, now()),
        Err(Refusal::TooLate { foc_at: foc_at() })
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
        let cancelled =
            order_in(StateName::FocConfirmed).cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, when);
        match cancelled {
            Ok(transition) => {
                assert!(taken, "{minutes}");
                assert_eq!(transition.facts, [OrderFact::CancelRequested]);
                assert_eq!(transition.order.record().ver, Ver::new(2).unwrap());
            }
            Err(error) => {
                assert!(!taken, "{minutes}");
                assert_eq!(error, Refusal::TooLate { foc_at: foc_at() });
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
        .cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, now())
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
    let from = Fallback::FocConfirmed(commitment());
    let order = order_with(cancelling(from));
    let ver = order.record().ver;
    let back = order
        .follow_command(
            &told(CommandKind::Cancel, ver, CommandState::Refused, "too late"),
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
