//! What is demanded before a cut-over, and cut-overs on demand.

use portway_proto::intake::v1;
use portway_proto::intake::v1::configuration_service_client::ConfigurationServiceClient;
use portway_proto::intake::v1::{
    ActivationMode, HoldCode, OrderState, ProofState, ReadinessDemand, ReadinessItem,
};
use portway_proto::types::v1::Court;
use tonic_types::StatusExt;

use crate::customer::{Customer, ONE, TWO, key};
use crate::cutover::{FOC, codes, member};
use crate::harness::{TestIntake, change, reason};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_enforced_holds_the_cut_over_back_until_it_is_there() {
    let intake = TestIntake::start("enforced").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear_foc(&order, FOC).await;
    customer.demand_routing(ReadinessDemand::Enforce).await;
    assert!(!customer.readiness(&order).await.ready);
    intake.advance_to(FOC).await;
    let held = customer.get(&order).await;
    assert_eq!(
        (held.state(), held.court()),
        (OrderState::FocConfirmed, Court::Customer)
    );
    assert_eq!(codes(&held.holds), [(HoldCode::RoutingMissing, String::new())]);
    assert_eq!(held.holds[0].number_count, 2);
    assert_eq!(intake.events::<v1::OrderHeldBack>(&order).await.len(), 1);
    let readiness = customer.readiness(&order).await;
    let check = &readiness.numbers[0].checks[0];
    assert_eq!((check.item(), check.satisfied), (ReadinessItem::Routing, false));
    assert!(check.remedy.contains("ConfigureNumbers"));
    // Something else is said of the numbers: it is looked at again, and nothing new is told.
    let request = v1::PrepareNumbersRequest {
        order_id: order.order_id.clone(),
        tns: Vec::new(),
        emergency_address_confirmed: None,
        caller_name_declined: Some(true),
        texts_declined: None,
    };
    let call = change(&customer.token, &key(), request);
    customer.cutover().prepare_numbers(call).await.unwrap();
    route(&customer, &order).await;
    intake.advance_to("2026-12-01T05:00:01Z").await;
    assert_eq!(customer.get(&order).await.state(), OrderState::Activating);
}

/// Says where calls to the order's numbers go.
async fn route(customer: &Customer, order: &v1::Order) {
    let routed = |tn: &str| v1::NumberDraft {
        phone_number: tn.to_owned(),
        config: Some(v1::NumberConfig {
            application: "trunk-1".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let request = v1::ConfigureNumbersRequest {
        order_id: order.order_id.clone(),
        numbers: vec![routed(ONE), routed(TWO)],
        update_fields: vec!["application".to_owned()],
        etag: String::new(),
    };
    let mut client = ConfigurationServiceClient::new(customer.channel());
    let call = change(&customer.token, &key(), request);
    client.configure_numbers(call).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demand_that_is_dropped_holds_nothing_back_and_a_warning_never_does() {
    let intake = TestIntake::start("dropped").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear_foc(&order, FOC).await;
    customer.demand_routing(ReadinessDemand::Enforce).await;
    intake.advance_to(FOC).await;
    assert_eq!(customer.get(&order).await.holds.len(), 1);
    customer.demand_routing(ReadinessDemand::Warn).await;
    intake.advance_to("2026-12-01T05:00:01Z").await;
    let going = customer.get(&order).await;
    assert_eq!((going.state(), going.holds.len()), (OrderState::Activating, 0));
    let request = v1::ListTimelineRequest {
        order_id: order.order_id.clone(),
        ..Default::default()
    };
    let call = crate::harness::ask(&customer.token, request);
    let entries = customer
        .port_in()
        .list_timeline(call)
        .await
        .unwrap()
        .into_inner()
        .entries;
    assert_eq!(entries.last().unwrap().note, "2 with ROUTING_MISSING");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_on_demand_waits_for_the_call_and_the_call_for_the_carriers_hours() {
    let intake = TestIntake::start("ondemand").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let order = customer.on_demand(&order).await.unwrap();
    assert_eq!(order.activation(), ActivationMode::OnDemand);
    assert_eq!(
        reason(&customer.activate(&order, "").await.unwrap_err()),
        "ILLEGAL_TRANSITION"
    );
    intake.hear_foc(&order, FOC).await;
    let early = customer.activate(&order, "").await.unwrap_err();
    assert_eq!(reason(&early), "OUTSIDE_ACTIVATION_WINDOW");
    let details = early.get_error_details();
    let facts = &details.error_info().unwrap().metadata;
    assert_eq!(
        facts["opens_at"], "2026-12-01T13:00:00Z",
        "eight in the morning of the day of the FOC"
    );
    // Midnight, the instant of the FOC: nothing is asked of the carrier.
    intake.advance_to(FOC).await;
    let held = customer.get(&order).await;
    assert_eq!(
        (held.state(), held.court()),
        (OrderState::FocConfirmed, Court::Customer)
    );
    assert_eq!(codes(&held.holds), [(HoldCode::AwaitsCall, String::new())]);
    intake.advance_to("2026-12-01T22:00:00Z").await;
    let late = customer.activate(&order, "").await.unwrap_err();
    let details = late.get_error_details();
    let facts = &details.error_info().unwrap().metadata;
    assert_eq!(
        facts["opens_at"], "2026-12-02T13:00:00Z",
        "the carrier's day ends at five"
    );
    intake.advance_to("2026-12-02T13:00:00Z").await;
    let going = customer.activate(&order, "").await.unwrap();
    assert_eq!((going.state(), going.holds.len()), (OrderState::Activating, 0));
    assert_eq!(going.proof(), ProofState::Unspecified);
    assert_eq!(
        reason(&customer.activate(&order, "").await.unwrap_err()),
        "ILLEGAL_TRANSITION"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_for_one_member_is_a_call_for_the_group_and_names_what_stands_in_the_way() {
    let intake = TestIntake::start("groupcall").await;
    let customer = intake.customer().await;
    let first = customer.submitted_of(&["201-867-0123"]).await;
    let second = customer.submitted_of(&["201-867-0124"]).await;
    customer.on_demand(&first).await.unwrap();
    let members = vec![member(&first, &[]), member(&second, &[])];
    let group = customer.put_group("", members).await.unwrap();
    intake.hear_foc(&first, FOC).await;
    intake.advance_to("2026-12-01T15:00:00Z").await;
    let refused = customer.activate(&first, "").await.unwrap_err();
    let (why, faults) = crate::harness::refusal(&refused);
    assert_eq!(why, "HELD_BACK");
    assert_eq!(
        faults,
        [(second.request_number.clone(), "NOT_COMMITTED".to_owned())]
    );
    intake.hear_foc(&second, FOC).await;
    intake.advance_to("2026-12-01T15:00:01Z").await;
    let waiting = customer.get(&second).await;
    assert_eq!(
        codes(&waiting.holds),
        [(HoldCode::AwaitsCall, first.request_number.clone())]
    );
    customer.activate(&second, &group.group_id).await.unwrap();
    for order in [&first, &second] {
        assert_eq!(customer.get(order).await.state(), OrderState::Activating);
    }
}
