//! PINs and locks: what they hold, whom they alarm, and that they never hold the right one.

use jiff::SignedDuration;
use portway_proto::intake::v1;
use portway_proto::intake::v1::PinAttemptResult::{Right, Wrong};
use portway_proto::intake::v1::PortOutNews;
use service::stamp;
use tonic::Code;
use types::AccountId;

use crate::calls::{START, ask, change, change_as, refusal, request_for};
use crate::harness::{BOUND, TestIntake, User};

const TN: &str = "+14158675309";
const OTHER_TN: &str = "+14158675310";

async fn given(name: &str) -> (TestIntake, User) {
    let intake = TestIntake::start(name).await;
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    intake.given_number(user.account, OTHER_TN, "IN_SERVICE").await;
    (intake, user)
}

fn with_pin(pon: &str, tn: &str, pin: &str) -> v1::ReceivePortOutRequest {
    v1::ReceivePortOutRequest {
        pin: pin.to_owned(),
        ..request_for(pon, &[tn])
    }
}

async fn verdict(
    intake: &TestIntake,
    user: &User,
    request: v1::ReceivePortOutRequest,
) -> (String, v1::FieldMatch) {
    let id = intake.receive_one(request).await;
    let number = intake.port_out(user, &id).await.numbers.remove(0);
    (number.denial.clone(), number.pin())
}

#[tokio::test]
async fn the_pin_of_a_number_goes_before_that_of_its_account() {
    use v1::FieldMatch::{Matched, NotCompared, NotGiven, NotMatched};
    let (intake, user) = given("pins").await;
    let none = verdict(&intake, &user, with_pin("PON-0", TN, "8264")).await;
    assert_eq!(none, (String::new(), NotCompared), "no PIN is set");
    intake.set_pin(&user, &[], "Acct1").await.unwrap();
    intake.set_pin(&user, &[TN], "Numb1").await.unwrap();
    let cases = [
        (TN, "Numb1", "", Matched),
        (TN, "Acct1", "PIN", NotMatched),
        (TN, "numb1", "PIN", NotMatched),
        (TN, "", "PIN_MISSING", NotGiven),
        (OTHER_TN, "Acct1", "", Matched),
        (OTHER_TN, "Numb1", "PIN", NotMatched),
    ];
    for (index, (tn, pin, denial, found)) in cases.into_iter().enumerate() {
        let request = with_pin(&format!("PON-1{index}"), tn, pin);
        let expected = (denial.to_owned(), found);
        assert_eq!(verdict(&intake, &user, request).await, expected, "{tn} {pin}");
    }
    let listed = intake
        .numbers()
        .list_numbers(ask(&user.token, v1::ListNumbersRequest::default()))
        .await
        .unwrap()
        .into_inner()
        .numbers;
    assert!(listed.iter().all(|number| number.has_port_out_pin));
    let clear = v1::ClearPortOutPinRequest {
        tns: vec![TN.to_owned()],
    };
    intake
        .protection()
        .clear_port_out_pin(change(&user.token, clear))
        .await
        .unwrap();
    let shared = verdict(&intake, &user, with_pin("PON-20", TN, "Acct1")).await;
    assert_eq!(shared, (String::new(), Matched));
}

#[tokio::test]
async fn three_wrong_pins_alarm_and_slow_down_and_never_bar_the_right_one() {
    let (intake, user) = given("three_wrong").await;
    intake.set_pin(&user, &[TN], "4711").await.unwrap();
    let answer = async |id: &str| intake.port_out(&user, id).await.answer_state();
    for (index, expected) in [
        v1::AnswerState::Requested,
        v1::AnswerState::Requested,
        v1::AnswerState::Unspecified,
    ]
    .into_iter()
    .enumerate()
    {
        let id = intake
            .receive_one(with_pin(&format!("PON-{index}"), TN, "0000"))
            .await;
        assert_eq!(answer(&id).await, expected, "wrong PIN {index}");
    }
    let alarms = intake.events::<v1::PinAlarmRaised>(user.account).await;
    assert_eq!(alarms.len(), 1);
    assert_eq!(
        (&alarms[0].tns, alarms[0].wrong_pins, alarms[0].across_numbers),
        (&vec![TN.to_owned()], 3, false)
    );
    let held = intake.port_outs_of(&user).await.remove(0);
    assert_eq!(held.state(), v1::PortOutState::Rejected);
    // The right PIN is good now, and answered now.
    let right = intake.receive_one(with_pin("PON-9", TN, "4711")).await;
    intake.accept(&user, &right).await.unwrap();
    assert_eq!(answer(&right).await, v1::AnswerState::Requested);
    // The third wrong one is answered a quarter of an hour later, once.
    let rejected = async || intake.events::<v1::PortOutRejected>(user.account).await.len();
    assert_eq!(rejected().await, 2);
    let later = intake.now() + SignedDuration::from_mins(15);
    intake.clock.advance_to(later).unwrap();
    testkit::eventually(BOUND, "the answer that was held back", async || {
        answer(&held.port_out_id).await == v1::AnswerState::Requested
    })
    .await;
    assert_eq!(rejected().await, 3);
    let results: Vec<_> = intake
        .attempts(&user)
        .await
        .iter()
        .map(v1::PinAttempt::result)
        .collect();
    assert_eq!(results, [Right, Wrong, Wrong, Wrong]);
}

#[tokio::test]
async fn wrong_pins_across_an_account_alarm_too() {
    let (intake, user) = given("velocity").await;
    intake.set_pin(&user, &[], "4711").await.unwrap();
    for line in 0..5 {
        let tn = format!("+1415867400{line}");
        intake.given_number(user.account, &tn, "IN_SERVICE").await;
        intake
            .receive_one(with_pin(&format!("PON-{line}"), &tn, "0000"))
            .await;
    }
    let alarms = intake.events::<v1::PinAlarmRaised>(user.account).await;
    assert_eq!(alarms.len(), 1);
    assert_eq!((alarms[0].wrong_pins, alarms[0].across_numbers), (5, true));
}

#[tokio::test]
async fn a_transfer_pin_is_good_for_one_port_out_and_ends() {
    let (intake, user) = given("transfer").await;
    intake.set_pin(&user, &[TN], "4711").await.unwrap();
    let issue = v1::IssueTransferPinRequest {
        tns: vec![TN.to_owned(), OTHER_TN.to_owned()],
        valid_minutes: 60,
    };
    let issued = async |key: &str| {
        let reply = intake
            .protection()
            .issue_transfer_pin(change_as(&user.token, key, issue.clone()))
            .await;
        reply.unwrap().into_inner()
    };
    let first = issued("key-1").await;
    assert_eq!(issued("key-1").await, first, "a repeat shows the same");
    assert_eq!((first.pin.len(), first.pin.parse::<u32>().is_ok()), (8, true));
    let kept: String =
        sqlx::query_scalar("SELECT string_agg(encode(reply, 'escape'), '') FROM idempotency_key")
            .fetch_one(&intake.pool)
            .await
            .unwrap();
    assert!(!kept.contains(&first.pin), "the reply is kept sealed");
    let found = async |pon: &str, ver: i32, pin: &str| {
        let request = v1::ReceivePortOutRequest {
            ver,
            ..with_pin(pon, TN, pin)
        };
        verdict(&intake, &user, request).await.0
    };
    assert_eq!(found("PON-1", 1, &first.pin).await, "");
    assert_eq!(found("PON-1", 2, &first.pin).await, "", "the same order again");
    assert_eq!(found("PON-2", 1, &first.pin).await, "PIN", "another order");
    assert_eq!(found("PON-3", 1, "4711").await, "", "beside the one that is set");
    let second = issued("key-2").await;
    intake
        .clock
        .advance_to(intake.now() + SignedDuration::from_mins(60))
        .unwrap();
    assert_eq!(found("PON-4", 1, &second.pin).await, "PIN", "its time is over");
}

#[tokio::test]
async fn no_pin_is_shown_or_kept() {
    let (intake, user) = given("pin_privacy").await;
    intake.set_pin(&user, &[TN], "QXSECRET1").await.unwrap();
    intake.receive(with_pin("PON-1", TN, "QXSECRET2")).await;
    let everything: String = sqlx::query_scalar(
        "SELECT concat((SELECT string_agg(pin_attempt::text, '') FROM pin_attempt),
                       (SELECT string_agg(port_out_pin::text || encode(hash, 'escape'), '') FROM port_out_pin),
                       (SELECT string_agg(port_out_number::text, '') FROM port_out_number),
                       (SELECT string_agg(port_out_history::text, '') FROM port_out_history),
                       (SELECT string_agg(idempotency_key::text, '') FROM idempotency_key),
                       (SELECT string_agg(encode(payload, 'escape'), '') FROM event))",
    )
    .fetch_one(&intake.pool)
    .await
    .unwrap();
    assert!(
        everything.contains("PON-1"),
        "the test must look where it is kept"
    );
    assert!(!everything.contains("QXSECRET"));
    let bad = intake.set_pin(&user, &[TN], "12 4").await.unwrap_err();
    assert_eq!(
        refusal(&bad),
        ("INVALID_FIELDS".to_owned(), vec!["pin".to_owned()])
    );
    assert!(!bad.message().contains("12 4"));
    let stranger = intake.given_account().await;
    let theirs = intake.set_pin(&stranger, &[TN], "4711").await.unwrap_err();
    assert_eq!(
        (theirs.code(), refusal(&theirs).0.as_str()),
        (Code::NotFound, "NUMBER_NOT_FOUND")
    );
}

#[tokio::test]
async fn a_lock_is_on_record_and_checked_at_receipt() {
    let (intake, user) = given("lock").await;
    assert_eq!(
        intake.set_lock(&user, &[TN, OTHER_TN], true).await.unwrap(),
        [TN, OTHER_TN]
    );
    assert_eq!(
        intake.set_lock(&user, &[TN], true).await.unwrap(),
        Vec::<String>::new()
    );
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (case.state(), case.numbers[0].denial.as_str()),
        (v1::PortOutState::Rejected, "LOCKED")
    );
    intake.set_lock(&user, &[TN], false).await.unwrap();
    let id = intake.receive_one(request_for("PON-2", &[TN])).await;
    assert_eq!(
        intake.port_out(&user, &id).await.state(),
        v1::PortOutState::Pending
    );
    let history = v1::ListLockHistoryRequest {
        tn: TN.to_owned(),
        ..v1::ListLockHistoryRequest::default()
    };
    let listed = intake
        .protection()
        .list_lock_history(ask(&user.token, history))
        .await
        .unwrap()
        .into_inner()
        .changes;
    let changes: Vec<_> = listed
        .iter()
        .map(|change| (change.locked, change.by.as_str(), change.note.as_str()))
        .collect();
    assert_eq!(
        changes,
        [
            (false, "user:owner", "on the phone"),
            (true, "user:owner", "on the phone")
        ]
    );
}

#[tokio::test]
async fn a_lock_before_the_answer_holds_what_silence_would_let_go() {
    let (intake, user) = given("lock_pending").await;
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    intake.set_lock(&user, &[TN], true).await.unwrap();
    let refused = intake.accept(&user, &id).await.unwrap_err();
    assert_eq!(refusal(&refused).0, "NUMBER_LOCKED");
    intake
        .clock
        .advance_to(intake.now() + SignedDuration::from_hours(4))
        .unwrap();
    testkit::eventually(BOUND, "the rejection", async || {
        intake.port_out(&user, &id).await.state() == v1::PortOutState::Rejected
    })
    .await;
    assert_eq!(intake.events::<v1::PortOutAuthorized>(user.account).await, []);
    assert_eq!(intake.port_out(&user, &id).await.numbers[0].denial, "LOCKED");
}

#[tokio::test]
async fn a_separated_line_goes_past_lock_and_notice_with_an_audit_entry() {
    let (intake, user) = given("separated").await;
    intake.set_lock(&user, &[TN], true).await.unwrap();
    intake.set_pin(&user, &[], "4711").await.unwrap();
    let operator = intake.operator().await;
    let separation = v1::RecordSeparationRequest {
        account_id: user.account.to_string(),
        tns: vec![TN.to_owned()],
        reference: "SCA-2026-17".to_owned(),
    };
    let refused = intake
        .protection()
        .record_separation(change(&user.token, separation.clone()))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    intake
        .protection()
        .record_separation(change(&operator.token, separation))
        .await
        .unwrap();
    let separated = intake.events::<v1::LinesSeparated>(AccountId::PLATFORM).await;
    let told: Vec<(&str, &str)> = separated
        .iter()
        .map(|event| (event.account_id.as_str(), event.reference.as_str()))
        .collect();
    assert_eq!(told, [(user.account.to_string().as_str(), "SCA-2026-17")]);
    assert_eq!(intake.events::<v1::LinesSeparated>(user.account).await, []);
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    assert_eq!(
        intake.port_out(&operator, &id).await.state(),
        v1::PortOutState::Authorized
    );
    assert_eq!(intake.port_outs_of(&user).await, []);
    assert_eq!(intake.events::<v1::PortOutReceived>(user.account).await, []);
    let audit: String =
        sqlx::query_scalar("SELECT detail FROM port_out_history WHERE what = 'SAFE_CONNECTIONS'")
            .fetch_one(&intake.pool)
            .await
            .unwrap();
    assert!(audit.contains("SCA-2026-17"), "{audit}");
    let gone = v1::ReportPortOutProgressRequest {
        progress_id: "p-1".to_owned(),
        pon: "PON-1".to_owned(),
        winning_spid: "9999".to_owned(),
        news: PortOutNews::Ported.into(),
        occurred_at: Some(stamp::to_proto(START.parse().unwrap())),
        foc_at: None,
    };
    intake.report(gone).await.unwrap();
    assert_eq!(intake.inventory(user.account).await, [OTHER_TN]);
    assert_eq!(
        intake.events::<v1::PortedOut>(user.account).await,
        [],
        "no charge"
    );
    let released = intake.events::<v1::NumbersReleased>(AccountId::PLATFORM).await;
    assert_eq!(released[0].port_out.as_ref().unwrap().tns, [TN]);
    assert_eq!(intake.events::<v1::NumbersReleased>(user.account).await, []);
}
