//! Orders as a file.

use portway_proto::intake::v1::order_list_service_client::OrderListServiceClient;
use portway_proto::intake::v1::{
    ExportOrdersRequest, ListOrdersRequest, OrderDetails, OrderFilter, OrderState, UpdateOrderRequest,
};
use types::AccountId;

use crate::customer::{ACCOUNT_NUMBER, Customer, ONE, PIN, key};
use crate::harness::{TestIntake, ask, change};
use crate::pages::{all, numbers};

async fn export(customer: &Customer, request: ExportOrdersRequest) -> Vec<Vec<u8>> {
    let mut stream = OrderListServiceClient::new(customer.channel())
        .export_orders(ask(&customer.token, request))
        .await
        .unwrap()
        .into_inner();
    let mut pieces = Vec::new();
    while let Some(piece) = stream.message().await.unwrap() {
        pieces.push(piece.csv);
    }
    pieces
}

fn rows(pieces: &[Vec<u8>]) -> Vec<csv::StringRecord> {
    let whole = pieces.concat();
    let mut reader = csv::Reader::from_reader(whole.as_slice());
    assert_eq!(&reader.headers().unwrap()[0], "Request Number");
    reader.records().map(Result::unwrap).collect()
}

/// Cancelled orders of an account, written past the front door: more than the service reads at once.
async fn many(intake: &TestIntake, account: AccountId, count: i32) {
    sqlx::query(
        "INSERT INTO port_order (order_id, request_number, account_id, version, ver, ver_in_force, state, since,
                                 created_at, updated_at, ended_at, number_count)
         SELECT gen_random_uuid(), 900000 + i, $1, 1, 1, 1, 'CANCELLED', at, at, at, at, 0
           FROM (SELECT i, timestamptz '2026-11-01T00:00:00Z' + (i / 3) * interval '1 second' AS at
                   FROM generate_series(1, $2) AS i) AS given",
    )
    .bind(account.as_uuid())
    .bind(count)
    .execute(&intake.pool)
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_has_every_order_of_its_filter_once_in_whole_lines() {
    let intake = TestIntake::start("files").await;
    let (customer, stranger) = (intake.customer().await, intake.customer().await);
    many(&intake, customer.account, 1_203).await;
    many_of_others(&intake, &stranger).await;
    let pieces = export(&customer, ExportOrdersRequest::default()).await;
    assert!(pieces.len() > 3, "a file is sent in pieces");
    assert!(pieces.iter().all(|piece| piece.ends_with(b"\r\n")));
    let exported: Vec<String> = rows(&pieces).iter().map(|row| row[0].to_owned()).collect();
    let listed = all(
        &customer,
        ListOrdersRequest {
            page_size: 500,
            ..Default::default()
        },
    )
    .await;
    assert_eq!(exported, numbers(&listed));
    let none = ExportOrdersRequest {
        filter: Some(OrderFilter {
            states: vec![OrderState::Ported.into()],
            ..Default::default()
        }),
        ..Default::default()
    };
    assert!(rows(&export(&customer, none).await).is_empty());
}

async fn many_of_others(intake: &TestIntake, stranger: &Customer) {
    sqlx::query("SELECT setval('port_in_request_number', 950000)")
        .execute(&intake.pool)
        .await
        .unwrap();
    stranger.draft(&[ONE]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_runs_no_formula_and_gives_no_secret_away() {
    let intake = TestIntake::start("formulas").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let draft = customer.draft(&[ONE]).await;
    let reference = "=HYPERLINK(\"http://evil.example\",\"x\")".to_owned();
    let request = UpdateOrderRequest {
        order_id: draft.order_id,
        details: Some(OrderDetails {
            customer_reference: reference.clone(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let updated = customer
        .port_in()
        .update_order(change(&customer.token, &key(), request))
        .await;
    updated.unwrap();
    let pieces = export(&customer, ExportOrdersRequest::default()).await;
    let found = rows(&pieces);
    assert_eq!(&found[0][6], format!("'{reference}"));
    assert_eq!(
        (&found[1][0], &found[1][3]),
        (order.request_number.as_str(), "SUBMITTED")
    );
    let told = without_chance(&pieces);
    for secret in [PIN, ACCOUNT_NUMBER, "0092", "Ann", "Market St", "867"] {
        assert!(!told.iter().any(|cell| cell.contains(secret)), "{secret}");
    }
}

/// The cells of a file but ids and instants, in which any few digits occur by chance.
fn without_chance(pieces: &[Vec<u8>]) -> Vec<String> {
    let whole = pieces.concat();
    let mut reader = csv::Reader::from_reader(whole.as_slice());
    let is_chance = |column: &str| column.ends_with(" Id") || column.ends_with(" At");
    let columns = reader.headers().unwrap().clone();
    let kept: Vec<usize> = (0..columns.len())
        .filter(|index| !is_chance(&columns[*index]))
        .collect();
    assert_eq!(kept.len() + 8, columns.len(), "two ids and six instants");
    let rows = reader.records().map(Result::unwrap);
    rows.flat_map(|row| {
        kept.iter()
            .map(move |index| row[*index].to_owned())
            .collect::<Vec<_>>()
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_filter_is_refused_before_anything_is_sent() {
    let intake = TestIntake::start("wrongfile").await;
    let customer = intake.customer().await;
    let request = ExportOrdersRequest {
        filter: Some(OrderFilter {
            phone_number: "911".to_owned(),
            ..Default::default()
        }),
        sort: 99,
        ..Default::default()
    };
    let refused = OrderListServiceClient::new(customer.channel())
        .export_orders(ask(&customer.token, request))
        .await
        .unwrap_err();
    let fields: Vec<String> = crate::harness::refusal(&refused)
        .1
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["filter.phone_number", "sort"]);
}
