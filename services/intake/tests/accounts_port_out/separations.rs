//! Lines that are separated from their account while others ask for them (47 USC 345): the account has no say in it any more,
//! hears nothing of it and pays nothing for it.

use portway_proto::intake::v1::{self, PortOutNews};
use service::stamp;
use tonic::Code;
use types::AccountId;

use crate::calls::{START, change, refusal, request_for};
use crate::harness::{TestIntake, User};

const TN: &str = "+14158675309";
const OTHER_TN: &str = "+14158675310";

async fn given(name: &str) -> (TestIntake, User, User) {
    let intake = TestIntake::start(name).await;
    let user = intake.given_account().await;
    for tn in [TN, OTHER_TN] {
        intake.given_number(user.account, tn, "IN_SERVICE").await;
    }
    let operator = intake.operator().await;
    (intake, user, operator)
}

async fn separate(intake: &TestIntake, user: &User, operator: &User) {
    let separation = v1::RecordSeparationRequest {
        account_id: user.account.to_string(),
        tns: vec![TN.to_owned()],
        reference: "SCA-2026-17".to_owned(),
    };
    let separation = change(&operator.token, separation);
    intake.protection().record_separation(separation).await.unwrap();
}

async fn report_ported(intake: &TestIntake) {
    let gone = v1::ReportPortOutProgressRequest {
        progress_id: "p-1".to_owned(),
        pon: "PON-1".to_owned(),
        winning_spid: "9999".to_owned(),
        news: PortOutNews::Ported.into(),
        occurred_at: Some(stamp::to_proto(START.parse().unwrap())),
        foc_at: None,
    };
    intake.report(gone).await.unwrap();
}

/// Nothing of it is to be seen or done by the account.
async fn is_out_of_hand(intake: &TestIntake, user: &User, id: &str) {
    assert_eq!(intake.port_outs_of(user).await, []);
    for refused in [
        intake.accept(user, id).await.unwrap_err(),
        intake.reject(user, id, "PENDING_ORDER").await.unwrap_err(),
    ] {
        assert_eq!(refused.code(), Code::NotFound);
    }
}

/// What the account was told beside that the request came.
async fn told(intake: &TestIntake, account: AccountId) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT type FROM event WHERE account_id = $1 AND type LIKE '%.Port%' AND type NOT LIKE '%.PortOutReceived'
          ORDER BY seq",
    )
    .bind(account.as_uuid())
    .fetch_all(&intake.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn what_waits_for_the_account_goes_without_it() {
    let (intake, user, operator) = given("separated_pending").await;
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    separate(&intake, &user, &operator).await;
    let case = intake.port_out(&operator, &id).await;
    assert_eq!(
        (case.state(), case.decided_by.as_str()),
        (v1::PortOutState::Authorized, "policy")
    );
    is_out_of_hand(&intake, &user, &id).await;
    let audit: String =
        sqlx::query_scalar("SELECT detail FROM port_out_history WHERE what = 'SAFE_CONNECTIONS'")
            .fetch_one(&intake.pool)
            .await
            .unwrap();
    assert!(audit.contains("SCA-2026-17"), "{audit}");
    report_ported(&intake).await;
    assert_eq!(intake.inventory(user.account).await, [OTHER_TN]);
    assert_eq!(
        told(&intake, user.account).await,
        Vec::<String>::new(),
        "no news, no charge"
    );
    let authorized = intake.events::<v1::PortOutAuthorized>(AccountId::PLATFORM).await;
    assert_eq!((authorized.len(), authorized[0].cases), (1, 1));
    assert_eq!(
        intake
            .events::<v1::NumbersReleased>(AccountId::PLATFORM)
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn the_accounts_refusal_counts_no_more() {
    let (intake, user, operator) = given("separated_review").await;
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    intake.receive(request_for("PON-2", &[TN, OTHER_TN])).await;
    intake.reject(&user, &id, "PENDING_ORDER").await.unwrap();
    separate(&intake, &user, &operator).await;
    let case = intake.port_out(&operator, &id).await;
    assert_eq!(
        (
            case.state(),
            case.decided_by.as_str(),
            case.rejection_reason.as_str()
        ),
        (v1::PortOutState::Authorized, "policy", "")
    );
    let late = intake.review(user.account, &id, true).await.unwrap_err();
    assert_eq!(refusal(&late).0, "PORT_OUT_NOT_FOUND");
}

#[tokio::test]
async fn what_was_authorized_is_not_answered_twice() {
    let (intake, user, operator) = given("separated_authorized").await;
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    intake.accept(&user, &id).await.unwrap();
    separate(&intake, &user, &operator).await;
    is_out_of_hand(&intake, &user, &id).await;
    assert_eq!(
        intake.port_out(&operator, &id).await.answer_state(),
        v1::AnswerState::Requested
    );
    assert_eq!(
        intake.events::<v1::PortOutAuthorized>(AccountId::PLATFORM).await,
        []
    );
    report_ported(&intake).await;
    assert_eq!(
        intake.events::<v1::PortedOut>(user.account).await,
        [],
        "no charge"
    );
    assert_eq!(intake.inventory(user.account).await, [OTHER_TN]);
}

#[tokio::test]
async fn the_other_numbers_of_the_request_stay_in_the_accounts_hands() {
    let (intake, user, operator) = given("separated_some").await;
    let id = intake.receive_one(request_for("PON-1", &[TN, OTHER_TN])).await;
    separate(&intake, &user, &operator).await;
    let case = intake.port_out(&user, &id).await;
    let left: Vec<&str> = case.numbers.iter().map(|number| number.tn.as_str()).collect();
    assert_eq!((case.state(), left), (v1::PortOutState::Pending, vec![OTHER_TN]));
    let is_platforms = |case: &v1::PortOut| case.account_id == AccountId::PLATFORM.to_string();
    let all = intake.port_outs_of(&operator).await;
    let separated = all.into_iter().find(is_platforms).unwrap();
    assert_eq!(
        (separated.state(), separated.numbers[0].tn.as_str()),
        (v1::PortOutState::Authorized, TN)
    );
    assert_eq!(
        separated.answer_state(),
        v1::AnswerState::Unspecified,
        "one answer"
    );
    intake.accept(&user, &id).await.unwrap();
    for account in [user.account, AccountId::PLATFORM] {
        let authorized = intake.events::<v1::PortOutAuthorized>(account).await;
        assert_eq!((authorized.len(), authorized[0].cases), (1, 2));
        assert_eq!(authorized[0].port_out.as_ref().unwrap().tns.len(), 1);
    }
    report_ported(&intake).await;
    let charged = intake.events::<v1::PortedOut>(user.account).await;
    assert_eq!(charged.len(), 1);
    assert_eq!(charged[0].port_out.as_ref().unwrap().tns, [OTHER_TN]);
    assert_eq!(intake.inventory(user.account).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_lock_that_denied_the_number_holds_it_no_more() {
    let (intake, user, operator) = given("separated_locked").await;
    intake.given_per_number().await;
    intake.set_lock(&user, &[TN], true).await.unwrap();
    let id = intake.receive_one(request_for("PON-1", &[TN, OTHER_TN])).await;
    assert_eq!(intake.port_out(&user, &id).await.numbers[0].denial, "LOCKED");
    separate(&intake, &user, &operator).await;
    intake.accept(&user, &id).await.unwrap();
    let authorized = intake.events::<v1::PortOutAuthorized>(AccountId::PLATFORM).await;
    assert_eq!((authorized.len(), authorized[0].denied.len()), (1, 0));
}

#[tokio::test]
async fn a_number_of_a_refused_case_that_goes_all_the_same_is_not_told() {
    let (intake, user, operator) = given("separated_refused").await;
    intake.set_lock(&user, &[TN], true).await.unwrap();
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    assert_eq!(
        intake.port_out(&user, &id).await.state(),
        v1::PortOutState::Rejected
    );
    separate(&intake, &user, &operator).await;
    report_ported(&intake).await;
    assert_eq!(intake.inventory(user.account).await, [OTHER_TN]);
    assert_eq!(intake.events::<v1::PortedOut>(user.account).await, []);
    assert_eq!(
        intake.events::<v1::PortOutWentWithoutLeave>(user.account).await,
        []
    );
    let released = intake.events::<v1::NumbersReleased>(AccountId::PLATFORM).await;
    assert_eq!(released[0].port_out.as_ref().unwrap().tns, [TN]);
    assert_eq!(
        intake.port_out(&operator, &id).await.state(),
        v1::PortOutState::PortedOut
    );
    assert_eq!(intake.port_outs_of(&user).await, []);
}
