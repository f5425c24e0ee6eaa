//! What became of a port-out: numbers leave when they have left, and not before.

use jiff::Timestamp;
use portway_proto::intake::v1;
use portway_proto::intake::v1::PortOutNews;
use service::stamp;
use tonic::Code;

use crate::calls::{START, request_for};
use crate::harness::{TestIntake, User};

const TN: &str = "+14158675309";
const KEPT: &str = "+14158675310";

fn report(id: &str, news: PortOutNews) -> v1::ReportPortOutProgressRequest {
    let occurred_at: Timestamp = START.parse().unwrap();
    v1::ReportPortOutProgressRequest {
        progress_id: id.to_owned(),
        pon: "PON-1".to_owned(),
        winning_spid: "9999".to_owned(),
        news: news.into(),
        occurred_at: Some(stamp::to_proto(occurred_at)),
        foc_at: None,
    }
}

async fn given_authorized(intake: &TestIntake) -> (User, String) {
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    intake.given_number(user.account, KEPT, "IN_SERVICE").await;
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    intake.accept(&user, &id).await.unwrap();
    (user, id)
}

#[tokio::test]
async fn numbers_leave_when_they_have_ported() {
    let intake = TestIntake::start("ported").await;
    let (user, id) = given_authorized(&intake).await;
    assert_eq!(
        intake.inventory(user.account).await,
        [TN, KEPT],
        "an authorization takes nothing away"
    );
    let reports = (0..4).map(|_| intake.report(report("p-1", PortOutNews::Ported)));
    assert!(futures::future::join_all(reports).await.iter().all(Result::is_ok));
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (case.state(), case.decided_by.as_str()),
        (v1::PortOutState::PortedOut, "user:owner")
    );
    assert_eq!(
        case.ended_at.unwrap().seconds,
        START.parse::<Timestamp>().unwrap().as_second()
    );
    assert_eq!(intake.inventory(user.account).await, [KEPT]);
    let ported = intake.events::<v1::PortedOut>(user.account).await;
    assert!(
        ported
            .iter()
            .all(|event| !event.unauthorized && event.locked_tns.is_empty())
    );
    assert_eq!(
        intake.events::<v1::PortOutWentWithoutLeave>(user.account).await,
        []
    );
    assert_eq!(
        (ported.len(), &ported[0].port_out.as_ref().unwrap().tns),
        (1, &vec![TN.to_owned()])
    );
    let released = intake.events::<v1::NumbersReleased>(user.account).await;
    assert_eq!(
        (released.len(), &released[0].port_out.as_ref().unwrap().tns),
        (1, &vec![TN.to_owned()])
    );
    // Another report of the same changes nothing either.
    intake.report(report("p-2", PortOutNews::Ported)).await.unwrap();
    assert_eq!(intake.events::<v1::PortedOut>(user.account).await.len(), 1);
    // And whoever asks for the number now hears that it is not ours.
    let operator = intake.operator().await;
    let later = intake.receive_one(request_for("PON-2", &[TN])).await;
    let later = intake.port_out(&operator, &later).await;
    assert_eq!(
        (later.state(), later.numbers[0].denial.as_str()),
        (v1::PortOutState::Rejected, "TN_NOT_FOUND")
    );
}

#[tokio::test]
async fn a_request_withdrawn_after_its_foc_leaves_the_inventory_as_it_was() {
    let intake = TestIntake::start("withdrawn").await;
    let (user, id) = given_authorized(&intake).await;
    intake
        .report(report("p-1", PortOutNews::Cancelled))
        .await
        .unwrap();
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (case.state(), case.ended_at.is_some()),
        (v1::PortOutState::Cancelled, true)
    );
    assert_eq!(intake.inventory(user.account).await, [TN, KEPT]);
    assert_eq!(intake.events::<v1::PortOutCancelled>(user.account).await.len(), 1);
}

#[tokio::test]
async fn a_moved_cut_over_is_announced_once() {
    let intake = TestIntake::start("foc").await;
    let (user, id) = given_authorized(&intake).await;
    let foc_at = stamp::to_proto("2026-11-30T06:00:00Z".parse().unwrap());
    for progress_id in ["p-1", "p-1", "p-2"] {
        let moved = v1::ReportPortOutProgressRequest {
            foc_at: Some(foc_at),
            ..report(progress_id, PortOutNews::FocChanged)
        };
        intake.report(moved).await.unwrap();
    }
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (case.foc_at, case.state()),
        (Some(foc_at), v1::PortOutState::Authorized)
    );
    let changed = intake.events::<v1::PortOutFocChanged>(user.account).await;
    assert_eq!(
        (changed.len(), changed[0].port_out.as_ref().unwrap().foc_at),
        (1, Some(foc_at))
    );
}

#[tokio::test]
async fn numbers_that_go_without_leave_are_gone_all_the_same() {
    let intake = TestIntake::start("slammed").await;
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    intake.report(report("p-1", PortOutNews::Ported)).await.unwrap();
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (case.state(), case.decided_by.as_str()),
        (v1::PortOutState::PortedOut, "")
    );
    assert_eq!(intake.inventory(user.account).await, Vec::<String>::new());
    let gone = intake.events::<v1::PortedOut>(user.account).await;
    assert_eq!((gone.len(), gone[0].unauthorized), (1, true));
    let without_leave = intake.events::<v1::PortOutWentWithoutLeave>(user.account).await;
    assert_eq!((without_leave.len(), without_leave[0].was_authorized), (1, false));
    assert_eq!(without_leave[0].port_out.as_ref().unwrap().tns, [TN]);
    let warnings: i64 = sqlx::query_scalar("SELECT count(*) FROM port_out_history WHERE is_warning")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert_eq!(warnings, 1);
}

#[tokio::test]
async fn only_numbers_that_have_left_the_account_are_announced() {
    let intake = TestIntake::start("left").await;
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    intake.given_number(user.account, KEPT, "IN_SERVICE").await;
    let id = intake.receive_one(request_for("PON-1", &[TN, KEPT])).await;
    sqlx::query("DELETE FROM inventory_number WHERE tn = $1")
        .bind(KEPT)
        .execute(&intake.pool)
        .await
        .unwrap();
    intake.report(report("p-1", PortOutNews::Ported)).await.unwrap();
    let ported = intake.events::<v1::PortedOut>(user.account).await;
    let announced: Vec<_> = ported
        .iter()
        .map(|event| &event.port_out.as_ref().unwrap().tns)
        .collect();
    assert_eq!(announced, [&vec![TN.to_owned()]]);
    assert_eq!(intake.port_out(&user, &id).await.numbers.len(), 2);

    // A number of nobody: its case is the platform's, and nobody is told of it or charged for it.
    let operator = intake.operator().await;
    let nobodys = intake.receive_one(request_for("PON-2", &["+14158675399"])).await;
    let gone = v1::ReportPortOutProgressRequest {
        pon: "PON-2".to_owned(),
        ..report("p-2", PortOutNews::Ported)
    };
    intake.report(gone).await.unwrap();
    assert_eq!(
        intake.port_out(&operator, &nobodys).await.state(),
        v1::PortOutState::PortedOut
    );
    assert!(intake.events::<v1::PortedOut>(operator.account).await.is_empty());
}

#[tokio::test]
async fn a_report_of_a_request_that_has_not_come_is_to_be_brought_again() {
    let intake = TestIntake::start("early_report").await;
    let early = intake
        .report(report("p-1", PortOutNews::Cancelled))
        .await
        .unwrap_err();
    assert_eq!(early.code(), Code::NotFound);
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    intake
        .report(report("p-1", PortOutNews::Cancelled))
        .await
        .unwrap();
    assert_eq!(
        intake.port_out(&user, &id).await.state(),
        v1::PortOutState::Cancelled
    );
    let unreadable = intake
        .report(report("p-2", PortOutNews::FocChanged))
        .await
        .unwrap_err();
    assert_eq!(
        unreadable.code(),
        Code::InvalidArgument,
        "a cut-over that moved, but not where to"
    );
}
