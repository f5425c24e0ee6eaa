//! Page tokens that nobody gave out: whatever stands in them, they are refused, and nothing else happens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portway_proto::intake::v1::account_service_client::AccountServiceClient;
use portway_proto::intake::v1::comment_service_client::CommentServiceClient;
use portway_proto::intake::v1::number_service_client::NumberServiceClient;
use portway_proto::intake::v1::{
    ListCommentsRequest, ListGrantsRequest, ListNumbersRequest, ListOrdersRequest, ListTimelineRequest,
};
use tonic::{Code, Status};

use crate::customer::{Customer, ONE};
use crate::harness::{TestIntake, ask};
use crate::pages::page;

/// A token like a real one, with another place in it.
fn forged(token: &str, cursor: &str) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
    bytes.truncate(8);
    bytes.extend_from_slice(cursor.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is put in place of a cursor; none is one of the list's own.
const NONSENSE: [&str; 9] = [
    "",
    "null x",
    "\"\\u0000\"",
    "[\"\\u0000\",\"\\u0000\"]",
    "{\"a\":1}",
    "1e400",
    "[null]",
    "[\"9999-99-99T00:00:00Z\",\"00000000-0000-0000-0000-000000000000\"]",
    "[[[[[[[[",
];

fn check<T: std::fmt::Debug>(list: &str, cursor: &str, reply: Result<T, Status>) {
    let refused = reply.unwrap_err();
    assert_eq!(
        refused.code(),
        Code::InvalidArgument,
        "{list} {cursor}: {refused:?}"
    );
}

async fn a_page_of_each(
    customer: &Customer,
    order_id: &str,
    tokens: [&str; 4],
) -> Vec<(&'static str, Result<String, Status>)> {
    let [orders, history, comments, grants] = tokens.map(str::to_owned);
    let listed = page(
        customer,
        ListOrdersRequest {
            page_size: 1,
            page_token: orders,
            ..Default::default()
        },
    );
    let history = ListTimelineRequest {
        order_id: order_id.to_owned(),
        page_size: 1,
        page_token: history,
    };
    let comments = ListCommentsRequest {
        order_id: order_id.to_owned(),
        page_size: 1,
        page_token: comments,
        open_actions: false,
    };
    let grants = ListGrantsRequest {
        page_size: 1,
        page_token: grants,
    };
    let channel = || customer.channel();
    let history = customer
        .port_in()
        .list_timeline(ask(&customer.token, history))
        .await;
    let comments = CommentServiceClient::new(channel())
        .list_comments(ask(&customer.token, comments))
        .await;
    let grants = AccountServiceClient::new(channel())
        .list_grants(ask(&customer.token, grants))
        .await;
    vec![
        ("orders", listed.await.map(|reply| reply.next_page_token)),
        ("history", history.map(|reply| reply.into_inner().next_page_token)),
        (
            "comments",
            comments.map(|reply| reply.into_inner().next_page_token),
        ),
        ("grants", grants.map(|reply| reply.into_inner().next_page_token)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_page_tokens_are_refused() {
    let intake = TestIntake::start("forged").await;
    let customer = intake
        .customer_who_may(&["port_in.view", "port_in.modify", "numbers.view", "account.view"])
        .await;
    let order = customer.submitted().await;
    customer.draft(&[ONE]).await;
    let any = URL_SAFE_NO_PAD.encode([0; 8]);
    let real = a_page_of_each(&customer, &order.order_id, [""; 4]).await;
    for cursor in NONSENSE {
        let tokens: Vec<String> = real
            .iter()
            .map(|(_, token)| token.as_ref().unwrap())
            .map(|token| forged(if token.is_empty() { &any } else { token }, cursor))
            .collect();
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        let tokens = <[&str; 4]>::try_from(tokens.as_slice()).unwrap();
        for (list, reply) in a_page_of_each(&customer, &order.order_id, tokens).await {
            check(list, cursor, reply);
        }
        let request = ListNumbersRequest {
            page_token: forged(&grpc::page::token("numbers None", &"+12018670123"), cursor),
            ..Default::default()
        };
        let numbers = NumberServiceClient::new(customer.channel())
            .list_numbers(ask(&customer.token, request))
            .await;
        check("numbers", cursor, numbers.map(drop));
    }
}
