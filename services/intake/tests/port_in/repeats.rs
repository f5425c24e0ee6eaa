//! What the gateway tells twice changes nothing the second time, whatever it is.

use std::fmt::Debug;

use portway_proto::gateway::v1::{Answer, CarrierAnswered, CommandKind, CommandProgress, CommandProgressed};
use portway_proto::intake::v1::Order;
use prost::{Message, Name};
use service::stamp;
use uuid::Uuid;

use crate::customer::{Customer, pin};
use crate::harness::{START, TestIntake, answered};

const ANSWERS: [Answer; 9] = [
    Answer::Rejected,
    Answer::UpdateRequired,
    Answer::Delayed,
    Answer::Foc,
    Answer::Activated,
    Answer::Cancelled,
    Answer::ChangeRefused,
    Answer::SnapbackConfirmed,
    Answer::SnapbackRefused,
];
const KINDS: [CommandKind; 6] = [
    CommandKind::Submit,
    CommandKind::Supplement,
    CommandKind::Cancel,
    CommandKind::Activate,
    CommandKind::Snapback,
    CommandKind::EnableMessaging,
];
const PROGRESSES: [CommandProgress; 4] = [
    CommandProgress::Requested,
    CommandProgress::Sent,
    CommandProgress::Acknowledged,
    CommandProgress::Refused,
];

/// All that can be seen of an order.
#[derive(Debug, PartialEq)]
struct Seen {
    order: Order,
    history: Vec<String>,
    events: Vec<String>,
    inventory: Vec<(String, String)>,
    live: i64,
}

async fn see(intake: &TestIntake, customer: &Customer, order: &Order) -> Seen {
    Seen {
        order: customer.get(order).await,
        history: customer.history(order).await,
        events: intake.event_names(order).await,
        inventory: intake.inventory().await,
        live: intake.live_tns().await,
    }
}

async fn tell_twice<M: Message + Name + Debug>(
    intake: &TestIntake,
    customer: &Customer,
    order: &Order,
    event: &M,
) {
    intake.hear_event(order, event).await;
    let once = see(intake, customer, order).await;
    intake.hear_event(order, event).await;
    assert_eq!(see(intake, customer, order).await, once, "{event:?}");
}

fn tn(index: usize) -> String {
    format!("+1201867{:04}", 300 + index)
}

/// An order of one number of which the command was just asked for.
async fn order_with_command(intake: &TestIntake, customer: &Customer, kind: CommandKind, tn: &str) -> Order {
    let order = customer.submitted_of(&[tn]).await;
    match kind {
        CommandKind::Submit
        | CommandKind::AnswerPortOut
        | CommandKind::ConflictPortOut
        | CommandKind::SnapbackPortOut
        | CommandKind::Unspecified => order,
        CommandKind::Supplement => {
            intake.hear(&order, Answer::Rejected, &[("PIN", tn)]).await;
            customer.fix(&order, vec![pin(tn, "70809010")]).await.unwrap()
        }
        CommandKind::Cancel => customer.cancel(&order).await.unwrap(),
        CommandKind::Activate => {
            intake.hear_foc(&order, START).await;
            intake.advance_to(START).await;
            customer.get(&order).await
        }
        CommandKind::Snapback => {
            intake.hear(&order, Answer::Activated, &[]).await;
            customer.snapback(&order, &[], "").await.unwrap();
            customer.get(&order).await
        }
        CommandKind::EnableMessaging => {
            let texts = "UPDATE port_number SET capabilities = 'VOICE_AND_SMS' WHERE order_id = $1";
            intake.set_numbers(&order, texts).await;
            intake.hear(&order, Answer::Activated, &[]).await;
            customer.register(&order, true).await.unwrap();
            customer.get(&order).await
        }
    }
}

/// What an answer is to.
const fn command_of(answer: Answer) -> CommandKind {
    match answer {
        Answer::Cancelled | Answer::ChangeRefused => CommandKind::Cancel,
        Answer::SnapbackConfirmed | Answer::SnapbackRefused => CommandKind::Snapback,
        Answer::Activated => CommandKind::Activate,
        Answer::Unspecified | Answer::Rejected | Answer::UpdateRequired | Answer::Delayed | Answer::Foc => {
            CommandKind::Submit
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_counts_once() {
    let intake = TestIntake::start("answerstwice").await;
    let customer = intake.customer().await;
    for (index, answer) in ANSWERS.into_iter().enumerate() {
        let tn = tn(index);
        let order = order_with_command(&intake, &customer, command_of(answer), &tn).await;
        let foc_at =
            (answer == Answer::Foc).then(|| stamp::to_proto("2026-12-01T05:00:00Z".parse().unwrap()));
        let said = CarrierAnswered {
            foc_at,
            ..answered(&order, answer, &[("PIN", &tn)])
        };
        tell_twice(&intake, &customer, &order, &said).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_a_command_counts_once() {
    let intake = TestIntake::start("stepstwice").await;
    let customer = intake.customer().await;
    for (index, kind) in KINDS.into_iter().enumerate() {
        for (step, progress) in PROGRESSES.into_iter().enumerate() {
            let tn = tn(10 + 4 * index + step);
            let order = order_with_command(&intake, &customer, kind, &tn).await;
            let is_of_some = matches!(
                kind,
                CommandKind::Activate | CommandKind::Snapback | CommandKind::EnableMessaging
            );
            let progressed = CommandProgressed {
                command_id: Uuid::new_v4().to_string(),
                subject_id: order.order_id.clone(),
                account_id: order.account_id.clone(),
                ver: order.ver,
                kind: kind.into(),
                progress: progress.into(),
                at: Some(stamp::to_proto(intake.clock.now())),
                refusal: "not now".to_owned(),
                tns: if is_of_some { vec![tn] } else { Vec::new() },
                ..CommandProgressed::default()
            };
            tell_twice(&intake, &customer, &order, &progressed).await;
        }
    }
}
