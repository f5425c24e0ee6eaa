//! Numbers of disputes that operations put on record as being back, in both directions.

use portway_proto::gateway::v1::{Answer, CarrierAnswered};
use portway_proto::intake::v1;
use portway_proto::intake::v1::open_dispute_request::About;
use portway_proto::intake::v1::{
    Dispute, DisputeAction, DisputeKind, DisputeOutcome, DisputeSnapbackAnswered, DisputeSnapbackState,
    DisputeState, NumberState, Order,
};
use tonic::Code;

use crate::customer::{Customer, ONE, TWO, key};
use crate::dispute_calls::{MAY, answer_of, events, operator, ported_in, ported_out, returned, texts};
use crate::harness::{TestIntake, answered, ask, change, reason, refusal};

/// What happened to a port-out, oldest first: what, and whether it warns.
async fn port_out_history(customer: &Customer, port_out: &str) -> Vec<(String, bool)> {
    let request = v1::ListPortOutTimelineRequest {
        port_out_id: port_out.to_owned(),
        ..v1::ListPortOutTimelineRequest::default()
    };
    let mut client = v1::port_out_service_client::PortOutServiceClient::new(customer.channel());
    let listed = client.list_port_out_timeline(ask(&customer.token, request)).await;
    let entries = listed.unwrap().into_inner().entries.into_iter();
    entries.map(|entry| (entry.action, entry.warning)).collect()
}

async fn told(intake: &TestIntake, dispute: &Dispute) -> Vec<(Vec<String>, bool, bool, bool)> {
    let told = events::<DisputeSnapbackAnswered>(intake, dispute)
        .await
        .into_iter();
    told.map(|event| {
        let tns = event.dispute.unwrap().tns;
        (tns, event.confirmed, event.recorded, event.snapback_id.is_empty())
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_left_and_nobody_asked_for_are_back_by_a_record() {
    let intake = TestIntake::start("recordedout").await;
    let customer = intake.customer_who_may(&MAY).await;
    let operator = operator(&intake).await;
    let (_, port_out) = ported_out(&intake, &customer).await;
    let about = About::PortOutId(port_out.clone());
    let opened = customer.open(about, &[], DisputeKind::Mistaken).await.unwrap();
    assert!(
        opened
            .actions()
            .all(|action| action != DisputeAction::RecordReturn)
    );
    let refused = customer.record_return(&opened, &[ONE]).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);

    let mut tried = change(&operator.token, &key(), returned(&opened, &[ONE]));
    tried
        .metadata_mut()
        .insert("portway-dry-run", "true".parse().unwrap());
    let tried = operator.disputes().record_dispute_return(tried).await.unwrap();
    assert_eq!(
        tried.into_inner().dispute.unwrap().state(),
        DisputeState::Returned
    );
    assert_eq!(intake.inventory().await, []);
    assert_eq!(
        operator.dispute(&opened.dispute_id).await.unwrap().etag,
        opened.etag
    );

    let key = key();
    for _ in 0..2 {
        let request = change(&operator.token, &key, returned(&opened, &[ONE]));
        operator.disputes().record_dispute_return(request).await.unwrap();
    }
    let in_service = |tn: &str| (tn.to_owned(), "IN_SERVICE".to_owned());
    assert_eq!(intake.inventory().await, [in_service(ONE)]);
    let back = customer.dispute(&opened.dispute_id).await.unwrap();
    assert_eq!((back.state(), back.returns.len()), (DisputeState::Returned, 1));
    assert!(!back.clocks[0].is_running, "the answer's clock has stopped");
    let record = &back.returns[0];
    assert_eq!(
        (
            record.tns.clone(),
            record.recorded_by.as_str(),
            record.recorded_at.is_some()
        ),
        (texts(&[ONE]), "platform", true)
    );
    let for_operations = operator.dispute(&opened.dispute_id).await.unwrap();
    assert_eq!(for_operations.returns[0].recorded_by, "user:owner");
    assert_eq!(told(&intake, &opened).await, [(texts(&[ONE]), true, true, true)]);
    let again = operator.record_return(&opened, &[ONE, TWO]).await.unwrap_err();
    assert_eq!(reason(&again), "NOT_PORTED");
    let history = port_out_history(&customer, &port_out).await;
    assert_eq!(history.last().unwrap(), &("RETURNED".to_owned(), false));

    let untrue = operator
        .settle(&opened, DisputeOutcome::Returned)
        .await
        .unwrap_err();
    assert_eq!(reason(&untrue), "OUTCOME");
    operator.record_return(&opened, &[TWO]).await.unwrap();
    assert_eq!(intake.inventory().await, [in_service(ONE), in_service(TWO)]);
    let settled = operator.settle(&opened, DisputeOutcome::Returned).await.unwrap();
    assert_eq!(settled.charged_tns, [ONE, TWO]);
    let late = operator.record_return(&opened, &[ONE]).await.unwrap_err();
    assert_eq!(reason(&late), "ILLEGAL_TRANSITION");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_is_over_with_the_last_of_its_numbers_and_a_later_answer_is_noted_once() {
    let intake = TestIntake::start("recordedasked").await;
    let customer = intake.customer_who_may(&MAY).await;
    let operator = operator(&intake).await;
    let (order, port_out) = ported_out(&intake, &customer).await;
    let about = About::PortOutId(port_out.clone());
    let opened = customer.open(about, &[], DisputeKind::Mistaken).await.unwrap();
    let asked = customer.ask_back(&opened, &[]).await.unwrap();
    let partly = operator.record_return(&opened, &[ONE]).await.unwrap();
    assert_eq!(partly.state(), DisputeState::SnapbackAsked);
    let wholly = operator.record_return(&opened, &[TWO]).await.unwrap();
    let wish = &wholly.snapbacks[0];
    assert_eq!(
        (
            wholly.state(),
            wish.state(),
            wish.ended_by_record,
            wish.late_answer()
        ),
        (
            DisputeState::Returned,
            DisputeSnapbackState::Confirmed,
            true,
            DisputeSnapbackState::Unspecified
        )
    );
    let refuses = answer_of(&asked, &order, false, &[]);
    intake.hear_event(&order, &refuses).await;
    intake
        .hear_event(&order, &answer_of(&asked, &order, true, &[]))
        .await;
    let after = customer.dispute(&opened.dispute_id).await.unwrap();
    assert_eq!(
        (after.state(), &after.etag),
        (DisputeState::Returned, &wholly.etag)
    );
    assert_eq!(after.snapbacks[0].late_answer(), DisputeSnapbackState::Refused);
    assert!(after.snapbacks[0].late_answer_at.is_some());
    assert_eq!(intake.inventory().await.len(), 2);
    let history = port_out_history(&customer, &port_out).await;
    let late = history.iter().filter(|(what, _)| what == "LATE_ANSWER").count();
    assert_eq!((late, history.last().unwrap().1), (1, true));
    assert_eq!(
        told(&intake, &opened).await,
        [
            (texts(&[ONE]), true, true, true),
            (texts(&[TWO]), true, true, false)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_to_a_wish_that_goes_on_is_about_the_numbers_that_are_still_away() {
    let intake = TestIntake::start("recordedpart").await;
    let customer = intake.customer_who_may(&MAY).await;
    let operator = operator(&intake).await;
    let (order, port_out) = ported_out(&intake, &customer).await;
    let about = About::PortOutId(port_out);
    let opened = customer.open(about, &[], DisputeKind::Mistaken).await.unwrap();
    let asked = customer.ask_back(&opened, &[]).await.unwrap();
    operator.record_return(&opened, &[ONE]).await.unwrap();
    // That one is back already: of the other nothing is said.
    intake
        .hear_event(&order, &answer_of(&asked, &order, true, &[ONE]))
        .await;
    let refused = operator.dispute(&opened.dispute_id).await.unwrap();
    assert_eq!(refused.state(), DisputeState::SnapbackRefused);
    assert_eq!(refused.snapbacks[0].state(), DisputeSnapbackState::Refused);
    let asked = customer.ask_back(&opened, &[]).await.unwrap();
    assert_eq!(asked.snapbacks[1].tns, [TWO]);
    intake
        .hear_event(&order, &answer_of(&asked, &order, true, &[]))
        .await;
    assert_eq!(intake.inventory().await.len(), 2);
    let settled = operator.settle(&opened, DisputeOutcome::Returned).await.unwrap();
    assert_eq!(settled.state(), DisputeState::Settled);
    assert_eq!(
        told(&intake, &opened).await,
        [
            (texts(&[ONE]), true, true, true),
            (texts(&[TWO]), false, false, false),
            (texts(&[TWO]), true, false, false)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_held_by_another_way_is_not_on_record_as_being_back() {
    let intake = TestIntake::start("recordedheld").await;
    let customer = intake.customer_who_may(&MAY).await;
    let operator = operator(&intake).await;
    let (order, port_out) = ported_out(&intake, &customer).await;
    let opened = customer
        .open(About::PortOutId(port_out), &[], DisputeKind::Mistaken)
        .await
        .unwrap();
    hold_again(&intake, &order, ONE).await;
    let refused = operator.record_return(&opened, &[ONE, TWO]).await.unwrap_err();
    assert_eq!(
        refusal(&refused),
        (
            "HELD_OTHERWISE".to_owned(),
            vec![("tns".to_owned(), "HELD_OTHERWISE".to_owned())]
        )
    );
    assert_eq!(intake.inventory().await.len(), 1, "nothing of it was done");
    operator.record_return(&opened, &[TWO]).await.unwrap();
}

/// As if the number had been ported in again since.
async fn hold_again(intake: &TestIntake, order: &Order, tn: &str) {
    let inserted = sqlx::query(
        "INSERT INTO inventory_number
         SELECT was.* FROM departed_number, jsonb_populate_record(NULL::inventory_number, record) AS was
          WHERE departed_number.tn = $1 AND departed_number.account_id = $2",
    )
    .bind(tn)
    .bind(order.account_id.parse::<uuid::Uuid>().unwrap())
    .execute(&intake.pool)
    .await
    .unwrap();
    assert_eq!(inserted.rows_affected(), 1);
}

async fn states(customer: &Customer, order: &Order) -> Vec<NumberState> {
    let numbers = customer.get(order).await.numbers;
    numbers.iter().map(v1::OrderNumber::state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_came_go_back_by_a_record_though_the_carrier_never_answers() {
    let intake = TestIntake::start("recordedin").await;
    let customer = intake.customer_who_may(&MAY).await;
    let operator = operator(&intake).await;
    let order = ported_in(&intake, &customer).await;
    let about = About::OrderId(order.order_id.clone());
    let opened = operator
        .open(about, &[], DisputeKind::Unauthorized)
        .await
        .unwrap();
    operator.ask_back(&opened, &[ONE]).await.unwrap();
    // Nobody asked for this one, while a wish for the other is open.
    let partly = operator.record_return(&opened, &[TWO]).await.unwrap();
    assert_eq!(partly.state(), DisputeState::SnapbackAsked);
    assert_eq!(
        states(&customer, &order).await,
        [NumberState::Ported, NumberState::Returned]
    );
    let wholly = operator.record_return(&opened, &[ONE]).await.unwrap();
    assert_eq!(
        (wholly.state(), wholly.snapbacks[0].state()),
        (DisputeState::Returned, DisputeSnapbackState::Confirmed)
    );
    assert_eq!(
        states(&customer, &order).await,
        [NumberState::Returned, NumberState::Returned]
    );
    assert_eq!(intake.inventory().await, []);
    assert_eq!(
        told(&intake, &opened).await,
        [
            (texts(&[TWO]), true, true, true),
            (texts(&[ONE]), true, true, false)
        ]
    );
    let settled = intake.events::<v1::OrderSnapbackSettled>(&order).await;
    let confirmed: Vec<_> = settled.iter().map(|event| event.confirmed).collect();
    assert_eq!(confirmed, [true, true]);

    let late = CarrierAnswered {
        tns: texts(&[ONE]),
        ..answered(&order, Answer::SnapbackRefused, &[("UNMAPPED", "")])
    };
    intake.hear_answer(late).await;
    assert_eq!(customer.history(&order).await.last().unwrap(), "answer_recorded");
    let after = operator.dispute(&opened.dispute_id).await.unwrap();
    assert_eq!(
        (after.state(), &after.etag),
        (DisputeState::Returned, &wholly.etag)
    );
    let settled = operator.settle(&opened, DisputeOutcome::Returned).await.unwrap();
    assert_eq!(settled.charged_tns, [ONE, TWO]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_record_is_named_and_a_dispute_that_changed_is_not_recorded_on() {
    let intake = TestIntake::start("recordedfaults").await;
    let customer = intake.customer_who_may(&MAY).await;
    let operator = operator(&intake).await;
    let (_, port_out) = ported_out(&intake, &customer).await;
    let opened = customer
        .open(About::PortOutId(port_out), &[ONE], DisputeKind::Mistaken)
        .await
        .unwrap();
    let faulty = v1::RecordDisputeReturnRequest {
        dispute_id: "nonsense".to_owned(),
        ..v1::RecordDisputeReturnRequest::default()
    };
    let faulty = change(&operator.token, &key(), faulty);
    let refused = operator
        .disputes()
        .record_dispute_return(faulty)
        .await
        .unwrap_err();
    let fields: Vec<String> = refusal(&refused).1.into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["dispute_id", "tns", "explanation"]);
    customer.state(&opened, "they called us", true).await.unwrap();
    let stale = v1::RecordDisputeReturnRequest {
        etag: opened.etag.clone(),
        ..returned(&opened, &[ONE])
    };
    let stale = change(&operator.token, &key(), stale);
    let refused = operator
        .disputes()
        .record_dispute_return(stale)
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "STALE");
    let strange = operator.record_return(&opened, &[ONE, TWO]).await.unwrap_err();
    assert_eq!(reason(&strange), "NOT_PORTED");
    assert_eq!(intake.inventory().await, []);
}
