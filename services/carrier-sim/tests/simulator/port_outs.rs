//! Winning carriers: what they ask, what they are told, and what becomes of it.

use grpc::status::reason_of;
use jiff::Timestamp;
use portway_proto::carrier::v1::change::Change;
use portway_proto::carrier::v1::{AnswerPortOutRequest, PortOutProgress, PortOutRequest, PortOutStep};
use portway_proto::sim::v1::{ListCallsRequest, ReportPortOutRequest, RequestPortOutRequest};
use tonic::Code;

use crate::harness::{Carrier, Scenario, System, at};
use crate::words::{TN_A, TN_B, changes_after, reason};

fn stamp(at: &str) -> prost_types::Timestamp {
    service::stamp::to_proto(at.parse::<Timestamp>().unwrap())
}

pub(crate) fn port_out(ver: i32) -> PortOutRequest {
    PortOutRequest {
        pon: "W-1".to_owned(),
        ver,
        winning_spid: "9104".to_owned(),
        winning_name: "Winner Wireless".to_owned(),
        tns: vec![TN_A.to_owned(), TN_B.to_owned()],
        account_number: "ACCOUNT-SECRET".to_owned(),
        postal_code: "10001".to_owned(),
        pin: "PIN-SECRET".to_owned(),
        end_user_name: "Ada Lovelace".to_owned(),
        requested_foc_at: Some(stamp("2026-10-07T16:00:00Z")),
        wireless: true,
        simple: true,
        received_at: Some(stamp("2026-10-05T14:59:00Z")),
    }
}

pub(crate) async fn request(scenario: &mut Scenario, ver: i32) {
    let request = RequestPortOutRequest {
        request: Some(port_out(ver)),
        complete_at_foc: true,
        refuse_conflicts: false,
    };
    scenario.request_port_out(request).await.unwrap();
}

pub(crate) fn authorization(ver: i32, foc_at: Option<&str>) -> AnswerPortOutRequest {
    AnswerPortOutRequest {
        pon: "W-1".to_owned(),
        ver,
        winning_spid: "9104".to_owned(),
        authorized: true,
        reasons: vec![],
        foc_at: foc_at.map(stamp),
    }
}

fn rejection(ver: i32) -> AnswerPortOutRequest {
    AnswerPortOutRequest {
        authorized: false,
        reasons: vec![reason(TN_A, "PIN"), reason("", "ZIP")],
        ..authorization(ver, None)
    }
}

async fn report(scenario: &mut Scenario, step: PortOutStep, foc_at: Option<&str>) {
    let progress = PortOutProgress {
        pon: "W-1".to_owned(),
        winning_spid: "9104".to_owned(),
        step: step.into(),
        foc_at: foc_at.map(stamp),
        ..PortOutProgress::default()
    };
    let request = ReportPortOutRequest {
        progress: Some(progress),
    };
    scenario.report_port_out(request).await.unwrap();
}

/// The news among the changes: step and instant.
pub(crate) async fn news(carrier: &mut Carrier) -> Vec<String> {
    let (changes, _) = changes_after(carrier, "").await;
    let news = changes.into_iter().filter_map(|change| match change {
        Change::PortOutProgress(progress) => {
            let step = progress.step().as_str_name().trim_start_matches("PORT_OUT_STEP_");
            Some(format!("{step} {}", at(progress.occurred_at.as_ref())))
        }
        Change::Answer(_) | Change::PortOut(_) | Change::CapabilityTest(_) | Change::PortOutSnapback(_) => {
            None
        }
    });
    news.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorized_request_completes_at_its_instant() {
    let system = System::create("sim_port_out").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    request(&mut scenario, 1).await;
    request(&mut scenario, 1).await;
    let (changes, _) = changes_after(&mut carrier, "").await;
    assert_eq!(
        changes,
        [Change::PortOut(port_out(1))],
        "once, and with all that was given"
    );

    let secrets: Vec<Vec<u8>> = sqlx::query_scalar("SELECT account_number || pin FROM sim.port_out")
        .fetch_all(&mut system.database.connect().await)
        .await
        .unwrap();
    assert_eq!(secrets.len(), 1);
    assert!(
        !secrets[0].windows(6).any(|window| window == b"SECRET"),
        "sealed at rest"
    );

    let unasked = carrier.answer_port_out(authorization(2, None)).await.unwrap_err();
    assert_eq!(
        (unasked.code(), reason_of(&unasked).as_deref()),
        (Code::NotFound, Some("PORT_OUT_NOT_FOUND"))
    );
    let answer = authorization(1, Some("2026-10-06T16:00:00Z"));
    carrier.answer_port_out(answer.clone()).await.unwrap();
    carrier.answer_port_out(answer).await.unwrap();
    let otherwise = carrier.answer_port_out(rejection(1)).await.unwrap_err();
    assert_eq!(
        (otherwise.code(), reason_of(&otherwise).as_deref()),
        (Code::FailedPrecondition, Some("PORT_OUT_ANSWERED"))
    );
    system.pass_minutes(25 * 60 - 1);
    assert_eq!(news(&mut carrier).await, Vec::<String>::new());
    system.pass_minutes(1);
    assert_eq!(news(&mut carrier).await, ["PORTED 2026-10-06T16:00:00Z"]);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_moves_with_the_cut_over_and_goes_with_a_withdrawal() {
    let system = System::create("sim_port_out_moves").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    request(&mut scenario, 1).await;
    // No instant of ours: the one asked for, two days and an hour from now.
    carrier.answer_port_out(authorization(1, None)).await.unwrap();
    let moved_to = Some("2026-10-06T15:00:00Z");
    report(&mut scenario, PortOutStep::FocChanged, moved_to).await;
    report(&mut scenario, PortOutStep::FocChanged, moved_to).await;
    let moved = "FOC_CHANGED 2026-10-05T15:00:00Z";
    assert_eq!(news(&mut carrier).await, [moved]);
    system.pass_minutes(24 * 60);
    assert_eq!(news(&mut carrier).await, [moved, "PORTED 2026-10-06T15:00:00Z"]);

    request(&mut scenario, 2).await;
    carrier.answer_port_out(authorization(2, None)).await.unwrap();
    report(&mut scenario, PortOutStep::Cancelled, None).await;
    system.pass_minutes(7 * 24 * 60);
    let expected = [
        moved,
        "PORTED 2026-10-06T15:00:00Z",
        "CANCELLED 2026-10-06T15:00:00Z",
    ];
    assert_eq!(news(&mut carrier).await, expected);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_is_listed_with_its_reasons_and_completes_nothing() {
    let system = System::create("sim_port_out_rejected").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    request(&mut scenario, 1).await;
    carrier.answer_port_out(rejection(1)).await.unwrap();
    request(&mut scenario, 2).await;
    carrier.answer_port_out(authorization(2, None)).await.unwrap();
    let calls = scenario
        .list_calls(ListCallsRequest::default())
        .await
        .unwrap()
        .into_inner()
        .calls;
    let details: Vec<&str> = calls.iter().map(|call| call.detail.as_str()).collect();
    assert_eq!(details, ["+12128675301 PIN; ZIP", "authorized"]);
    system.pass_minutes(7 * 24 * 60);
    // Only version 2 was authorized.
    assert_eq!(news(&mut carrier).await, ["PORTED 2026-10-07T16:00:00Z"]);

    let unknown = PortOutProgress {
        pon: "W-9".to_owned(),
        winning_spid: "9104".to_owned(),
        step: PortOutStep::Ported.into(),
        ..PortOutProgress::default()
    };
    let request = ReportPortOutRequest {
        progress: Some(unknown),
    };
    assert_eq!(
        scenario.report_port_out(request).await.unwrap_err().code(),
        Code::NotFound
    );
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_may_deny_numbers_by_name_and_is_another_answer_then() {
    let system = System::create("sim_port_out_per_number").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    request(&mut scenario, 1).await;
    let mut partly = authorization(1, Some("2026-10-06T16:00:00Z"));
    partly.reasons = vec![reason("", "PIN")];
    let unnamed = carrier.answer_port_out(partly.clone()).await.unwrap_err();
    assert_eq!(unnamed.code(), Code::InvalidArgument);
    partly.reasons = vec![reason(TN_A, "PIN")];
    for _ in 0..2 {
        carrier.answer_port_out(partly.clone()).await.unwrap();
    }
    let whole = authorization(1, Some("2026-10-06T16:00:00Z"));
    let otherwise = carrier.answer_port_out(whole).await.unwrap_err();
    assert_eq!(reason_of(&otherwise).as_deref(), Some("PORT_OUT_ANSWERED"));
    let calls = scenario
        .list_calls(ListCallsRequest {
            pon: partly.pon.clone(),
            page_size: 0,
        })
        .await
        .unwrap()
        .into_inner()
        .calls;
    assert_eq!(calls[0].detail, format!("authorized; {TN_A} PIN"));
    // The rest ports.
    system.pass_minutes(25 * 60);
    assert_eq!(news(&mut carrier).await, ["PORTED 2026-10-06T16:00:00Z"]);
    replica.stop().await;
}
