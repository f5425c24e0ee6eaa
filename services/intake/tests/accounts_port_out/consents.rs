//! End users are asked by a link, and what they answer is done once.

use jiff::SignedDuration;
use portway_proto::intake::v1;
use portway_proto::intake::v1::PortOutOutcome::{AskEndUser, Hold};
use tonic::Code;

use crate::calls::{ask, refusal, request_for};
use crate::harness::{TestIntake, User};
use crate::protect::rules;

const ANNS: &str = "+14158675309";
const BOBS: &str = "+14158675310";

/// An account that asks in the wireless markets, with a number of Ann's and one of Bob's.
async fn given(name: &str) -> (TestIntake, User) {
    let mut intake = TestIntake::prepare(name).await;
    intake.serve_pages();
    intake.start_replica().await.unwrap();
    let user = intake.given_account().await;
    for (tn, email) in [(ANNS, "ann@acme.example"), (BOBS, "bob@acme.example")] {
        intake.given_number(user.account, tn, "IN_SERVICE").await;
        sqlx::query("UPDATE inventory_number SET agent_email = $2 WHERE tn = $1")
            .bind(tn)
            .bind(email)
            .execute(&intake.pool)
            .await
            .unwrap();
    }
    let mut asking = rules(Hold, 0);
    let ask = Some(v1::PortOutRule {
        outcome: AskEndUser.into(),
        window_minutes: 0,
    });
    (asking.us_wireless, asking.canada_wireless) = (ask, ask);
    intake.set_policy(&user, 0, asking).await.unwrap();
    (intake, user)
}

fn wireless(pon: &str, tns: &[&str]) -> v1::ReceivePortOutRequest {
    v1::ReceivePortOutRequest {
        wireless: true,
        ..request_for(pon, tns)
    }
}

async fn link(intake: &TestIntake, consent_id: &str) -> Result<v1::TakeConsentLinkResponse, tonic::Status> {
    let request = v1::TakeConsentLinkRequest {
        consent_id: consent_id.to_owned(),
    };
    let taken = intake
        .consents()
        .take_consent_link(ask(&intake.notification_token, request))
        .await?;
    Ok(taken.into_inner())
}

/// The questions that were announced, as the notification service takes them: by address, the link.
async fn links(intake: &TestIntake, user: &User) -> Vec<(String, String)> {
    let mut links = Vec::new();
    for asked in intake.events::<v1::PortOutConsentAsked>(user.account).await {
        let taken = link(intake, &asked.consent_id).await.unwrap();
        links.push((taken.email, taken.url));
    }
    links.sort();
    links
}

async fn click(url: &str, answer: &str) -> (u16, String) {
    let client = TestIntake::browser();
    let sent = client
        .post(url)
        .body(format!("answer={answer}"))
        .send()
        .await
        .unwrap();
    (sent.status().as_u16(), sent.text().await.unwrap())
}

#[tokio::test]
async fn every_yes_lets_the_numbers_go() {
    let (intake, user) = given("consent_yes").await;
    let id = intake.receive_one(wireless("PON-1", &[ANNS, BOBS])).await;
    let links = links(&intake, &user).await;
    let to: Vec<&str> = links.iter().map(|(email, _)| email.as_str()).collect();
    assert_eq!(to, ["ann@acme.example", "bob@acme.example"]);
    let page = TestIntake::browser().get(&links[0].1).send().await.unwrap();
    assert_eq!(page.status().as_u16(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("Winning Wireline") && page.contains(ANNS), "{page}");
    assert!(!page.contains(BOBS), "each is asked for what is theirs");
    assert_eq!(click(&links[0].1, "perhaps").await.0, 422);
    assert_eq!(click(&links[0].1, "yes").await.0, 200);
    assert_eq!(
        intake.port_out(&user, &id).await.state(),
        v1::PortOutState::Pending,
        "Bob has not answered"
    );
    assert_eq!(
        click(&links[0].1, "no").await.0,
        200,
        "a second click changes nothing"
    );
    click(&links[1].1, "yes").await;
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (case.state(), case.decided_by.as_str()),
        (v1::PortOutState::Authorized, "end user")
    );
    let shown: Vec<_> = case
        .consents
        .iter()
        .map(|consent| {
            (
                consent.sent_to.as_str(),
                consent.state(),
                consent.answered_at.is_some(),
            )
        })
        .collect();
    assert!(
        shown.contains(&("a…@acme.example", v1::ConsentState::Yes, true)),
        "{shown:?}"
    );
    let proof: i64 =
        sqlx::query_scalar("SELECT count(*) FROM port_out_consent WHERE remote_address = '127.0.0.1'")
            .fetch_one(&intake.pool)
            .await
            .unwrap();
    assert_eq!(proof, 2);
}

#[tokio::test]
async fn one_no_refuses_and_closes_the_question() {
    let (intake, user) = given("consent_no").await;
    let id = intake.receive_one(wireless("PON-1", &[ANNS, BOBS])).await;
    let links = links(&intake, &user).await;
    click(&links[1].1, "no").await;
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (
            case.state(),
            case.decided_by.as_str(),
            case.rejection_reason.as_str()
        ),
        (v1::PortOutState::Rejected, "end user", "NO_CONSENT")
    );
    let rejected = intake.events::<v1::PortOutRejected>(user.account).await;
    assert_eq!(rejected[0].reasons[0].reason, "NO_CONSENT");
    assert_eq!(
        click(&links[0].1, "yes").await.0,
        404,
        "nothing is asked any more"
    );
    let anns = &case.consents[0].consent_id;
    let closed = link(&intake, anns).await.unwrap_err();
    assert_eq!(
        (closed.code(), refusal(&closed).0.as_str()),
        (Code::FailedPrecondition, "CONSENT_CLOSED")
    );
}

#[tokio::test]
async fn a_question_ends_with_its_time_and_no_token_is_kept() {
    let (intake, user) = given("consent_late").await;
    intake.receive_one(wireless("PON-1", &[ANNS])).await;
    let links = links(&intake, &user).await;
    let token = links[0].1.rsplit('/').next().unwrap().to_owned();
    let everything: String = sqlx::query_scalar(
        "SELECT concat((SELECT string_agg(link::text, '') FROM link),
                       (SELECT string_agg(port_out_consent::text, '') FROM port_out_consent),
                       (SELECT string_agg(encode(payload, 'escape'), '') FROM event))",
    )
    .fetch_one(&intake.pool)
    .await
    .unwrap();
    assert!(everything.contains("ann@acme.example") && !everything.contains(&token));
    intake
        .clock
        .advance_to(intake.now() + SignedDuration::from_mins(150))
        .unwrap();
    assert_eq!(click(&links[0].1, "no").await.0, 404);
    let user_asks = v1::TakeConsentLinkRequest {
        consent_id: uuid::Uuid::nil().to_string(),
    };
    let refused = intake
        .consents()
        .take_consent_link(ask(&user.token, user_asks))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn nobody_is_asked_of_a_wireline_request_or_without_an_address() {
    let (intake, user) = given("consent_wireline").await;
    intake.receive_one(request_for("PON-1", &[ANNS])).await;
    sqlx::query("UPDATE inventory_number SET agent_email = NULL WHERE tn = $1")
        .bind(BOBS)
        .execute(&intake.pool)
        .await
        .unwrap();
    let id = intake.receive_one(wireless("PON-2", &[ANNS, BOBS])).await;
    assert_eq!(intake.events::<v1::PortOutConsentAsked>(user.account).await, []);
    assert_eq!(
        intake.port_out(&user, &id).await.state(),
        v1::PortOutState::Pending
    );
}
