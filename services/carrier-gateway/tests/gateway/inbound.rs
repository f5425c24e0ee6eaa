//! What other carriers ask of us reaches intake once and in order.

use std::collections::VecDeque;

use portway_proto::carrier::v1::change::Change;
use portway_proto::carrier::v1::{PortOutProgress, PortOutRequest, PortOutStep};
use portway_proto::intake::v1::{PortOutNews, ReportPortOutProgressRequest};
use service::stamp;
use testkit::eventually;
use tonic::{Code, Status};
use types::PortOutId;

use crate::harness::{BOUND, World, time};

pub(crate) const PIN: &str = "pin-83641957";
pub(crate) const ACCOUNT_NUMBER: &str = "acct-55019283";

pub(crate) fn request(pon: &str, ver: i32) -> Change {
    Change::PortOut(PortOutRequest {
        pon: pon.to_owned(),
        ver,
        winning_spid: "9X01".to_owned(),
        winning_name: "Winning".to_owned(),
        tns: vec!["+12015550199".to_owned()],
        account_number: ACCOUNT_NUMBER.to_owned(),
        postal_code: "07030".to_owned(),
        pin: PIN.to_owned(),
        end_user_name: "Ada Byron".to_owned(),
        requested_foc_at: None,
        wireless: true,
        simple: true,
        received_at: Some(stamp::to_proto(time("2026-03-02T14:59:00Z"))),
    })
}

fn news(id: &str, pon: &str, step: PortOutStep) -> Change {
    let at = Some(stamp::to_proto(time("2026-03-02T15:00:00Z")));
    Change::PortOutProgress(PortOutProgress {
        progress_id: id.to_owned(),
        pon: pon.to_owned(),
        winning_spid: "9X01".to_owned(),
        step: step.into(),
        occurred_at: at,
        foc_at: (step == PortOutStep::FocChanged).then_some(at).flatten(),
    })
}

#[tokio::test]
async fn a_request_and_its_news_are_delivered_once_and_in_order_and_the_secrets_erased() {
    let world = World::new("inbound_flow").await;
    world.intake.state().cases = vec![PortOutId::generate()];
    // The first try fails: what comes after must wait for it.
    world.intake.state().inbound_refusals = VecDeque::from([Status::unavailable("starting")]);
    for change in [
        request("W-1", 1),
        request("W-1", 1),
        news("N1", "W-1", PortOutStep::FocChanged),
        news("N2", "W-1", PortOutStep::Ported),
        news("N2", "W-1", PortOutStep::Ported),
    ] {
        world.partner.announce(change);
    }
    let gateway = world.start().await;
    gateway.settle().await;
    {
        let state = world.intake.state();
        assert_eq!(state.order, ["W-1", "W-1", "N1", "N2"]);
        let [received] = state.received.as_slice() else {
            panic!("{}", state.received.len())
        };
        assert_eq!(
            (received.pin.as_str(), received.account_number.as_str()),
            (PIN, ACCOUNT_NUMBER)
        );
        assert_eq!(
            (received.postal_code.as_str(), received.end_user_name.as_str()),
            ("07030", "Ada Byron")
        );
        assert!(received.wireless && received.simple && received.requested_foc_at.is_none());
        let kinds: Vec<PortOutNews> = state
            .reported
            .iter()
            .map(ReportPortOutProgressRequest::news)
            .collect();
        assert_eq!(kinds, [PortOutNews::FocChanged, PortOutNews::Ported]);
        assert!(state.reported[0].foc_at.is_some());
    }
    assert_eq!(
        gateway
            .count("SELECT count(*) FROM inbound WHERE state = 'delivered'")
            .await,
        3
    );
    let secrets = "SELECT count(*) FROM inbound WHERE pin IS NOT NULL OR account_number IS NOT NULL";
    assert_eq!(gateway.count(secrets).await, 0);
}

#[tokio::test]
async fn what_intake_refuses_is_kept_without_secrets_and_holds_nothing_up() {
    let world = World::new("inbound_refused").await;
    let words = format!("the PIN {PIN} is too long");
    let refusal = grpc::status::fail(Code::InvalidArgument, "INVALID_FIELDS", words);
    world.intake.state().inbound_refusals = VecDeque::from([refusal]);
    world.partner.announce(request("W-1", 1));
    let gateway = world.start().await;
    gateway.settle().await;
    world.partner.announce(request("W-1", 2));
    world.partner.announce(request("W-2", 1));
    world.clock.advance_to(time("2026-03-02T15:30:00Z")).unwrap();
    gateway.settle().await;
    let refused =
        "SELECT count(*) FROM inbound WHERE state = 'refused' AND pin IS NULL AND account_number IS NULL
                      AND last_error = 'INVALID_FIELDS: the PIN •••• is too long'";
    assert_eq!(gateway.count(refused).await, 1);
    let mut received: Vec<(String, i32)> = world
        .intake
        .state()
        .received
        .iter()
        .map(|request| (request.pon.clone(), request.ver))
        .collect();
    received.sort();
    assert_eq!(received, [("W-1".to_owned(), 2), ("W-2".to_owned(), 1)]);
}

#[tokio::test]
async fn news_that_came_before_its_request_waits_for_it_but_not_for_ever() {
    let world = World::new("inbound_early").await;
    let unknown = || grpc::status::fail(Code::NotFound, "PORT_OUT_NOT_FOUND", "no such request");
    world.intake.state().cases = vec![PortOutId::generate()];
    world.intake.state().inbound_refusals = VecDeque::from([unknown()]);
    world.partner.announce(news("N1", "W-1", PortOutStep::Ported));
    let gateway = world.start().await;
    let resting = "SELECT count(*) FROM inbound
                    WHERE kind = 'progress' AND state = 'waiting' AND last_error LIKE 'PORT_OUT_NOT_FOUND%'";
    eventually(BOUND, "the news to rest", async || {
        gateway.count(resting).await == 1
    })
    .await;
    gateway
        .execute("UPDATE inbound SET retry_at = now() + interval '1 hour'")
        .await;
    world.partner.announce(request("W-1", 1));
    world.clock.advance_to(time("2026-03-02T15:30:00Z")).unwrap();
    eventually(BOUND, "the request to pass it", async || {
        world.intake.state().received.len() == 1
    })
    .await;
    gateway.execute("UPDATE inbound SET retry_at = NULL").await;
    gateway.settle().await;
    assert_eq!(world.intake.state().order, ["N1", "W-1", "N1"]);
    assert_eq!(world.intake.state().reported.len(), 1);

    // The last try of a day.
    world.intake.state().inbound_refusals = VecDeque::from([unknown(), unknown()]);
    world.partner.announce(news("N2", "W-2", PortOutStep::Ported));
    world.clock.advance_to(time("2026-03-02T16:00:00Z")).unwrap();
    eventually(BOUND, "the other news to rest", async || {
        gateway.count(resting).await == 1
    })
    .await;
    gateway
        .execute("UPDATE inbound SET attempts = 8639, retry_at = NULL WHERE state = 'waiting'")
        .await;
    gateway.settle().await;
    let refused = "SELECT count(*) FROM inbound
                    WHERE kind = 'progress' AND state = 'refused' AND last_error LIKE 'PORT_OUT_NOT_FOUND%'";
    assert_eq!(gateway.count(refused).await, 1);
}

#[tokio::test]
async fn a_crash_during_delivery_delivers_again_with_the_secrets() {
    let world = World::new("inbound_crash").await;
    world.intake.state().is_hanging = true;
    world.partner.announce(request("W-1", 1));
    let (runtime, _crashed) = world.start_apart().await;
    eventually(BOUND, "intake to be told", async || {
        !world.intake.state().order.is_empty()
    })
    .await;
    runtime.shutdown_background();
    world.intake.state().is_hanging = false;

    let gateway = world.start().await;
    assert_eq!(
        gateway
            .count("SELECT count(*) FROM inbound WHERE state = 'waiting'")
            .await,
        1
    );
    gateway
        .execute("UPDATE inbound SET lease_until = now() - interval '1 second'")
        .await;
    gateway.settle().await;
    let received: Vec<String> = world
        .intake
        .state()
        .received
        .iter()
        .map(|request| request.pin.clone())
        .collect();
    assert_eq!(received, [PIN]);
    assert_eq!(
        gateway
            .count("SELECT count(*) FROM inbound WHERE state = 'delivered'")
            .await,
        1
    );
}
