//! Following an order by a link: what the page shows, to whom, and until when.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use portway_proto::intake::v1::tracking_service_client::TrackingServiceClient;
use portway_proto::intake::v1::{
    CreateTrackingLinkRequest, CreateTrackingLinkResponse, ListTrackingLinksRequest, Order,
    RevokeTrackingLinkRequest, TrackingLink,
};
use serde_json::Value;
use service::stamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::{Code, Status};

use crate::customer::{ACCOUNT_NUMBER, Customer, PIN, key};
use crate::harness::{TestIntake, ask, change, reason, refusal};

/// Status line, headers and body of what an address answers.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

async fn open(url: &str, accept: &str) -> Answer {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let request =
        format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n");
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    tokio::time::timeout(Duration::from_secs(20), read)
        .await
        .unwrap()
        .unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}

fn client(customer: &Customer) -> TrackingServiceClient<tonic::transport::Channel> {
    TrackingServiceClient::new(customer.channel())
}

async fn create_as(
    customer: &Customer,
    key: &str,
    order: &Order,
    expires_at: Option<Timestamp>,
) -> Result<CreateTrackingLinkResponse, Status> {
    let request = CreateTrackingLinkRequest {
        order_id: order.request_number.clone(),
        expires_at: expires_at.map(stamp::to_proto),
    };
    let request = change(&customer.token, key, request);
    Ok(client(customer).create_tracking_link(request).await?.into_inner())
}

async fn create(customer: &Customer, order: &Order) -> CreateTrackingLinkResponse {
    create_as(customer, &key(), order, None).await.unwrap()
}

async fn revoke(customer: &Customer, order: &Order, link: &TrackingLink) -> Result<TrackingLink, Status> {
    let request = RevokeTrackingLinkRequest {
        order_id: order.order_id.clone(),
        link_id: link.link_id.clone(),
    };
    let request = change(&customer.token, &key(), request);
    let reply = client(customer).revoke_tracking_link(request).await?.into_inner();
    Ok(reply.link.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_link_sees_how_the_order_stands_and_nothing_personal() {
    let intake = TestIntake::start("trackpage").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let url = create(&customer, &order).await.url;
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    let page = open(&url, "text/html").await;
    assert_eq!(page.status, 200);
    for shown in [
        "Moving 2 numbers",
        "December 1, 2026, 00:00 EST",
        "23, 24",
        &order.request_number,
    ] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    for header in [
        "content-security-policy:",
        "referrer-policy: no-referrer",
        "x-robots-tag: noindex",
    ] {
        assert!(page.head.contains(header), "{header}: {}", page.head);
    }
    let told = open(&url, "application/json").await;
    let told_value: Value = serde_json::from_str(&told.body).unwrap();
    assert_eq!(told_value["state"], "FOC_CONFIRMED");
    assert_eq!(told_value["turn"], "US");
    assert_eq!(told_value["number_count"], 2);
    assert_eq!(told_value["number_endings"], serde_json::json!(["23", "24"]));
    assert_eq!(told_value["foc_at"], "2026-12-01T05:00:00Z");
    assert_eq!(told_value["steps"][0]["at"], "2026-11-23T15:00:00Z");
    assert_eq!(told_value["steps"][3]["at"], Value::Null);
    let account = customer.account.to_string();
    let personal = [
        "Ann",
        "Lee",
        "Market",
        "Newark",
        "07102",
        "harbor",
        "8670123",
        "sim-wireless",
        PIN,
        ACCOUNT_NUMBER,
        &account,
    ];
    for secret in personal {
        assert!(
            !page.body.contains(secret) && !told.body.contains(secret),
            "{secret}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_expired_and_revoked_links_answer_alike() {
    let intake = TestIntake::start("trackends").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let soon = intake
        .clock
        .now()
        .checked_add(SignedDuration::from_hours(1))
        .unwrap();
    let expiring = create_as(&customer, &key(), &order, Some(soon)).await.unwrap();
    let revoked = create(&customer, &order).await;
    let open_still = create(&customer, &order).await;
    for link in [&expiring, &revoked, &open_still] {
        assert_eq!(open(&link.url, "*/*").await.status, 200);
    }
    let ended = revoke(&customer, &order, revoked.link.as_ref().unwrap())
        .await
        .unwrap();
    assert!(ended.revoked_at.is_some());
    intake.advance_to("2026-11-23T16:00:00Z").await;
    let wrong = format!("{}/l/{}", intake.links_url, "A".repeat(43));
    let refused = open(&wrong, "application/json").await;
    for url in [&expiring.url, &revoked.url] {
        let answer = open(url, "application/json").await;
        assert_eq!((answer.status, &answer.body), (404, &refused.body));
    }
    assert_eq!(open(&open_still.url, "*/*").await.status, 200);
    // Once more is as good as once.
    let again = revoke(&customer, &order, &ended).await.unwrap();
    assert_eq!(again.revoked_at, ended.revoked_at);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_made_once_listed_without_its_address_and_kept_as_a_digest() {
    let intake = TestIntake::start("tracklist").await;
    let (customer, stranger) = (intake.customer().await, intake.customer().await);
    let order = customer.submitted().await;
    let first = create_as(&customer, "the-same", &order, None).await.unwrap();
    let repeated = create_as(&customer, "the-same", &order, None).await.unwrap();
    assert_eq!(first, repeated);
    let second = create(&customer, &order).await;
    let mut listed = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListTrackingLinksRequest {
            order_id: order.order_id.clone(),
            page_size: 1,
            page_token,
        };
        let reply = client(&customer)
            .list_tracking_links(ask(&customer.token, request))
            .await;
        let reply = reply.unwrap().into_inner();
        listed.extend(reply.links);
        page_token = reply.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, [second.link.unwrap(), first.link.clone().unwrap()]);
    let token = first.url.rsplit('/').next().unwrap();
    for table in [
        "link",
        "tracking_token",
        "idempotency_key",
        "order_timeline",
        "event",
    ] {
        let sql = format!("SELECT row::text FROM {table} row");
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_all(&intake.pool)
            .await
            .unwrap();
        let in_hex = hex::encode(token);
        assert!(
            rows.iter()
                .all(|row| !row.contains(token) && !row.contains(&in_hex)),
            "{table}"
        );
    }
    let refused = revoke(&stranger, &order, first.link.as_ref().unwrap())
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::NotFound, "ORDER_NOT_FOUND")
    );
    let other = customer.draft(&["+12018670150"]).await;
    let refused = revoke(&customer, &other, first.link.as_ref().unwrap())
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "LINK_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_within_a_year() {
    let intake = TestIntake::start("trackspan").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let made = create(&customer, &order).await.link.unwrap();
    let days = made.expires_at.unwrap().seconds - made.created_at.unwrap().seconds;
    assert_eq!(days / 86_400, 90);
    for wrong in ["2026-11-23T15:00:00Z", "2028-01-01T00:00:00Z"] {
        let refused = create_as(&customer, &key(), &order, Some(wrong.parse().unwrap()))
            .await
            .unwrap_err();
        assert_eq!(
            refusal(&refused).1,
            [("expires_at".to_owned(), "OUT_OF_RANGE".to_owned())]
        );
    }
}
