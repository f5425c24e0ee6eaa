//! End users are asked by a link, and what they answer is done once.

use jiff::SignedDuration;
use portway_proto::intake::v1;
use portway_proto::intake::v1::PortOutOutcome::{AskEndUser, Hold};
use portway_proto::intake::v1::take_consent_link_response::To;
use tonic::Code;

use crate::calls::{ask, refusal, request_for};
use crate::harness::{BOUND, TestIntake, User};
use crate::protect::rules;

const ANNS: &str = "+14158675309";
const BOBS: &str = "+14158675310";
const CANADIAN: [&str; 3] = ["+14168675301", "+14168675302", "+14168675303"];

/// An account that asks in the wireless markets, with a number of Ann's and one of Bob's; in Canada two and one.
async fn given(name: &str) -> (TestIntake, User) {
    let mut intake = TestIntake::prepare(name).await;
    intake.serve_pages();
    intake.start_replica().await.unwrap();
    let user = intake.given_account().await;
    let (ann, bob) = ("ann@acme.example", "bob@acme.example");
    let [one, two, three] = CANADIAN;
    for (tn, email) in [(ANNS, ann), (BOBS, bob), (one, ann), (two, ann), (three, bob)] {
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
        ..v1::PortOutRule::default()
    });
    (asking.us_wireless, asking.canada_wireless) = (ask, ask);
    intake.set_policy(&user, 0, asking).await.unwrap();
    (intake, user)
}

pub(crate) fn wireless(pon: &str, tns: &[&str]) -> v1::ReceivePortOutRequest {
    v1::ReceivePortOutRequest {
        wireless: true,
        ..request_for(pon, tns)
    }
}

pub(crate) async fn link(
    intake: &TestIntake,
    consent_id: &str,
) -> Result<v1::TakeConsentLinkResponse, tonic::Status> {
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
        let Some(To::Email(email)) = taken.to else {
            panic!("asked by email");
        };
        links.push((email, taken.url));
    }
    links.sort();
    links
}

/// Answers about one number.
pub(crate) async fn click(url: &str, answer: &str) -> (u16, String) {
    send(url, &format!("answer-0={answer}")).await
}

async fn send(url: &str, form: &str) -> (u16, String) {
    let client = TestIntake::browser();
    let sent = client.post(url).body(form.to_owned()).send().await.unwrap();
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
async fn a_no_where_silence_authorizes_is_a_reason_that_operations_check() {
    let (intake, user) = given("consent_no_us").await;
    let id = intake.receive_one(wireless("PON-1", &[ANNS, BOBS])).await;
    let links = links(&intake, &user).await;
    let due = intake.port_out(&user, &id).await.answer_due_at;
    click(&links[1].1, "no").await;
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (case.state(), case.rejection_reason.as_str(), case.answer_due_at),
        (v1::PortOutState::RejectionReview, "NOT_AUTHORIZED", due)
    );
    let asked = intake.events::<v1::PortOutRejectionRequested>(user.account).await;
    let asked: Vec<_> = asked
        .iter()
        .map(|asked| (asked.reason.as_str(), asked.requested_by.as_str()))
        .collect();
    assert_eq!(asked, [("NOT_AUTHORIZED", "end user")]);
    assert_eq!(
        intake.events::<v1::PortOutRejected>(user.account).await,
        [],
        "a NO refuses nothing by itself"
    );
    let proof: String = sqlx::query_scalar("SELECT claim_explanation FROM port_out")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert!(
        proof.contains("b…@acme.example said NO to +14158675310 at 2026-11-23")
            && proof.ends_with("from 127.0.0.1"),
        "{proof}"
    );
    // The account cannot say it in its end user's place.
    let claimed = intake.reject(&user, &id, "NOT_AUTHORIZED").await.unwrap_err();
    assert_eq!(refusal(&claimed).0, "REASON_DOES_NOT_APPLY");
    let case = intake.review(user.account, &id, true).await.unwrap();
    assert_eq!(
        (case.state(), case.rejection_reason.as_str()),
        (v1::PortOutState::Rejected, "NOT_AUTHORIZED")
    );
    let rejected = intake.events::<v1::PortOutRejected>(user.account).await;
    assert_eq!(rejected[0].reasons[0].reason, "NOT_AUTHORIZED");
    assert_eq!(
        click(&links[0].1, "yes").await.0,
        404,
        "nothing is asked any more"
    );
    let closed = link(&intake, &case.consents[0].consent_id).await.unwrap_err();
    assert_eq!(
        (closed.code(), refusal(&closed).0.as_str()),
        (Code::FailedPrecondition, "CONSENT_CLOSED")
    );
}

#[tokio::test]
async fn a_no_that_nobody_checked_in_time_or_that_does_not_hold_lets_the_numbers_go() {
    let (intake, user) = given("consent_no_late").await;
    let overruled = intake.receive_one(wireless("PON-1", &[ANNS])).await;
    let silent = intake.receive_one(wireless("PON-2", &[BOBS])).await;
    for (_, url) in links(&intake, &user).await {
        click(&url, "no").await;
    }
    let case = intake.review(user.account, &overruled, false).await.unwrap();
    assert_eq!(case.state(), v1::PortOutState::Authorized);
    let due = intake.now() + SignedDuration::from_mins(150);
    intake.clock.advance_to(due).unwrap();
    testkit::eventually(BOUND, "silence", async || {
        intake.port_out(&user, &silent).await.state() == v1::PortOutState::Authorized
    })
    .await;
    assert_eq!(intake.port_out(&user, &silent).await.decided_by, "overruled");
}

#[tokio::test]
async fn a_no_where_silence_refuses_refuses_at_once() {
    let (intake, user) = given("consent_no_ca").await;
    let id = intake.receive_one(wireless("PON-1", &CANADIAN)).await;
    let links = links(&intake, &user).await;
    assert_eq!(
        click(&links[0].1, "no").await.0,
        422,
        "Ann has two numbers and answers of both"
    );
    assert_eq!(send(&links[0].1, "answer-0=yes&answer-1=no").await.0, 200);
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
        click(&links[1].1, "yes").await.0,
        404,
        "nothing is asked any more"
    );
}

#[tokio::test]
async fn each_number_is_asked_about_and_answered_by_itself() {
    use v1::ConsentState::{Asked, No, Yes};
    let (intake, user) = given("consent_numbers").await;
    intake.given_per_number().await;
    let id = intake.receive_one(wireless("PON-1", &CANADIAN)).await;
    let links = links(&intake, &user).await;
    assert_eq!(links.len(), 2, "one letter a person");
    send(&links[0].1, "answer-0=yes&answer-1=no").await;
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        case.state(),
        v1::PortOutState::Pending,
        "Bob's number may go if he says so"
    );
    let said: Vec<_> = case
        .consents
        .iter()
        .flat_map(|consent| &consent.numbers)
        .map(|number| (number.tn.as_str(), number.state()))
        .collect();
    let [one, two, three] = CANADIAN;
    assert_eq!(said, [(one, Yes), (two, No), (three, Asked)]);
    click(&links[1].1, "yes").await;
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (case.state(), case.decided_by.as_str()),
        (v1::PortOutState::Authorized, "end user")
    );
    let authorized = intake.events::<v1::PortOutAuthorized>(user.account).await;
    let denied: Vec<_> = authorized[0]
        .denied
        .iter()
        .map(|reason| (reason.tn.as_str(), reason.reason.as_str()))
        .collect();
    assert_eq!(denied, [(two, "NOT_AUTHORIZED")]);
}

#[tokio::test]
async fn opening_a_link_answers_nothing() {
    let (intake, user) = given("consent_scanned").await;
    let id = intake.receive_one(wireless("PON-1", &[ANNS])).await;
    let links = links(&intake, &user).await;
    let before = intake.port_out(&user, &id).await;
    // As programs do that look into mail, with whatever they add to the address.
    for query in ["", "?answer-0=yes", "?answer-0=no"] {
        let url = format!("{}{query}", links[0].1);
        for method in [reqwest::Method::GET, reqwest::Method::HEAD] {
            let opened = TestIntake::browser().request(method, &url).send().await.unwrap();
            assert_eq!(opened.status().as_u16(), 200);
        }
    }
    assert_eq!(intake.port_out(&user, &id).await, before);
    assert_eq!(click(&links[0].1, "yes").await.0, 200);
    assert_eq!(
        intake.port_out(&user, &id).await.state(),
        v1::PortOutState::Authorized
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
