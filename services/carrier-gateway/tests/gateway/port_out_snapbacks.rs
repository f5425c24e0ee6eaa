//! Numbers that left are asked for by our id of the wish, and what the winning carrier says is announced once.

use jiff::SignedDuration;
use portway_proto::carrier::v1::PortOutSnapbackAnswer;
use portway_proto::carrier::v1::change::Change;
use portway_proto::gateway::v1::CommandKind::SnapbackPortOut;
use portway_proto::gateway::v1::{CommandProgressed, PortOutSnapbackAnswered};
use portway_proto::intake::v1 as intake;
use portway_proto::intake::v1::DisputeDirection;
use types::{DisputeId, PortOutId, SnapbackId};

use crate::harness::{World, port_out};

const TN: &str = "+12015550199";

fn asked(dispute: DisputeId, case: PortOutId, wish: SnapbackId) -> intake::DisputeSnapbackAsked {
    let left = port_out(case);
    intake::DisputeSnapbackAsked {
        dispute: Some(intake::DisputeRef {
            dispute_id: dispute.to_string(),
            account_id: left.account_id,
            direction: DisputeDirection::PortOut.into(),
            subject_id: case.to_string(),
            tns: vec![TN.to_owned()],
            ..intake::DisputeRef::default()
        }),
        snapback_id: wish.to_string(),
        reason: "the end user did not ask for it".to_owned(),
        pon: left.pon,
        ver: left.ver,
        winning_spid: left.winning_spid,
    }
}

#[tokio::test]
async fn numbers_that_left_are_asked_for_and_the_answer_is_announced_once() {
    let world = World::new("port_out_snapback").await;
    let gateway = world.start().await;
    let (dispute, case, wish) = (
        DisputeId::generate(),
        PortOutId::generate(),
        SnapbackId::generate(),
    );
    gateway.hear(dispute.as_uuid(), &asked(dispute, case, wish)).await;
    gateway.settle().await;
    let sent = world.partner.state().port_out_snapbacks.clone();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].request_id.as_str(), sent[0].tns.as_slice()),
        (wish.to_string().as_str(), [TN.to_owned()].as_slice())
    );
    let progress: Vec<CommandProgressed> = gateway.announced().await;
    assert!(!progress.is_empty());
    for step in &progress {
        assert_eq!(
            (step.kind(), step.subject_id.as_str(), step.request_id.as_str()),
            (
                SnapbackPortOut,
                case.to_string().as_str(),
                wish.to_string().as_str()
            )
        );
    }
    let answer = PortOutSnapbackAnswer {
        answer_id: "S-1".to_owned(),
        request_id: wish.to_string(),
        confirmed: true,
        tns: Vec::new(),
        refusal: String::new(),
        answered_at: Some(prost_types::Timestamp::default()),
    };
    for _ in 0..2 {
        world.partner.announce(Change::PortOutSnapback(answer.clone()));
    }
    gateway.advance(SignedDuration::from_mins(30)).await;
    let told: Vec<PortOutSnapbackAnswered> = gateway.announced().await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (
            told[0].port_out_id.as_str(),
            told[0].request_id.as_str(),
            told[0].confirmed
        ),
        (case.to_string().as_str(), wish.to_string().as_str(), true)
    );
}
