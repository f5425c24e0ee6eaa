//! Writing drafts, and everything that can be wrong with one.

use portway_proto::intake::v1;
use portway_proto::intake::v1::OrderState;
use portway_proto::types::v1::{Address, Date};
use tonic::Code;

use crate::customer::{ONE, TWO, details, key, number};
use crate::harness::{TestIntake, change, reason, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_request_is_named_at_once() {
    let intake = TestIntake::start("faults").await;
    let customer = intake.customer().await;
    let wrong = v1::OrderDetails {
        losing_carrier: "T-Mobile!".to_owned(),
        btn: "911".to_owned(),
        subscriber_kind: 77,
        first_name: "x".repeat(101),
        service_address: Some(Address {
            state: "XX".to_owned(),
            postal_code: "123".to_owned(),
            ..Default::default()
        }),
        wanted_date: Some(Date {
            year: 2026,
            month: 2,
            day: 30,
        }),
        customer_reference: "r".repeat(65),
        ..details()
    };
    let numbers = vec![
        number("444-444-4444"),
        v1::NumberDraft {
            agent_email: "nobody".to_owned(),
            ..number(ONE)
        },
        number("2018670123"),
    ];
    let request = v1::CreateOrderRequest {
        details: Some(wrong),
        numbers,
    };
    let refused = customer
        .port_in()
        .create_order(change(&customer.token, &key(), request))
        .await
        .unwrap_err();
    let (reason, faults) = refusal(&refused);
    assert_eq!(
        (refused.code(), reason.as_str()),
        (Code::InvalidArgument, "INVALID_FIELDS")
    );
    let faults: Vec<(&str, &str)> = faults
        .iter()
        .map(|(field, code)| (field.as_str(), code.as_str()))
        .collect();
    assert_eq!(
        faults,
        [
            ("details.losing_carrier", "INVALID"),
            ("details.btn", "TN_LENGTH"),
            ("details.subscriber_kind", "INVALID"),
            ("details.first_name", "INVALID"),
            ("details.service_address.state", "INVALID"),
            ("details.service_address.postal_code", "INVALID"),
            ("details.wanted_date", "INVALID"),
            ("details.customer_reference", "INVALID"),
            ("numbers[0].phone_number", "NPA_UNKNOWN"),
            ("numbers[1].agent_email", "INVALID"),
            ("numbers[2].phone_number", "DUPLICATE_TN"),
        ]
    );
    let orders: i64 = sqlx::query_scalar("SELECT count(*) FROM port_order")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert_eq!(orders, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_wrong_numbers_are_refused_in_a_reply_of_bounded_size() {
    let intake = TestIntake::start("manyfaults").await;
    let customer = intake.customer().await;
    let numbers = (0..1_000).map(|_| number("444-444-4444")).collect();
    let request = v1::CreateOrderRequest {
        details: None,
        numbers,
    };
    let refused = customer
        .port_in()
        .create_order(change(&customer.token, &key(), request))
        .await
        .unwrap_err();
    let (_, faults) = refusal(&refused);
    assert_eq!((refused.code(), faults.len()), (Code::InvalidArgument, 26));
    assert_eq!(faults[25].1, "MORE_FAULTS");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_named_fields_change_and_an_empty_one_is_taken_away() {
    let intake = TestIntake::start("update").await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[ONE]).await;
    let shown = draft.details.clone().unwrap();
    assert_eq!(
        (
            shown.account_number.as_str(),
            shown.tax_id.as_str(),
            shown.btn.as_str()
        ),
        ("••••92", "••••21", "+12018670100")
    );
    assert_eq!(draft.numbers[0].masked_pin, "••••77");
    let update = |details, update_fields: &[&str], etag: &str| v1::UpdateOrderRequest {
        order_id: draft.order_id.clone(),
        details: Some(details),
        update_fields: update_fields.iter().map(|field| (*field).to_owned()).collect(),
        etag: etag.to_owned(),
    };
    let changed = v1::OrderDetails {
        last_name: "Li".to_owned(),
        first_name: "Not me".to_owned(),
        ..Default::default()
    };
    let request = update(changed.clone(), &["last_name", "tax_id"], &draft.etag);
    let reply = customer
        .port_in()
        .update_order(change(&customer.token, &key(), request))
        .await
        .unwrap();
    let after = reply.into_inner().order.unwrap();
    let shown = after.details.unwrap();
    assert_eq!(
        (shown.first_name.as_str(), shown.last_name.as_str()),
        ("Ann", "Li")
    );
    assert_eq!(
        (shown.tax_id.as_str(), shown.account_number.as_str()),
        ("", "••••92")
    );
    // The etag of before is stale now.
    let request = update(changed.clone(), &[], &draft.etag);
    let stale = customer
        .port_in()
        .update_order(change(&customer.token, &key(), request))
        .await
        .unwrap_err();
    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "STALE"));
    let request = update(changed, &["no_such_field"], "");
    let unknown = customer
        .port_in()
        .update_order(change(&customer.token, &key(), request))
        .await
        .unwrap_err();
    assert_eq!(
        refusal(&unknown).1,
        [("update_fields[0]".to_owned(), "UNKNOWN_FIELD".to_owned())]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_added_and_taken_out_of_drafts_alone() {
    let intake = TestIntake::start("numbers").await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[ONE]).await;
    let add = |tn: &str| v1::AddNumbersRequest {
        order_id: draft.order_id.clone(),
        numbers: vec![number(tn)],
    };
    let again = customer
        .port_in()
        .add_numbers(change(&customer.token, &key(), add(ONE)))
        .await
        .unwrap_err();
    assert_eq!(refusal(&again).1[0].1, "DUPLICATE_TN");
    customer
        .port_in()
        .add_numbers(change(&customer.token, &key(), add(TWO)))
        .await
        .unwrap();
    let remove = |tn: &str| v1::RemoveNumbersRequest {
        order_id: draft.order_id.clone(),
        phone_numbers: vec![tn.to_owned()],
    };
    let unknown = customer
        .port_in()
        .remove_numbers(change(&customer.token, &key(), remove("201-867-0199")))
        .await;
    assert_eq!(refusal(&unknown.unwrap_err()).1[0].1, "TN_NOT_IN_ORDER");
    let left = customer
        .port_in()
        .remove_numbers(change(&customer.token, &key(), remove("201-867-0123")))
        .await;
    let left = left.unwrap().into_inner().order.unwrap();
    assert_eq!((left.number_count, left.numbers[0].tn.as_str()), (1, TWO));
    assert_eq!(
        (left.numbers[0].country.as_str(), left.numbers[0].region.as_str()),
        ("US", "NJ")
    );
    // A draft is cancelled at once and is not changed any more.
    assert_eq!(
        customer.cancel(&left).await.unwrap().state(),
        OrderState::Cancelled
    );
    let ended = customer
        .port_in()
        .add_numbers(change(&customer.token, &key(), add(ONE)))
        .await
        .unwrap_err();
    assert_eq!(reason(&ended), "NEW_ORDER_REQUIRED");
    let ended = customer
        .port_in()
        .remove_numbers(change(&customer.token, &key(), remove(TWO)))
        .await
        .unwrap_err();
    assert_eq!(reason(&ended), "ILLEGAL_TRANSITION");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_create_makes_one_order_and_another_request_under_its_key_none() {
    let intake = TestIntake::start("repeat").await;
    let customer = intake.customer().await;
    let request = v1::CreateOrderRequest {
        details: Some(details()),
        numbers: vec![number(ONE)],
    };
    let key = key();
    let create = |request: v1::CreateOrderRequest| {
        let customer = customer.clone();
        let request = change(&customer.token, &key, request);
        async move { customer.port_in().create_order(request).await }
    };
    let first = create(request.clone()).await.unwrap().into_inner();
    assert_eq!(create(request.clone()).await.unwrap().into_inner(), first);
    let other = v1::CreateOrderRequest {
        numbers: vec![number(TWO)],
        ..request
    };
    assert_eq!(
        reason(&create(other).await.unwrap_err()),
        "IDEMPOTENCY_KEY_REUSED"
    );
    let orders: i64 = sqlx::query_scalar("SELECT count(*) FROM port_order")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert_eq!(orders, 1);
}
