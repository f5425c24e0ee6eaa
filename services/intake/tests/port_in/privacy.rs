//! Whose orders are whose, and that no secret lies anywhere in clear.

use jiff::civil::date;
use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1;
use portway_proto::intake::v1::DocumentKind;
use portway_proto::intake::v1::gateway_calls_service_client::GatewayCallsServiceClient;
use sqlx::{AssertSqlSafe, PgPool};
use tonic::Code;
use types::AccountId;

use crate::customer::{ACCOUNT_NUMBER, ONE, PIN, key, pdf, pin};
use crate::harness::{TestIntake, ask, change, reason};

#[tokio::test(flavor = "multi_thread")]
async fn another_accounts_order_is_as_if_it_were_not_there() {
    let intake = TestIntake::start("tenants").await;
    let (owner, stranger) = (intake.customer().await, intake.customer().await);
    let order = owner.submitted().await;
    let missing = stranger
        .find(&uuid::Uuid::new_v4().to_string())
        .await
        .unwrap_err();
    for name in [&order.order_id, &order.request_number] {
        let refused = stranger.find(name).await.unwrap_err();
        assert_eq!(
            (refused.code(), refused.message()),
            (Code::NotFound, missing.message())
        );
    }
    for refused in [
        stranger.submit(&order).await.unwrap_err(),
        stranger.cancel(&order).await.unwrap_err(),
        stranger.confirm(&order).await.unwrap_err(),
        stranger.fix(&order, vec![pin(ONE, "1")]).await.unwrap_err(),
        stranger
            .import(&order, "Phone Number,PIN,Agent Name,Agent Email\n", false)
            .await
            .unwrap_err(),
        stranger
            .upload(&order, DocumentKind::Bill, date(2026, 11, 1), &pdf(&["Bill"]))
            .await
            .unwrap_err(),
    ] {
        assert_eq!(
            (refused.code(), refused.message()),
            (Code::NotFound, missing.message())
        );
    }
    let request = v1::ListOrdersRequest::default();
    let listed = stranger
        .port_in()
        .list_orders(ask(&stranger.token, request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.orders.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn seeing_and_changing_are_two_permissions_and_the_package_is_for_the_gateway_alone() {
    let intake = TestIntake::start("permissions").await;
    let order = intake.customer().await.submitted().await;
    let viewer = intake.customer_who_may(&["port_in.view"]).await;
    let request = v1::CreateOrderRequest::default();
    let refused = viewer
        .port_in()
        .create_order(change(&viewer.token, &key(), request))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let request = v1::GetSubmissionRequest {
        order_id: order.order_id.clone(),
        ver: 1,
    };
    let mut calls = GatewayCallsServiceClient::new(intake.channel());
    let refused = calls
        .get_submission(ask(&viewer.token, request.clone()))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let unknown = v1::GetSubmissionRequest {
        order_id: AccountId::generate().to_string(),
        ver: 1,
    };
    let missing = calls
        .get_submission(ask(&intake.gateway_token, unknown))
        .await
        .unwrap_err();
    assert_eq!(missing.code(), Code::NotFound);
    let later = v1::GetSubmissionRequest { ver: 2, ..request };
    let superseded = calls
        .get_submission(ask(&intake.gateway_token, later))
        .await
        .unwrap_err();
    assert_eq!(reason(&superseded), "VERSION_SUPERSEDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_sees_every_order_and_has_none() {
    let intake = TestIntake::start("platform").await;
    let order = intake.customer().await.submitted().await;
    let operator = intake
        .user_of(AccountId::PLATFORM, &["port_in.view", "port_in.modify"])
        .await;
    assert_eq!(
        operator.find(&order.request_number).await.unwrap().order_id,
        order.order_id
    );
    let request = v1::ListOrdersRequest::default();
    let listed = operator
        .port_in()
        .list_orders(ask(&operator.token, request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.orders.len(), 1);
    let request = v1::CreateOrderRequest::default();
    let refused = operator
        .port_in()
        .create_order(change(&operator.token, &key(), request))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "PLATFORM_HAS_NO_ORDERS");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_lies_in_any_table_or_event() {
    const NEW_PIN: &str = "90210774";
    const TAX_ID: &str = "987654321";
    let intake = TestIntake::start("secrets").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear(&order, Answer::Rejected, &[("PIN", ONE)]).await;
    let fixed = customer.fix(&order, vec![pin(ONE, NEW_PIN)]).await.unwrap();
    let request = v1::GetSubmissionRequest {
        order_id: order.order_id.clone(),
        ver: 2,
    };
    let mut calls = GatewayCallsServiceClient::new(intake.channel());
    let package = calls
        .get_submission(ask(&intake.gateway_token, request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (package.numbers[0].pin.as_str(), package.tax_id.as_str()),
        (NEW_PIN, TAX_ID)
    );
    intake.hear(&fixed, Answer::Activated, &[]).await;
    let rows = everything(&intake.pool).await;
    assert!(
        rows.iter().any(|row| row.contains("Ann Lee")),
        "the scan sees what is stored"
    );
    for secret in [PIN, NEW_PIN, ACCOUNT_NUMBER, TAX_ID] {
        let in_hex = hex::encode(secret);
        let found = rows
            .iter()
            .find(|row| row.contains(secret) || row.contains(&in_hex));
        assert_eq!(found, None, "a secret lies in clear");
    }
}

/// Every row of every table as text; bytes are in hexadecimal.
async fn everything(pool: &PgPool) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'intake'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut rows = Vec::new();
    for table in tables {
        let sql = format!("SELECT t::text FROM \"{table}\" AS t");
        let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(pool)
            .await
            .unwrap();
        rows.extend(found);
    }
    rows
}
