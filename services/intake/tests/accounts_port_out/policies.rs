//! What accounts set to be done with requests, and what it would have done.

use jiff::SignedDuration;
use portway_proto::intake::v1;
use portway_proto::intake::v1::ConsentChannel::{Email, Sms};
use portway_proto::intake::v1::PortOutOutcome::{AskEndUser, Authorize, Hold, RequirePin};
use tonic::Code;

use crate::calls::{ask, refusal, request_for};
use crate::harness::{TestIntake, User};
use crate::protect::rules;

const TN: &str = "+14158675309";
const OTHER_TN: &str = "+14158675310";

async fn given(name: &str) -> (TestIntake, User) {
    let intake = TestIntake::start(name).await;
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    intake.given_number(user.account, OTHER_TN, "IN_SERVICE").await;
    (intake, user)
}

#[tokio::test]
async fn a_policy_authorizes_at_once_and_the_owner_is_still_told() {
    let (intake, user) = given("policy_authorize").await;
    intake.set_policy(&user, 0, rules(Authorize, 0)).await.unwrap();
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (case.state(), case.decided_by.as_str(), case.policy_version),
        (v1::PortOutState::Authorized, "policy", 1)
    );
    assert_eq!(case.policy_outcome(), Authorize);
    let received = intake.events::<v1::PortOutReceived>(user.account).await;
    assert_eq!((received.len(), received[0].decided_by.as_str()), (1, "policy"));
    assert_eq!(
        intake.events::<v1::PortOutAuthorized>(user.account).await.len(),
        1
    );
    // What is denied by law is denied under any policy.
    let wrong = v1::ReceivePortOutRequest {
        postal_code: "99999".to_owned(),
        ..request_for("PON-2", &[TN])
    };
    let id = intake.receive_one(wrong).await;
    assert_eq!(
        intake.port_out(&user, &id).await.state(),
        v1::PortOutState::Rejected
    );
}

#[tokio::test]
async fn a_required_pin_authorizes_and_its_absence_waits_for_a_person() {
    let (intake, user) = given("policy_pin").await;
    intake.set_policy(&user, 0, rules(RequirePin, 0)).await.unwrap();
    intake.set_pin(&user, &[TN], "4711x").await.unwrap();
    let right = v1::ReceivePortOutRequest {
        pin: "4711x".to_owned(),
        ..request_for("PON-1", &[TN])
    };
    let id = intake.receive_one(right).await;
    assert_eq!(
        intake.port_out(&user, &id).await.state(),
        v1::PortOutState::Authorized
    );
    let id = intake.receive_one(request_for("PON-2", &[OTHER_TN])).await;
    assert_eq!(
        intake.port_out(&user, &id).await.state(),
        v1::PortOutState::Pending,
        "no PIN is set, so its absence is no ground"
    );
}

#[tokio::test]
async fn a_window_shortens_the_answer_and_silence_acts_at_its_end() {
    let (intake, user) = given("policy_window").await;
    intake.set_policy(&user, 0, rules(Hold, 60)).await.unwrap();
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    let due = intake.now() + SignedDuration::from_mins(60);
    let case = intake.port_out(&user, &id).await;
    assert_eq!(case.answer_due_at.unwrap().seconds, due.as_second());
    intake.clock.advance_to(due).unwrap();
    testkit::eventually(crate::harness::BOUND, "silence", async || {
        intake.port_out(&user, &id).await.decided_by == "silence"
    })
    .await;
}

#[tokio::test]
async fn no_policy_refuses_asks_a_wireline_customer_or_shortens_where_silence_refuses() {
    let (intake, user) = given("policy_law").await;
    let mut unlawful = rules(AskEndUser, 5);
    unlawful.canada_wireless = Some(v1::PortOutRule {
        outcome: Authorize.into(),
        window_minutes: 30,
        ..v1::PortOutRule::default()
    });
    let refused = intake.set_policy(&user, 0, unlawful).await.unwrap_err();
    let (reason, fields) = refusal(&refused);
    assert_eq!(reason, "INVALID_FIELDS");
    assert_eq!(
        fields,
        [
            "rules.us_wireline.outcome",
            "rules.us_wireline.window_minutes",
            "rules.us_wireless.window_minutes",
            "rules.canada_wireline.outcome",
            "rules.canada_wireline.window_minutes",
            "rules.canada_wireless.outcome",
        ]
    );
    let mut shortened = rules(Hold, 0);
    shortened.canada_wireless = Some(v1::PortOutRule {
        outcome: Hold.into(),
        window_minutes: 30,
        ..v1::PortOutRule::default()
    });
    let refused = intake.set_policy(&user, 0, shortened).await.unwrap_err();
    assert_eq!(refusal(&refused).1, ["rules.canada_wireless.window_minutes"]);
    // There is no outcome beside these that could refuse.
    let mut refusing = rules(Hold, 0);
    refusing.us_wireline = Some(v1::PortOutRule {
        outcome: 5,
        window_minutes: 0,
        ..v1::PortOutRule::default()
    });
    let refused = intake.set_policy(&user, 0, refusing).await.unwrap_err();
    assert_eq!(refusal(&refused).1, ["rules.us_wireline.outcome"]);
}

#[tokio::test]
async fn a_rule_that_asks_says_how_and_no_other_may() {
    let (intake, user) = given("policy_ask_by").await;
    let rule = |outcome: v1::PortOutOutcome, ask_by: i32| {
        Some(v1::PortOutRule {
            outcome: outcome.into(),
            ask_by,
            ..v1::PortOutRule::default()
        })
    };
    let (email, sms) = (Email.into(), Sms.into());
    let mut wrong = rules(Hold, 0);
    wrong.us_wireline = rule(Hold, sms);
    wrong.us_wireless = rule(AskEndUser, 7);
    wrong.canada_wireline = rule(AskEndUser, sms);
    wrong.canada_wireless = rule(Hold, email);
    let refused = intake.set_policy(&user, 0, wrong).await.unwrap_err();
    assert_eq!(
        refusal(&refused).1,
        [
            "rules.us_wireline.ask_by",
            "rules.us_wireless.ask_by",
            "rules.canada_wireline.outcome",
            "rules.canada_wireless.ask_by",
        ]
    );
    let mut asking = rules(Hold, 0);
    asking.us_wireless = rule(AskEndUser, sms);
    // Not said: by email, as it is then shown.
    asking.canada_wireless = rule(AskEndUser, 0);
    let set = intake.set_policy(&user, 0, asking).await.unwrap();
    let found = intake
        .policies()
        .get_port_out_policy(ask(&user.token, v1::GetPortOutPolicyRequest {}))
        .await
        .unwrap()
        .into_inner()
        .policy
        .unwrap();
    assert_eq!(found, set);
    let shown = found.rules.unwrap();
    assert_eq!(
        (shown.us_wireless, shown.canada_wireless, shown.us_wireline),
        (rule(AskEndUser, sms), rule(AskEndUser, email), rule(Hold, 0))
    );
    let wireless = v1::ReceivePortOutRequest {
        wireless: true,
        ..request_for("PON-1", &[TN])
    };
    let id = intake.receive_one(wireless).await;
    assert_eq!(intake.port_out(&user, &id).await.policy_ask_by(), Sms);
    let mut by_email = rules(Hold, 0);
    by_email.us_wireless = rule(AskEndUser, email);
    let request = v1::DryRunPortOutPolicyRequest {
        rules: Some(by_email),
        days: 30,
        ..v1::DryRunPortOutPolicyRequest::default()
    };
    let tried = intake
        .policies()
        .dry_run_port_out_policy(ask(&user.token, request))
        .await
        .unwrap()
        .into_inner()
        .port_outs;
    let (was, would_be) = (tried[0].was.unwrap(), tried[0].would_be.unwrap());
    assert_eq!(
        (was.ask_by(), would_be.ask_by(), tried[0].differs),
        (Sms, Email, true)
    );
}

#[tokio::test]
async fn versions_are_kept_with_who_set_them() {
    let (intake, user) = given("policy_versions").await;
    let before = intake
        .policies()
        .get_port_out_policy(ask(&user.token, v1::GetPortOutPolicyRequest {}))
        .await
        .unwrap()
        .into_inner()
        .policy
        .unwrap();
    assert_eq!((before.version, before.set_by.as_str()), (0, ""));
    assert_eq!(before.rules, Some(rules(Hold, 0)));
    for version in 0..3 {
        let set = intake.set_policy(&user, version, rules(Hold, 20 + version)).await;
        assert_eq!(set.unwrap().version, version + 1);
    }
    let stale = intake.set_policy(&user, 1, rules(Hold, 0)).await.unwrap_err();
    assert_eq!(
        (stale.code(), refusal(&stale).0.as_str()),
        (Code::Aborted, "STALE")
    );
    let mut listed = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListPortOutPoliciesRequest {
            page_size: 2,
            page_token,
        };
        let page = intake
            .policies()
            .list_port_out_policies(ask(&user.token, request))
            .await
            .unwrap()
            .into_inner();
        listed.extend(page.policies);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let versions: Vec<_> = listed
        .iter()
        .map(|policy| (policy.version, policy.set_by.as_str()))
        .collect();
    assert_eq!(
        versions,
        [(3, "user:owner"), (2, "user:owner"), (1, "user:owner")]
    );
    assert!(listed.iter().all(|policy| policy.set_at.is_some()));
}

#[tokio::test]
async fn a_dry_run_says_what_would_have_differed_and_changes_nothing() {
    let (intake, user) = given("policy_dry_run").await;
    intake.set_pin(&user, &[TN], "4711").await.unwrap();
    let with_pin = v1::ReceivePortOutRequest {
        pin: "4711".to_owned(),
        ..request_for("PON-1", &[TN])
    };
    let first = intake.receive_one(with_pin).await;
    let second = intake.receive_one(request_for("PON-2", &[OTHER_TN])).await;
    let denied = v1::ReceivePortOutRequest {
        postal_code: "99999".to_owned(),
        ..request_for("PON-3", &[OTHER_TN])
    };
    intake.receive_one(denied).await;
    let dry_run = async |outcome, page_token: &str| {
        let request = v1::DryRunPortOutPolicyRequest {
            rules: Some(rules(outcome, 0)),
            days: 30,
            page_size: 1,
            page_token: page_token.to_owned(),
        };
        let reply = intake
            .policies()
            .dry_run_port_out_policy(ask(&user.token, request))
            .await;
        reply.unwrap().into_inner()
    };
    let page = dry_run(RequirePin, "").await;
    let tried = &page.port_outs[0];
    assert_eq!(
        (tried.port_out_id.as_str(), tried.differs),
        (second.as_str(), true)
    );
    assert!(!tried.would_be.unwrap().at_once, "it brought no PIN");
    let page = dry_run(RequirePin, &page.next_page_token).await;
    let tried = &page.port_outs[0];
    assert_eq!(tried.port_out_id, first);
    assert!(!tried.was.unwrap().at_once && tried.would_be.unwrap().at_once);
    assert_eq!(page.next_page_token, "", "what was denied is not in it");
    assert!(!dry_run(Hold, "").await.port_outs[0].differs);
    assert_eq!(
        intake.port_out(&user, &second).await.state(),
        v1::PortOutState::Pending
    );
}

#[tokio::test]
async fn a_dry_run_of_the_policy_that_held_finds_no_difference_where_a_number_was_denied() {
    let (intake, user) = given("policy_dry_run_some").await;
    intake.given_per_number().await;
    intake.set_pin(&user, &[TN], "4711").await.unwrap();
    intake.set_pin(&user, &[OTHER_TN], "0815").await.unwrap();
    intake.set_policy(&user, 0, rules(RequirePin, 0)).await.unwrap();
    let right_for_one = v1::ReceivePortOutRequest {
        pin: "4711".to_owned(),
        ..request_for("PON-1", &[TN, OTHER_TN])
    };
    let id = intake.receive_one(right_for_one).await;
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (case.state(), case.decided_by.as_str()),
        (v1::PortOutState::Authorized, "policy")
    );
    for (outcome, differs) in [(RequirePin, false), (Hold, true)] {
        let request = v1::DryRunPortOutPolicyRequest {
            rules: Some(rules(outcome, 0)),
            days: 30,
            ..v1::DryRunPortOutPolicyRequest::default()
        };
        let asked = ask(&user.token, request);
        let tried = intake
            .policies()
            .dry_run_port_out_policy(asked)
            .await
            .unwrap()
            .into_inner()
            .port_outs;
        assert!(
            tried[0].was.unwrap().at_once,
            "the number that may go went at once"
        );
        assert_eq!(tried[0].differs, differs, "{outcome:?}");
    }
}
