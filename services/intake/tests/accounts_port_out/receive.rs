//! A winning carrier asks: what we say of each number, and that we say it once.

use portway_proto::intake::v1;
use types::AccountId;

use crate::calls::{ask, refusal, request_for};
use crate::harness::TestIntake;

const OURS: [&str; 3] = ["+14158675301", "+14158675302", "+14158675303"];
const ARRIVING: &str = "+14158675304";
const NOBODYS: &str = "+14158675305";

type Change = fn(&mut v1::ReceivePortOutRequest);

/// What is wrong with a request, and the denials it meets in the order of its numbers. None of them: it waits for the
/// account's decision. That nobody can deny for a balance, a contract or instalments needs no row: a request has no
/// field for them.
const VERDICTS: [(&str, Change, &[&str]); 12] = [
    ("everything is right", |_| {}, &["", "", ""]),
    (
        "the name differs",
        |request| request.end_user_name = "Bob Ray".into(),
        &["", "", ""],
    ),
    (
        "no name is given",
        |request| request.end_user_name.clear(),
        &["", "", ""],
    ),
    (
        "a PIN is given and none is set",
        |request| request.pin = "8264".into(),
        &["", "", ""],
    ),
    (
        "the account number is spelled otherwise",
        |request| request.account_number = "0-0-1234".into(),
        &["", "", ""],
    ),
    (
        "a ZIP without its four digits",
        |request| request.postal_code = "07030".into(),
        &["", "", ""],
    ),
    (
        "a number is named twice",
        |request| request.tns.push(OURS[0].to_owned()),
        &["", "", ""],
    ),
    (
        "another account number",
        |request| request.account_number = "1235".into(),
        &["ACCOUNT_NUMBER", "ACCOUNT_NUMBER", "ACCOUNT_NUMBER"],
    ),
    (
        "no account number",
        |request| request.account_number.clear(),
        &["ACCOUNT_NUMBER", "ACCOUNT_NUMBER", "ACCOUNT_NUMBER"],
    ),
    (
        "another ZIP",
        |request| request.postal_code = "07031".into(),
        &["ZIP", "ZIP", "ZIP"],
    ),
    (
        "a number that has not arrived",
        |request| request.tns.push(ARRIVING.to_owned()),
        &["", "", "", "TN_NOT_ACTIVE"],
    ),
    (
        "only a number that has not arrived",
        |request| request.tns = vec![ARRIVING.to_owned()],
        &["TN_NOT_ACTIVE"],
    ),
];

#[tokio::test]
async fn each_number_is_judged_and_one_denial_denies_the_request() {
    let intake = TestIntake::start("verdicts").await;
    let user = intake.given_account().await;
    for tn in OURS {
        intake.given_number(user.account, tn, "IN_SERVICE").await;
    }
    intake.given_number(user.account, ARRIVING, "INCOMING").await;
    let mut denied = 0;
    for (index, (what, change, denials)) in VERDICTS.into_iter().enumerate() {
        let mut request = request_for(&format!("PON-{index}"), &OURS);
        change(&mut request);
        let id = intake.receive_one(request).await;
        let case = intake.port_out(&user, &id).await;
        let found: Vec<&str> = case.numbers.iter().map(|number| number.denial.as_str()).collect();
        assert_eq!(found, denials, "{what}");
        let name = case.numbers[0].name();
        let named = match what {
            "the name differs" => v1::FieldMatch::NotMatched,
            "no name is given" => v1::FieldMatch::NotGiven,
            _other => v1::FieldMatch::Matched,
        };
        assert_eq!(name, named, "{what}");
        let is_denied = denials.iter().any(|denial| !denial.is_empty());
        let state = if is_denied {
            v1::PortOutState::Rejected
        } else {
            v1::PortOutState::Pending
        };
        assert_eq!(case.state(), state, "{what}");
        if is_denied {
            denied += 1;
            let rejected = intake.events::<v1::PortOutRejected>(user.account).await;
            assert_eq!(rejected.len(), denied, "{what}");
            let named: Vec<&str> = rejected[denied - 1]
                .reasons
                .iter()
                .map(|reason| reason.reason.as_str())
                .collect();
            let expected: Vec<&str> = denials
                .iter()
                .copied()
                .filter(|denial| !denial.is_empty())
                .collect();
            assert_eq!(named, expected, "{what}");
            assert_eq!(
                (case.decided_by.as_str(), case.rejection_reason.as_str()),
                ("policy", "NUMBERS_DENIED")
            );
            assert_eq!(case.answer_state(), v1::AnswerState::Requested, "{what}");
        }
    }
    let received = intake.events::<v1::PortOutReceived>(user.account).await;
    assert_eq!(received.len(), VERDICTS.len() - denied);
    let port_out = received[0].port_out.clone().unwrap();
    assert_eq!(port_out.tns, OURS);
    assert!(
        port_out.request_number.starts_with("PO_6"),
        "{}",
        port_out.request_number
    );
    assert_eq!(
        received[0].answer_due_at.unwrap().seconds - 4 * 3_600,
        intake.now().as_second()
    );
}

#[tokio::test]
async fn one_bad_number_among_good_ones_is_named_to_the_carrier_and_kept_from_the_account() {
    let intake = TestIntake::start("one_bad").await;
    let user = intake.given_account().await;
    let operator = intake.operator().await;
    for tn in OURS {
        intake.given_number(user.account, tn, "IN_SERVICE").await;
    }
    let request = request_for("PON-1", &[OURS[0], OURS[1], NOBODYS, OURS[2]]);
    let ids = intake.receive(request).await;
    assert_eq!(ids.len(), 2);
    let rejected = intake.events::<v1::PortOutRejected>(AccountId::PLATFORM).await;
    let named = &rejected[0].reasons;
    assert_eq!(
        (named.len(), named[0].tn.as_str(), named[0].reason.as_str()),
        (1, NOBODYS, "TN_NOT_FOUND")
    );
    let theirs = intake.events::<v1::PortOutRejected>(user.account).await;
    let reasons: Vec<_> = theirs[0]
        .reasons
        .iter()
        .map(|reason| (reason.tn.as_str(), reason.reason.as_str()))
        .collect();
    assert_eq!(reasons, [("", "OTHER_NUMBER_DENIED")]);
    assert_eq!(theirs[0].port_out.as_ref().unwrap().tns, OURS);
    let visible = v1::ListPortOutsRequest {
        phone_number: NOBODYS.to_owned(),
        ..v1::ListPortOutsRequest::default()
    };
    let of_operations = intake
        .port_outs()
        .list_port_outs(ask(&operator.token, visible.clone()))
        .await
        .unwrap();
    assert_eq!(of_operations.into_inner().port_outs.len(), 1);
    let of_account = intake
        .port_outs()
        .list_port_outs(ask(&user.token, visible))
        .await
        .unwrap();
    assert_eq!(of_account.into_inner().port_outs, []);
}

#[tokio::test]
async fn a_request_for_numbers_of_nobody_is_still_answered() {
    let intake = TestIntake::start("nobodys").await;
    let operator = intake.operator().await;
    let id = intake.receive_one(request_for("PON-1", &[NOBODYS])).await;
    let case = intake.port_out(&operator, &id).await;
    assert_eq!(
        (case.state(), case.numbers[0].denial.as_str()),
        (v1::PortOutState::Rejected, "TN_NOT_FOUND")
    );
    assert_eq!(
        intake
            .events::<v1::PortOutRejected>(AccountId::PLATFORM)
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn a_request_that_comes_again_makes_nothing_new() {
    let intake = TestIntake::start("again").await;
    let user = intake.given_account().await;
    intake.given_number(user.account, OURS[0], "IN_SERVICE").await;
    let request = request_for("PON-1", &[OURS[0]]);
    let together = futures::future::join_all((0..6).map(|_| intake.receive(request.clone()))).await;
    let mut all = together;
    for _ in 0..3 {
        all.push(intake.receive(request.clone()).await);
    }
    all.dedup();
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0].len(), 1);
    assert_eq!(intake.events::<v1::PortOutReceived>(user.account).await.len(), 1);
    // The number is free to be asked for under another name.
    assert_ne!(intake.receive(request_for("PON-2", &[OURS[0]])).await, all[0]);
}

#[tokio::test]
async fn a_later_version_takes_the_place_of_the_pending_one() {
    let intake = TestIntake::start("versions").await;
    let user = intake.given_account().await;
    intake.given_number(user.account, OURS[0], "IN_SERVICE").await;
    let version = |ver| v1::ReceivePortOutRequest {
        ver,
        ..request_for("PON-1", &[OURS[0]])
    };
    let second = intake.receive_one(version(2)).await;
    assert_eq!(
        intake.receive(version(1)).await,
        Vec::<String>::new(),
        "an overtaken version makes no case"
    );
    assert_eq!(intake.receive(version(1)).await, Vec::<String>::new());
    let third = intake.receive_one(version(3)).await;
    assert_eq!(
        intake.port_out(&user, &second).await.state(),
        v1::PortOutState::Cancelled
    );
    assert_eq!(
        intake.port_out(&user, &third).await.state(),
        v1::PortOutState::Pending
    );
    assert_eq!(intake.receive_one(version(2)).await, second);
    assert_eq!(intake.events::<v1::PortOutCancelled>(user.account).await.len(), 1);
}

#[tokio::test]
async fn two_accounts_get_a_case_each_and_see_no_more() {
    let intake = TestIntake::start("two_accounts").await;
    let (ann, bob) = (intake.given_account().await, intake.given_account().await);
    intake.given_number(ann.account, OURS[0], "IN_SERVICE").await;
    intake.given_number(bob.account, OURS[1], "IN_SERVICE").await;
    let ids = intake.receive(request_for("PON-1", &[OURS[0], OURS[1]])).await;
    assert_eq!(ids.len(), 2);
    for (user, tn) in [(&ann, OURS[0]), (&bob, OURS[1])] {
        let listed = intake.port_outs_of(user).await;
        let tns: Vec<&str> = listed[0]
            .numbers
            .iter()
            .map(|number| number.tn.as_str())
            .collect();
        assert_eq!((listed.len(), tns), (1, vec![tn]));
        assert_eq!(intake.events::<v1::PortOutReceived>(user.account).await.len(), 1);
    }
}

#[tokio::test]
async fn what_was_given_in_confidence_is_kept_nowhere() {
    let intake = TestIntake::start("confidence").await;
    let user = intake.given_account().await;
    intake.given_number(user.account, OURS[0], "IN_SERVICE").await;
    let request = v1::ReceivePortOutRequest {
        account_number: "QX-77-SECRET".to_owned(),
        pin: "QX-88-SECRET".to_owned(),
        ..request_for("PON-1", &[OURS[0]])
    };
    intake.receive(request).await;
    let everything: String = sqlx::query_scalar(
        "SELECT concat((SELECT string_agg(carrier_request::text, '') FROM carrier_request),
                       (SELECT string_agg(port_out::text, '') FROM port_out),
                       (SELECT string_agg(port_out_number::text, '') FROM port_out_number),
                       (SELECT string_agg(port_out_history::text, '') FROM port_out_history),
                       (SELECT string_agg(encode(payload, 'escape'), '') FROM event))",
    )
    .fetch_one(&intake.pool)
    .await
    .unwrap();
    assert!(
        everything.contains("PON-1"),
        "the test must look where it is kept"
    );
    assert!(!everything.contains("SECRET"));
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_refused_whole() {
    let intake = TestIntake::start("unreadable").await;
    let request = v1::ReceivePortOutRequest {
        pon: "pon 1".to_owned(),
        ver: 100,
        winning_spid: "99".to_owned(),
        tns: vec!["+14158675301".to_owned(), "4158675302".to_owned()],
        received_at: None,
        ..request_for("PON-1", &[])
    };
    let refused = intake
        .gateway_calls()
        .receive_port_out(ask(&intake.gateway_token, request))
        .await
        .unwrap_err();
    let (reason, fields) = refusal(&refused);
    assert_eq!(reason, "INVALID_FIELDS");
    assert_eq!(fields, ["winning_spid", "pon", "ver", "tns[1]", "received_at"]);
    let user = intake.given_account().await;
    let asked = intake
        .gateway_calls()
        .receive_port_out(ask(&user.token, request_for("PON-1", &OURS)))
        .await;
    assert_eq!(asked.unwrap_err().code(), tonic::Code::PermissionDenied);
}
