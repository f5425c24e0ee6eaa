//! Orders, and numbers of orders, that cut over together or not at all.

use futures::future::join_all;
use portway_proto::gateway::v1::{Answer, CarrierAnswered};
use portway_proto::intake::v1;
use portway_proto::intake::v1::{GroupState, HoldCode, NumberState, Order, OrderState};
use portway_proto::types::v1::Court;

use crate::customer::{Customer, ONE, TWO};
use crate::cutover::{FOC, FOUR, LATER_FOC, THREE, codes, member};
use crate::harness::{TestIntake, answered, refusal};

/// Two orders of two numbers each, the first with its FOC.
async fn two_orders(intake: &TestIntake, customer: &Customer) -> (Order, Order) {
    let first = customer.submitted_of(&[ONE, TWO]).await;
    let second = customer.submitted_of(&[THREE, FOUR]).await;
    intake.hear_foc(&first, FOC).await;
    (first, second)
}

async fn states(customer: &Customer, orders: [&Order; 2]) -> [OrderState; 2] {
    let [first, second] = orders;
    [
        customer.get(first).await.state(),
        customer.get(second).await.state(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_goes_on_its_latest_date_and_says_meanwhile_what_it_waits_for() {
    let intake = TestIntake::start("together").await;
    let customer = intake.customer().await;
    let (first, second) = two_orders(&intake, &customer).await;
    let members = vec![member(&first, &[]), member(&second, &[])];
    let group = customer.put_group("", members).await.unwrap();
    assert_eq!(group.state(), GroupState::Open);
    let waits = [
        (HoldCode::LaterDate, first.request_number.clone()),
        (HoldCode::NotCommitted, second.request_number.clone()),
    ];
    assert_eq!(codes(&group.waits_for), waits);
    intake.advance_to(FOC).await;
    let held = customer.get(&first).await;
    assert_eq!(
        (held.state(), held.court()),
        (OrderState::FocConfirmed, Court::Us)
    );
    assert_eq!(
        codes(&held.holds),
        [(HoldCode::NotCommitted, second.request_number.clone())]
    );
    // The other's date comes, later than this one's: it is told why, and nothing is asked of the carrier.
    intake.hear_foc(&second, LATER_FOC).await;
    intake.advance_to("2026-12-02T05:00:00Z").await;
    let held = customer.get(&first).await;
    assert_eq!(
        codes(&held.holds),
        [(HoldCode::LaterDate, second.request_number.clone())]
    );
    assert_eq!(
        customer.group(&group.group_id).await.activates_at,
        customer.get(&second).await.foc_at
    );
    let told = intake.events::<v1::OrderHeldBack>(&first).await;
    assert_eq!(told.len(), 2, "once for each reason");
    assert_eq!(
        told[0].lapses_at.unwrap().seconds,
        1_798_693_200,
        "thirty days after its FOC"
    );
    assert_eq!(told[0].held_since, told[1].held_since);
    intake.advance_to(LATER_FOC).await;
    let both = [OrderState::Activating, OrderState::Activating];
    assert_eq!(states(&customer, [&first, &second]).await, both);
    assert_eq!(
        customer.group(&group.group_id).await.state(),
        GroupState::Activated
    );
    assert!(customer.get(&first).await.holds.is_empty());
    let asked = intake.events::<v1::OrderActivationRequested>(&first).await;
    assert_eq!(asked[0].order.as_ref().unwrap().tns, [ONE, TWO]);
    let history = customer.history(&first).await;
    assert_eq!(
        history[history.len() - 4..],
        [
            "numbers_incoming",
            "held_back",
            "held_back",
            "activation_requested"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_member_holds_the_others_back_until_it_is_mended() {
    let intake = TestIntake::start("mended").await;
    let customer = intake.customer().await;
    let (first, second) = two_orders(&intake, &customer).await;
    customer
        .put_group("", vec![member(&first, &[]), member(&second, &[])])
        .await
        .unwrap();
    intake
        .hear(&second, Answer::Rejected, &[("UNSATISFACTORY_RELATIONSHIP", "")])
        .await;
    intake.advance_to(FOC).await;
    let held = customer.get(&first).await;
    assert_eq!((held.state(), held.holds.len()), (OrderState::FocConfirmed, 1));
    assert_eq!(
        codes(&held.holds),
        [(HoldCode::Rejected, second.request_number.clone())]
    );
    let mended = customer.confirm(&second).await.unwrap();
    intake.hear_foc(&mended, FOC).await;
    intake.advance_to("2026-12-01T05:00:01Z").await;
    let both = [OrderState::Activating, OrderState::Activating];
    assert_eq!(states(&customer, [&first, &second]).await, both);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_will_never_port_holds_the_others_back_until_the_group_is_released() {
    let intake = TestIntake::start("released").await;
    let customer = intake.customer().await;
    let (first, second) = two_orders(&intake, &customer).await;
    let members = vec![member(&first, &[]), member(&second, &[])];
    let group = customer.put_group("", members).await.unwrap();
    let cancelling = customer.cancel(&second).await.unwrap();
    intake.hear(&cancelling, Answer::Cancelled, &[]).await;
    intake.advance_to(FOC).await;
    let held = customer.get(&first).await;
    assert_eq!(
        codes(&held.holds),
        [(HoldCode::Ended, second.request_number.clone())]
    );
    assert_eq!(held.court(), Court::Customer);
    let released = customer.release(&group.group_id).await.unwrap();
    assert_eq!(
        (released.state(), released.waits_for.len()),
        (GroupState::Released, 0)
    );
    intake.advance_to("2026-12-01T05:00:01Z").await;
    assert_eq!(customer.get(&first).await.state(), OrderState::Activating);
    let again = customer.release(&group.group_id).await.unwrap_err();
    assert_eq!(refusal(&again).0, "GROUP_ENDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn some_numbers_of_an_order_wait_while_the_others_go() {
    let intake = TestIntake::start("somenumbers").await;
    let customer = intake.customer().await;
    let (first, second) = two_orders(&intake, &customer).await;
    let members = vec![member(&first, &[ONE]), member(&second, &[THREE])];
    let group = customer.put_group("", members).await.unwrap();
    intake.hear_foc(&second, LATER_FOC).await;
    intake.advance_to(FOC).await;
    let partly = customer.get(&first).await;
    let of = |order: &Order| {
        order
            .numbers
            .iter()
            .map(v1::OrderNumber::state)
            .collect::<Vec<_>>()
    };
    assert_eq!(partly.state(), OrderState::Activating);
    assert_eq!(of(&partly), [NumberState::FocConfirmed, NumberState::Activating]);
    assert_eq!(
        codes(&partly.holds),
        [(HoldCode::LaterDate, second.request_number.clone())]
    );
    let active = CarrierAnswered {
        tns: vec![TWO.to_owned()],
        ..answered(&first, Answer::Activated, &[])
    };
    intake.hear_answer(active).await;
    let partly = customer.get(&first).await;
    assert_eq!(of(&partly), [NumberState::FocConfirmed, NumberState::Ported]);
    intake.advance_to(LATER_FOC).await;
    let asked = intake.events::<v1::OrderActivationRequested>(&first).await;
    let tns: Vec<_> = asked.into_iter().map(|event| event.order.unwrap().tns).collect();
    assert_eq!(tns, [[TWO], [ONE]]);
    // The second order's other number is in no group, and its date has come as well: with the group or by itself.
    let asked = intake.events::<v1::OrderActivationRequested>(&second).await;
    let mut tns: Vec<_> = asked
        .into_iter()
        .flat_map(|event| event.order.unwrap().tns)
        .collect();
    tns.sort_unstable();
    assert_eq!(tns, [THREE, FOUR]);
    assert_eq!(
        customer.group(&group.group_id).await.state(),
        GroupState::Activated
    );
    intake.hear(&first, Answer::Activated, &[]).await;
    assert_eq!(customer.get(&first).await.state(), OrderState::Ported);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commitment_that_nobody_acts_on_for_thirty_days_lapses_though_it_is_held_back() {
    let intake = TestIntake::start("lapsed").await;
    let customer = intake.customer().await;
    let (first, second) = two_orders(&intake, &customer).await;
    customer
        .put_group("", vec![member(&first, &[]), member(&second, &[])])
        .await
        .unwrap();
    intake.advance_to("2026-12-31T04:59:59Z").await;
    assert_eq!(customer.get(&first).await.state(), OrderState::FocConfirmed);
    intake.advance_to("2026-12-31T05:00:00Z").await;
    let lapsed = customer.get(&first).await;
    assert_eq!((lapsed.state(), lapsed.holds.len()), (OrderState::Abandoned, 0));
    assert_eq!(intake.live_tns().await, 2, "those of the other");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_in_one_open_group_and_every_wrong_member_is_named() {
    let intake = TestIntake::start("onegroup").await;
    let customer = intake.customer().await;
    let (first, second) = two_orders(&intake, &customer).await;
    let group = customer
        .put_group("", vec![member(&first, &[ONE])])
        .await
        .unwrap();
    let ghost = Order {
        order_id: "PI_999999".to_owned(),
        ..Order::default()
    };
    let members = vec![
        member(&first, &[]),
        member(&second, &[ONE]),
        member(&second, &[]),
        member(&ghost, &[]),
    ];
    let refused = customer.put_group("", members).await.unwrap_err();
    let (reason, faults) = refusal(&refused);
    assert_eq!(reason, "GROUP_MEMBERS_REFUSED");
    let named: Vec<(&str, &str)> = faults
        .iter()
        .map(|(field, code)| (field.as_str(), code.as_str()))
        .collect();
    let expected = [
        ("members[0]", "IN_OTHER_GROUP"),
        ("members[1]", "TN_NOT_IN_ORDER"),
        ("members[2]", "DUPLICATE"),
        ("members[3]", "UNKNOWN_ORDER"),
    ];
    assert_eq!(named, expected);
    // The other number may be in another group, and a group may take its own members again.
    customer
        .put_group("", vec![member(&first, &[TWO])])
        .await
        .unwrap();
    let again = vec![member(&first, &[ONE]), member(&second, &[])];
    assert_eq!(
        customer
            .put_group(&group.group_id, again)
            .await
            .unwrap()
            .members
            .len(),
        2
    );
    let stranger = intake.customer().await;
    let refused = stranger
        .put_group("", vec![member(&second, &[])])
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1[0].1, "UNKNOWN_ORDER");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_that_change_all_at_once_end_together_and_nobody_waits_for_ever() {
    let intake = TestIntake::start("atonce").await;
    let customer = intake.customer().await;
    let tns: Vec<String> = (0..6).map(|line| format!("+1201867013{line}")).collect();
    let mut orders = Vec::new();
    for tn in &tns {
        let order = customer.submitted_of(&[tn]).await;
        intake.hear_foc(&order, FOC).await;
        orders.push(order);
    }
    // Overlapping groups of numbers are refused, so each pair takes its own; all are put while their dates come.
    let puts = orders.chunks(2).map(|pair| {
        let members = pair.iter().rev().map(|order| member(order, &[])).collect();
        customer.put_group("", members)
    });
    let groups = join_all(puts).await;
    intake.clock.advance_to(FOC.parse().unwrap()).unwrap();
    let calls = orders.iter().map(|order| customer.activate(order, ""));
    join_all(calls).await;
    intake.advance_to("2026-12-01T05:00:01Z").await;
    for order in &orders {
        assert_eq!(customer.get(order).await.state(), OrderState::Activating);
        assert_eq!(
            intake.events::<v1::OrderActivationRequested>(order).await.len(),
            1
        );
    }
    for group in groups {
        assert_eq!(
            customer.group(&group.unwrap().group_id).await.state(),
            GroupState::Activated
        );
    }
}
