//! A conflict over numbers that were authorized goes to the winning carrier after the answer, and what it says is announced.

use grpc::status::fail;
use portway_proto::carrier::v1::RaisePortOutConflictRequest;
use portway_proto::gateway::v1::CommandKind::{AnswerPortOut, ConflictPortOut};
use portway_proto::gateway::v1::CommandProgress::{Acknowledged, Refused, Sent};
use portway_proto::gateway::v1::CommandProgressed;
use portway_proto::intake::v1 as intake;
use portway_proto::types::v1::CarrierReason;
use tonic::Code;
use types::{ConflictId, PortOutId};

use crate::harness::{Gateway, World, port_out};
use crate::port_outs::authorize;

const TN: &str = "+12015550199";

fn conflicted(case: PortOutId, conflict: ConflictId, answers_per_number: bool) -> intake::PortOutConflicted {
    intake::PortOutConflicted {
        port_out: Some(intake::PortOutRef {
            answers_per_number,
            ..port_out(case)
        }),
        conflict_id: conflict.to_string(),
        reasons: vec![CarrierReason {
            tn: TN.to_owned(),
            reason: "LOCKED".to_owned(),
            ..CarrierReason::default()
        }],
    }
}

/// The steps of conflicts, as announced: which, how far, and why not.
async fn steps(gateway: &Gateway) -> Vec<(String, i32, String)> {
    let events: Vec<CommandProgressed> = gateway.announced().await;
    let conflicts = events.into_iter().filter(|event| event.kind() == ConflictPortOut);
    conflicts
        .map(|event| (event.conflict_id, event.progress, event.refusal))
        .collect()
}

fn said(request: &RaisePortOutConflictRequest) -> (&str, i32, &str, Vec<&str>, &[String]) {
    let reasons = request.reasons.iter();
    (
        request.pon.as_str(),
        request.ver,
        request.conflict_id.as_str(),
        reasons.map(|reason| reason.code.as_str()).collect(),
        &request.tns,
    )
}

#[tokio::test]
async fn a_conflict_is_raised_after_the_answer_and_once() {
    let world = World::new("conflict_raised").await;
    let gateway = world.start().await;
    let (case, conflict) = (PortOutId::generate(), ConflictId::generate());
    authorize(&gateway, port_out(case), case).await;
    gateway
        .hear(case.as_uuid(), &conflicted(case, conflict, false))
        .await;
    gateway.settle().await;
    let raised = world.partner.state().conflicts.clone();
    let id = conflict.to_string();
    assert_eq!(
        raised.iter().map(said).collect::<Vec<_>>(),
        [("W-1", 1, id.as_str(), vec!["LOCKED"], [].as_slice())],
        "as a whole: none of the request goes"
    );
    let order: Vec<_> = gateway
        .progress()
        .await
        .into_iter()
        .map(|(kind, _, step)| (kind, step))
        .collect();
    let expected = [
        (AnswerPortOut, Sent),
        (AnswerPortOut, Acknowledged),
        (ConflictPortOut, Sent),
        (ConflictPortOut, Acknowledged),
    ];
    assert_eq!(order, expected);
    assert!(steps(&gateway).await.iter().all(|(named, _, _)| *named == id));
    // Intake rejects the case because of it: the winning carrier knows, and hears nothing more.
    let rejected = intake::PortOutRejected {
        port_out: Some(port_out(case)),
        conflict_id: id,
        ..intake::PortOutRejected::default()
    };
    gateway.hear(case.as_uuid(), &rejected).await;
    gateway.settle().await;
    assert_eq!(gateway.progress().await.len(), expected.len());
    assert_eq!(world.partner.state().port_out_answers.len(), 1);
}

#[tokio::test]
async fn a_refused_conflict_says_why_and_a_carrier_that_cannot_be_reached_is_asked_again() {
    let world = World::new("conflict_refused").await;
    let gateway = world.start().await;
    let (case, conflict) = (PortOutId::generate(), ConflictId::generate());
    authorize(&gateway, port_out(case), case).await;
    gateway.settle().await;
    world.partner.state().refusals.extend([
        fail(Code::Unavailable, "DOWN", "come again"),
        fail(Code::FailedPrecondition, "TOO_LATE", "the cut-over has begun"),
    ]);
    gateway
        .hear(case.as_uuid(), &conflicted(case, conflict, true))
        .await;
    gateway.settle().await;
    let raised = world.partner.state().conflicts.clone();
    assert_eq!(raised.len(), 2);
    assert_eq!(raised[0], raised[1], "the same under the same id");
    assert_eq!(raised[0].tns, [TN], "number by number: this one stays");
    let id = conflict.to_string();
    assert_eq!(
        steps(&gateway).await,
        [
            (id.clone(), Sent.into(), String::new()),
            (id, Refused.into(), "TOO_LATE: the cut-over has begun".to_owned())
        ]
    );
}
