//! A winning carrier gets one answer to each version of its request, when every case of it is decided.

use jiff::SignedDuration;
use portway_proto::carrier::v1::AnswerPortOutRequest;
use portway_proto::gateway::v1::CommandKind::AnswerPortOut;
use portway_proto::gateway::v1::CommandProgress::Acknowledged;
use portway_proto::gateway::v1::{CommandProgress, CommandProgressed};
use portway_proto::intake::v1 as intake;
use portway_proto::types::v1::CarrierReason;
use types::{EventId, PortOutId};

use crate::harness::{Gateway, World, port_out, time};

pub(crate) async fn authorize(gateway: &Gateway, port_out: intake::PortOutRef, case: PortOutId) {
    let authorized = intake::PortOutAuthorized {
        port_out: Some(port_out),
        decided_by: "policy".to_owned(),
        ..intake::PortOutAuthorized::default()
    };
    gateway.hear(case.as_uuid(), &authorized).await;
}

/// Intake refuses a case, for reasons of number and code.
async fn reject(gateway: &Gateway, case: PortOutId, reasons: &[(&str, &str)]) {
    reject_as(gateway, port_out(case), case, reasons).await;
}

async fn reject_as(
    gateway: &Gateway,
    port_out: intake::PortOutRef,
    case: PortOutId,
    reasons: &[(&str, &str)],
) {
    let reason = |&(tn, code): &(&str, &str)| CarrierReason {
        tn: tn.to_owned(),
        reason: code.to_owned(),
        ..CarrierReason::default()
    };
    let rejected = intake::PortOutRejected {
        port_out: Some(port_out),
        reasons: reasons.iter().map(reason).collect(),
        ..intake::PortOutRejected::default()
    };
    gateway.hear(case.as_uuid(), &rejected).await;
}

/// Number and code of each reason that the carrier was told.
fn told(answer: &AnswerPortOutRequest) -> Vec<(&str, &str)> {
    let reasons = answer.reasons.iter();
    reasons
        .map(|reason| (reason.tn.as_str(), reason.code.as_str()))
        .collect()
}

#[tokio::test]
async fn a_request_that_became_two_cases_gets_one_answer_when_both_are_decided() {
    let world = World::new("port_out_two_cases").await;
    let (one, other) = (PortOutId::generate(), PortOutId::generate());
    world.intake.state().cases = vec![one, other];
    world.partner.announce(crate::inbound::request("W-1", 1));
    let gateway = world.start().await;
    gateway.settle().await;
    authorize(&gateway, port_out(one), one).await;
    // Not due: settling does not wait for it, and it does not leave.
    gateway.settle().await;
    assert!(gateway.progress().await.is_empty());
    reject(&gateway, other, &[("+12015550199", "PIN")]).await;
    gateway.settle().await;
    let answers = world.partner.state().port_out_answers.clone();
    // Each case sends the one answer; the carrier knows by the key that it is the same.
    let [answer, repeated] = answers.as_slice() else {
        panic!("{}", answers.len())
    };
    assert_eq!(answer, repeated);
    let key = (answer.pon.as_str(), answer.ver, answer.winning_spid.as_str());
    assert_eq!(key, ("W-1", 1, "9X01"));
    assert!(!answer.authorized);
    assert_eq!(told(answer), [("+12015550199", "PIN")]);
    let progress = gateway.progress().await;
    let acknowledged = progress
        .iter()
        .filter(|step| **step == (AnswerPortOut, 1, Acknowledged));
    assert_eq!((progress.len(), acknowledged.count()), (4, 2));
}

#[tokio::test]
async fn the_answer_names_each_number_at_fault_and_not_the_cases_that_fell_with_them() {
    let world = World::new("port_out_named").await;
    let cases: Vec<PortOutId> = (0..3).map(|_| PortOutId::generate()).collect();
    let [fell, nobodys, locked] = cases[..] else {
        panic!()
    };
    world.intake.state().cases = cases;
    world.partner.announce(crate::inbound::request("W-1", 1));
    let gateway = world.start().await;
    gateway.settle().await;
    reject(&gateway, fell, &[("", "OTHER_NUMBER_DENIED")]).await;
    gateway.settle().await;
    reject(&gateway, nobodys, &[("+12015550198", "TN_NOT_FOUND")]).await;
    gateway.settle().await;
    assert_eq!(world.partner.state().port_out_answers, []);
    reject(&gateway, locked, &[("+12015550197", "LOCKED")]).await;
    gateway.settle().await;
    let answers = world.partner.state().port_out_answers.clone();
    assert_eq!(answers.len(), 3);
    for answer in &answers {
        let expected = [("+12015550198", "TN_NOT_FOUND"), ("+12015550197", "LOCKED")];
        assert_eq!(told(answer), expected);
    }
}

#[tokio::test]
async fn a_case_that_was_made_after_the_request_came_is_waited_for() {
    let world = World::new("port_out_separated").await;
    let (first, separated) = (PortOutId::generate(), PortOutId::generate());
    world.intake.state().cases = vec![first];
    world.partner.announce(crate::inbound::request("W-1", 1));
    let gateway = world.start().await;
    gateway.settle().await;
    for case in [separated, first] {
        assert_eq!(world.partner.state().port_out_answers, []);
        let authorized = intake::PortOutAuthorized {
            port_out: Some(port_out(case)),
            decided_by: "policy".to_owned(),
            cases: 2,
            ..intake::PortOutAuthorized::default()
        };
        gateway.hear(case.as_uuid(), &authorized).await;
        gateway.settle().await;
    }
    assert_eq!(world.partner.state().port_out_answers.len(), 2);
}

#[tokio::test]
async fn a_version_that_was_overtaken_is_not_waited_for() {
    let world = World::new("port_out_overtaken").await;
    let case = PortOutId::generate();
    world.intake.state().cases = vec![case];
    world.partner.announce(crate::inbound::request("W-1", 2));
    let gateway = world.start().await;
    gateway.settle().await;
    // The first version comes after the second: intake makes no case of it.
    world.intake.state().cases = Vec::new();
    world.partner.announce(crate::inbound::request("W-1", 1));
    world.clock.advance_to(time("2026-03-02T15:30:00Z")).unwrap();
    gateway.settle().await;
    let delivered = "SELECT count(*) FROM inbound WHERE state = 'delivered'";
    assert_eq!(gateway.count(delivered).await, 2);
    let second = intake::PortOutRef {
        ver: 2,
        ..port_out(case)
    };
    authorize(&gateway, second, case).await;
    gateway.settle().await;
    let answers = world.partner.state().port_out_answers.clone();
    let answered: Vec<i32> = answers.iter().map(|answer| answer.ver).collect();
    assert_eq!(answered, [2]);
    assert_eq!(gateway.count("SELECT count(*) FROM command_ready").await, 0);
}

#[tokio::test]
async fn an_authorization_carries_the_date_we_commit_to() {
    let world = World::new("port_out_authorized").await;
    let gateway = world.start().await;
    let id = PortOutId::generate();
    authorize(&gateway, port_out(id), id).await;
    gateway.settle().await;
    let answer = world.partner.state().port_out_answers[0].clone();
    assert!(answer.authorized && answer.reasons.is_empty());
    assert_eq!(answer.foc_at, port_out(id).foc_at);
}

/// What each decision came to, as announced: how far, and why not.
async fn told_of(gateway: &Gateway, case: PortOutId) -> Vec<(CommandProgress, String)> {
    let events: Vec<CommandProgressed> = gateway.announced().await;
    let events = events
        .into_iter()
        .filter(|event| event.subject_id == case.to_string());
    events.map(|event| (event.progress(), event.refusal)).collect()
}

#[tokio::test]
async fn a_second_decision_on_the_same_version_is_refused_for_all_to_see() {
    let world = World::new("port_out_second").await;
    let gateway = world.start().await;
    let id = PortOutId::generate();
    authorize(&gateway, port_out(id), id).await;
    gateway.settle().await;
    // The same decision again is not another one.
    authorize(&gateway, port_out(id), id).await;
    gateway.settle().await;
    assert_eq!(told_of(&gateway, id).await.len(), 2);
    let changed_mind = intake::PortOutRejected {
        port_out: Some(port_out(id)),
        reasons: vec![CarrierReason {
            tn: "+12015550199".to_owned(),
            reason: "LOCKED".to_owned(),
            ..CarrierReason::default()
        }],
        ..intake::PortOutRejected::default()
    };
    let event = EventId::generate();
    for _ in 0..2 {
        gateway.hear_as(event, id.as_uuid(), &changed_mind).await;
        gateway.settle().await;
    }
    let told = told_of(&gateway, id).await;
    let [.., (progress, refusal)] = told.as_slice() else {
        panic!()
    };
    assert_eq!((told.len(), *progress), (3, CommandProgress::Refused));
    assert!(refusal.contains("decided before"), "{refusal}");
    // The carrier heard the first, and that one stands.
    let answers = world.partner.state().port_out_answers.clone();
    assert_eq!((answers.len(), answers[0].authorized), (1, true));
}

/// The profile of the winning carrier.
const PROFILE: &str = "INSERT INTO carrier (carrier_id, name, spid, network, code_list, pin_required,
                                            account_number_required, answers_per_number)
                       VALUES ('winning', 'Winning', '9X01', 'wireless', 'winning', false, false, true)";

/// What a carrier that reads number by number is told of two cases; the second is refused.
async fn answers_per_number(gateway: &Gateway, world: &World, cases: [PortOutId; 2]) {
    let [one, other] = cases.map(|case| intake::PortOutRef {
        answers_per_number: true,
        ..port_out(case)
    });
    let partly = intake::PortOutAuthorized {
        port_out: Some(one),
        decided_by: "policy".to_owned(),
        denied: vec![CarrierReason {
            tn: "+12015550198".to_owned(),
            reason: "PIN".to_owned(),
            ..CarrierReason::default()
        }],
        ..intake::PortOutAuthorized::default()
    };
    gateway.hear(cases[0].as_uuid(), &partly).await;
    // All numbers of this case are refused, though one reason names none.
    reject_as(gateway, other, cases[1], &[("", "LOCKED")]).await;
    gateway.settle().await;
    let answers = world.partner.state().port_out_answers.clone();
    assert_eq!(answers.len(), 2);
    for answer in &answers {
        assert!(answer.authorized && answer.foc_at.is_some());
        let expected = [("+12015550198", "PIN"), ("+12015550199", "LOCKED")];
        assert_eq!(told(answer), expected);
    }
}

#[tokio::test]
async fn a_carrier_that_reads_number_by_number_is_told_which_may_not_go() {
    let world = World::new("port_out_per_number").await;
    let cases = [PortOutId::generate(), PortOutId::generate()];
    world.intake.state().cases = cases.to_vec();
    world.partner.announce(crate::inbound::request("W-1", 1));
    let gateway = world.start().await;
    gateway.execute(PROFILE).await;
    gateway.settle().await;
    answers_per_number(&gateway, &world, cases).await;
}

#[tokio::test]
async fn a_profile_that_changed_since_the_request_came_changes_no_answer_to_it() {
    let world = World::new("port_out_profile").await;
    let cases = [PortOutId::generate(), PortOutId::generate()];
    world.intake.state().cases = cases.to_vec();
    world.partner.announce(crate::inbound::request("W-1", 1));
    let gateway = world.start().await;
    gateway.execute(PROFILE).await;
    gateway
        .execute("UPDATE carrier SET answers_per_number = false WHERE spid = '9X01'")
        .await;
    gateway.settle().await;
    answers_per_number(&gateway, &world, cases).await;
}

#[tokio::test]
async fn a_decision_that_does_not_say_how_it_is_read_goes_by_the_profile() {
    let world = World::new("port_out_unsaid").await;
    let case = PortOutId::generate();
    let gateway = world.start().await;
    gateway.execute(PROFILE).await;
    // The request waits at intake, and the answer for it.
    world.intake.state().cases = vec![case, PortOutId::generate()];
    world.partner.announce(crate::inbound::request("W-1", 1));
    gateway.advance(SignedDuration::from_mins(1)).await;
    let partly = intake::PortOutAuthorized {
        port_out: Some(port_out(case)),
        denied: vec![CarrierReason {
            tn: "+12015550198".to_owned(),
            reason: "PIN".to_owned(),
            ..CarrierReason::default()
        }],
        ..intake::PortOutAuthorized::default()
    };
    gateway.hear(case.as_uuid(), &partly).await;
    gateway
        .execute("UPDATE command SET answers_per_number = NULL WHERE kind = 'answer_port_out'")
        .await;
    gateway
        .execute("UPDATE inbound SET port_out_ids = port_out_ids[1:1] WHERE kind = 'request'")
        .await;
    gateway.settle().await;
    let answer = world.partner.state().port_out_answers[0].clone();
    assert!(answer.authorized);
    assert_eq!(told(&answer), [("+12015550198", "PIN")]);
}

#[tokio::test]
async fn a_carrier_that_takes_answers_as_a_whole_is_told_no_when_any_number_is_denied() {
    let world = World::new("port_out_whole").await;
    let gateway = world.start().await;
    let id = PortOutId::generate();
    let partly = intake::PortOutAuthorized {
        port_out: Some(port_out(id)),
        decided_by: "policy".to_owned(),
        denied: vec![CarrierReason {
            tn: "+12015550199".to_owned(),
            reason: "PIN".to_owned(),
            ..CarrierReason::default()
        }],
        ..intake::PortOutAuthorized::default()
    };
    gateway.hear(id.as_uuid(), &partly).await;
    gateway.settle().await;
    let answer = world.partner.state().port_out_answers[0].clone();
    assert!(!answer.authorized && answer.foc_at.is_none());
    assert_eq!(told(&answer), [("+12015550199", "PIN")]);
}
