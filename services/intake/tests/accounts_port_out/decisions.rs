//! What accounts and operations decide, and what they cannot.

use portway_proto::intake::v1;
use tonic::Code;
use types::AccountId;

use crate::calls::{ask, change, change_as, refusal, request_for};
use crate::harness::{TestIntake, User};

const TN: &str = "+14158675309";
const OTHER_TN: &str = "+14158675310";

async fn given_pending(intake: &TestIntake) -> (User, String) {
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    intake.given_nothing_on_file().await;
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    (user, id)
}

#[tokio::test]
async fn an_accepted_port_out_is_authorized_once() {
    let intake = TestIntake::start("accept").await;
    let (user, id) = given_pending(&intake).await;
    let request = v1::AcceptPortOutRequest {
        port_out_id: id.clone(),
    };
    let mut replies = Vec::new();
    for _ in 0..3 {
        let reply = intake
            .port_outs()
            .accept_port_out(change_as(&user.token, "key-1", request.clone()))
            .await;
        replies.push(reply.unwrap().into_inner());
    }
    replies.dedup();
    assert_eq!(replies.len(), 1);
    let case = replies[0].port_out.clone().unwrap();
    assert_eq!(
        (case.state(), case.decided_by.as_str()),
        (v1::PortOutState::Authorized, "user:owner")
    );
    assert_eq!(
        (case.answer_state(), case.answer_due_at),
        (v1::AnswerState::Requested, None)
    );
    let authorized = intake.events::<v1::PortOutAuthorized>(user.account).await;
    assert_eq!(
        (authorized.len(), authorized[0].decided_by.as_str()),
        (1, "user:owner")
    );
    let again = intake.accept(&user, &id).await.unwrap_err();
    assert_eq!(
        (again.code(), refusal(&again).0.as_str()),
        (Code::FailedPrecondition, "ILLEGAL_TRANSITION")
    );
    let late = intake.reject(&user, &id, "ZIP").await.unwrap_err();
    assert_eq!(refusal(&late).0, "ILLEGAL_TRANSITION");
    assert_eq!(
        intake.port_out(&user, &case.request_number).await,
        case,
        "both names name the same"
    );
}

#[tokio::test]
async fn an_unlawful_reason_is_refused_by_the_system() {
    let intake = TestIntake::start("unlawful").await;
    let (user, id) = given_pending(&intake).await;
    let unlawful = [
        "UNSATISFACTORY_RELATIONSHIP",
        "NAME",
        "BALANCE_DUE",
        "CONTRACT",
        "he owes us money",
    ];
    for reason in unlawful {
        let refused = intake.reject(&user, &id, reason).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{reason}");
        assert_eq!(refusal(&refused).0, "REASON_NOT_LAWFUL", "{reason}");
        assert!(
            refused.message().contains("47 CFR 52.36"),
            "{}",
            refused.message()
        );
    }
    let words_alone = intake.reject(&user, &id, "").await.unwrap_err();
    assert_eq!(
        refusal(&words_alone),
        ("INVALID_FIELDS".to_owned(), vec!["reason".to_owned()])
    );
    for reason in [
        "TN_NOT_FOUND",
        "TN_NOT_ACTIVE",
        "PIN",
        "PIN_MISSING",
        "LOCKED",
        "PENDING_ORDER",
    ] {
        let refused = intake.reject(&user, &id, reason).await.unwrap_err();
        assert_eq!(refusal(&refused).0, "REASON_DOES_NOT_APPLY", "{reason}");
        assert!(
            refused
                .message()
                .ends_with("these can be true: ACCOUNT_NUMBER, ZIP"),
            "{}",
            refused.message()
        );
    }
    assert_eq!(
        intake.port_out(&user, &id).await.state(),
        v1::PortOutState::Pending
    );
}

#[tokio::test]
async fn the_reasons_listed_are_those_that_are_taken() {
    let intake = TestIntake::start("reasons").await;
    let (user, id) = given_pending(&intake).await;
    let codes = async || {
        let request = v1::ListRejectionReasonsRequest {
            port_out_id: id.clone(),
        };
        let listed = intake
            .port_outs()
            .list_rejection_reasons(ask(&user.token, request))
            .await
            .unwrap();
        let reasons = listed.into_inner().reasons;
        assert!(
            reasons
                .iter()
                .all(|reason| !reason.meaning.is_empty() && !reason.proof.is_empty())
        );
        reasons.into_iter().map(|reason| reason.code).collect::<Vec<_>>()
    };
    assert_eq!(codes().await, ["ACCOUNT_NUMBER", "ZIP"]);
    sqlx::query("UPDATE inventory_number SET locked = true")
        .execute(&intake.pool)
        .await
        .unwrap();
    intake
        .receive(v1::ReceivePortOutRequest {
            winning_spid: "8888".to_owned(),
            ..request_for("PON-1", &[TN])
        })
        .await;
    assert_eq!(codes().await, ["ACCOUNT_NUMBER", "ZIP", "LOCKED"]);
    sqlx::query("UPDATE inventory_number SET locked = false")
        .execute(&intake.pool)
        .await
        .unwrap();
    intake.receive(request_for("PON-2", &[TN])).await;
    assert_eq!(codes().await, ["ACCOUNT_NUMBER", "ZIP", "PENDING_ORDER"]);
    sqlx::query("UPDATE inventory_number SET state = 'INCOMING'")
        .execute(&intake.pool)
        .await
        .unwrap();
    assert_eq!(
        codes().await,
        ["TN_NOT_ACTIVE", "ACCOUNT_NUMBER", "ZIP", "PENDING_ORDER"]
    );
    assert!(intake.reject(&user, &id, "PENDING_ORDER").await.is_ok());
}

#[tokio::test]
async fn an_upheld_rejection_is_told_to_the_carrier() {
    let intake = TestIntake::start("upheld").await;
    let (user, id) = given_pending(&intake).await;
    let case = intake.reject(&user, &id, "ZIP").await.unwrap();
    assert_eq!(
        (case.state(), case.rejection_reason.as_str()),
        (v1::PortOutState::RejectionReview, "ZIP")
    );
    assert_eq!(
        case.answer_state(),
        v1::AnswerState::Unspecified,
        "nothing is told before the review"
    );
    let asked = intake.events::<v1::PortOutRejectionRequested>(user.account).await;
    assert_eq!((asked.len(), asked[0].reason.as_str()), (1, "ZIP"));
    let case = intake.review(user.account, &id, true).await.unwrap();
    assert_eq!(
        (case.state(), case.decided_by.as_str()),
        (v1::PortOutState::Rejected, "user:operator")
    );
    assert_eq!(
        (case.rejection_reason.as_str(), case.ended_at.is_some()),
        ("ZIP", true)
    );
    let rejected = intake.events::<v1::PortOutRejected>(user.account).await;
    assert_eq!(
        (rejected.len(), rejected[0].reasons[0].reason.as_str()),
        (1, "ZIP")
    );
    assert_eq!(intake.inventory(user.account).await, [TN]);
    let again = intake.review(user.account, &id, false).await.unwrap_err();
    assert_eq!(refusal(&again).0, "ILLEGAL_TRANSITION");
}

#[tokio::test]
async fn an_overruled_rejection_lets_the_number_go() {
    let intake = TestIntake::start("overruled").await;
    let (user, id) = given_pending(&intake).await;
    intake.reject(&user, &id, "ACCOUNT_NUMBER").await.unwrap();
    let case = intake.review(user.account, &id, false).await.unwrap();
    assert_eq!(
        (case.state(), case.decided_by.as_str()),
        (v1::PortOutState::Authorized, "overruled")
    );
    let authorized = intake.events::<v1::PortOutAuthorized>(user.account).await;
    assert_eq!(
        (authorized.len(), authorized[0].decided_by.as_str()),
        (1, "overruled")
    );
    assert_eq!(intake.events::<v1::PortOutRejected>(user.account).await, []);
    let told: String = sqlx::query_scalar("SELECT detail FROM port_out_history WHERE what = 'OVERRULED'")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert_eq!(told, "we looked at the bill");
}

/// Two accounts, one request: Ann decides first, then Bob.
async fn given_two_cases(intake: &TestIntake) -> [(User, String); 2] {
    let (ann, bob) = (intake.given_account().await, intake.given_account().await);
    intake.given_number(ann.account, TN, "IN_SERVICE").await;
    intake.given_number(bob.account, OTHER_TN, "IN_SERVICE").await;
    intake.given_nothing_on_file().await;
    let ids = intake.receive(request_for("PON-1", &[TN, OTHER_TN])).await;
    let of = async |user: &User| intake.port_outs_of(user).await.remove(0).port_out_id;
    let cases = [(ann.clone(), of(&ann).await), (bob.clone(), of(&bob).await)];
    assert!(cases.iter().all(|(_, id)| ids.contains(id)));
    cases
}

#[tokio::test]
async fn a_request_for_two_accounts_is_authorized_when_both_have() {
    let intake = TestIntake::start("both_accept").await;
    let [(ann, anns), (bob, bobs)] = given_two_cases(&intake).await;
    let case = intake.accept(&ann, &anns).await.unwrap();
    assert_eq!(
        (case.state(), case.answer_state()),
        (v1::PortOutState::Authorized, v1::AnswerState::Unspecified)
    );
    assert_eq!(
        intake.events::<v1::PortOutAuthorized>(ann.account).await,
        [],
        "the other one may still refuse"
    );
    intake.accept(&bob, &bobs).await.unwrap();
    for user in [&ann, &bob] {
        assert_eq!(
            intake.events::<v1::PortOutAuthorized>(user.account).await.len(),
            1
        );
    }
    assert_eq!(
        intake.port_out(&ann, &anns).await.answer_state(),
        v1::AnswerState::Requested
    );
}

#[tokio::test]
async fn a_request_for_two_accounts_is_rejected_when_one_refusal_stands() {
    let intake = TestIntake::start("one_refuses").await;
    let [(ann, anns), (bob, bobs)] = given_two_cases(&intake).await;
    intake.accept(&ann, &anns).await.unwrap();
    intake.reject(&bob, &bobs, "ZIP").await.unwrap();
    intake.review(bob.account, &bobs, true).await.unwrap();
    let case = intake.port_out(&ann, &anns).await;
    assert_eq!(
        (case.state(), case.rejection_reason.as_str()),
        (v1::PortOutState::Rejected, "OTHER_NUMBER_DENIED")
    );
    for user in [&ann, &bob] {
        assert_eq!(intake.events::<v1::PortOutAuthorized>(user.account).await, []);
        assert_eq!(intake.events::<v1::PortOutRejected>(user.account).await.len(), 1);
    }
}

#[tokio::test]
async fn another_tenant_finds_nothing() {
    let intake = TestIntake::start("tenants").await;
    let (user, id) = given_pending(&intake).await;
    let stranger = intake.given_account().await;
    let missing = intake.accept(&user, "PO_1").await.unwrap_err();
    assert_eq!(intake.port_outs_of(&stranger).await, []);
    let get = v1::GetPortOutRequest {
        port_out_id: id.clone(),
    };
    let reasons = v1::ListRejectionReasonsRequest {
        port_out_id: id.clone(),
    };
    let refused = [
        intake
            .port_outs()
            .get_port_out(ask(&stranger.token, get))
            .await
            .unwrap_err(),
        intake
            .port_outs()
            .list_rejection_reasons(ask(&stranger.token, reasons))
            .await
            .unwrap_err(),
        intake.accept(&stranger, &id).await.unwrap_err(),
        intake.reject(&stranger, &id, "ZIP").await.unwrap_err(),
        intake.review(stranger.account, &id, true).await.unwrap_err(),
    ];
    for status in refused {
        assert_eq!(
            (status.code(), status.message()),
            (Code::NotFound, missing.message())
        );
        assert_eq!(refusal(&status).0, "PORT_OUT_NOT_FOUND");
    }
    assert_eq!(
        intake.port_out(&user, &id).await.state(),
        v1::PortOutState::Pending
    );
}

#[tokio::test]
async fn seeing_deciding_and_reviewing_are_three_permissions() {
    let intake = TestIntake::start("permissions").await;
    let (owner, id) = given_pending(&intake).await;
    let viewer = intake
        .user_with(owner.account, "user:viewer", &["port_out.view"])
        .await;
    assert_eq!(
        intake.port_out(&viewer, &id).await.state(),
        v1::PortOutState::Pending
    );
    assert_eq!(
        intake.accept(&viewer, &id).await.unwrap_err().code(),
        Code::PermissionDenied
    );
    assert_eq!(
        intake.reject(&viewer, &id, "ZIP").await.unwrap_err().code(),
        Code::PermissionDenied
    );
    let decider = intake
        .user_with(owner.account, "user:decider", &["port_out.modify"])
        .await;
    let get = v1::GetPortOutRequest {
        port_out_id: id.clone(),
    };
    let refused = intake
        .port_outs()
        .get_port_out(ask(&decider.token, get))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    intake.reject(&decider, &id, "ZIP").await.unwrap();
    // A customer's grant of the operators' permission opens nothing.
    let climber = intake
        .user_with(owner.account, "user:climber", &["port_out.operate"])
        .await;
    let clerk = intake
        .user_with(AccountId::PLATFORM, "user:clerk", &["port_out.view"])
        .await;
    for user in [&climber, &clerk, &owner] {
        let review = v1::ReviewRejectionRequest {
            port_out_id: id.clone(),
            uphold: true,
            explanation: String::new(),
            account_id: owner.account.to_string(),
        };
        let refused = intake
            .port_outs()
            .review_rejection(change(&user.token, review))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
}
