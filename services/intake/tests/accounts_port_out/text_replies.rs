//! End users are asked by a text to their number, and answer by a text or by the page.

use portway_proto::intake::v1;
use portway_proto::intake::v1::ConsentState::{Asked, No, Yes};
use portway_proto::intake::v1::PortOutOutcome::{AskEndUser, Hold};
use portway_proto::intake::v1::take_consent_link_response::To;
use tonic::{Code, Status};

use crate::calls::{ask, refusal};
use crate::consents::{click, link, wireless};
use crate::harness::{TestIntake, User};
use crate::protect::rules;

const ONE: &str = "+14158675309";
const TWO: &str = "+14158675310";
const CANADIAN: &str = "+14168675301";

/// An account that asks by text in the wireless markets, with numbers that take texts.
async fn given(name: &str) -> (TestIntake, User) {
    let mut intake = TestIntake::prepare(name).await;
    intake.serve_pages();
    intake.start_replica().await.unwrap();
    let user = intake.given_account().await;
    for tn in [ONE, TWO, CANADIAN] {
        intake.given_number(user.account, tn, "IN_SERVICE").await;
    }
    set_up_for(&intake, "VOICE_AND_SMS", &[ONE, TWO, CANADIAN]).await;
    let asking = Some(v1::PortOutRule {
        outcome: AskEndUser.into(),
        ask_by: v1::ConsentChannel::Sms.into(),
        ..v1::PortOutRule::default()
    });
    let rules = v1::PortOutRules {
        us_wireless: asking,
        canada_wireless: asking,
        ..rules(Hold, 0)
    };
    intake.set_policy(&user, 0, rules).await.unwrap();
    (intake, user)
}

async fn set_up_for(intake: &TestIntake, capabilities: &str, tns: &[&str]) {
    sqlx::query("UPDATE inventory_number SET capabilities = $1 WHERE tn = ANY($2)")
        .bind(capabilities)
        .bind(tns)
        .execute(&intake.pool)
        .await
        .unwrap();
}

/// A text as whatever receives the platform's texts hands it in.
async fn text(
    intake: &TestIntake,
    from: &str,
    message_id: &str,
    text: &str,
) -> Result<v1::RecordTextReplyResponse, Status> {
    let receiver = intake
        .user_with(
            types::AccountId::PLATFORM,
            "user:text-receiver",
            &["consent.operate"],
        )
        .await;
    let request = v1::RecordTextReplyRequest {
        from: from.to_owned(),
        text: text.to_owned(),
        message_id: message_id.to_owned(),
    };
    let recorded = intake
        .consents()
        .record_text_reply(ask(&receiver.token, request))
        .await?;
    Ok(recorded.into_inner())
}

fn code_of(refused: &Status) -> (Code, String) {
    (refused.code(), refusal(refused).0)
}

fn closed() -> (Code, String) {
    (Code::FailedPrecondition, "CONSENT_CLOSED".to_owned())
}

/// What the history of all cases has under one word.
async fn history(intake: &TestIntake, what: &str) -> Vec<String> {
    sqlx::query_scalar("SELECT detail FROM port_out_history WHERE what = $1 ORDER BY seq")
        .bind(what)
        .fetch_all(&intake.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn each_number_is_asked_and_a_yes_from_every_one_lets_them_go() {
    let (intake, user) = given("texts_yes").await;
    let id = intake.receive_one(wireless("PON-1", &[ONE, TWO])).await;
    let asked = intake.events::<v1::PortOutConsentAsked>(user.account).await;
    let mut by_number = Vec::new();
    for asked in &asked {
        assert_eq!(asked.channel(), v1::ConsentChannel::Sms);
        let tns = asked.port_out.as_ref().unwrap().tns.clone();
        let taken = link(&intake, &asked.consent_id).await.unwrap();
        assert_eq!(taken.to, Some(To::Number(tns[0].clone())));
        by_number.push(tns);
    }
    assert_eq!(by_number, [[ONE.to_owned()], [TWO.to_owned()]]);
    let first = text(&intake, ONE, "SM-1", " yes. ").await.unwrap();
    assert_eq!(
        (
            first.port_out_id.as_str(),
            first.consent_id.as_str(),
            first.answer()
        ),
        (id.as_str(), asked[0].consent_id.as_str(), Yes)
    );
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        case.state(),
        v1::PortOutState::Pending,
        "the other has not answered"
    );
    let shown: Vec<_> = case
        .consents
        .iter()
        .map(|consent| (consent.sent_to.as_str(), consent.channel(), consent.state()))
        .collect();
    let sms = v1::ConsentChannel::Sms;
    assert_eq!(shown, [(ONE, sms, Yes), (TWO, sms, Asked)]);
    text(&intake, TWO, "SM-2", "OUI").await.unwrap();
    let case = intake.port_out(&user, &id).await;
    assert_eq!(
        (case.state(), case.decided_by.as_str()),
        (v1::PortOutState::Authorized, "end user")
    );
    let answered = intake.events::<v1::PortOutConsentAnswered>(user.account).await;
    let said: Vec<_> = answered
        .iter()
        .flat_map(|answered| &answered.numbers)
        .map(|number| (number.tn.as_str(), number.state()))
        .collect();
    assert_eq!(said, [(ONE, Yes), (TWO, Yes)]);
    assert_eq!(
        history(&intake, "CONSENT_ANSWERED").await,
        [
            format!("YES to {ONE} by text SM-1 from {ONE}"),
            format!("YES to {TWO} by text SM-2 from {TWO}")
        ]
    );
}

#[tokio::test]
async fn nobody_is_asked_when_one_of_the_numbers_is_set_up_for_voice_alone() {
    let (intake, user) = given("texts_voice").await;
    set_up_for(&intake, "VOICE", &[TWO]).await;
    let id = intake.receive_one(wireless("PON-1", &[ONE, TWO])).await;
    assert_eq!(intake.events::<v1::PortOutConsentAsked>(user.account).await, []);
    assert_eq!(
        intake.port_out(&user, &id).await.state(),
        v1::PortOutState::Pending
    );
    assert_eq!(
        history(&intake, "NOT_ASKED").await,
        ["a number is set up for voice alone and cannot be asked by text"]
    );
    let refused = text(&intake, ONE, "SM-1", "YES").await.unwrap_err();
    assert_eq!(code_of(&refused), closed());
}

#[tokio::test]
async fn a_no_refuses_where_silence_does_and_goes_to_operations_elsewhere() {
    let (intake, user) = given("texts_no").await;
    let canadian = intake.receive_one(wireless("PON-1", &[CANADIAN])).await;
    assert_eq!(text(&intake, CANADIAN, "SM-1", "non").await.unwrap().answer(), No);
    let case = intake.port_out(&user, &canadian).await;
    assert_eq!(
        (case.state(), case.rejection_reason.as_str()),
        (v1::PortOutState::Rejected, "NO_CONSENT")
    );
    let american = intake.receive_one(wireless("PON-2", &[ONE])).await;
    text(&intake, ONE, "SM-2", "No!").await.unwrap();
    let case = intake.port_out(&user, &american).await;
    assert_eq!(
        (case.state(), case.rejection_reason.as_str()),
        (v1::PortOutState::RejectionReview, "NOT_AUTHORIZED")
    );
    let proof: String =
        sqlx::query_scalar("SELECT claim_explanation FROM port_out WHERE claim_reason IS NOT NULL")
            .fetch_one(&intake.pool)
            .await
            .unwrap();
    assert!(
        proof.starts_with(&format!("{ONE} said NO to {ONE} at 2026-11-23"))
            && proof.ends_with("by text SM-2"),
        "{proof}"
    );
}

#[tokio::test]
async fn what_is_neither_yes_nor_no_answers_nothing_and_every_fault_is_named() {
    let (intake, user) = given("texts_unclear").await;
    let id = intake.receive_one(wireless("PON-1", &[ONE])).await;
    for unclear in ["", "maybe", "yes no", "STOP"] {
        let refused = text(&intake, ONE, "SM-1", unclear).await.unwrap_err();
        assert_eq!(
            code_of(&refused),
            (Code::InvalidArgument, "REPLY_UNCLEAR".to_owned()),
            "{unclear:?}"
        );
    }
    let refused = text(&intake, "4158675309", &"x".repeat(201), "maybe")
        .await
        .unwrap_err();
    assert_eq!(
        refusal(&refused),
        (
            "INVALID_FIELDS".to_owned(),
            vec!["from".to_owned(), "message_id".to_owned(), "text".to_owned()]
        )
    );
    assert_eq!(
        intake.port_out(&user, &id).await.consents[0].state(),
        Asked,
        "nothing was answered"
    );
    // The same message, understood at last.
    assert_eq!(text(&intake, ONE, "SM-1", "y").await.unwrap().answer(), Yes);
}

#[tokio::test]
async fn the_same_text_is_answered_as_it_was_and_changes_nothing() {
    let (intake, user) = given("texts_repeat").await;
    let nothing_open = text(&intake, ONE, "SM-0", "YES").await.unwrap_err();
    assert_eq!(code_of(&nothing_open), closed());
    let id = intake.receive_one(wireless("PON-1", &[ONE, TWO])).await;
    // It was written before the question was asked.
    let still = text(&intake, ONE, "SM-0", "YES").await.unwrap_err();
    assert_eq!(code_of(&still), closed());
    let at_once = futures::future::join_all((0..6).map(|_| text(&intake, ONE, "SM-1", "YES"))).await;
    let first = at_once[0].as_ref().unwrap();
    for repeat in &at_once {
        assert_eq!(repeat.as_ref().unwrap(), first);
    }
    let before = intake.port_out(&user, &id).await;
    assert_eq!(
        &text(&intake, ONE, "SM-1", "YES").await.unwrap(),
        first,
        "once more, after the question is answered"
    );
    let other = text(&intake, ONE, "SM-2", "NO").await.unwrap_err();
    assert_eq!(code_of(&other), closed(), "another text finds nothing open");
    assert_eq!(intake.port_out(&user, &id).await, before);
    assert_eq!(history(&intake, "CONSENT_ANSWERED").await.len(), 1);
    // Another number's text may have the same id.
    assert_eq!(text(&intake, TWO, "SM-1", "NO").await.unwrap().answer(), No);
}

#[tokio::test]
async fn an_answer_by_one_way_ends_the_other() {
    let (intake, user) = given("texts_page").await;
    let id = intake.receive_one(wireless("PON-1", &[ONE, TWO])).await;
    let asked = intake.events::<v1::PortOutConsentAsked>(user.account).await;
    let one = link(&intake, &asked[0].consent_id).await.unwrap().url;
    // Fetched twice, as for a text that is tried again.
    let two = [
        link(&intake, &asked[1].consent_id).await.unwrap().url,
        link(&intake, &asked[1].consent_id).await.unwrap().url,
    ];
    assert_eq!(click(&one, "yes").await.0, 200);
    let late = text(&intake, ONE, "SM-1", "NO").await.unwrap_err();
    assert_eq!(code_of(&late), closed());
    text(&intake, TWO, "SM-2", "YES").await.unwrap();
    for url in &two {
        let (code, page) = click(url, "no").await;
        assert!(code == 200 && page.contains("Your answer is recorded"), "{page}");
    }
    let case = intake.port_out(&user, &id).await;
    assert_eq!(case.state(), v1::PortOutState::Authorized);
    let proofs: Vec<(String, Option<String>, Option<String>)> =
        sqlx::query_as("SELECT texted_tn, remote_address, text_id FROM port_out_consent ORDER BY texted_tn")
            .fetch_all(&intake.pool)
            .await
            .unwrap();
    assert_eq!(
        proofs,
        [
            (ONE.to_owned(), Some("127.0.0.1".to_owned()), None),
            (TWO.to_owned(), None, Some("SM-2".to_owned()))
        ]
    );
    // No row can have both ways, or a text where none was sent.
    for mixed in [
        "UPDATE port_out_consent SET text_id = 'SM-9' WHERE remote_address IS NOT NULL",
        "UPDATE port_out_consent SET remote_address = '::1', user_agent = '' WHERE text_id IS NOT NULL",
        "UPDATE port_out_consent SET texted_tn = NULL, email = 'a@b.example' WHERE text_id IS NOT NULL",
    ] {
        let refused = sqlx::query(mixed).execute(&intake.pool).await;
        assert!(refused.is_err(), "{mixed}");
    }
}

#[tokio::test]
async fn of_two_questions_the_one_asked_last_is_answered_first() {
    let (intake, user) = given("texts_two").await;
    let first = intake.receive_one(wireless("PON-1", &[ONE])).await;
    let second = intake.receive_one(wireless("PON-2", &[ONE])).await;
    let answered = text(&intake, ONE, "SM-1", "NO").await.unwrap();
    assert_eq!(answered.port_out_id, second);
    assert_eq!(
        intake.port_out(&user, &first).await.state(),
        v1::PortOutState::Pending
    );
    let answered = text(&intake, ONE, "SM-2", "YES").await.unwrap();
    assert_eq!(answered.port_out_id, first);
}

#[tokio::test]
async fn no_account_and_no_service_can_answer_in_an_end_users_name() {
    let (intake, user) = given("texts_access").await;
    intake.receive_one(wireless("PON-1", &[ONE])).await;
    // What an account is not granted, and what would open nothing if it were.
    let own = intake
        .user_with(user.account, "user:climber", &["consent.operate"])
        .await;
    for token in [&user.token, &own.token, &intake.notification_token] {
        let request = v1::RecordTextReplyRequest {
            from: ONE.to_owned(),
            text: "YES".to_owned(),
            message_id: "SM-1".to_owned(),
        };
        let refused = intake.consents().record_text_reply(ask(token, request)).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
    assert_eq!(text(&intake, ONE, "SM-1", "YES").await.unwrap().answer(), Yes);
}
