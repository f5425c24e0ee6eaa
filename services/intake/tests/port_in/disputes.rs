//! Disputes in both directions: opened, answered, undone by a carrier, overdue, settled.

use portway_proto::gateway::v1::{Answer, CarrierAnswered, CommandKind, CommandProgress, CommandProgressed};
use portway_proto::intake::v1;
use portway_proto::intake::v1::open_dispute_request::About;
use portway_proto::intake::v1::{
    Dispute, DisputeClockKind, DisputeKind, DisputeOutcome, DisputeSnapbackState, DisputeState, NumberState,
    Order,
};
use portway_proto::types::v1::Court;
use tonic::Code;

use crate::customer::{Customer, ONE, TWO, key};
use crate::dispute_calls::{MAY, answer_of, events, operator, ported_in, ported_out, texts};
use crate::harness::{TestIntake, answered, change, reason, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_left_come_back_as_they_were() {
    let intake = TestIntake::start("disputeout").await;
    let customer = intake.customer_who_may(&MAY).await;
    let (order, port_out) = ported_out(&intake, &customer).await;
    let about = || About::PortOutId(port_out.clone());
    let dispute = customer.open(about(), &[], DisputeKind::Mistaken).await.unwrap();
    assert_eq!(
        (dispute.state(), dispute.court()),
        (DisputeState::Open, Court::Us)
    );
    assert_eq!(dispute.carrier_name, "Winning Wireline");
    let again = customer
        .open(about(), &[ONE], DisputeKind::Mistaken)
        .await
        .unwrap_err();
    assert_eq!(
        refusal(&again),
        (
            "IN_DISPUTE".to_owned(),
            vec![("tns".to_owned(), "IN_DISPUTE".to_owned())]
        )
    );
    let asked = customer.ask_back(&dispute, &[]).await.unwrap();
    let told = &events::<v1::DisputeSnapbackAsked>(&intake, &dispute).await[0];
    assert_eq!(
        (told.pon.as_str(), told.ver, told.winning_spid.as_str()),
        ("PON-1", 1, "9999")
    );
    assert_eq!(told.dispute.as_ref().unwrap().tns, [ONE, TWO]);
    assert_eq!(asked.court(), Court::GainingCarrier);
    let progressed = CommandProgressed {
        subject_id: port_out.clone(),
        account_id: order.account_id.clone(),
        kind: CommandKind::SnapbackPortOut.into(),
        progress: CommandProgress::Acknowledged.into(),
        request_id: told.snapback_id.clone(),
        ..CommandProgressed::default()
    };
    intake.hear_event(&order, &progressed).await;
    let waiting = customer.dispute(&dispute.request_number).await.unwrap();
    assert_eq!(waiting.snapbacks[0].state(), DisputeSnapbackState::Acknowledged);
    let answer = answer_of(&asked, &order, true, &[ONE]);
    intake.hear_event(&order, &answer).await;
    intake.hear_event(&order, &answer).await;
    assert_eq!(
        intake.inventory().await,
        [(ONE.to_owned(), "IN_SERVICE".to_owned())]
    );
    let back = customer.dispute(&dispute.dispute_id).await.unwrap();
    assert_eq!(back.state(), DisputeState::Returned);
    let answered = events::<v1::DisputeSnapbackAnswered>(&intake, &dispute).await;
    assert_eq!((answered.len(), answered[0].confirmed), (1, true));
    assert_eq!(answered[0].dispute.as_ref().unwrap().tns, [ONE]);
    settle_in_part(&intake, &customer, &dispute).await;
}

async fn settle_in_part(intake: &TestIntake, customer: &Customer, dispute: &Dispute) {
    let refused = customer
        .settle(dispute, DisputeOutcome::Upheld)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let operator = operator(intake).await;
    let untrue = operator
        .settle(dispute, DisputeOutcome::Upheld)
        .await
        .unwrap_err();
    assert_eq!(reason(&untrue), "OUTCOME");
    let request = v1::SettleDisputeRequest {
        dispute_id: dispute.dispute_id.clone(),
        outcome: DisputeOutcome::Upheld.into(),
        outcomes: vec![v1::DisputeNumberOutcome {
            tn: ONE.to_owned(),
            outcome: DisputeOutcome::Returned.into(),
        }],
        ..v1::SettleDisputeRequest::default()
    };
    let request = change(&operator.token, &key(), request);
    let settled = operator.disputes().settle_dispute(request).await.unwrap();
    let settled = settled.into_inner().dispute.unwrap();
    assert_eq!(
        (settled.state(), settled.charged_tns),
        (DisputeState::Settled, texts(&[ONE]))
    );
    let told = events::<v1::DisputeSettled>(intake, dispute).await;
    assert_eq!((told.len(), &told[0].charged_tns), (1, &texts(&[ONE])));
    let late = customer.state(dispute, "but", false).await.unwrap_err();
    assert_eq!(reason(&late), "ILLEGAL_TRANSITION");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_a_carrier_keeps_stay_away_and_the_dispute_can_be_withdrawn() {
    let intake = TestIntake::start("disputekept").await;
    let customer = intake.customer_who_may(&MAY).await;
    let (order, port_out) = ported_out(&intake, &customer).await;
    let opened = customer
        .open(About::PortOutId(port_out), &[ONE], DisputeKind::Unauthorized)
        .await
        .unwrap();
    let strange = customer.ask_back(&opened, &[TWO]).await.unwrap_err();
    assert_eq!(reason(&strange), "NOT_PORTED");
    let asked = customer.ask_back(&opened, &[]).await.unwrap();
    intake
        .hear_event(&order, &answer_of(&asked, &order, false, &[]))
        .await;
    let kept = customer.dispute(&opened.dispute_id).await.unwrap();
    assert_eq!(
        (
            kept.state(),
            kept.snapbacks[0].state(),
            kept.snapbacks[0].refusal.as_str()
        ),
        (
            DisputeState::SnapbackRefused,
            DisputeSnapbackState::Refused,
            "not ours"
        )
    );
    assert_eq!(intake.inventory().await, []);
    let request = v1::WithdrawDisputeRequest {
        dispute_id: opened.dispute_id.clone(),
        explanation: "it was my son".to_owned(),
    };
    let request = change(&customer.token, &key(), request);
    let withdrawn = customer.disputes().withdraw_dispute(request).await.unwrap();
    let withdrawn = withdrawn.into_inner().dispute.unwrap();
    assert_eq!(
        (withdrawn.state(), withdrawn.numbers[0].outcome()),
        (DisputeState::Settled, DisputeOutcome::Withdrawn)
    );
    assert!(withdrawn.charged_tns.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_that_is_disputed_is_undone_by_the_orders_own_snapback() {
    let intake = TestIntake::start("disputein").await;
    let customer = intake.customer_who_may(&MAY).await;
    let order = ported_in(&intake, &customer).await;
    // Long after the day in which a port is undone without a statement.
    intake.advance_to("2026-12-20T15:00:00Z").await;
    let operator = operator(&intake).await;
    let about = About::OrderId(order.request_number.clone());
    let opened = operator
        .open(about, &[ONE], DisputeKind::Unauthorized)
        .await
        .unwrap();
    assert_eq!(
        (opened.account_id.as_str(), opened.court()),
        (order.account_id.as_str(), Court::Customer)
    );
    let seen = customer.dispute(&opened.request_number).await.unwrap();
    assert_eq!(
        (seen.opened_by.as_str(), seen.statements[0].author.as_str()),
        ("platform", "platform")
    );
    let answered_it = customer
        .state(&opened, "the letter is signed", true)
        .await
        .unwrap();
    assert_eq!(answered_it.state(), DisputeState::Answered);
    let twice = customer.state(&opened, "I said so", true).await.unwrap_err();
    assert_eq!(reason(&twice), "ILLEGAL_TRANSITION");
    operator.ask_back(&opened, &[]).await.unwrap();
    let asked = intake.events::<v1::OrderSnapbackRequested>(&order).await;
    assert_eq!(
        (asked.len(), &asked[0].order.as_ref().unwrap().tns),
        (1, &texts(&[ONE]))
    );
    intake
        .hear_answer(answered(&order, Answer::SnapbackConfirmed, &[]))
        .await;
    let back = operator.dispute(&opened.dispute_id).await.unwrap();
    assert_eq!(
        (back.state(), back.snapbacks[0].state()),
        (DisputeState::Returned, DisputeSnapbackState::Confirmed)
    );
    let after = customer.get(&order).await;
    let states: Vec<_> = after.numbers.iter().map(v1::OrderNumber::state).collect();
    assert_eq!(states, [NumberState::Returned, NumberState::Ported]);
    let settled = operator.settle(&opened, DisputeOutcome::Returned).await.unwrap();
    assert_eq!(settled.charged_tns, [ONE]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_hears_of_a_snapback_when_the_carrier_has_spoken_of_every_number() {
    let intake = TestIntake::start("disputeparts").await;
    let customer = intake.customer_who_may(&MAY).await;
    let operator = operator(&intake).await;
    let order = ported_in(&intake, &customer).await;
    let about = About::OrderId(order.order_id.clone());
    let opened = customer.open(about, &[], DisputeKind::Mistaken).await.unwrap();
    operator.ask_back(&opened, &[]).await.unwrap();
    let answers = [
        (Answer::SnapbackConfirmed, ONE, DisputeState::SnapbackAsked),
        (Answer::SnapbackRefused, TWO, DisputeState::Returned),
    ];
    for (answer, tn, expected) in answers {
        let said = CarrierAnswered {
            tns: texts(&[tn]),
            ..answered(&order, answer, &[("UNMAPPED", "")])
        };
        intake.hear_answer(said).await;
        let heard = operator.dispute(&opened.dispute_id).await.unwrap();
        assert_eq!(heard.state(), expected, "{tn}");
    }
    settle_in_part(&intake, &customer, &opened).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_clock_that_runs_out_is_told_once_and_the_list_finds_it() {
    let intake = TestIntake::start("disputelate").await;
    let customer = intake.customer_who_may(&MAY).await;
    let order = ported_in(&intake, &customer).await;
    let about = |order: &Order| About::OrderId(order.order_id.clone());
    let late = customer
        .open(about(&order), &[ONE], DisputeKind::Mistaken)
        .await
        .unwrap();
    let kept = customer
        .open(about(&order), &[TWO], DisputeKind::Mistaken)
        .await
        .unwrap();
    customer.state(&kept, "it stands", true).await.unwrap();
    intake.advance_to("2026-11-24T14:59:59Z").await;
    assert!(events::<v1::DisputeOverdue>(&intake, &late).await.is_empty());
    intake.advance_to("2026-11-24T15:00:00Z").await;
    intake.advance_to("2026-11-25T15:00:00Z").await;
    let overdue = v1::ListDisputesRequest {
        overdue: true,
        ..v1::ListDisputesRequest::default()
    };
    let found = customer.list(overdue.clone()).await.disputes;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].dispute_id, late.dispute_id);
    intake.advance_to("2026-12-30T15:00:00Z").await;
    let told = events::<v1::DisputeOverdue>(&intake, &late).await;
    let clocks: Vec<_> = told.iter().map(v1::DisputeOverdue::clock).collect();
    assert_eq!(clocks, [DisputeClockKind::Answer, DisputeClockKind::Resolution]);
    assert_eq!(events::<v1::DisputeOverdue>(&intake, &kept).await.len(), 1);
    assert_eq!(customer.list(overdue.clone()).await.disputes.len(), 2);
    let of_two = v1::ListDisputesRequest {
        phone_number: "(201) 867-0124".to_owned(),
        states: vec![DisputeState::Answered.into()],
        ..overdue
    };
    let found = customer.list(of_two).await.disputes;
    assert_eq!((found.len(), &found[0].dispute_id), (1, &kept.dispute_id));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_stable_and_an_account_sees_its_own_disputes_alone() {
    let intake = TestIntake::start("disputepages").await;
    let customer = intake.customer_who_may(&MAY).await;
    let order = ported_in(&intake, &customer).await;
    let about = || About::OrderId(order.order_id.clone());
    let first = customer
        .open(about(), &[ONE], DisputeKind::Mistaken)
        .await
        .unwrap();
    let second = customer
        .open(about(), &[TWO], DisputeKind::Mistaken)
        .await
        .unwrap();
    let mut request = v1::ListDisputesRequest {
        page_size: 1,
        ..v1::ListDisputesRequest::default()
    };
    let page = customer.list(request.clone()).await;
    assert_eq!(page.disputes[0].dispute_id, second.dispute_id);
    request.page_token = page.next_page_token;
    let page = customer.list(request).await;
    assert_eq!(page.disputes[0].dispute_id, first.dispute_id);
    assert!(page.next_page_token.is_empty());
    let stranger = intake.customer_who_may(&MAY).await;
    assert!(
        stranger
            .list(v1::ListDisputesRequest::default())
            .await
            .disputes
            .is_empty()
    );
    assert_eq!(
        reason(&stranger.dispute(&first.request_number).await.unwrap_err()),
        "DISPUTE_NOT_FOUND"
    );
    let theirs = stranger
        .open(about(), &[], DisputeKind::Mistaken)
        .await
        .unwrap_err();
    assert_eq!(reason(&theirs), "ORDER_NOT_FOUND");
    let faulty = v1::OpenDisputeRequest {
        tns: texts(&["1"]),
        ..v1::OpenDisputeRequest::default()
    };
    let faulty = customer
        .disputes()
        .open_dispute(change(&customer.token, &key(), faulty))
        .await;
    let fields: Vec<String> = refusal(&faulty.unwrap_err())
        .1
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(
        fields,
        [
            "about",
            "tns[0]",
            "kind",
            "reporter",
            "reporter_name",
            "statement"
        ]
    );
}
