//! Tests of numbers that are not ours yet, or not any more.

use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1;
use portway_proto::intake::v1::ProofState;
use portway_proto::types::v1::{Capability, Court};

use crate::customer::{ONE, TWO};
use crate::cutover_after::ported;
use crate::harness::TestIntake;

const AT: &str = "2026-11-23T15:01:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_is_heard_before_the_activation_counts_when_that_comes() {
    let intake = TestIntake::start("earlytests").await;
    let customer = intake.customer().await;
    let order = customer.submitted_of(&[ONE]).await;
    let (inbound, outbound) = (Capability::VoiceInbound, Capability::VoiceOutbound);
    intake.hear_test(&order, ONE, inbound, true, AT).await;
    intake.hear_test(&order, ONE, outbound, false, AT).await;
    let waiting = customer.get(&order).await;
    assert_eq!(
        (waiting.proof(), waiting.etag),
        (ProofState::Unspecified, order.etag.clone())
    );
    assert_eq!(intake.events::<v1::OrderCapabilityFailed>(&order).await, []);
    intake.hear(&order, Answer::Activated, &[]).await;
    let failing = customer.get(&order).await;
    assert_eq!(
        (failing.proof(), failing.court()),
        (ProofState::Failed, Court::Us)
    );
    let told = intake.events::<v1::OrderCapabilityFailed>(&order).await;
    assert_eq!((told.len(), told[0].capability()), (1, outbound));
    let emergency = Capability::Emergency;
    intake.hear_test(&order, ONE, emergency, true, AT).await;
    let later = "2026-11-23T15:02:00Z";
    intake.hear_test(&order, ONE, outbound, true, later).await;
    let proved = customer.get(&order).await;
    assert_eq!(proved.proof(), ProofState::Passed, "the early one is among them");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_of_a_number_that_went_back_is_kept_and_mends_and_breaks_nothing() {
    let intake = TestIntake::start("latetests").await;
    let customer = intake.customer().await;
    let order = ported(&intake, &customer, &[ONE, TWO]).await;
    let inbound = Capability::VoiceInbound;
    intake.hear_test(&order, ONE, inbound, false, AT).await;
    assert_eq!(customer.get(&order).await.court(), Court::Us);
    customer.snapback(&order, &[ONE], "").await.unwrap();
    intake.hear(&order, Answer::SnapbackConfirmed, &[]).await;
    let returned = customer.get(&order).await;
    assert_eq!(
        (returned.proof(), returned.court()),
        (ProofState::Waiting, Court::Unspecified),
        "what failed went with it"
    );
    intake.hear_test(&order, ONE, inbound, false, AT).await;
    let after = customer.get(&order).await;
    assert_eq!((after.proof(), after.etag), (ProofState::Waiting, returned.etag));
    assert_eq!(intake.events::<v1::OrderCapabilityFailed>(&order).await.len(), 1);
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM capability_test")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert_eq!(kept, 2, "each is on record");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_test_after_a_cancel_is_nobodys_turn() {
    let intake = TestIntake::start("testaftercancel").await;
    let customer = intake.customer().await;
    let order = customer.submitted_of(&[ONE]).await;
    let cancelling = customer.cancel(&order).await.unwrap();
    intake.hear(&cancelling, Answer::Cancelled, &[]).await;
    intake
        .hear_test(&order, ONE, Capability::VoiceInbound, false, AT)
        .await;
    let after = customer.get(&order).await;
    assert_eq!(
        (after.proof(), after.court()),
        (ProofState::Unspecified, Court::Unspecified)
    );
}
