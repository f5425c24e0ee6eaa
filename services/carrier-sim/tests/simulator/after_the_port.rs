//! What happens to numbers one by one: cut over in groups, tested, given back, registered for texting.

use grpc::status::reason_of;
use portway_proto::carrier::v1::change::Change;
use portway_proto::carrier::v1::{
    ActivatePortRequest, AnswerKind, EnableMessagingRequest, SnapbackPortRequest,
};
use portway_proto::sim::v1::{
    ListCallsRequest, PutScriptRequest, Script, ScriptStep, ScriptedTest, TestOutcome,
};
use portway_proto::types::v1::Capability;
use tonic::Code;
use tonic_types::StatusExt;

use crate::harness::{Carrier, Scenario, System, at};
use crate::words::{
    TN_A, TN_B, answers, changes_after, minutes, put_script, reason, step, submission, submit,
};

fn activation(tns: &[&str]) -> ActivatePortRequest {
    ActivatePortRequest {
        pon: "PON-1".to_owned(),
        tns: tns.iter().map(|&tn| tn.to_owned()).collect(),
    }
}

fn snapback(id: &str, tns: &[&str]) -> SnapbackPortRequest {
    SnapbackPortRequest {
        pon: "PON-1".to_owned(),
        tns: tns.iter().map(|&tn| tn.to_owned()).collect(),
        reason: "inadvertent port".to_owned(),
        request_id: id.to_owned(),
    }
}

fn messaging(id: &str, tns: &[&str]) -> EnableMessagingRequest {
    EnableMessagingRequest {
        pon: "PON-1".to_owned(),
        tns: tns.iter().map(|&tn| tn.to_owned()).collect(),
        campaign_id: "C-77".to_owned(),
        request_id: id.to_owned(),
    }
}

fn test(tn: &str, capability: Capability, outcome: TestOutcome, after_mins: Option<i64>) -> ScriptedTest {
    ScriptedTest {
        tn: tn.to_owned(),
        capability: capability.into(),
        outcome: outcome.into(),
        detail: outcome.as_str_name().to_owned(),
        after: after_mins.map(minutes),
    }
}

async fn put(scenario: &mut Scenario, script: Script) {
    let request = PutScriptRequest { script: Some(script) };
    scenario.put_script(request).await.unwrap();
}

/// A request for two numbers with a FOC.
async fn committed(system: &System, carrier: &mut Carrier) {
    submit(carrier, "PON-1", 1, &[TN_A, TN_B]).await;
    system.pass_minutes(60);
}

/// The tests among the changes: the last digit of the number, the capability, whether it works.
async fn tested(carrier: &mut Carrier) -> Vec<String> {
    let (changes, _) = changes_after(carrier, "").await;
    let tests = changes.into_iter().filter_map(|change| match change {
        Change::CapabilityTest(test) => Some(test),
        Change::Answer(_) | Change::PortOut(_) | Change::PortOutProgress(_) | Change::PortOutSnapback(_) => {
            None
        }
    });
    let words = tests.map(|test| {
        assert_eq!(test.pon, "PON-1");
        let capability = test.capability().as_str_name().trim_start_matches("CAPABILITY_");
        let works = if test.passed { "works" } else { "fails" };
        format!("{} {capability} {works}", &test.tn[test.tn.len() - 1..])
    });
    words.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_cut_over_in_groups_each_once_and_tested_a_minute_later() {
    let system = System::create("sim_groups").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    committed(&system, &mut carrier).await;
    for _ in 0..2 {
        carrier.activate_port(activation(&[TN_B])).await.unwrap();
    }
    system.pass_minutes(1);
    assert_eq!(
        answers(&mut carrier, "PON-1").await[1..],
        ["1 ACTIVATED 2".to_owned()]
    );
    assert_eq!(tested(&mut carrier).await, Vec::<String>::new());
    system.pass_minutes(1);
    let of_b = [
        "2 CALLER_NAME works",
        "2 EMERGENCY works",
        "2 VOICE_INBOUND works",
        "2 VOICE_OUTBOUND works",
    ];
    let mut tests = tested(&mut carrier).await;
    tests.sort();
    assert_eq!(tests, of_b);
    // The rest: what is left of all.
    carrier.activate_port(activation(&[])).await.unwrap();
    system.pass_minutes(2);
    let said = answers(&mut carrier, "PON-1").await;
    assert_eq!(said[1..], ["1 ACTIVATED 2", "1 ACTIVATED 1"]);
    assert_eq!(tested(&mut carrier).await.len(), 8);
    let stranger = carrier
        .activate_port(activation(&["+12128675399"]))
        .await
        .unwrap_err();
    assert_eq!(
        (stranger.code(), reason_of(&stranger).as_deref()),
        (Code::FailedPrecondition, Some("NUMBER_NOT_IN_REQUEST"))
    );
    let calls = system
        .scenario(&replica)
        .list_calls(ListCallsRequest {
            pon: "PON-1".to_owned(),
            page_size: 0,
        })
        .await
        .unwrap()
        .into_inner();
    let details: Vec<&str> = calls.calls.iter().map(|call| call.detail.as_str()).collect();
    assert_eq!(details, ["", TN_B, TN_B, ""]);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_fails_comes_late_or_never_as_scripted() {
    let system = System::create("sim_tests").await;
    let replica = system.start().await;
    let (mut carrier, mut scenario) = (system.carrier(&replica), system.scenario(&replica));
    let script = Script {
        tn: TN_A.to_owned(),
        tests: vec![
            test(TN_B, Capability::Emergency, TestOutcome::Fails, None),
            test(TN_B, Capability::Emergency, TestOutcome::Passes, Some(30)),
            test("", Capability::CallerName, TestOutcome::Never, None),
        ],
        ..Script::default()
    };
    put(&mut scenario, script).await;
    committed(&system, &mut carrier).await;
    carrier.activate_port(activation(&[])).await.unwrap();
    system.pass_minutes(2);
    let mut soon = tested(&mut carrier).await;
    soon.sort();
    let expected = [
        "1 EMERGENCY works",
        "1 VOICE_INBOUND works",
        "1 VOICE_OUTBOUND works",
        "2 EMERGENCY fails",
        "2 VOICE_INBOUND works",
        "2 VOICE_OUTBOUND works",
    ];
    assert_eq!(soon, expected);
    system.pass_minutes(29);
    assert_eq!(tested(&mut carrier).await[6..], ["2 EMERGENCY works"]);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_of_an_activation_that_a_newer_version_took_back_are_not_made() {
    let system = System::create("sim_tests_dropped").await;
    let replica = system.start().await;
    let (mut carrier, mut scenario) = (system.carrier(&replica), system.scenario(&replica));
    put_script(
        &mut scenario,
        TN_A,
        vec![
            step(60, AnswerKind::Foc, vec![]),
            step(60, AnswerKind::Activated, vec![]),
        ],
        0,
    )
    .await;
    committed(&system, &mut carrier).await;
    carrier.activate_port(activation(&[])).await.unwrap();
    system.pass_minutes(10);
    submit(&mut carrier, "PON-1", 2, &[TN_A, TN_B]).await;
    system.pass_minutes(24 * 60);
    assert_eq!(tested(&mut carrier).await, Vec::<String>::new());
    // Asked for again, under the version that holds.
    carrier.activate_port(activation(&[])).await.unwrap();
    system.pass_minutes(61);
    assert_eq!(tested(&mut carrier).await.len(), 8);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn active_numbers_are_given_back_once_a_request_or_refused() {
    let system = System::create("sim_snapback").await;
    let replica = system.start().await;
    let (mut carrier, mut scenario) = (system.carrier(&replica), system.scenario(&replica));
    committed(&system, &mut carrier).await;
    let early = carrier.snapback_port(snapback("S1", &[TN_A])).await.unwrap_err();
    assert_eq!(
        (early.code(), reason_of(&early).as_deref()),
        (Code::FailedPrecondition, Some("NUMBER_NOT_ACTIVE"))
    );
    carrier.activate_port(activation(&[])).await.unwrap();
    system.pass_minutes(1);
    for _ in 0..2 {
        carrier.snapback_port(snapback("S1", &[TN_A])).await.unwrap();
    }
    system.pass_minutes(10);
    let said = answers(&mut carrier, "PON-1").await;
    assert_eq!(said[1..], ["1 ACTIVATED", "1 SNAPBACK_CONFIRMED 1"]);
    // It is no longer with us.
    let gone = carrier.snapback_port(snapback("S2", &[TN_A])).await.unwrap_err();
    assert_eq!(reason_of(&gone).as_deref(), Some("NUMBER_NOT_ACTIVE"));

    let refused = ScriptStep {
        reasons: vec![reason(TN_B, "GONE")],
        ..step(5, AnswerKind::SnapbackRefused, vec![])
    };
    put_script(&mut scenario, TN_A, vec![refused], 0).await;
    // Without numbers: all that are still active.
    carrier.snapback_port(snapback("S3", &[])).await.unwrap();
    system.pass_minutes(5);
    let said = answers(&mut carrier, "PON-1").await;
    assert_eq!(said[3], format!("1 SNAPBACK_REFUSED 2 {TN_B}GONE"));
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texting_works_an_hour_later_fails_or_is_refused() {
    let system = System::create("sim_messaging").await;
    let replica = system.start().await;
    let (mut carrier, mut scenario) = (system.carrier(&replica), system.scenario(&replica));
    committed(&system, &mut carrier).await;
    carrier.activate_port(activation(&[])).await.unwrap();
    system.pass_minutes(2);
    let before = tested(&mut carrier).await.len();
    for _ in 0..2 {
        carrier.enable_messaging(messaging("M1", &[TN_A])).await.unwrap();
    }
    system.pass_minutes(59);
    assert_eq!(tested(&mut carrier).await.len(), before);
    system.pass_minutes(1);
    assert_eq!(tested(&mut carrier).await[before..], ["1 MESSAGING works"]);
    let script = Script {
        tests: vec![test("", Capability::Messaging, TestOutcome::Fails, Some(5))],
        ..Script::default()
    };
    put(&mut scenario, script).await;
    carrier.enable_messaging(messaging("M2", &[TN_B])).await.unwrap();
    system.pass_minutes(5);
    assert_eq!(tested(&mut carrier).await[before + 1..], ["2 MESSAGING fails"]);
    let script = Script {
        messaging_refusal: "the campaign is not approved".to_owned(),
        ..Script::default()
    };
    put(&mut scenario, script).await;
    let refused = carrier
        .enable_messaging(messaging("M3", &[TN_B]))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason_of(&refused).as_deref(), refused.message()),
        (
            Code::FailedPrecondition,
            Some("MESSAGING_REFUSED"),
            "the campaign is not approved"
        )
    );
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_foc_moves_the_cut_over_and_a_new_date_alone_is_listed_as_such() {
    let system = System::create("sim_foc_moved").await;
    let replica = system.start().await;
    let (mut carrier, mut scenario) = (system.carrier(&replica), system.scenario(&replica));
    let foc = |after, foc_after| ScriptStep {
        foc_after: Some(minutes(foc_after)),
        ..step(after, AnswerKind::Foc, vec![])
    };
    put_script(&mut scenario, TN_A, vec![foc(60, 60), foc(120, 24 * 60)], 0).await;
    let submitted = "2026-10-05T15:00:00Z";
    submit(&mut carrier, "PON-1", 1, &[TN_A]).await;
    system.pass_minutes(120);
    assert_eq!(
        answers(&mut carrier, "PON-1").await,
        ["1 FOC 2026-10-05T17:00:00Z", "1 FOC 2026-10-06T17:00:00Z"],
        "submitted at {submitted}"
    );
    let mut later = submission("PON-1", 2, &[TN_A]);
    later.supplement = portway_proto::carrier::v1::Supplement::DueDate.into();
    carrier.submit_port(later).await.unwrap();
    let calls = scenario
        .list_calls(ListCallsRequest {
            pon: "PON-1".to_owned(),
            page_size: 0,
        })
        .await
        .unwrap()
        .into_inner()
        .calls;
    assert_eq!((calls[1].ver, calls[1].detail.as_str()), (2, "due date"));
    assert_eq!(at(calls[0].at.as_ref()), submitted.parse().unwrap());
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_what_is_asked_and_scripted_is_named() {
    let system = System::create("sim_after_faults").await;
    let replica = system.start().await;
    let (mut carrier, mut scenario) = (system.carrier(&replica), system.scenario(&replica));
    let fields = |status: tonic::Status| -> Vec<String> {
        let violations = status.get_details_bad_request().unwrap().field_violations;
        violations.into_iter().map(|violation| violation.field).collect()
    };
    let nothing = SnapbackPortRequest {
        tns: vec!["911".to_owned()],
        ..SnapbackPortRequest::default()
    };
    let refused = carrier.snapback_port(nothing).await.unwrap_err();
    assert_eq!(fields(refused), ["pon", "tns[0]", "request_id"]);
    let script = Script {
        tests: vec![
            test("911", Capability::Unspecified, TestOutcome::Unspecified, Some(-1)),
            test(TN_A, Capability::Messaging, TestOutcome::Never, None),
        ],
        messaging_refusal: "x".repeat(201),
        ..Script::default()
    };
    let request = PutScriptRequest { script: Some(script) };
    let refused = scenario.put_script(request).await.unwrap_err();
    let expected = [
        "script.tests[0].tn",
        "script.tests[0].capability",
        "script.tests[0].outcome",
        "script.tests[0].after",
        "script.messaging_refusal",
    ];
    assert_eq!(fields(refused), expected);
    replica.stop().await;
}
