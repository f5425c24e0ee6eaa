//! Lists of orders by their sorts: complete, stable, and those without a date last.

use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1::{ListOrdersRequest, Order, OrderFilter, OrderSort, TimeRange};
use service::stamp;

use crate::customer::Customer;
use crate::harness::{TestIntake, refusal};
use crate::pages::{all, numbers, page};

/// Five orders: of three a FOC is known, two are drafts, which expire in weeks.
async fn five(intake: &TestIntake, customer: &Customer) -> [Order; 5] {
    let early = customer.draft(&["+12018670130"]).await;
    let first = customer.submitted_of(&["+12018670131"]).await;
    intake.advance_to("2026-11-23T16:00:00Z").await;
    let second = customer.submitted_of(&["+12018670132"]).await;
    let third = customer.submitted_of(&["+12018670133"]).await;
    intake.advance_to("2026-11-23T17:00:00Z").await;
    let late = customer.draft(&["+12018670134"]).await;
    intake.hear_foc(&third, "2026-12-01T05:00:00Z").await;
    intake.advance_to("2026-11-23T18:00:00Z").await;
    intake.hear_foc(&first, "2026-12-03T05:00:00Z").await;
    intake.hear_foc(&second, "2026-12-02T05:00:00Z").await;
    [early, first, second, third, late]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sort_shows_every_order_once_whatever_the_page_size() {
    let intake = TestIntake::start("sorts").await;
    let customer = intake.customer().await;
    let orders = five(&intake, &customer).await;
    // The order of the five, rising; what is not known comes last either way, and turns with the direction.
    let cases = [
        (OrderSort::Unspecified, vec![0, 1, 2, 3, 4], vec![]),
        (OrderSort::Created, vec![0, 1, 2, 3, 4], vec![]),
        (OrderSort::Updated, vec![0, 3, 4, 1, 2], vec![]),
        (OrderSort::Submitted, vec![1, 2, 3], vec![0, 4]),
        (OrderSort::Foc, vec![3, 2, 1], vec![0, 4]),
        (OrderSort::Due, vec![3, 2, 1, 0, 4], vec![]),
        (OrderSort::Ended, vec![], vec![0, 1, 2, 3, 4]),
    ];
    for (sort, known, unknown) in cases {
        for ascending in [true, false] {
            let turned = |mut part: Vec<usize>| {
                if !ascending {
                    part.reverse();
                }
                part
            };
            let expected = [turned(known.clone()), turned(unknown.clone())].concat();
            let expected: Vec<Order> = expected.into_iter().map(|index| orders[index].clone()).collect();
            for page_size in [1, 2, 3, 500] {
                let request = ListOrdersRequest {
                    page_size,
                    sort: sort.into(),
                    ascending,
                    ..ListOrdersRequest::default()
                };
                let found = all(&customer, request).await;
                assert_eq!(
                    numbers(&found),
                    numbers(&expected),
                    "{sort:?} {ascending} {page_size}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_sorts_by_its_own_date() {
    let intake = TestIntake::start("rangesort").await;
    let customer = intake.customer().await;
    let orders = five(&intake, &customer).await;
    let request = ListOrdersRequest {
        filter: Some(OrderFilter {
            foc: Some(TimeRange {
                from: Some(stamp::to_proto("2026-12-02T00:00:00Z".parse().unwrap())),
                before: None,
            }),
            ..OrderFilter::default()
        }),
        page_size: 1,
        ..ListOrdersRequest::default()
    };
    let found = all(&customer, request).await;
    assert_eq!(numbers(&found), numbers(&[orders[1].clone(), orders[2].clone()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_by_creation_are_not_moved_by_what_happens_meanwhile() {
    let intake = TestIntake::start("stable").await;
    let customer = intake.customer().await;
    let orders = five(&intake, &customer).await;
    let request = |page_token| ListOrdersRequest {
        page_size: 2,
        page_token,
        ..ListOrdersRequest::default()
    };
    let first = page(&customer, request(String::new())).await.unwrap();
    // The last order shown changes, one that is still to come too, and a new one is made.
    intake.hear(&orders[3], Answer::Rejected, &[("PIN", "")]).await;
    customer.cancel(&orders[0]).await.unwrap();
    customer.draft(&["+12018670139"]).await;
    let second = page(&customer, request(first.next_page_token)).await.unwrap();
    let third = page(&customer, request(second.next_page_token)).await.unwrap();
    let shown = [
        numbers(&first.orders),
        numbers(&second.orders),
        numbers(&third.orders),
    ]
    .concat();
    let expected: Vec<Order> = orders.into_iter().rev().collect();
    assert_eq!(shown, numbers(&expected));
    assert_eq!(third.next_page_token, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_token_works_for_its_own_list_alone() {
    let intake = TestIntake::start("bound").await;
    let customer = intake.customer().await;
    let other = intake.customer().await;
    five(&intake, &customer).await;
    let asked = ListOrdersRequest {
        page_size: 2,
        filter: Some(OrderFilter {
            customer_reference: "harbor-1".to_owned(),
            ..OrderFilter::default()
        }),
        ..ListOrdersRequest::default()
    };
    let page_token = page(&customer, asked.clone()).await.unwrap().next_page_token;
    let with_token = ListOrdersRequest { page_token, ..asked };
    let changed = [
        ListOrdersRequest {
            filter: None,
            ..with_token.clone()
        },
        ListOrdersRequest {
            sort: OrderSort::Updated.into(),
            ..with_token.clone()
        },
        ListOrdersRequest {
            ascending: true,
            ..with_token.clone()
        },
    ];
    for request in changed {
        let refused = page(&customer, request.clone()).await.unwrap_err();
        let expected = vec![("page_token".to_owned(), "PAGE_TOKEN".to_owned())];
        assert_eq!(
            refusal(&refused),
            ("INVALID_FIELDS".to_owned(), expected),
            "{request:?}"
        );
    }
    assert!(page(&other, with_token.clone()).await.is_err());
    let resized = ListOrdersRequest {
        page_size: 500,
        ..with_token
    };
    assert_eq!(page(&customer, resized).await.unwrap().orders.len(), 3);
}
