//! Activations that the carrier refuses, and news of one batch that comes while another is out.

use portway_proto::gateway::v1::{Answer, CommandKind, CommandProgress};
use portway_proto::intake::v1;
use portway_proto::intake::v1::{CommandState, HoldCode, NumberState, Order, OrderState};
use portway_proto::types::v1::Court;
use uuid::Uuid;

use crate::customer::{Customer, ONE, TWO};
use crate::cutover::{FOC, LATER_FOC, THREE, codes, member};
use crate::harness::TestIntake;

const REFUSED: (CommandKind, CommandProgress) = (CommandKind::Activate, CommandProgress::Refused);
/// Ten in the morning in New Jersey, on the day of the FOC.
const THAT_MORNING: &str = "2026-12-01T15:00:00Z";

/// An order whose activation the carrier has refused.
async fn refused(intake: &TestIntake, customer: &Customer) -> Order {
    let order = customer.submitted().await;
    intake.hear_foc(&order, FOC).await;
    intake.advance_to(FOC).await;
    intake
        .hear_progress(&order, REFUSED.0, REFUSED.1, &[ONE, TWO])
        .await;
    // A look at what holds it back, should there be one, is done.
    intake.advance_to(THAT_MORNING).await;
    customer.get(&order).await
}

fn activations(order: &Order) -> Vec<(CommandState, i32)> {
    let commands = order.commands.iter();
    let activations = commands.filter(|command| command.kind == "activate");
    activations
        .map(|command| (command.state(), command.number_count))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_activation_is_ours_and_is_asked_for_again_by_a_person_alone() {
    let intake = TestIntake::start("refusedactivation").await;
    let customer = intake.customer().await;
    let held = refused(&intake, &customer).await;
    assert_eq!(
        (held.state(), held.court()),
        (OrderState::FocConfirmed, Court::Us)
    );
    assert_eq!(codes(&held.holds), [(HoldCode::ActivationRefused, String::new())]);
    assert_eq!(held.numbers[0].state(), NumberState::ActivationRefused);
    assert_eq!(activations(&held), [(CommandState::Refused, 2)]);
    let asked = intake.events::<v1::OrderActivationRequested>(&held).await;
    assert_eq!(asked.len(), 1, "not by itself");
    let told = intake.events::<v1::OrderHeldBack>(&held).await;
    assert_eq!((told.len(), told[0].order.as_ref().unwrap().tns.len()), (1, 2));
    assert_eq!(
        customer.history(&held).await.last().unwrap(),
        "activation_refused"
    );
    assert_eq!(intake.inventory().await.len(), 2, "still to come");
    let again = customer.activate(&held, "").await.unwrap();
    assert_eq!((again.state(), again.holds.len()), (OrderState::Activating, 0));
    assert_eq!(
        activations(&again),
        [(CommandState::Requested, 2), (CommandState::Refused, 2)]
    );
    intake.hear(&again, Answer::Activated, &[]).await;
    assert_eq!(customer.get(&held).await.state(), OrderState::Ported);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_activation_can_be_cancelled_though_its_date_has_passed() {
    let intake = TestIntake::start("refusedthencancelled").await;
    let customer = intake.customer().await;
    let held = refused(&intake, &customer).await;
    let cancelling = customer.cancel(&held).await.unwrap();
    assert_eq!(
        (cancelling.state(), cancelling.ver),
        (OrderState::CancelRequested, 2)
    );
    // Refused, it is held back as before.
    intake.hear(&cancelling, Answer::ChangeRefused, &[]).await;
    intake.advance_to("2026-12-01T15:00:01Z").await;
    let back = customer.get(&held).await;
    assert_eq!(codes(&back.holds), [(HoldCode::ActivationRefused, String::new())]);
    assert_eq!(back.state(), OrderState::FocConfirmed);
    let cancelling = customer.cancel(&held).await.unwrap();
    intake.hear(&cancelling, Answer::Cancelled, &[]).await;
    assert_eq!(customer.get(&held).await.state(), OrderState::Cancelled);
    assert_eq!((intake.inventory().await.len(), intake.live_tns().await), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn late_news_of_one_batch_is_no_news_of_the_next() {
    let intake = TestIntake::start("batches").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear_foc(&order, FOC).await;
    intake.advance_to(FOC).await;
    let (first, second) = (Uuid::new_v4(), Uuid::new_v4());
    let sent = (CommandKind::Activate, CommandProgress::Sent);
    let both = [ONE, TWO];
    intake.hear_progress_of(first, &order, sent, &both).await;
    // The carrier moves its date, so the same numbers are asked for once more.
    intake.hear_foc(&order, LATER_FOC).await;
    intake.advance_to(LATER_FOC).await;
    let (requested, on_the_wire) = ((CommandState::Requested, 2), (CommandState::Sent, 2));
    let asked = customer.get(&order).await;
    assert_eq!(activations(&asked), [requested, on_the_wire]);
    intake.hear_progress_of(first, &order, REFUSED, &both).await;
    let after = customer.get(&order).await;
    assert_eq!(activations(&after), [requested, (CommandState::Refused, 2)]);
    assert_eq!(after.state(), OrderState::Activating);
    assert!(after.holds.is_empty(), "the numbers were asked for again since");
    let acknowledged = (CommandKind::Activate, CommandProgress::Acknowledged);
    intake.hear_progress_of(second, &order, acknowledged, &both).await;
    assert_eq!(
        activations(&customer.get(&order).await),
        [(CommandState::Acknowledged, 2), (CommandState::Refused, 2)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_activated_leaves_the_holds_of_the_others() {
    let intake = TestIntake::start("otherholds").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let later = customer.submitted_of(&[THREE]).await;
    intake.hear_foc(&order, FOC).await;
    intake.hear_foc(&later, LATER_FOC).await;
    customer.on_demand(&order).await.unwrap();
    let alone = customer
        .put_group("", vec![member(&order, &[ONE])])
        .await
        .unwrap();
    let members = vec![member(&order, &[TWO]), member(&later, &[])];
    customer.put_group("", members).await.unwrap();
    intake.advance_to(THAT_MORNING).await;
    let of_later = (HoldCode::LaterDate, later.request_number.clone());
    assert!(codes(&customer.get(&order).await.holds).contains(&of_later));
    let activated = customer.activate(&order, &alone.group_id).await.unwrap();
    let states: Vec<NumberState> = activated.numbers.iter().map(v1::OrderNumber::state).collect();
    assert_eq!(states, [NumberState::Activating, NumberState::FocConfirmed]);
    assert!(
        codes(&activated.holds).contains(&of_later),
        "{:?}",
        activated.holds
    );
}
