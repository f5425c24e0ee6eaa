//! A carrier that says yes to some numbers of a snapback and no to others.

use portway_proto::gateway::v1::{Answer, CarrierAnswered, CommandKind, CommandProgress};
use portway_proto::intake::v1;
use portway_proto::intake::v1::{NumberState, Order, SnapbackState};

use crate::customer::{Customer, ONE, TWO};
use crate::cutover_after::ported;
use crate::harness::{TestIntake, answered, reason};

async fn hear(intake: &TestIntake, order: &Order, answer: Answer, tn: &str) {
    let said = CarrierAnswered {
        tns: vec![tn.to_owned()],
        ..answered(order, answer, &[("UNMAPPED", "")])
    };
    intake.hear_answer(said).await;
}

/// Each number of the newest snapback of which the carrier has spoken: how, and why it stays.
async fn spoken_of(customer: &Customer, order: &Order) -> Vec<(String, SnapbackState, String)> {
    let snapback = customer.snapbacks(order).await.swap_remove(0);
    let numbers = snapback.numbers.into_iter();
    numbers
        .map(|number| (number.tn.clone(), number.state(), number.refusal))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_number_has_its_own_answer_and_the_last_one_settles() {
    let intake = TestIntake::start("eachanswer").await;
    let customer = intake.customer().await;
    let order = ported(&intake, &customer, &[ONE, TWO]).await;
    customer.snapback(&order, &[], "").await.unwrap();
    hear(&intake, &order, Answer::SnapbackConfirmed, ONE).await;
    let yes = (ONE.to_owned(), SnapbackState::Confirmed, String::new());
    assert_eq!(spoken_of(&customer, &order).await, std::slice::from_ref(&yes));
    let states = async || {
        let numbers = customer.get(&order).await.numbers;
        numbers.iter().map(v1::OrderNumber::state).collect::<Vec<_>>()
    };
    assert_eq!(states().await, [NumberState::Returned, NumberState::Ported]);
    assert_eq!(
        customer.snapbacks(&order).await[0].state(),
        SnapbackState::Requested
    );
    assert_eq!(
        reason(&customer.snapback(&order, &[TWO], "").await.unwrap_err()),
        "SNAPBACK_UNDER_WAY"
    );
    // The same number again, by another answer: what was said stands.
    hear(&intake, &order, Answer::SnapbackRefused, ONE).await;
    assert_eq!(spoken_of(&customer, &order).await, std::slice::from_ref(&yes));
    assert_eq!(customer.history(&order).await.last().unwrap(), "answer_recorded");
    hear(&intake, &order, Answer::SnapbackRefused, TWO).await;
    let why = "as the carrier said it".to_owned();
    let no = (TWO.to_owned(), SnapbackState::Refused, why.clone());
    assert_eq!(spoken_of(&customer, &order).await, [yes, no]);
    let settled = customer.snapbacks(&order).await.swap_remove(0);
    assert_eq!(
        (settled.state(), settled.refusal),
        (SnapbackState::Confirmed, why)
    );
    assert_eq!(states().await, [NumberState::Returned, NumberState::Ported]);
    assert_eq!(
        intake.inventory().await,
        [(TWO.to_owned(), "IN_SERVICE".to_owned())]
    );
    let told = intake.events::<v1::OrderSnapbackSettled>(&order).await;
    let told: Vec<_> = told
        .into_iter()
        .map(|told| (told.order.unwrap().tns, told.confirmed))
        .collect();
    assert_eq!(
        told,
        [(vec![ONE.to_owned()], true), (vec![TWO.to_owned()], false)]
    );
    customer.snapback(&order, &[TWO], "").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn late_news_of_a_settled_snapback_does_not_end_the_next() {
    let intake = TestIntake::start("latesnapback").await;
    let customer = intake.customer().await;
    let order = ported(&intake, &customer, &[ONE]).await;
    let first = uuid::Uuid::new_v4();
    let (kind, sent) = (CommandKind::Snapback, CommandProgress::Sent);
    customer.snapback(&order, &[], "").await.unwrap();
    intake.hear_progress_of(first, &order, (kind, sent), &[ONE]).await;
    intake
        .hear(&order, Answer::SnapbackRefused, &[("UNMAPPED", "")])
        .await;
    customer.snapback(&order, &[], "").await.unwrap();
    let refused = CommandProgress::Refused;
    intake
        .hear_progress_of(first, &order, (kind, refused), &[ONE])
        .await;
    assert_eq!(
        customer.snapbacks(&order).await[0].state(),
        SnapbackState::Requested
    );
}
