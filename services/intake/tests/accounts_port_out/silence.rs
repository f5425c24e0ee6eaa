//! Nobody answers: what that means is decided once, at its instant, by whichever replica is first.

use jiff::{SignedDuration, Timestamp};
use portway_proto::intake::v1;

use crate::calls::request_for;
use crate::harness::{BOUND, TestIntake, User};

const TN: &str = "+14158675309";
const CANADIAN_TN: &str = "+14168675309";

async fn given_pending(intake: &TestIntake, pon: &str, tn: &str) -> (User, String) {
    let user = intake.given_account().await;
    intake.given_number(user.account, tn, "IN_SERVICE").await;
    intake.given_nothing_on_file().await;
    let id = intake.receive_one(request_for(pon, &[tn])).await;
    (user, id)
}

async fn state_of(intake: &TestIntake, user: &User, id: &str) -> v1::PortOutState {
    intake.port_out(user, id).await.state()
}

async fn until(intake: &TestIntake, user: &User, id: &str, state: v1::PortOutState) {
    testkit::eventually(BOUND, state.as_str_name(), async || {
        state_of(intake, user, id).await == state
    })
    .await;
}

/// Waits until no replica has anything due.
async fn settled(intake: &TestIntake) -> Option<Timestamp> {
    testkit::eventually_some(BOUND, "nothing is due", async || {
        let mut next = None;
        for work in intake.serving.iter().flat_map(|serving| &serving.due_work) {
            let backlog = work.backlog(intake.now()).await.unwrap();
            if backlog.due_now > 0 {
                return None;
            }
            next = next.max(backlog.next_due);
        }
        Some(next)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_authorizes_once_however_many_replicas_there_are() {
    let mut intake = TestIntake::start("silence").await;
    intake.start_replica().await.unwrap();
    let user = intake.given_account().await;
    let mut ids = Vec::new();
    for line in 0..12 {
        let tn = format!("+1415867{line:04}");
        intake.given_number(user.account, &tn, "IN_SERVICE").await;
        ids.push(
            intake
                .receive_one(request_for(&format!("PON-{line}"), &[&tn]))
                .await,
        );
    }
    let due = intake.now() + SignedDuration::from_hours(4);
    assert_eq!(settled(&intake).await, Some(due));
    intake
        .clock
        .advance_to(due - SignedDuration::from_secs(1))
        .unwrap();
    settled(&intake).await;
    assert_eq!(
        state_of(&intake, &user, &ids[0]).await,
        v1::PortOutState::Pending,
        "a second early"
    );
    intake.clock.advance_to(due).unwrap();
    settled(&intake).await;
    for id in &ids {
        let case = intake.port_out(&user, id).await;
        assert_eq!(
            (case.state(), case.decided_by.as_str()),
            (v1::PortOutState::Authorized, "silence")
        );
    }
    let authorized = intake.events::<v1::PortOutAuthorized>(user.account).await;
    assert_eq!(authorized.len(), ids.len());
    assert!(authorized.iter().all(|event| event.decided_by == "silence"));
}

#[tokio::test]
async fn a_request_that_cannot_be_read_does_not_hold_up_the_others() {
    let intake = TestIntake::start("unreadable").await;
    let (_, stuck) = given_pending(&intake, "PON-1", TN).await;
    let (user, other) = given_pending(&intake, "PON-2", CANADIAN_TN).await;
    // Due before the other, and its number is none.
    sqlx::query("UPDATE port_out_number SET tn = 'nonsense' WHERE port_out_id = $1::uuid")
        .bind(&stuck)
        .execute(&intake.pool)
        .await
        .unwrap();
    sqlx::query("UPDATE port_out SET answer_due_at = answer_due_at - interval '1 minute' WHERE port_out_id = $1::uuid")
        .bind(&stuck)
        .execute(&intake.pool)
        .await
        .unwrap();
    let due = intake.now() + SignedDuration::from_hours(24);
    intake.clock.advance_to(due).unwrap();
    testkit::eventually(BOUND, "the other to be decided", async || {
        intake.port_out(&user, &other).await.decided_by == "silence"
    })
    .await;
    let resting: i64 = sqlx::query_scalar("SELECT count(*) FROM carrier_request WHERE retry_at > now()")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert_eq!(resting, 1);
}

#[tokio::test]
async fn a_rejection_that_is_still_under_review_is_overruled() {
    let intake = TestIntake::start("late_review").await;
    let (user, id) = given_pending(&intake, "PON-1", TN).await;
    intake.reject(&user, &id, "ZIP").await.unwrap();
    intake
        .clock
        .advance_to(intake.now() + SignedDuration::from_hours(4))
        .unwrap();
    until(&intake, &user, &id, v1::PortOutState::Authorized).await;
    assert_eq!(intake.port_out(&user, &id).await.decided_by, "overruled");
    let late = intake.review(user.account, &id, true).await.unwrap_err();
    assert_eq!(late.code(), tonic::Code::FailedPrecondition);
}

#[tokio::test]
async fn in_canada_a_wireless_carrier_needs_a_yes() {
    let intake = TestIntake::start("canada").await;
    let user = intake.given_account().await;
    intake.given_number(user.account, CANADIAN_TN, "IN_SERVICE").await;
    let request = v1::ReceivePortOutRequest {
        wireless: true,
        ..request_for("PON-1", &[CANADIAN_TN])
    };
    let id = intake.receive_one(request).await;
    let due = intake.now() + SignedDuration::from_mins(90);
    assert_eq!(
        intake.port_out(&user, &id).await.answer_due_at.unwrap().seconds,
        due.as_second()
    );
    intake.clock.advance_to(due).unwrap();
    until(&intake, &user, &id, v1::PortOutState::Rejected).await;
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (case.decided_by.as_str(), case.rejection_reason.as_str()),
        ("silence", "NO_CONSENT")
    );
    let rejected = intake.events::<v1::PortOutRejected>(user.account).await;
    assert_eq!(
        (rejected.len(), rejected[0].reasons[0].reason.as_str()),
        (1, "NO_CONSENT")
    );
}

#[tokio::test]
async fn a_decision_in_time_leaves_nothing_to_silence() {
    let intake = TestIntake::start("in_time").await;
    let (user, id) = given_pending(&intake, "PON-1", TN).await;
    intake.accept(&user, &id).await.unwrap();
    assert_eq!(settled(&intake).await, None);
    intake
        .clock
        .advance_to(intake.now() + SignedDuration::from_hours(48))
        .unwrap();
    settled(&intake).await;
    assert_eq!(intake.port_out(&user, &id).await.decided_by, "user:owner");
    assert_eq!(
        intake.events::<v1::PortOutAuthorized>(user.account).await.len(),
        1
    );
}
