//! What can be scripted: delays, duplicates, silence, several reasons, failing calls, and for whom.

use grpc::status::reason_of;
use portway_proto::carrier::v1::AnswerKind;
use portway_proto::sim::v1::{ListCallsRequest, PutScriptRequest, Script, ScriptStep};
use prost_types::Duration;
use tonic::Code;
use tonic_types::StatusExt;

use crate::harness::System;
use crate::words::{
    TN_A, TN_B, TN_WEST, answers, listed_answers, minutes, put_script, reason, step, submission, submit,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_is_said_first_and_the_date_may_move() {
    let system = System::create("sim_delay").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let foc = |after, foc_after| ScriptStep {
        foc_after: Some(minutes(foc_after)),
        ..step(after, AnswerKind::Foc, vec![])
    };
    let steps = vec![
        step(
            30,
            AnswerKind::Delayed,
            vec![reason("", "6H"), reason(TN_A, "1B")],
        ),
        foc(120, 60),
        foc(150, 600),
    ];
    put_script(&mut system.scenario(&replica), TN_A, steps, 0).await;
    submit(&mut carrier, "PON-1", 1, &[TN_A]).await;
    let all = [
        "1 DELAYED 6H +121286753011B",
        "1 FOC 2026-10-05T18:00:00Z",
        "1 FOC 2026-10-06T03:30:00Z",
    ];
    for (wait, expected) in [(29, 0), (1, 1), (89, 1), (1, 2), (30, 3)] {
        system.pass_minutes(wait);
        assert_eq!(answers(&mut carrier, "PON-1").await, all[..expected]);
    }
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_delivered_three_times_is_one_answer() {
    let system = System::create("sim_duplicates").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let thrice = ScriptStep {
        times: 3,
        ..step(5, AnswerKind::Rejected, vec![reason("", "8C")])
    };
    put_script(&mut system.scenario(&replica), TN_A, vec![thrice], 0).await;
    submit(&mut carrier, "PON-1", 1, &[TN_A]).await;
    submit(&mut carrier, "PON-2", 1, &[TN_A]).await;
    system.pass_minutes(5);
    let listed = listed_answers(&mut carrier).await;
    assert_eq!(listed.len(), 6);
    for pon in ["PON-1", "PON-2"] {
        let same: Vec<_> = listed.iter().filter(|answer| answer.pon == pon).collect();
        assert_eq!(same.len(), 3);
        assert!(same.iter().all(|answer| *answer == same[0]), "{same:?}");
        assert_eq!(answers(&mut carrier, pon).await, ["1 REJECTED 8C"]);
    }
    let ids: std::collections::BTreeSet<_> = listed.iter().map(|answer| &answer.answer_id).collect();
    assert_eq!(ids.len(), 2);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_never_answers_never_answers() {
    let system = System::create("sim_silence").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let silence = || step(0, AnswerKind::Unspecified, vec![]);
    put_script(&mut system.scenario(&replica), TN_A, vec![silence()], 0).await;
    submit(&mut carrier, "PON-1", 1, &[TN_A]).await;
    system.pass_minutes(60 * 24 * 365);
    submit(&mut carrier, "PON-1", 2, &[TN_A]).await;
    system.pass_minutes(60 * 24 * 365);
    assert_eq!(answers(&mut carrier, "PON-1").await, Vec::<String>::new());
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_reasons_for_all_numbers_come_in_one_answer() {
    let system = System::create("sim_reasons").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let reasons = vec![
        reason(TN_A, "SPLIT"),
        reason(TN_B, "8C"),
        reason(TN_B, "8D"),
        reason("", "7A"),
    ];
    let steps = vec![step(5, AnswerKind::UpdateRequired, reasons.clone())];
    put_script(&mut system.scenario(&replica), TN_B, steps, 0).await;
    submit(&mut carrier, "PON-1", 1, &[TN_A, TN_B]).await;
    system.pass_minutes(5);
    let listed = listed_answers(&mut carrier).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].reasons, reasons);
    assert_eq!(listed[0].kind(), AnswerKind::UpdateRequired);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_of_the_first_number_that_has_one_wins() {
    let system = System::create("sim_choice").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    let rejecting = |code| vec![step(5, AnswerKind::Rejected, vec![reason("", code)])];
    put_script(&mut scenario, "", rejecting("DEFAULT"), 0).await;
    put_script(&mut scenario, TN_A, rejecting("A"), 0).await;
    put_script(&mut scenario, TN_B, rejecting("OLD"), 0).await;
    put_script(&mut scenario, TN_B, rejecting("B"), 0).await;
    let cases: [(&str, &[&str], &str); 4] = [
        ("PON-1", &[TN_WEST, TN_A, TN_B], "1 REJECTED A"),
        ("PON-2", &[TN_B, TN_A], "1 REJECTED B"),
        ("PON-3", &[TN_WEST], "1 REJECTED DEFAULT"),
        ("PON-4", &[TN_A], "1 REJECTED A"),
    ];
    for (pon, tns, _) in cases {
        submit(&mut carrier, pon, 1, tns).await;
    }
    system.pass_minutes(5);
    for (pon, _, expected) in cases {
        assert_eq!(answers(&mut carrier, pon).await, [expected], "{pon}");
    }
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_fail_as_often_as_scripted_and_leave_nothing_behind() {
    let system = System::create("sim_failures").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    put_script(&mut scenario, TN_A, vec![], 3).await;
    let attempts = (0..8).map(|_| {
        let mut carrier = carrier.clone();
        async move { carrier.submit_port(submission("PON-1", 1, &[TN_A])).await }
    });
    let outcomes = futures::future::join_all(attempts).await;
    let failures: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| outcome.as_ref().err())
        .collect();
    assert_eq!(failures.len(), 3);
    for failure in failures {
        assert_eq!(
            (failure.code(), reason_of(failure).as_deref()),
            (Code::Unavailable, Some("SCRIPTED_FAILURE"))
        );
        assert!(failure.get_details_retry_info().is_some());
    }
    submit(&mut carrier, "PON-2", 1, &[TN_B]).await;
    system.pass_minutes(60);
    assert_eq!(answers(&mut carrier, "PON-1").await.len(), 1);
    let calls = scenario
        .list_calls(ListCallsRequest {
            pon: "PON-1".to_owned(),
            page_size: 0,
        })
        .await
        .unwrap();
    assert_eq!(calls.into_inner().calls.len(), 8, "calls that fail are calls");
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_makes_no_sense_is_refused_with_all_its_faults() {
    let system = System::create("sim_script_faults").await;
    let replica = system.start().await;
    let mut scenario = system.scenario(&replica);
    let backwards = ScriptStep {
        after: Some(Duration {
            seconds: -1,
            nanos: 0,
        }),
        times: -1,
        ..step(0, AnswerKind::Foc, vec![reason("", "8C")])
    };
    let script = Script {
        tn: "911".to_owned(),
        steps: vec![
            backwards,
            ScriptStep {
                kind: 99,
                ..ScriptStep::default()
            },
            ScriptStep {
                foc_after: Some(minutes(1)),
                ..step(0, AnswerKind::Activated, vec![])
            },
        ],
        fail_calls: -1,
        ..Script::default()
    };
    let silence_first = Script {
        steps: vec![
            step(0, AnswerKind::Unspecified, vec![]),
            step(0, AnswerKind::Foc, vec![]),
        ],
        ..Script::default()
    };
    let cases: [(Option<Script>, &[&str]); 3] = [
        (None, &["script"]),
        (
            Some(script),
            &[
                "script.tn",
                "script.fail_calls",
                "script.steps[0].after",
                "script.steps[0].times",
                "script.steps[0].reasons",
                "script.steps[1].kind",
                "script.steps[2].foc_after",
            ],
        ),
        (Some(silence_first), &["script.steps[1]"]),
    ];
    for (script, expected) in cases {
        let refused = scenario
            .put_script(PutScriptRequest { script })
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let violations = refused.get_details_bad_request().unwrap().field_violations;
        let fields: Vec<_> = violations.into_iter().map(|violation| violation.field).collect();
        assert_eq!(fields, expected);
    }
    replica.stop().await;
}
