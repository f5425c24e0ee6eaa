//! Port requests: taken in once, answered at their time, and remembered.

use grpc::status::reason_of;
use portway_proto::carrier::v1::{ActivatePortRequest, AnswerKind, CancelPortRequest, SubmitPortRequest};
use portway_proto::sim::v1::{ListCallsRequest, ScriptStep};
use portway_proto::types::v1::Date;
use sqlx::AssertSqlSafe;
use tonic::Code;

use crate::harness::{System, at};
use crate::words::{
    TN_A, TN_B, TN_WEST, answers, changes_after, listed_answers, minutes, put_script, reason, said, step,
    submission, submit,
};

fn activation(pon: &str) -> ActivatePortRequest {
    ActivatePortRequest {
        pon: pon.to_owned(),
        ..ActivatePortRequest::default()
    }
}

fn cancel(pon: &str, ver: i32) -> CancelPortRequest {
    CancelPortRequest {
        pon: pon.to_owned(),
        ver,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_is_corrected_and_the_number_ports() {
    let system = System::create("sim_journey").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    let wrong_pin = step(60, AnswerKind::Rejected, vec![reason(TN_B, "8C")]);
    put_script(
        &mut scenario,
        TN_B,
        vec![wrong_pin, step(120, AnswerKind::Foc, vec![])],
        0,
    )
    .await;

    let reference = submit(&mut carrier, "PON-1", 1, &[TN_A, TN_B]).await;
    assert!(reference.starts_with("SIM-"), "{reference}");
    system.pass_minutes(59);
    assert_eq!(answers(&mut carrier, "PON-1").await, Vec::<String>::new());
    system.pass_minutes(1);
    assert_eq!(
        answers(&mut carrier, "PON-1").await,
        ["1 REJECTED +121286753028C"]
    );

    assert_eq!(submit(&mut carrier, "PON-1", 2, &[TN_A, TN_B]).await, reference);
    // Nothing can be cut over before the losing carrier has said when.
    let early = carrier.activate_port(activation("PON-1")).await.unwrap_err();
    assert_eq!(
        (early.code(), reason_of(&early).as_deref()),
        (Code::FailedPrecondition, Some("FOC_MISSING"))
    );
    system.pass_minutes(120);
    carrier.activate_port(activation("PON-1")).await.unwrap();
    carrier.activate_port(activation("PON-1")).await.unwrap();
    system.pass_minutes(1);
    let all = [
        "1 REJECTED +121286753028C",
        // Monday, the third day is Thursday, 00:00 in New York.
        "2 FOC 2026-10-08T04:00:00Z",
        "2 ACTIVATED",
    ];
    assert_eq!(answers(&mut carrier, "PON-1").await, all);
    let listed = listed_answers(&mut carrier).await;
    assert_eq!(listed.iter().map(said).collect::<Vec<_>>(), all);
    assert_eq!(
        at(listed[0].answered_at.as_ref()),
        "2026-10-05T16:00:00Z".parse().unwrap()
    );
    let again = listed_answers(&mut carrier).await;
    assert_eq!(again, listed, "what was said stays said");
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_taken_once_and_never_behind_a_newer_one() {
    let system = System::create("sim_repeats").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let reference = submit(&mut carrier, "PON-1", 2, &[TN_A]).await;
    assert_eq!(submit(&mut carrier, "PON-1", 2, &[TN_A]).await, reference);
    assert_eq!(submit(&mut carrier, "PON-1", 3, &[TN_A]).await, reference);
    assert_eq!(
        submit(&mut carrier, "PON-1", 2, &[TN_A]).await,
        reference,
        "late repeat"
    );
    let lower = carrier
        .submit_port(submission("PON-1", 1, &[TN_A]))
        .await
        .unwrap_err();
    assert_eq!(
        (lower.code(), reason_of(&lower).as_deref()),
        (Code::FailedPrecondition, Some("VER_SUPERSEDED"))
    );
    let taken = carrier.cancel_port(cancel("PON-1", 3)).await.unwrap_err();
    assert_eq!(taken.code(), Code::FailedPrecondition);

    // The same request fifty times at once is one request.
    let calls = (0..50).map(|_| {
        let mut carrier = carrier.clone();
        async move { submit(&mut carrier, "PON-2", 1, &[TN_B]).await }
    });
    let references = futures::future::join_all(calls).await;
    assert!(
        references.iter().all(|one| *one == references[0]),
        "{references:?}"
    );
    assert_ne!(references[0], reference);
    system.pass_minutes(60);
    assert_eq!(answers(&mut carrier, "PON-2").await.len(), 1);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_version_is_what_gets_answered() {
    let system = System::create("sim_supersede").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    let late = ScriptStep {
        ver: 1,
        foc_after: Some(minutes(60 * 24)),
        ..step(90, AnswerKind::Foc, vec![])
    };
    let steps = vec![step(60, AnswerKind::Delayed, vec![reason("", "6H")]), late];
    put_script(&mut scenario, TN_A, steps, 0).await;
    submit(&mut carrier, "PON-1", 1, &[TN_A]).await;
    system.pass_minutes(10);
    submit(&mut carrier, "PON-1", 2, &[TN_A]).await;
    system.pass_minutes(24 * 60);
    // The delay of version 1 was never said; its FOC was, because the script names the version; version 2 has the
    // script's default.
    assert_eq!(
        answers(&mut carrier, "PON-1").await,
        ["2 FOC 2026-10-08T04:00:00Z", "1 FOC 2026-10-06T16:30:00Z"]
    );

    // What was due before the newer version came stays, though nobody had looked.
    submit(&mut carrier, "PON-2", 1, &[TN_A]).await;
    system.pass_minutes(61);
    submit(&mut carrier, "PON-2", 2, &[TN_A]).await;
    assert_eq!(answers(&mut carrier, "PON-2").await, ["1 DELAYED 6H"]);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_is_confirmed_or_refused() {
    let system = System::create("sim_cancel").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    let unknown = carrier.cancel_port(cancel("PON-0", 2)).await.unwrap_err();
    assert_eq!(
        (unknown.code(), reason_of(&unknown).as_deref()),
        (Code::NotFound, Some("PORT_REQUEST_NOT_FOUND"))
    );

    submit(&mut carrier, "PON-1", 1, &[TN_A]).await;
    carrier.cancel_port(cancel("PON-1", 2)).await.unwrap();
    carrier.cancel_port(cancel("PON-1", 2)).await.unwrap();
    system.pass_minutes(24 * 60);
    assert_eq!(
        answers(&mut carrier, "PON-1").await,
        ["2 CANCELLED"],
        "no FOC any more"
    );

    let late = step(5, AnswerKind::ChangeRefused, vec![reason("", "LATE")]);
    put_script(&mut scenario, TN_B, vec![late], 0).await;
    submit(&mut carrier, "PON-2", 1, &[TN_B]).await;
    carrier.cancel_port(cancel("PON-2", 2)).await.unwrap();
    system.pass_minutes(60);
    carrier.activate_port(activation("PON-2")).await.unwrap();
    system.pass_minutes(1);
    let expected = [
        "2 CHANGE_REFUSED LATE",
        "1 FOC 2026-10-09T04:00:00Z",
        "2 ACTIVATED",
    ];
    assert_eq!(answers(&mut carrier, "PON-2").await, expected);

    // Active numbers cannot be cancelled, whatever no script says.
    put_script(&mut scenario, TN_B, vec![], 0).await;
    carrier.cancel_port(cancel("PON-2", 3)).await.unwrap();
    system.pass_minutes(5);
    assert_eq!(answers(&mut carrier, "PON-2").await[3], "3 CHANGE_REFUSED");
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wanted_date_is_kept_by_the_clock_of_the_numbers_region() {
    let system = System::create("sim_wanted").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let wanted = Date {
        year: 2026,
        month: 10,
        day: 20,
    };
    for (pon, tn) in [("PON-E", TN_A), ("PON-W", TN_WEST)] {
        let request = SubmitPortRequest {
            requested_date: Some(wanted),
            ..submission(pon, 1, &[tn])
        };
        carrier.submit_port(request).await.unwrap();
    }
    system.pass_minutes(60);
    assert_eq!(
        answers(&mut carrier, "PON-E").await,
        ["1 FOC 2026-10-20T04:00:00Z"]
    );
    assert_eq!(
        answers(&mut carrier, "PON-W").await,
        ["1 FOC 2026-10-20T07:00:00Z"]
    );
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_the_process_ends() {
    let system = System::create("sim_restart").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    let steps = vec![
        step(10, AnswerKind::Delayed, vec![reason("", "6H")]),
        step(60, AnswerKind::Foc, vec![]),
    ];
    put_script(&mut scenario, TN_A, steps, 2).await;
    let failed = carrier
        .submit_port(submission("PON-1", 1, &[TN_A]))
        .await
        .unwrap_err();
    assert_eq!(failed.code(), Code::Unavailable);
    replica.stop().await;

    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let failed = carrier
        .submit_port(submission("PON-1", 1, &[TN_A]))
        .await
        .unwrap_err();
    assert_eq!(
        failed.code(),
        Code::Unavailable,
        "the second failure is still to come"
    );
    let reference = submit(&mut carrier, "PON-1", 1, &[TN_A]).await;
    system.pass_minutes(10);
    let (first, cursor) = changes_after(&mut carrier, "").await;
    assert_eq!(first.len(), 1);
    replica.stop().await;

    // What falls due while nobody runs is said afterwards, and the cursor goes on where it was.
    system.pass_minutes(50);
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    assert_eq!(submit(&mut carrier, "PON-1", 1, &[TN_A]).await, reference);
    let (next, _) = changes_after(&mut carrier, &cursor).await;
    assert_eq!(next.len(), 1);
    assert_eq!(
        answers(&mut carrier, "PON-1").await,
        ["1 DELAYED 6H", "1 FOC 2026-10-08T04:00:00Z"]
    );
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_request_is_kept() {
    let system = System::create("sim_secrets").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    submit(&mut carrier, "PON-1", 1, &[TN_A]).await;
    let mut conn = system.database.connect().await;
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'sim' ORDER BY 1")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    assert!(tables.len() > 8, "{tables:?}");
    for table in tables {
        let sql = AssertSqlSafe(format!(
            "SELECT coalesce(string_agg(t::text, ' '), '') FROM sim.{table} AS t"
        ));
        let text: String = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
        assert!(!text.contains("SECRET"), "{table}");
    }
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_listed_in_order_without_secrets() {
    let system = System::create("sim_calls").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let mut scenario = system.scenario(&replica);
    submit(&mut carrier, "PON-1", 1, &[TN_A]).await;
    system.pass_minutes(60);
    submit(&mut carrier, "PON-2", 1, &[TN_B]).await;
    carrier.activate_port(activation("PON-1")).await.unwrap();
    carrier.cancel_port(cancel("PON-1", 2)).await.unwrap();
    let mut calls = async |pon: &str, page_size| {
        let request = ListCallsRequest {
            pon: pon.to_owned(),
            page_size,
        };
        let reply = scenario.list_calls(request).await.unwrap().into_inner();
        let line = |call: &portway_proto::sim::v1::Call| {
            format!("{} {} {} {}", at(call.at.as_ref()), call.rpc, call.pon, call.ver)
        };
        reply.calls.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        calls("PON-1", 0).await,
        [
            "2026-10-05T15:00:00Z SubmitPort PON-1 1",
            "2026-10-05T16:00:00Z ActivatePort PON-1 0",
            "2026-10-05T16:00:00Z CancelPort PON-1 2",
        ]
    );
    assert_eq!(calls("", 2).await.len(), 2);
    replica.stop().await;
}
