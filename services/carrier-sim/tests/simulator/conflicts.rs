//! Conflicts over requests that were authorized.

use grpc::status::reason_of;
use portway_proto::carrier::v1::RaisePortOutConflictRequest;
use portway_proto::sim::v1::{ListCallsRequest, RequestPortOutRequest};
use tonic::Code;
use types::ConflictId;

use crate::harness::{Carrier, System};
use crate::port_outs::{authorization, news, port_out, request};
use crate::words::{TN_A, TN_B, reason};

fn conflict(tns: &[&str]) -> RaisePortOutConflictRequest {
    RaisePortOutConflictRequest {
        pon: "W-1".to_owned(),
        ver: 1,
        winning_spid: "9104".to_owned(),
        reasons: vec![reason(TN_A, "LOCKED")],
        tns: tns.iter().map(|tn| (*tn).to_owned()).collect(),
        conflict_id: ConflictId::generate().to_string(),
    }
}

/// Why a conflict is refused; empty: it is accepted.
async fn refusal(carrier: &mut Carrier, conflict: RaisePortOutConflictRequest) -> String {
    match carrier.raise_port_out_conflict(conflict).await {
        Ok(_) => String::new(),
        Err(status) => {
            assert_eq!(status.code(), Code::FailedPrecondition);
            reason_of(&status).unwrap()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_in_time_keeps_the_numbers_and_one_too_late_is_refused() {
    let system = System::create("sim_conflict").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    request(&mut scenario, 1).await;
    assert_eq!(
        refusal(&mut carrier, conflict(&[])).await,
        "PORT_OUT_NOT_AUTHORIZED"
    );
    carrier.answer_port_out(authorization(1, None)).await.unwrap();
    let whole = conflict(&[]);
    for _ in 0..2 {
        assert_eq!(refusal(&mut carrier, whole.clone()).await, "", "once or again");
    }
    let calls = scenario
        .list_calls(ListCallsRequest::default())
        .await
        .unwrap()
        .into_inner()
        .calls;
    let last = calls.last().unwrap();
    assert_eq!(
        (last.rpc.as_str(), last.detail.as_str()),
        (
            "RaisePortOutConflict",
            format!("{TN_A} LOCKED; accepted").as_str()
        )
    );
    system.pass_minutes(7 * 24 * 60);
    assert_eq!(news(&mut carrier).await, Vec::<String>::new(), "nothing ports");

    request(&mut scenario, 2).await;
    carrier.answer_port_out(authorization(2, None)).await.unwrap();
    system.pass_minutes(1);
    assert_eq!(
        news(&mut carrier).await.len(),
        1,
        "its instant is over, so it ports"
    );
    let late = RaisePortOutConflictRequest {
        ver: 2,
        ..conflict(&[])
    };
    assert_eq!(refusal(&mut carrier, late).await, "PORT_OUT_PORTED");
    let unknown = RaisePortOutConflictRequest {
        ver: 9,
        ..conflict(&[])
    };
    let unknown = carrier.raise_port_out_conflict(unknown).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_in_conflict_still_goes() {
    let system = System::create("sim_conflict_some").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    request(&mut scenario, 1).await;
    carrier.answer_port_out(authorization(1, None)).await.unwrap();
    assert_eq!(refusal(&mut carrier, conflict(&[TN_A])).await, "");
    system.pass_minutes(7 * 24 * 60);
    assert_eq!(news(&mut carrier).await.len(), 1, "the other number ported");

    let system = System::create("sim_conflict_each").await;
    let other = system.start().await;
    let mut carrier = system.carrier(&other);
    let mut scenario = system.scenario(&other);
    request(&mut scenario, 1).await;
    carrier.answer_port_out(authorization(1, None)).await.unwrap();
    for tn in [TN_A, TN_B] {
        assert_eq!(refusal(&mut carrier, conflict(&[tn])).await, "");
    }
    system.pass_minutes(7 * 24 * 60);
    assert_eq!(news(&mut carrier).await, Vec::<String>::new(), "none is left");
    other.stop().await;
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_may_refuse_every_conflict() {
    let system = System::create("sim_conflict_refused").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    let stubborn = RequestPortOutRequest {
        request: Some(port_out(1)),
        complete_at_foc: true,
        refuse_conflicts: true,
    };
    scenario.request_port_out(stubborn).await.unwrap();
    carrier.answer_port_out(authorization(1, None)).await.unwrap();
    assert_eq!(refusal(&mut carrier, conflict(&[])).await, "CONFLICT_REFUSED");
    system.pass_minutes(7 * 24 * 60);
    assert_eq!(news(&mut carrier).await.len(), 1, "the numbers go");
    replica.stop().await;
}
