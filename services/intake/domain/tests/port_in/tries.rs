//! Actions by their names in tables, tried on any order.

use std::collections::HashSet;
use std::error::Error;

use intake_domain::carrier::LosingCarrier;
use intake_domain::port_in::cutover::{ActivationMode, Asked, Decision};
use intake_domain::port_in::{
    AtCarrier, CommandKind, CommandState, Correction, Finding, NumberState, Order, Package, Says,
    SentSecrets, Settlement, Transition,
};
use jiff::{SignedDuration, Timestamp};
use reasons::Reason;
use types::Secret;

use crate::orders::{ONE, TWO, foc_at, now, number, reason, rejection, tn, told};

/// What comes of an action; `None`: nothing; or why it is refused.
pub(crate) fn try_action(order: Order, action: &str) -> Result<Option<Transition>, String> {
    match action {
        "ack" => Ok(follow(order, CommandKind::Submit, CommandState::Acknowledged)),
        "sup-refused" => Ok(follow(order, CommandKind::Supplement, CommandState::Refused)),
        "act-refused" => Ok(follow(order, CommandKind::Activate, CommandState::Refused)),
        "due" => Ok(fall_due_until_it_changes(&order)),
        _other => match said(action) {
            Some(says) => {
                let ver = order.record().ver;
                Ok(Some(order.hear(&says, ver, now())))
            }
            None => ask(order, action).map(Some),
        },
    }
}

fn ask(order: Order, action: &str) -> Result<Transition, String> {
    fn why(error: impl Into<Box<dyn Error>>) -> String {
        error.into().to_string()
    }
    let one = HashSet::from([tn(ONE)]);
    match action {
        "edit" => order.edit(Vec::new()).map_err(why),
        "add" => order
            .add_numbers(vec![number("+12018670177", NumberState::Draft)])
            .map_err(why),
        "remove" => order.remove_numbers(&HashSet::from([tn(TWO)])).map_err(why),
        "submit" => order.submit(Vec::new(), Vec::new(), now()).map_err(why),
        "release" => order.release(Vec::new(), None, now()).map_err(why),
        "return" => order.send_back(Vec::new(), now()).map_err(why),
        "fix" => {
            let (tn, pin) = (tn(ONE), Secret::new("9999"));
            order
                .apply_fix(
                    vec![Correction::Pin { tn, pin }],
                    &SentSecrets::default(),
                    false,
                    now(),
                )
                .map_err(why)
        }
        "confirm" => order.confirm_remedy(now()).map_err(why),
        "drop" => order.drop_numbers(&one, now()).map_err(why),
        "date" => {
            let wanted = jiff::civil::date(2026, 12, 10);
            order
                .change_wanted_date(wanted, &LosingCarrier::Untold, Package::Fetched, now())
                .map_err(why)
        }
        "settle-date" => order
            .settle_date_change(Settlement::Confirmed, "by phone", now())
            .map_err(why),
        "cancel" => order
            .cancel(AtCarrier::Perhaps, &LosingCarrier::Untold, now())
            .map_err(why),
        "settle-cancel" => order
            .settle_cancel(Settlement::Confirmed, "by phone", now())
            .map_err(why),
        "settle-rejection" => order
            .settle_rejection(&Finding::NothingWrong, "by phone", now())
            .map_err(why),
        "activation" => order.set_activation(ActivationMode::OnDemand).map_err(why),
        "activate" => {
            order.may_be_activated(now()).map_err(why)?;
            Ok(go(order, now()).unwrap())
        }
        "snapback" => {
            let asked = Asked {
                reason: "wrong".to_owned(),
                inadvertent: None,
            };
            let here = order.record().numbers.iter().map(|number| (number.tn, now()));
            let here = here.collect();
            let asked_back = order.ask_back(&[], &asked, &here, now());
            asked_back.map(|(_, transition)| transition).map_err(why)
        }
        other => panic!("no action {other}"),
    }
}

fn said(action: &str) -> Option<Says> {
    let rejected = |why, tn| Some(Says::Rejected(rejection(vec![reason(why, tn)])));
    match action {
        "fix-reject" => rejected(Reason::Pin, Some(TWO)),
        "us-reject" => rejected(Reason::Unmapped, None),
        "cancel-reject" => rejected(Reason::TnNotFound, None),
        "delay" => {
            let reasons = vec![reason(Reason::Workload, None)];
            Some(Says::Delayed { reasons })
        }
        "foc" => {
            let month = SignedDuration::from_hours(24 * 30);
            let foc_at = foc_at().checked_sub(month).unwrap();
            Some(Says::Foc { foc_at })
        }
        "activated" => Some(Says::Activated { tns: Vec::new() }),
        "cancelled" => Some(Says::Cancelled),
        "change-refused" => Some(Says::ChangeRefused),
        _no_answer => None,
    }
}

fn follow(order: Order, kind: CommandKind, state: CommandState) -> Option<Transition> {
    let ver = order.record().ver;
    order.follow_command(&told(kind, ver, state, "no"), AtCarrier::Perhaps, now())
}

/// Lets time pass until the order is in another state or nothing more is due.
fn fall_due_until_it_changes(order: &Order) -> Option<Transition> {
    let name = order.record().state.name();
    let mut transition = pass_time(order.clone(), order.next_due()?)?;
    while transition.order.record().state.name() == name {
        let Some(due) = transition.order.next_due() else {
            break;
        };
        transition = pass_time(transition.order, due)?;
    }
    Some(transition)
}

/// Does what is due; nothing stands in the way of a cut-over.
fn pass_time(order: Order, due: Timestamp) -> Option<Transition> {
    if order.awaits_decision(due) {
        go(order, due)
    } else {
        order.fall_due(due)
    }
}

fn go(order: Order, at: Timestamp) -> Option<Transition> {
    let go = order.waiting_tns();
    order.cut_over(
        Decision {
            go,
            ..Decision::default()
        },
        at,
    )
}
