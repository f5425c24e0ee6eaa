//! The business clock by RPC, and what the simulator tells whoever moves it.

use std::sync::Arc;
use std::time::Duration;

use clock::{Backlog, BacklogFuture, ClockMover, DueWork, MoverLimits};
use grpc::status::reason_of;
use jiff::{SignedDuration, Timestamp};
use portway_proto::carrier::v1::AnswerKind;
use portway_proto::sim::v1::advance_clock_request::Target;
use portway_proto::sim::v1::{AdvanceClockRequest, GetClockRequest};
use testkit::eventually;
use tonic::Code;

use crate::harness::{START, System, at};
use crate::words::{TN_A, minutes, put_script, reason, step, submit};

fn by_minutes(count: i64) -> AdvanceClockRequest {
    AdvanceClockRequest {
        target: Some(Target::By(minutes(count))),
    }
}

/// Never done.
struct Stuck;

impl DueWork for Stuck {
    fn name(&self) -> &'static str {
        "stuck source"
    }

    fn backlog(&self, _now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async {
            Ok(Backlog {
                due_now: 3,
                next_due: None,
            })
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_stops_at_each_answer_and_returns_when_all_are_said() {
    let system = System::create("sim_clock").await;
    let replica = system.start().await;
    let mut clock = system.clock_client(&replica);
    let still = clock.advance_clock(by_minutes(1)).await.unwrap_err();
    assert_eq!(
        (still.code(), reason_of(&still).as_deref()),
        (Code::FailedPrecondition, Some("CLOCK_NOT_MOVABLE"))
    );
    let shown = clock.get_clock(GetClockRequest {}).await.unwrap().into_inner();
    assert_eq!(at(shown.now.as_ref()), START.parse().unwrap());

    let sources = replica.serving.due_work.clone();
    let mover = ClockMover::new(system.clock.clone(), sources, MoverLimits::default());
    assert!(replica.mover.fill(Arc::new(mover)));
    let steps = vec![
        step(10, AnswerKind::Delayed, vec![reason("", "6H")]),
        step(20, AnswerKind::Delayed, vec![reason("", "6J")]),
        step(90, AnswerKind::Foc, vec![]),
    ];
    put_script(&mut system.scenario(&replica), TN_A, steps, 0).await;
    submit(&mut system.carrier(&replica), "PON-1", 1, &[TN_A]).await;
    let moved = clock.advance_clock(by_minutes(60)).await.unwrap().into_inner();
    assert_eq!(at(moved.now.as_ref()), "2026-10-05T16:00:00Z".parse().unwrap());
    assert_eq!(moved.steps, 5, "two answers, a minute after each, and the target");
    // They are visible without anybody having asked for them.
    let visible: i64 = sqlx::query_scalar("SELECT count(*) FROM change WHERE position IS NOT NULL")
        .fetch_one(&replica.serving.pool)
        .await
        .unwrap();
    assert_eq!(visible, 2);

    let to = |at: &str| AdvanceClockRequest {
        target: Some(Target::To(prost_types::Timestamp {
            seconds: at.parse::<Timestamp>().unwrap().as_second(),
            nanos: 0,
        })),
    };
    for wrong in [to(START), by_minutes(-1), AdvanceClockRequest::default()] {
        let refused = clock.advance_clock(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
    let moved = clock.advance_clock(to("2026-10-06T00:00:00Z")).await.unwrap();
    assert_eq!(
        moved.into_inner().steps,
        3,
        "an answer, a minute after it, and the target"
    );
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_never_done_is_named() {
    let system = System::create("sim_clock_stuck").await;
    let replica = system.start().await;
    let limits = MoverLimits {
        settle: Duration::from_millis(50),
        ..MoverLimits::default()
    };
    let mover = ClockMover::new(system.clock.clone(), vec![Arc::new(Stuck)], limits);
    assert!(replica.mover.fill(Arc::new(mover)));
    let busy = system
        .clock_client(&replica)
        .advance_clock(by_minutes(0))
        .await
        .unwrap_err();
    assert_eq!(
        (busy.code(), reason_of(&busy).as_deref()),
        (Code::Unavailable, Some("CLOCK_STILL_BUSY"))
    );
    assert!(
        busy.message().contains("stuck source (3 due)"),
        "{}",
        busy.message()
    );
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mover_hears_of_the_next_answer_and_the_worker_says_it() {
    let system = System::create("sim_backlog").await;
    let replica = system.start().await;
    submit(&mut system.carrier(&replica), "PON-1", 1, &[TN_A]).await;
    let work = replica.serving.due_work[0].clone();
    let due = "2026-10-05T16:00:00Z".parse().unwrap();
    assert_eq!(
        work.backlog(system.clock.now()).await.unwrap(),
        Backlog {
            due_now: 0,
            next_due: Some(due)
        }
    );
    assert_eq!(work.backlog(due).await.unwrap().due_now, 1);
    system.pass_minutes(60);
    eventually(Duration::from_secs(10), "the answer is published", async || {
        let backlog = work.backlog(due).await.unwrap();
        backlog.due_now == 0
    })
    .await;
    // It is to be read soon, and then there is nothing left.
    let soon = due + SignedDuration::from_mins(1);
    assert_eq!(work.backlog(due).await.unwrap().next_due, Some(soon));
    assert_eq!(work.backlog(soon).await.unwrap(), Backlog::NOTHING);
    replica.stop().await;
}
