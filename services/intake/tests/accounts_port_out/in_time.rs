//! Requests that were long on their way: the account's window counts from when we have them, the law from when they were sent.

use jiff::{SignedDuration, Timestamp};
use portway_proto::intake::v1;
use service::stamp;

use crate::calls::{ask, request_for};
use crate::harness::{BOUND, TestIntake, User};
use crate::protect::rules;

const TN: &str = "+14158675309";

/// A request that was sent so many minutes ago, met by a policy that holds for 15 minutes.
async fn given_late(intake: &TestIntake, minutes: i64) -> (User, String) {
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    intake
        .set_policy(&user, 0, rules(v1::PortOutOutcome::Hold, 15))
        .await
        .unwrap();
    let sent_at = intake.now() - SignedDuration::from_mins(minutes);
    let request = v1::ReceivePortOutRequest {
        received_at: Some(stamp::to_proto(sent_at)),
        ..request_for("PON-1", &[TN])
    };
    let id = intake.receive_one(request).await;
    (user, id)
}

fn due(case: &v1::PortOut) -> Timestamp {
    stamp::from_proto(case.answer_due_at.as_ref().unwrap()).unwrap()
}

#[tokio::test]
async fn the_accounts_window_counts_from_when_we_have_the_request() {
    let intake = TestIntake::start("window_from_now").await;
    let (user, id) = given_late(&intake, 20).await;
    let case = intake.port_out(&user, &id).await;
    assert_eq!(case.state(), v1::PortOutState::Pending);
    assert_eq!(due(&case), intake.now() + SignedDuration::from_mins(15));
    intake.accept(&user, &id).await.unwrap();
    assert_eq!(intake.port_out(&user, &id).await.decided_by, "user:owner");
}

#[tokio::test]
async fn the_law_counts_from_when_the_request_was_sent() {
    let intake = TestIntake::start("law_from_sent").await;
    let (user, id) = given_late(&intake, 230).await;
    let case = intake.port_out(&user, &id).await;
    assert_eq!(due(&case), intake.now() + SignedDuration::from_mins(10));
}

#[tokio::test]
async fn a_request_for_which_the_law_left_no_time_is_decided_by_silence() {
    let intake = TestIntake::start("law_is_over").await;
    let (user, id) = given_late(&intake, 241).await;
    testkit::eventually(BOUND, "silence to decide", async || {
        intake.port_out(&user, &id).await.decided_by == "silence"
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_counts_from_the_same_instants() {
    let intake = TestIntake::start("dry_run_from_now").await;
    let (user, id) = given_late(&intake, 20).await;
    let request = v1::DryRunPortOutPolicyRequest {
        rules: Some(rules(v1::PortOutOutcome::Hold, 15)),
        days: 1,
        ..v1::DryRunPortOutPolicyRequest::default()
    };
    let reply = intake
        .policies()
        .dry_run_port_out_policy(ask(&user.token, request))
        .await;
    let tried = reply.unwrap().into_inner().port_outs;
    assert_eq!(
        (tried[0].port_out_id.as_str(), tried[0].differs),
        (id.as_str(), false)
    );
}
