//! Parents: what they sum up, and what is done to them as a whole.

use futures::future::join_all;
use portway_proto::gateway::v1::{Answer, CommandKind, CommandProgress};
use portway_proto::intake::v1;
use portway_proto::intake::v1::order_change_service_client::OrderChangeServiceClient;
use portway_proto::intake::v1::{Order, OrderState};
use portway_proto::types::v1::Court;

use crate::customer::{Customer, key, number};
use crate::harness::{TestIntake, answered, ask, change, reason};
use crate::platform::{children, elsewhere, ready, tn};

async fn parent_of_three(customer: &Customer) -> (Order, Vec<Order>) {
    let numbers = vec![
        number(&tn(1)),
        number(&tn(2)),
        elsewhere(3, "sim-wireline", "WL-1"),
        elsewhere(4, "sim-cable", "CB-1"),
    ];
    let parent = customer.submit(&ready(customer, numbers).await).await.unwrap();
    let children = children(customer, &parent).await;
    assert_eq!(children.len(), 3);
    (parent, children)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_stands_where_its_least_advanced_open_child_stands() {
    let intake = TestIntake::start("sum").await;
    let customer = intake.customer().await;
    let (parent, children) = parent_of_three(&customer).await;
    let state = async || customer.get(&parent).await.state();
    for child in &children {
        intake
            .hear_command(child, CommandKind::Submit, CommandProgress::Acknowledged)
            .await;
    }
    assert_eq!(state().await, OrderState::Pending);
    intake.hear_foc(&children[0], "2026-12-01T15:00:00Z").await;
    assert_eq!(state().await, OrderState::Pending);
    intake
        .hear(&children[1], Answer::Rejected, &[("PIN", &tn(3))])
        .await;
    assert_eq!(state().await, OrderState::ActionRequired);
    let whole = customer.get(&parent).await;
    assert_eq!(whole.court(), Court::Customer);
    let counts: Vec<_> = whole
        .child_counts
        .iter()
        .map(|count| (count.state(), count.orders, count.numbers))
        .collect();
    assert_eq!(
        counts,
        [
            (OrderState::ActionRequired, 1, 1),
            (OrderState::Pending, 1, 1),
            (OrderState::FocConfirmed, 1, 2),
        ]
    );
    intake
        .hear(&children[1], Answer::Rejected, &[("TN_NOT_FOUND", &tn(3))])
        .await;
    intake
        .hear_answer(answered(&children[0], Answer::Activated, &[]))
        .await;
    assert_eq!(state().await, OrderState::Pending);
    intake
        .hear(&children[2], Answer::Rejected, &[("TN_NOT_FOUND", &tn(4))])
        .await;
    let ended = customer.get(&parent).await;
    assert_eq!(ended.state(), OrderState::Ported, "{:?}", ended.children);
    assert!(ended.ended_at.is_some());
    assert_eq!(intake.live_tns().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_turn_it_is_with_any_child_is_seen_on_the_parent_and_in_lists() {
    let intake = TestIntake::start("family_court").await;
    let customer = intake.customer().await;
    let (parent, children) = parent_of_three(&customer).await;
    let turn = async |court: Court| {
        let filter = v1::OrderFilter {
            courts: vec![court.into()],
            ..v1::OrderFilter::default()
        };
        let request = v1::ListOrdersRequest {
            filter: Some(filter),
            ..v1::ListOrdersRequest::default()
        };
        let reply = customer
            .port_in()
            .list_orders(ask(&customer.token, request))
            .await;
        let orders = reply.unwrap().into_inner().orders;
        let mut ids: Vec<String> = orders.into_iter().map(|order| order.order_id).collect();
        ids.sort_unstable();
        ids
    };
    let both = |child: &Order| {
        let mut ids = vec![parent.order_id.clone(), child.order_id.clone()];
        ids.sort_unstable();
        ids
    };
    for child in &children {
        intake
            .hear_command(child, CommandKind::Submit, CommandProgress::Acknowledged)
            .await;
    }
    assert_eq!(customer.get(&parent).await.court(), Court::LosingCarrier);
    // Nobody knows what it means, so it is ours; all three stand in the same state.
    intake
        .hear(&children[1], Answer::Rejected, &[("UNMAPPED", &tn(3))])
        .await;
    let seen = customer.get(&parent).await;
    assert_eq!((seen.state(), seen.court()), (OrderState::Pending, Court::Us));
    assert_eq!(turn(Court::Us).await, both(&children[1]));
    // The customer's turn hides no other: the child that waits for us is still found.
    intake
        .hear(&children[2], Answer::Rejected, &[("PIN", &tn(4))])
        .await;
    assert_eq!(customer.get(&parent).await.court(), Court::Customer);
    assert_eq!(turn(Court::Customer).await, both(&children[2]));
    assert_eq!(turn(Court::Us).await, [children[1].order_id.clone()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_show_parents_and_the_children_of_one() {
    let intake = TestIntake::start("family_list").await;
    let customer = intake.customer().await;
    let (parent, children) = parent_of_three(&customer).await;
    let list = async |filter: v1::OrderFilter| {
        let request = v1::ListOrdersRequest {
            filter: Some(filter),
            ..v1::ListOrdersRequest::default()
        };
        let reply = customer
            .port_in()
            .list_orders(ask(&customer.token, request))
            .await;
        reply.unwrap().into_inner().orders
    };
    let all = list(v1::OrderFilter::default()).await;
    assert_eq!(all.len(), 1);
    assert_eq!(
        (
            &all[0].order_id,
            all[0].number_count,
            all[0].child_counts[0].orders
        ),
        (&parent.order_id, 4, 3)
    );
    for name in [&parent.order_id, &parent.request_number] {
        let of_parent = list(v1::OrderFilter {
            parent_order: name.clone(),
            ..v1::OrderFilter::default()
        })
        .await;
        assert_eq!(of_parent.len(), 3);
    }
    let with_number = list(v1::OrderFilter {
        phone_number: tn(3),
        ..v1::OrderFilter::default()
    })
    .await;
    assert_eq!(with_number.len(), 1);
    assert_eq!(with_number[0].order_id, children[1].order_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn children_that_change_at_the_same_time_are_all_counted() {
    let intake = TestIntake::start("sum_race").await;
    let customer = intake.customer().await;
    for round in 0..5 {
        let base = round * 10;
        let numbers = (0..6)
            .map(|n| elsewhere(base + n, "sim-cable", &format!("CB-{n}")))
            .collect();
        let parent = customer.submit(&ready(&customer, numbers).await).await.unwrap();
        let children = children(&customer, &parent).await;
        let cancels = join_all(children.iter().map(|child| customer.cancel(child))).await;
        let refused: Vec<_> = cancels
            .iter()
            .filter_map(|cancel| cancel.as_ref().err())
            .collect();
        assert!(refused.is_empty(), "{refused:?}");
        let summed = customer.get(&parent).await;
        assert_eq!(summed.state(), OrderState::CancelRequested);
        assert_eq!(summed.child_counts.len(), 1);
    }
}

/// Whether a parent can be cancelled and its numbers set up, as it is listed.
async fn listed(customer: &Customer, parent: &Order) -> Vec<(bool, String)> {
    let request = v1::ListActionsRequest {
        order_id: parent.order_id.clone(),
    };
    let mut changes = OrderChangeServiceClient::new(customer.channel());
    let reply = changes.list_actions(ask(&customer.token, request)).await;
    let rules = reply.unwrap().into_inner().actions.into_iter();
    let theirs = rules.filter(|rule| ["CancelOrder", "ConfigureNumbers"].contains(&rule.action.as_str()));
    theirs.map(|rule| (rule.allowed, rule.code)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listed_of_a_parent_is_what_can_be_done_to_any_child() {
    let intake = TestIntake::start("listed_parent").await;
    let customer = intake.customer().await;
    let (parent, children) = parent_of_three(&customer).await;
    let allowed = (true, String::new());
    let refused = |code: &str| (false, code.to_owned());
    for child in &children[1..] {
        intake.hear(child, Answer::Activated, &[]).await;
    }
    // Set up and cancelled.
    assert_eq!(
        listed(&customer, &parent).await,
        [allowed.clone(), allowed.clone()]
    );
    intake.hear_foc(&children[0], "2026-11-24T10:00:00Z").await;
    assert_eq!(listed(&customer, &parent).await, [allowed, refused("TOO_LATE")]);
    let request = v1::CancelOrderRequest {
        order_id: parent.order_id.clone(),
    };
    let call = change(&customer.token, &key(), request);
    let answered = customer.port_in().cancel_order(call).await.unwrap_err();
    assert_eq!(reason(&answered), "TOO_LATE");
    intake.hear(&children[0], Answer::Activated, &[]).await;
    assert_eq!(
        listed(&customer, &parent).await,
        [refused("NUMBERS_NOT_CHANGED"), refused("COMPLETED_USE_SNAPBACK")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_is_cancelled_by_its_children_and_says_which_were_not() {
    let intake = TestIntake::start("cancel_parent").await;
    let customer = intake.customer().await;
    let (parent, children) = parent_of_three(&customer).await;
    intake.hear_foc(&children[1], "2026-11-24T10:00:00Z").await;
    let request = v1::CancelOrderRequest {
        order_id: parent.order_id.clone(),
    };
    let reply = customer
        .port_in()
        .cancel_order(change(&customer.token, &key(), request.clone()))
        .await
        .unwrap()
        .into_inner();
    let refused: Vec<_> = reply
        .not_cancelled
        .iter()
        .map(|child| (child.order_id.as_str(), child.reason.as_str()))
        .collect();
    assert_eq!(refused, [(children[1].order_id.as_str(), "TOO_LATE")]);
    let states: Vec<_> = reply
        .order
        .unwrap()
        .children
        .iter()
        .map(v1::ChildOrder::state)
        .collect();
    assert_eq!(
        states,
        [
            OrderState::CancelRequested,
            OrderState::FocConfirmed,
            OrderState::CancelRequested
        ]
    );
    let again = customer
        .port_in()
        .cancel_order(change(&customer.token, &key(), request))
        .await
        .unwrap_err();
    assert!(["TOO_LATE", "ILLEGAL_TRANSITION"].contains(&reason(&again).as_str()));
    let untouchable = customer.confirm(&parent).await.unwrap_err();
    assert_eq!(reason(&untouchable), "ILLEGAL_TRANSITION");
}

fn part(tn: &str, name: &str) -> v1::Correction {
    v1::Correction {
        field: "part".to_owned(),
        tn: tn.to_owned(),
        value: name.to_owned(),
        address: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_a_carrier_wants_in_several_divides_while_it_is_live() {
    let intake = TestIntake::start("split_live").await;
    let customer = intake.customer().await;
    let order = customer
        .submit(&ready(&customer, (1..=4).map(|n| number(&tn(n))).collect()).await)
        .await
        .unwrap();
    intake
        .hear(&order, Answer::Rejected, &[("SPLIT_REQUIRED", "")])
        .await;
    let refused = customer.fix(&order, Vec::new()).await.unwrap_err();
    assert_eq!(crate::harness::refusal(&refused).1[0].1, "SPLIT_MISSING");
    let parent = customer
        .fix(&order, vec![part(&tn(3), "annex"), part(&tn(4), "annex")])
        .await
        .unwrap();
    assert_eq!(
        (parent.order_id.as_str(), parent.ver),
        (order.order_id.as_str(), 2)
    );
    let first = children(&customer, &parent).await;
    let tns = |order: &Order| {
        order
            .numbers
            .iter()
            .map(|number| number.tn.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        first.iter().map(tns).collect::<Vec<_>>(),
        [vec![tn(1), tn(2)], vec![tn(3), tn(4)]]
    );
    // What was sent is taken back; the numbers were never free.
    assert_eq!(
        intake.event_names(&parent).await,
        [
            "OrderSubmitted",
            "OrderActionRequired",
            "OrderSplit",
            "OrderCancelRequested"
        ]
    );
    assert_eq!(
        (parent.commands[0].kind.as_str(), intake.live_tns().await),
        ("cancel", 4)
    );
    intake
        .hear_answer(answered(&parent, Answer::Cancelled, &[]))
        .await;
    assert_eq!(customer.get(&parent).await.state(), OrderState::Submitted);

    // A child that has to divide keeps its first part, and the rest become its siblings.
    intake
        .hear(&first[1], Answer::Rejected, &[("MULTI_LINE", "")])
        .await;
    assert_eq!(customer.get(&parent).await.state(), OrderState::ActionRequired);
    let kept = customer.fix(&first[1], vec![part(&tn(4), "shed")]).await.unwrap();
    assert_eq!(
        (tns(&kept), kept.ver, kept.state()),
        (vec![tn(3)], 2, OrderState::Submitted)
    );
    let all = children(&customer, &parent).await;
    assert_eq!(all.len(), 3);
    assert_eq!(tns(&all[2]), [tn(4)]);
    assert_eq!(intake.live_tns().await, 4);
    for child in &all {
        intake.hear_answer(answered(child, Answer::Activated, &[])).await;
    }
    let ended = customer.get(&parent).await;
    assert_eq!((ended.state(), intake.live_tns().await), (OrderState::Ported, 0));
    assert_eq!(intake.inventory().await.len(), 4);
}
