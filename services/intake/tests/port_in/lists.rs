//! Lists of orders and their history.

use portway_proto::intake::v1;
use portway_proto::intake::v1::{ListOrdersRequest, OrderFilter, OrderState};
use tonic::Code;

use crate::customer::{Customer, ONE, TWO};
use crate::harness::{TestIntake, ask, refusal};

async fn list(customer: &Customer, request: ListOrdersRequest) -> v1::ListOrdersResponse {
    customer
        .port_in()
        .list_orders(ask(&customer.token, request))
        .await
        .unwrap()
        .into_inner()
}

fn ids(orders: &[v1::Order]) -> Vec<&str> {
    orders.iter().map(|order| order.order_id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_hold_every_order_once_newest_first() {
    let intake = TestIntake::start("pages").await;
    let customer = intake.customer().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(customer.draft(&[ONE]).await.order_id);
    }
    made.reverse();
    let mut seen = Vec::new();
    let mut page_token = String::new();
    loop {
        let page = list(
            &customer,
            ListOrdersRequest {
                page_size: 2,
                page_token,
                ..Default::default()
            },
        )
        .await;
        assert!(
            page.orders
                .iter()
                .all(|order| order.numbers.is_empty() && order.number_count == 1)
        );
        seen.extend(page.orders.into_iter().map(|order| order.order_id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, made);
    let whole = list(
        &customer,
        ListOrdersRequest {
            page_size: 5,
            ..Default::default()
        },
    )
    .await;
    assert_eq!(whole.next_page_token, "", "a full last page is the last");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_must_all_match() {
    let intake = TestIntake::start("filters").await;
    let customer = intake.customer().await;
    let submitted = customer.submitted().await;
    let draft = customer.draft(&[TWO, "201-867-0177"]).await;
    let draft_only = vec![OrderState::Draft.into(), OrderState::Ported.into()];
    let cases = [
        (
            OrderFilter {
                states: draft_only.clone(),
                ..Default::default()
            },
            vec![&draft],
        ),
        (
            OrderFilter {
                phone_number: "(201) 867-0124".to_owned(),
                ..Default::default()
            },
            vec![&draft, &submitted],
        ),
        (
            OrderFilter {
                phone_number: ONE.to_owned(),
                ..Default::default()
            },
            vec![&submitted],
        ),
        (
            OrderFilter {
                phone_number: ONE.to_owned(),
                states: draft_only,
                ..Default::default()
            },
            vec![],
        ),
        (
            OrderFilter {
                customer_reference: "harbor-1".to_owned(),
                ..Default::default()
            },
            vec![&draft, &submitted],
        ),
        (
            OrderFilter {
                customer_reference: "other".to_owned(),
                ..Default::default()
            },
            vec![],
        ),
    ];
    for (filter, expected) in cases {
        let request = ListOrdersRequest {
            filter: Some(filter.clone()),
            ..Default::default()
        };
        let found = list(&customer, request).await.orders;
        let expected: Vec<&str> = expected
            .into_iter()
            .map(|order| order.order_id.as_str())
            .collect();
        assert_eq!(ids(&found), expected, "{filter:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_lists_are_refused_with_every_fault() {
    let intake = TestIntake::start("wronglists").await;
    let customer = intake.customer().await;
    let request = ListOrdersRequest {
        page_size: -1,
        page_token: "nonsense".to_owned(),
        filter: Some(OrderFilter {
            states: vec![0, 99],
            phone_number: "911".to_owned(),
            customer_reference: "harbor\0".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let refused = customer
        .port_in()
        .list_orders(ask(&customer.token, request))
        .await
        .unwrap_err();
    let fields: Vec<String> = refusal(&refused).1.into_iter().map(|(field, _)| field).collect();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(
        fields,
        [
            "filter.states[0]",
            "filter.states[1]",
            "filter.phone_number",
            "filter.customer_reference",
            "page_size",
            "page_token"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_comes_in_pages_oldest_first() {
    let intake = TestIntake::start("history").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let request = |page_token| v1::ListTimelineRequest {
        order_id: order.request_number.clone(),
        page_size: 2,
        page_token,
    };
    let first = customer
        .port_in()
        .list_timeline(ask(&customer.token, request(String::new())))
        .await
        .unwrap()
        .into_inner();
    let actions: Vec<&str> = first.entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["created", "document_uploaded"]);
    let rest = customer
        .port_in()
        .list_timeline(ask(&customer.token, request(first.next_page_token)))
        .await
        .unwrap()
        .into_inner();
    let entry = &rest.entries[0];
    assert_eq!(
        (entry.action.as_str(), entry.actor.as_str()),
        ("submitted", "user:owner")
    );
    assert_eq!(
        (entry.from(), entry.to(), entry.ver),
        (OrderState::Draft, OrderState::Submitted, 1)
    );
    assert_eq!(rest.next_page_token, "");
}
