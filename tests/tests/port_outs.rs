//! Port-outs across all services: what the account decides, what the winning carrier does, and who is told.

use std::time::Duration;

use jiff::SignedDuration;
use portway_proto::carrier::v1::{PortOutRequest, PortOutStep};
use portway_proto::intake::v1::{
    AnswerState, ConflictState, ConsentChannel, ConsentState, Order, PortOut, PortOutState,
};
use portway_proto::notification::v1::{Channel, DeliveryState};
use system_tests::checks::{assert_told_once, mails};
use system_tests::{Customer, SmsGateway, System, SystemOptions};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// An order of these numbers that has ported in.
async fn ported_in(customer: &Customer, tns: &[&str]) -> Order {
    let order = customer.submitted(tns).await;
    customer.advance(DAY * 8).await;
    assert_eq!(customer.in_service().await.len(), tns.len());
    order
}

/// Requests for one number each, under these names, to be cut over in three days; pending when this returns.
async fn requested(customer: &Customer, order: &Order, asked: &[(&str, &str)]) -> Vec<PortOut> {
    let foc_at = customer.now().await + SignedDuration::from_hours(72);
    for (pon, tn) in asked {
        customer.request_port_out(order, pon, &[tn], foc_at).await;
    }
    customer.advance(HOUR).await;
    let mut port_outs = Vec::new();
    for (pon, _) in asked {
        let port_out = customer.port_out_of(pon).await;
        assert_eq!(port_out.state(), PortOutState::Pending, "{pon}");
        port_outs.push(port_out);
    }
    port_outs
}

/// What the winning carrier was told under a name: RPC and detail.
async fn told(customer: &Customer, pon: &str) -> Vec<(String, String)> {
    let calls = customer.carrier_calls(pon).await.into_iter();
    calls.map(|call| (call.rpc, call.detail)).collect()
}

fn call(rpc: &str, detail: &str) -> (String, String) {
    (rpc.to_owned(), detail.to_owned())
}

/// A request for a number that left: the winning carrier hears so, and nobody of ours is concerned.
async fn a_later_request_finds_nothing(customer: &Customer, order: &Order, tn: &str) {
    let late = Customer::winners_request(order, "LATE-1", &[tn], customer.now().await);
    customer.play_port_out(late, false).await;
    customer.advance(HOUR).await;
    assert!(
        customer
            .port_outs()
            .await
            .iter()
            .all(|port_out| port_out.pon != "LATE-1")
    );
    assert_eq!(
        told(customer, "LATE-1").await,
        [call("AnswerPortOut", &format!("{tn} TN_NOT_FOUND"))]
    );
}

#[tokio::test]
async fn a_rejection_stands_or_is_overruled_and_the_customer_is_told_why() {
    let system = System::start("port_out_rejections").await;
    let customer = system.customer();
    let (stays, goes) = ("+12018675401", "+12018675402");
    let order = ported_in(&customer, &[stays, goes]).await;
    let port_outs = requested(&customer, &order, &[("REJ-1", stays), ("REJ-2", goes)]).await;
    // Another request for both makes it true that another port is under way, until it is withdrawn.
    let foc_at = customer.now().await + SignedDuration::from_hours(72);
    customer
        .request_port_out(&order, "REJ-3", &[stays, goes], foc_at)
        .await;
    customer.advance(HOUR).await;
    let [upheld, overruled] = [&port_outs[0], &port_outs[1]];
    for port_out in [upheld, overruled] {
        let disproved = customer.reject(port_out, "ZIP").await.unwrap_err();
        assert_eq!(
            grpc::status::reason_of(&disproved).as_deref(),
            Some("REASON_DOES_NOT_APPLY")
        );
        let rejected = customer.reject(port_out, "PENDING_ORDER").await.unwrap();
        assert_eq!(rejected.state(), PortOutState::RejectionReview);
    }
    customer
        .report_port_out("REJ-3", PortOutStep::Cancelled, None)
        .await;
    assert_eq!(
        told(&customer, "REJ-1").await,
        [],
        "nothing is told before the review"
    );
    customer
        .review(upheld, true, "the other port was there first")
        .await;
    customer
        .review(overruled, false, "the other port is withdrawn")
        .await;
    customer.advance(HOUR).await;
    let upheld = customer.port_out(upheld).await;
    assert_eq!(
        (
            upheld.state(),
            upheld.rejection_reason.as_str(),
            upheld.answer_state()
        ),
        (PortOutState::Rejected, "PENDING_ORDER", AnswerState::Acknowledged)
    );
    assert_eq!(
        told(&customer, "REJ-1").await,
        [call("AnswerPortOut", "PENDING_ORDER")]
    );
    let overruled = customer.port_out(overruled).await;
    assert_eq!(
        (
            overruled.state(),
            overruled.decided_by.as_str(),
            overruled.answer_state()
        ),
        (PortOutState::Authorized, "overruled", AnswerState::Acknowledged)
    );
    customer.advance(DAY * 4).await;
    let left: Vec<String> = customer
        .in_service()
        .await
        .into_iter()
        .map(|number| number.tn)
        .collect();
    assert_eq!(left, [stays]);
    assert_told_of_reviews(&system, &customer, &upheld, &overruled).await;
    a_later_request_finds_nothing(&customer, &order, goes).await;
}

async fn assert_told_of_reviews(system: &System, customer: &Customer, upheld: &PortOut, overruled: &PortOut) {
    assert_told_once(
        system,
        customer,
        &upheld.port_out_id,
        &["port_out.received", "port_out.rejected"],
    )
    .await;
    assert_told_once(
        system,
        customer,
        &overruled.port_out_id,
        &["port_out.received", "port_out.overruled", "port_out.ported_out"],
    )
    .await;
    let why = mails(system);
    assert!(
        why.iter()
            .any(|mail| mail.contains("the other port is withdrawn")),
        "{why:?}"
    );
}

#[tokio::test]
async fn a_lock_between_foc_and_activation_is_decided_by_the_winning_carrier() {
    let system = System::start("port_out_locks").await;
    let customer = system.customer();
    let (kept, lost) = ("+12018675411", "+12018675412");
    let order = ported_in(&customer, &[kept, lost]).await;
    let foc_at = customer.now().await + SignedDuration::from_hours(72);
    for (pon, tn, refuses) in [("LOCK-1", kept, false), ("LOCK-2", lost, true)] {
        let request = Customer::winners_request(&order, pon, &[tn], foc_at);
        customer.play_port_out(request, refuses).await;
    }
    customer.advance(HOUR).await;
    for pon in ["LOCK-1", "LOCK-2"] {
        customer.accept(&customer.port_out_of(pon).await).await.unwrap();
    }
    customer.advance(HOUR).await;
    for tn in [kept, lost] {
        customer.lock(tn).await;
    }
    customer.advance(HOUR).await;
    let accepted = customer.port_out_of("LOCK-1").await;
    assert_eq!(
        (
            accepted.state(),
            accepted.conflicts[0].state(),
            accepted.answer_state()
        ),
        (
            PortOutState::Rejected,
            ConflictState::Accepted,
            AnswerState::Acknowledged
        )
    );
    assert_eq!(accepted.numbers[0].denial, "LOCKED");
    assert_eq!(
        told(&customer, "LOCK-1").await,
        [
            call("AnswerPortOut", "authorized"),
            call("RaisePortOutConflict", &format!("{kept} LOCKED; accepted"))
        ]
    );
    let refused = customer.port_out_of("LOCK-2").await;
    assert_eq!(
        (refused.state(), refused.conflicts[0].state()),
        (PortOutState::Authorized, ConflictState::Refused)
    );
    customer.advance(DAY * 4).await;
    let left: Vec<String> = customer
        .in_service()
        .await
        .into_iter()
        .map(|number| number.tn)
        .collect();
    assert_eq!(left, [kept], "the one whose conflict was refused has gone");
    assert_told_once(
        &system,
        &customer,
        &accepted.port_out_id,
        &["port_out.conflicted", "port_out.rejected"],
    )
    .await;
    assert_told_once(
        &system,
        &customer,
        &refused.port_out_id,
        &[
            "port_out.conflicted",
            "port_out.conflict_refused",
            "port_out.went_without_leave",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_cut_over_that_moves_is_told_and_a_withdrawal_after_it_changes_nothing() {
    let system = System::start("port_out_moves").await;
    let customer = system.customer();
    let tn = "+12018675421";
    let order = ported_in(&customer, &[tn]).await;
    let port_out = requested(&customer, &order, &[("MOVE-1", tn)]).await.remove(0);
    customer.accept(&port_out).await.unwrap();
    customer.advance(HOUR).await;
    let moved_to = customer.now().await + SignedDuration::from_hours(120);
    customer
        .report_port_out("MOVE-1", PortOutStep::FocChanged, Some(moved_to))
        .await;
    customer.advance(DAY * 4).await;
    let moved = customer.port_out(&port_out).await;
    assert_eq!(
        (moved.state(), moved.foc_at.unwrap().seconds),
        (PortOutState::Authorized, moved_to.as_second()),
        "its first instant is over, and nothing left"
    );
    customer
        .report_port_out("MOVE-1", PortOutStep::Cancelled, None)
        .await;
    customer.advance(DAY * 4).await;
    assert_eq!(
        customer.port_out(&port_out).await.state(),
        PortOutState::Cancelled
    );
    assert_eq!(customer.in_service().await.len(), 1);
    let charges = customer.charges().await;
    assert!(
        charges
            .iter()
            .all(|charge| charge.subject_id != port_out.port_out_id)
    );
    assert_told_once(
        &system,
        &customer,
        &port_out.port_out_id,
        &["port_out.received", "port_out.foc_changed", "port_out.cancelled"],
    )
    .await;
}

#[tokio::test]
async fn three_wrong_pins_alarm_the_owner_and_the_right_one_is_answered_at_once() {
    let system = System::start("port_out_pins").await;
    let customer = system.customer();
    let tn = "+12018675431";
    let order = ported_in(&customer, &[tn]).await;
    customer.set_pin(tn, "4711").await;
    let foc_at = customer.now().await + SignedDuration::from_hours(72);
    let request = |pon: &str, pin: &str| PortOutRequest {
        pin: pin.to_owned(),
        ..Customer::winners_request(&order, pon, &[tn], foc_at)
    };
    for pon in ["PIN-1", "PIN-2", "PIN-3"] {
        customer.play_port_out(request(pon, "0000"), false).await;
    }
    customer.play_port_out(request("PIN-4", "4711"), false).await;
    // Minutes, not hours: the third answer is held back for a quarter of an hour.
    customer.advance(Duration::from_mins(5)).await;
    let answered = async || {
        let mut answered = Vec::new();
        for pon in ["PIN-1", "PIN-2", "PIN-3"] {
            answered.extend(told(&customer, pon).await);
        }
        answered
    };
    let wrong = call("AnswerPortOut", &format!("{tn} PIN"));
    assert_eq!(answered().await, [wrong.clone(), wrong.clone()]);
    let right = customer.port_out_of("PIN-4").await;
    assert_eq!(
        right.state(),
        PortOutState::Pending,
        "wrong PINs never bar the right one"
    );
    customer.accept(&right).await.unwrap();
    customer.advance(HOUR).await;
    assert_eq!(
        customer.port_out(&right).await.answer_state(),
        AnswerState::Acknowledged
    );
    assert_eq!(answered().await, [wrong.clone(), wrong.clone(), wrong]);
    let alarms = mails(&system)
        .iter()
        .filter(|mail| mail.contains("wrong PINs were tried"))
        .count();
    assert_eq!(alarms, 1);
}

#[tokio::test]
async fn who_holds_the_phone_is_asked_by_text_and_a_yes_lets_the_number_go() {
    let gateway = SmsGateway::start().await;
    let options = SystemOptions {
        sms_url: Some(gateway.url.clone()),
        ..SystemOptions::default()
    };
    let mut system = System::start_with("port_out_texts", options).await;
    let customer = system.customer();
    let tn = "+12018675441";
    let order = ported_in(&customer, &[tn]).await;
    customer.ask_by_text(&[tn]).await;
    let foc_at = customer.now().await + SignedDuration::from_hours(72);
    let request = PortOutRequest {
        wireless: true,
        simple: true,
        ..Customer::winners_request(&order, "TEXT-1", &[tn], foc_at)
    };
    customer.play_port_out(request, false).await;
    // Minutes, not hours: silence authorizes after two and a half.
    customer.advance(Duration::from_mins(5)).await;
    let asked = customer.port_out_of("TEXT-1").await;
    assert_eq!(asked.state(), PortOutState::Pending);
    let told_to_phone = gateway.texts_to(tn);
    assert_eq!(told_to_phone.len(), 1, "{told_to_phone:?}");
    let begins = "Winner Wireless asks to move +1 201 867 5441 away from ";
    assert!(
        told_to_phone[0].starts_with(begins) && told_to_phone[0].contains("Reply YES or NO"),
        "{}",
        told_to_phone[0]
    );
    let deliveries = customer.deliveries(&asked.port_out_id).await;
    let text = deliveries
        .iter()
        .find(|delivery| delivery.channel() == Channel::Sms)
        .unwrap();
    assert_eq!(
        (text.state(), text.receiver.as_str()),
        (DeliveryState::Delivered, tn)
    );
    // The reply is recorded, and the process dies before anything follows; the same text comes again.
    let first = customer.text_back(tn, "SM-1", "Yes!").await.unwrap();
    system.kill();
    system.restart().await;
    let customer = system.customer();
    assert_eq!(customer.text_back(tn, "SM-1", "Yes!").await.unwrap(), first);
    assert_eq!(first.answer(), ConsentState::Yes);
    customer.advance(Duration::from_mins(5)).await;
    let authorized = customer.port_out(&asked).await;
    assert_eq!(
        (
            authorized.state(),
            authorized.decided_by.as_str(),
            authorized.answer_state()
        ),
        (PortOutState::Authorized, "end user", AnswerState::Acknowledged)
    );
    let consent = &authorized.consents[0];
    assert_eq!(
        (consent.channel(), consent.sent_to.as_str(), consent.state()),
        (ConsentChannel::Sms, tn, ConsentState::Yes)
    );
    assert_eq!(
        told(&customer, "TEXT-1").await,
        [call("AnswerPortOut", "authorized")]
    );
    customer.advance(DAY * 4).await;
    assert_eq!(customer.in_service().await, [], "the number has gone");
    assert_eq!(gateway.texts_to(tn).len(), 1, "nobody is asked twice");
}
