//! After a cut-over: proof, messaging, temporary numbers, snapback.

use portway_proto::gateway::v1::{Answer, CapabilityTested, CarrierAnswered, CommandKind, CommandProgress};
use portway_proto::intake::v1;
use portway_proto::intake::v1::{
    CommandState, MessagingState, NumberState, Order, OrderState, ProofState, SnapbackState,
};
use portway_proto::types::v1::{Capability, Court};
use uuid::Uuid;

use crate::customer::{Customer, ONE, TWO};
use crate::harness::{TestIntake, answered, reason, refusal};

const AT: &str = "2026-11-23T15:01:00Z";

pub(crate) async fn ported(intake: &TestIntake, customer: &Customer, tns: &[&str]) -> Order {
    let order = customer.submitted_of(tns).await;
    intake.hear_foc(&order, "2026-11-23T15:00:00Z").await;
    intake.advance_to("2026-11-23T15:00:00Z").await;
    intake.hear(&order, Answer::Activated, &[]).await;
    customer.get(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_test_is_ours_to_mend_until_a_later_one_passes() {
    let intake = TestIntake::start("proof").await;
    let customer = intake.customer().await;
    let order = ported(&intake, &customer, &[ONE]).await;
    assert_eq!(
        (order.state(), order.proof()),
        (OrderState::Ported, ProofState::Waiting)
    );
    intake
        .hear_test(&order, ONE, Capability::VoiceInbound, true, AT)
        .await;
    intake
        .hear_test(&order, ONE, Capability::VoiceOutbound, false, AT)
        .await;
    let failing = customer.get(&order).await;
    assert_eq!(
        (failing.proof(), failing.court()),
        (ProofState::Failed, Court::Us)
    );
    let told = intake.events::<v1::OrderCapabilityFailed>(&order).await;
    assert_eq!((told.len(), told[0].capability()), (1, Capability::VoiceOutbound));
    intake
        .hear_test(&order, ONE, Capability::Emergency, true, AT)
        .await;
    // What was tested before the failure and is heard of after it mends nothing.
    let earlier = "2026-11-23T15:00:30Z";
    intake
        .hear_test(&order, ONE, Capability::VoiceOutbound, true, earlier)
        .await;
    assert_eq!(customer.get(&order).await.proof(), ProofState::Failed);
    intake
        .hear_test(
            &order,
            ONE,
            Capability::VoiceOutbound,
            true,
            "2026-11-23T15:02:00Z",
        )
        .await;
    let proved = customer.get(&order).await;
    assert_eq!(
        (proved.proof(), proved.court()),
        (ProofState::Passed, Court::Unspecified)
    );
    assert_eq!(intake.events::<v1::OrderProved>(&order).await.len(), 1);
    let numbers = customer.readiness(&order).await.numbers;
    assert!(
        numbers[0]
            .proofs
            .iter()
            .all(|proof| proof.state() == ProofState::Passed)
    );
    assert_eq!((numbers[0].proofs.len(), numbers[0].checks.len()), (3, 0));
    let history = customer.history(&order).await;
    assert_eq!(history[history.len() - 2..], ["capability_failed", "proved"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_is_told_twice_counts_once() {
    let intake = TestIntake::start("testtwice").await;
    let customer = intake.customer().await;
    let order = ported(&intake, &customer, &[ONE]).await;
    let tested = CapabilityTested {
        test_id: "T-1".to_owned(),
        order_id: order.order_id.clone(),
        account_id: order.account_id.clone(),
        tn: ONE.to_owned(),
        capability: Capability::VoiceInbound.into(),
        passed: false,
        detail: "no ring".to_owned(),
        tested_at: order.since,
    };
    for _ in 0..3 {
        intake.hear_tested(&order, &tested).await;
    }
    assert_eq!(intake.events::<v1::OrderCapabilityFailed>(&order).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn messaging_begins_when_a_number_is_ours_and_its_registration_verified_and_ends_with_its_test() {
    let intake = TestIntake::start("messaging").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    assert_eq!(
        reason(&customer.register(&order, true).await.unwrap_err()),
        "MESSAGING_NOT_WANTED"
    );
    intake
        .set_numbers(
            &order,
            "UPDATE port_number SET capabilities = 'VOICE_AND_SMS' WHERE order_id = $1",
        )
        .await;
    assert_eq!(
        customer.register(&order, true).await.unwrap(),
        0,
        "nothing has ported yet"
    );
    let active = CarrierAnswered {
        tns: vec![ONE.to_owned()],
        ..answered(&order, Answer::Activated, &[])
    };
    intake.hear_answer(active).await;
    let asked = intake.events::<v1::OrderMessagingRequested>(&order).await;
    assert_eq!(asked.len(), 1);
    let about = asked[0].order.as_ref().unwrap();
    assert_eq!(
        (about.tns.as_slice(), asked[0].campaign_id.as_str()),
        (&[ONE.to_owned()][..], "C-42")
    );
    let states = async || {
        let numbers = customer.readiness(&order).await.numbers;
        numbers
            .iter()
            .map(v1::NumberReadiness::messaging)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        states().await,
        [MessagingState::Requested, MessagingState::WaitingForRegistration]
    );
    intake
        .hear_progress(
            &order,
            CommandKind::EnableMessaging,
            CommandProgress::Refused,
            &[ONE],
        )
        .await;
    assert_eq!(states().await[0], MessagingState::Failed);
    assert_eq!(
        customer.register(&order, true).await.unwrap(),
        1,
        "asked for once more"
    );
    intake
        .hear_test(&order, ONE, Capability::Messaging, true, AT)
        .await;
    assert_eq!(states().await[0], MessagingState::Active);
    let voice = customer.readiness(&order).await.numbers[0].proofs.len();
    assert_eq!(voice, 4, "texting is one of what is to be proved");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_go_back_within_a_day_and_later_only_when_they_should_never_have_come() {
    let intake = TestIntake::start("snapback").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    assert_eq!(
        reason(&customer.snapback(&order, &[], "").await.unwrap_err()),
        "NOT_PORTED"
    );
    intake.hear(&order, Answer::Activated, &[]).await;
    intake.advance_to("2026-11-24T15:00:01Z").await;
    let late = customer.snapback(&order, &[ONE], "").await.unwrap_err();
    assert_eq!(
        refusal(&late),
        (
            "SNAPBACK_TOO_LATE".to_owned(),
            vec![(format!("numbers[\"{ONE}\"]"), "SNAPBACK_TOO_LATE".to_owned())]
        )
    );
    let asked = customer
        .snapback(&order, &[ONE], "it was the neighbour's")
        .await
        .unwrap();
    assert_eq!(
        (asked.state(), asked.inadvertent),
        (SnapbackState::Requested, true)
    );
    assert_eq!(
        reason(&customer.snapback(&order, &[TWO], "again").await.unwrap_err()),
        "SNAPBACK_UNDER_WAY"
    );
    settle_snapback(&intake, &customer, &order).await;
}

async fn settle_snapback(intake: &TestIntake, customer: &Customer, order: &Order) {
    let request = &intake.events::<v1::OrderSnapbackRequested>(order).await[0];
    assert_eq!(request.order.as_ref().unwrap().tns, [ONE]);
    let command = customer.get(order).await.commands[0].clone();
    assert_eq!(
        (command.kind.as_str(), command.state()),
        ("snapback", CommandState::Requested)
    );
    intake
        .hear_progress(
            order,
            CommandKind::Snapback,
            CommandProgress::Acknowledged,
            &[ONE],
        )
        .await;
    assert_eq!(
        customer.snapbacks(order).await[0].state(),
        SnapbackState::Acknowledged
    );
    let confirmed = answered(order, Answer::SnapbackConfirmed, &[]);
    intake.hear_answer(confirmed.clone()).await;
    intake.hear_answer(confirmed).await;
    assert_eq!(
        customer.snapbacks(order).await[0].state(),
        SnapbackState::Confirmed
    );
    let after = customer.get(order).await;
    let states: Vec<_> = after.numbers.iter().map(v1::OrderNumber::state).collect();
    assert_eq!(
        (after.state(), states),
        (
            OrderState::Ported,
            vec![NumberState::Returned, NumberState::Ported]
        )
    );
    assert_eq!(
        intake.inventory().await,
        [(TWO.to_owned(), "IN_SERVICE".to_owned())]
    );
    let settled = intake.events::<v1::OrderSnapbackSettled>(order).await;
    assert_eq!(
        (settled.len(), settled[0].confirmed, settled[0].inadvertent),
        (1, true, true)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapback_that_the_carrier_refuses_leaves_the_numbers_where_they_are() {
    let intake = TestIntake::start("nosnapback").await;
    let customer = intake.customer().await;
    let order = ported(&intake, &customer, &[ONE]).await;
    let answers = [Some(Answer::SnapbackRefused), None];
    for answer in answers {
        customer.snapback(&order, &[], "").await.unwrap();
        let command = Uuid::new_v4();
        let sent = (CommandKind::Snapback, CommandProgress::Sent);
        intake.hear_progress_of(command, &order, sent, &[ONE]).await;
        if let Some(answer) = answer {
            intake.hear(&order, answer, &[("UNMAPPED", "")]).await;
        } else {
            let refused = (CommandKind::Snapback, CommandProgress::Refused);
            intake.hear_progress_of(command, &order, refused, &[ONE]).await;
        }
    }
    let snapbacks = customer.snapbacks(&order).await;
    assert!(
        snapbacks
            .iter()
            .all(|snapback| snapback.state() == SnapbackState::Refused)
    );
    assert_eq!(snapbacks[1].refusal, "as the carrier said it");
    assert_eq!(customer.get(&order).await.numbers[0].state(), NumberState::Ported);
    assert_eq!(intake.inventory().await.len(), 1);
    let settled = intake.events::<v1::OrderSnapbackSettled>(&order).await;
    assert!(settled.len() == 2 && settled.iter().all(|settled| !settled.confirmed));
}
