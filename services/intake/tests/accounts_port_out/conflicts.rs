//! A lock that comes after the winning carrier was told that the numbers may go: it decides whether they stay.

use portway_proto::gateway::v1::CommandProgress::{Acknowledged, Refused, Sent};
use portway_proto::gateway::v1::{CommandKind, CommandProgress, CommandProgressed};
use portway_proto::intake::v1;
use portway_proto::intake::v1::PortOutNews;
use service::stamp;
use tonic::Code;

use crate::calls::{START, refusal, request_for};
use crate::harness::{TestIntake, User};

const TN: &str = "+14158675309";
const OTHER_TN: &str = "+14158675310";

/// A case of two numbers that was accepted, and whose answer the winning carrier has.
async fn given(name: &str, per_number: bool) -> (TestIntake, User, v1::PortOut) {
    let intake = TestIntake::start(name).await;
    if per_number {
        intake.given_per_number().await;
    }
    let user = intake.given_account().await;
    for tn in [TN, OTHER_TN] {
        intake.given_number(user.account, tn, "IN_SERVICE").await;
    }
    let id = intake.receive_one(request_for("PON-1", &[TN, OTHER_TN])).await;
    let case = intake.accept(&user, &id).await.unwrap();
    intake.hear_answer(&case, Acknowledged, "").await;
    (intake, user, case)
}

/// The gateway tells how far the command has come that raises a conflict.
async fn hear(
    intake: &TestIntake,
    case: &v1::PortOut,
    conflict_id: &str,
    progress: CommandProgress,
    refusal: &str,
) {
    let progressed = CommandProgressed {
        kind: CommandKind::ConflictPortOut.into(),
        progress: progress.into(),
        conflict_id: conflict_id.to_owned(),
        refusal: refusal.to_owned(),
        ..CommandProgressed::default()
    };
    intake.hear(case, progressed).await;
}

async fn report_ported(intake: &TestIntake) {
    let ported = v1::ReportPortOutProgressRequest {
        progress_id: "p-1".to_owned(),
        pon: "PON-1".to_owned(),
        winning_spid: "9999".to_owned(),
        news: PortOutNews::Ported.into(),
        occurred_at: Some(stamp::to_proto(START.parse().unwrap())),
        foc_at: None,
    };
    intake.report(ported).await.unwrap();
}

#[tokio::test]
async fn a_conflict_that_is_accepted_keeps_the_numbers() {
    let (intake, user, case) = given("conflict_accepted", false).await;
    intake.set_lock(&user, &[TN], true).await.unwrap();
    intake.set_lock(&user, &[TN], true).await.unwrap();
    let seen = intake.port_out(&user, &case.port_out_id).await;
    assert_eq!(
        (seen.state(), seen.conflicts.len(), seen.conflicts[0].state()),
        (v1::PortOutState::Authorized, 1, v1::ConflictState::Requested),
        "what left is not taken back by us alone"
    );
    let raised = intake.events::<v1::PortOutConflicted>(user.account).await;
    let conflict_id = raised[0].conflict_id.clone();
    assert_eq!(
        (
            raised.len(),
            raised[0].port_out.as_ref().unwrap().tns.as_slice(),
            raised[0].reasons[0].reason.as_str()
        ),
        (1, [TN.to_owned()].as_slice(), "LOCKED")
    );
    hear(&intake, &case, &conflict_id, Sent, "").await;
    assert_eq!(
        intake.port_out(&user, &case.port_out_id).await.conflicts[0].state(),
        v1::ConflictState::Sent
    );
    for _ in 0..2 {
        hear(&intake, &case, &conflict_id, Acknowledged, "").await;
    }
    let seen = intake.port_out(&user, &case.port_out_id).await;
    assert_eq!(
        (
            seen.state(),
            seen.rejection_reason.as_str(),
            seen.conflicts[0].state()
        ),
        (
            v1::PortOutState::Rejected,
            "NUMBERS_DENIED",
            v1::ConflictState::Accepted
        )
    );
    let denials: Vec<_> = seen.numbers.iter().map(|number| number.denial.as_str()).collect();
    assert_eq!(denials, ["LOCKED", ""]);
    assert_eq!(
        seen.answer_state(),
        v1::AnswerState::Acknowledged,
        "the winning carrier knows, and is not answered again"
    );
    let rejected = intake.events::<v1::PortOutRejected>(user.account).await;
    assert_eq!(
        (
            rejected.len(),
            rejected[0].conflict_id.as_str(),
            rejected[0].reasons[0].reason.as_str()
        ),
        (1, conflict_id.as_str(), "LOCKED")
    );
    let settled = intake.events::<v1::PortOutConflictSettled>(user.account).await;
    assert_eq!((settled.len(), settled[0].accepted), (1, true));
    assert_eq!(intake.inventory(user.account).await, [TN, OTHER_TN]);
}

#[tokio::test]
async fn a_conflict_that_is_refused_lets_the_numbers_go_with_a_warning() {
    let (intake, user, case) = given("conflict_refused", false).await;
    intake.set_lock(&user, &[TN], true).await.unwrap();
    let conflict_id = intake.port_out(&user, &case.port_out_id).await.conflicts[0]
        .conflict_id
        .clone();
    hear(
        &intake,
        &case,
        &conflict_id,
        Refused,
        "TOO_LATE: the cut-over has begun",
    )
    .await;
    let seen = intake.port_out(&user, &case.port_out_id).await;
    assert_eq!(
        (
            seen.state(),
            seen.conflicts[0].state(),
            seen.conflicts[0].refusal.as_str()
        ),
        (
            v1::PortOutState::Authorized,
            v1::ConflictState::Refused,
            "TOO_LATE: the cut-over has begun"
        )
    );
    let settled = intake.events::<v1::PortOutConflictSettled>(user.account).await;
    assert_eq!(
        (settled.len(), settled[0].accepted, settled[0].refusal.as_str()),
        (1, false, "TOO_LATE: the cut-over has begun")
    );
    report_ported(&intake).await;
    assert_eq!(
        intake.port_out(&user, &case.port_out_id).await.state(),
        v1::PortOutState::PortedOut
    );
    assert_eq!(intake.inventory(user.account).await, Vec::<String>::new());
    let gone = intake.events::<v1::PortedOut>(user.account).await;
    assert_eq!(
        (gone[0].unauthorized, &gone[0].locked_tns),
        (false, &vec![TN.to_owned()])
    );
    let without_leave = intake.events::<v1::PortOutWentWithoutLeave>(user.account).await;
    assert_eq!((without_leave.len(), without_leave[0].was_authorized), (1, true));
    assert_eq!(without_leave[0].locked_tns, [TN]);
    let warnings: Vec<String> = intake
        .timeline(&user, &case.port_out_id)
        .await
        .into_iter()
        .filter_map(|(_, action, warning)| warning.then_some(action))
        .collect();
    assert_eq!(
        warnings,
        ["CONFLICT_REFUSED", "WENT_LOCKED"],
        "the lock is looked at again when they go"
    );
    // It ported; what the winning carrier says after that changes nothing.
    hear(&intake, &case, &conflict_id, Acknowledged, "").await;
    assert_eq!(intake.events::<v1::PortOutRejected>(user.account).await, []);
}

#[tokio::test]
async fn a_carrier_that_reads_answers_per_number_keeps_the_others() {
    let (intake, user, case) = given("conflict_number", true).await;
    intake.set_lock(&user, &[TN], true).await.unwrap();
    let conflict_id = intake.port_out(&user, &case.port_out_id).await.conflicts[0]
        .conflict_id
        .clone();
    hear(&intake, &case, &conflict_id, Acknowledged, "").await;
    assert_eq!(
        intake.port_out(&user, &case.port_out_id).await.state(),
        v1::PortOutState::Authorized
    );
    report_ported(&intake).await;
    assert_eq!(
        intake.inventory(user.account).await,
        [TN],
        "the locked one stayed"
    );
}

#[tokio::test]
async fn the_other_account_of_the_request_hears_that_its_numbers_stay_too() {
    let intake = TestIntake::start("conflict_two").await;
    let (ann, bob) = (intake.given_account().await, intake.given_account().await);
    intake.given_number(ann.account, TN, "IN_SERVICE").await;
    intake.given_number(bob.account, OTHER_TN, "IN_SERVICE").await;
    intake.receive(request_for("PON-1", &[TN, OTHER_TN])).await;
    for user in [&ann, &bob] {
        let case = intake.port_outs_of(user).await.remove(0);
        intake.accept(user, &case.port_out_id).await.unwrap();
    }
    intake.set_lock(&ann, &[TN], true).await.unwrap();
    let anns = intake.port_outs_of(&ann).await.remove(0);
    hear(&intake, &anns, &anns.conflicts[0].conflict_id, Acknowledged, "").await;
    let bobs = intake.port_outs_of(&bob).await.remove(0);
    assert_eq!(
        (bobs.state(), bobs.rejection_reason.as_str(), bobs.conflicts.len()),
        (v1::PortOutState::Rejected, "OTHER_NUMBER_DENIED", 0)
    );
    let rejected = intake.events::<v1::PortOutRejected>(bob.account).await;
    assert_eq!(rejected[0].conflict_id, anns.conflicts[0].conflict_id);
}

#[tokio::test]
async fn nobody_locks_the_numbers_or_holds_up_the_port_outs_of_others() {
    let (intake, user, case) = given("lock_of_others", false).await;
    let stranger = intake.given_account().await;
    // Somebody works on the request: a call that waited for it would not come back.
    let mut working = intake.pool.begin().await.unwrap();
    sqlx::query("SELECT FROM carrier_request FOR UPDATE")
        .execute(&mut *working)
        .await
        .unwrap();
    let refused = intake
        .set_lock(&stranger, &[TN, OTHER_TN], true)
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), refusal(&refused).0.as_str()),
        (Code::NotFound, "NUMBER_NOT_FOUND")
    );
    working.rollback().await.unwrap();
    let seen = intake.port_out(&user, &case.port_out_id).await;
    assert_eq!(
        (seen.state(), seen.conflicts),
        (v1::PortOutState::Authorized, Vec::new())
    );
}
