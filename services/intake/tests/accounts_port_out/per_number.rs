//! A winning carrier that reads an answer per number: a denied number leaves the others as they are.

use portway_proto::intake::v1;
use portway_proto::intake::v1::PortOutNews;
use service::stamp;

use crate::calls::{change, refusal, request_for};
use crate::harness::{TestIntake, User};

const TNS: [&str; 3] = ["+14158675301", "+14158675302", "+14158675303"];
const NOBODYS: &str = "+14158675399";

async fn given(name: &str) -> (TestIntake, User) {
    let intake = TestIntake::start(name).await;
    intake.given_per_number().await;
    let user = intake.given_account().await;
    for tn in TNS {
        intake.given_number(user.account, tn, "IN_SERVICE").await;
    }
    intake.given_nothing_on_file().await;
    (intake, user)
}

async fn reject_some(
    intake: &TestIntake,
    user: &User,
    id: &str,
    tns: &[&str],
) -> Result<v1::PortOut, tonic::Status> {
    let request = v1::RejectPortOutRequest {
        port_out_id: id.to_owned(),
        reason: "ZIP".to_owned(),
        explanation: "the bill says otherwise".to_owned(),
        tns: tns.iter().map(|tn| (*tn).to_owned()).collect(),
    };
    let reply = intake
        .port_outs()
        .reject_port_out(change(&user.token, request))
        .await?;
    Ok(reply.into_inner().port_out.unwrap())
}

fn denied(event: &v1::PortOutAuthorized) -> Vec<(&str, &str)> {
    let reasons = event.denied.iter();
    reasons
        .map(|reason| (reason.tn.as_str(), reason.reason.as_str()))
        .collect()
}

fn ported() -> v1::ReportPortOutProgressRequest {
    v1::ReportPortOutProgressRequest {
        progress_id: "p-1".to_owned(),
        pon: "PON-1".to_owned(),
        winning_spid: "9999".to_owned(),
        news: PortOutNews::Ported.into(),
        occurred_at: Some(stamp::to_proto(crate::calls::START.parse().unwrap())),
        foc_at: None,
    }
}

#[tokio::test]
async fn the_rest_goes_its_way_and_one_answer_names_what_does_not() {
    let (intake, user) = given("per_number").await;
    intake.set_lock(&user, &[TNS[2]], true).await.unwrap();
    let ids = intake
        .receive(request_for("PON-1", &[TNS[0], TNS[1], TNS[2], NOBODYS]))
        .await;
    assert_eq!(ids.len(), 2);
    let case = intake.port_outs_of(&user).await.remove(0);
    assert_eq!(
        (case.state(), case.answers_per_number),
        (v1::PortOutState::Pending, true)
    );
    let denials: Vec<&str> = case.numbers.iter().map(|number| number.denial.as_str()).collect();
    assert_eq!(denials, ["", "", "LOCKED"]);
    let operator = intake.operator().await;
    let all = intake.port_outs_of(&operator).await;
    let is_nobodys = |case: &v1::PortOut| case.account_id == operator.account.to_string();
    let nobodys = all.into_iter().find(is_nobodys).unwrap();
    assert_eq!(nobodys.state(), v1::PortOutState::Rejected);
    assert!(
        intake
            .events::<v1::PortOutRejected>(operator.account)
            .await
            .is_empty(),
        "one answer, when all is decided"
    );
    intake.accept(&user, &case.port_out_id).await.unwrap();
    let authorized = intake.events::<v1::PortOutAuthorized>(user.account).await;
    assert_eq!(denied(&authorized[0]), [(TNS[2], "LOCKED")]);
    assert!(authorized[0].port_out.as_ref().unwrap().answers_per_number);
    let rejected = intake.events::<v1::PortOutRejected>(operator.account).await;
    assert_eq!(rejected[0].reasons[0].tn, NOBODYS);

    intake.report(ported()).await.unwrap();
    assert_eq!(
        intake.inventory(user.account).await,
        [TNS[2]],
        "what was denied stays"
    );
    let nobodys = intake.port_out(&operator, &nobodys.port_out_id).await;
    assert_eq!(nobodys.state(), v1::PortOutState::Rejected);
}

#[tokio::test]
async fn an_account_refuses_some_numbers_and_the_others_go() {
    let (intake, user) = given("refuse_some").await;
    let id = intake.receive_one(request_for("PON-1", &TNS)).await;
    let strange = reject_some(&intake, &user, &id, &[NOBODYS]).await.unwrap_err();
    assert_eq!(refusal(&strange).0, "ANSWERED_AS_A_WHOLE");
    reject_some(&intake, &user, &id, &[TNS[0]]).await.unwrap();
    let case = intake.review(user.account, &id, true).await.unwrap();
    assert_eq!(case.state(), v1::PortOutState::Authorized);
    let authorized = intake.events::<v1::PortOutAuthorized>(user.account).await;
    assert_eq!(
        (authorized.len(), denied(&authorized[0])),
        (1, vec![(TNS[0], "ZIP")])
    );
}

#[tokio::test]
async fn when_no_number_is_left_the_request_is_rejected() {
    let (intake, user) = given("refuse_all").await;
    let id = intake.receive_one(request_for("PON-1", &TNS)).await;
    reject_some(&intake, &user, &id, &[]).await.unwrap();
    let case = intake.review(user.account, &id, true).await.unwrap();
    assert_eq!(case.state(), v1::PortOutState::Rejected);
    let rejected = intake.events::<v1::PortOutRejected>(user.account).await;
    let named: Vec<&str> = rejected[0]
        .reasons
        .iter()
        .map(|reason| reason.tn.as_str())
        .collect();
    assert_eq!(named, TNS);
    assert_eq!(rejected[0].explanation, "we looked at the bill");
}

#[tokio::test]
async fn a_reason_is_to_be_true_of_each_number_that_it_denies() {
    let (intake, user) = given("refuse_untrue").await;
    sqlx::query("UPDATE inventory_number SET postal_code = '07030' WHERE tn = $1")
        .bind(TNS[1])
        .execute(&intake.pool)
        .await
        .unwrap();
    let id = intake.receive_one(request_for("PON-1", &TNS)).await;
    for tns in [&TNS[..0], &TNS[..2], &TNS[1..2]] {
        let refused = reject_some(&intake, &user, &id, tns).await.unwrap_err();
        assert_eq!(refusal(&refused).0, "REASON_DOES_NOT_APPLY", "{tns:?}");
        let words = format!("disproves it of {};", TNS[1]);
        assert!(refused.message().contains(&words), "{}", refused.message());
    }
    reject_some(&intake, &user, &id, &[TNS[0], TNS[2]]).await.unwrap();
}

#[tokio::test]
async fn a_carrier_that_reads_one_answer_gets_one() {
    let intake = TestIntake::start("whole").await;
    let user = intake.given_account().await;
    for tn in TNS {
        intake.given_number(user.account, tn, "IN_SERVICE").await;
    }
    let id = intake.receive_one(request_for("PON-1", &TNS)).await;
    let refused = reject_some(&intake, &user, &id, &[TNS[0]]).await.unwrap_err();
    assert_eq!(refusal(&refused).0, "ANSWERED_AS_A_WHOLE");
}
