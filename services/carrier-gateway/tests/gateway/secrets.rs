//! No secret of anybody's lies readable in the gateway's schema, at any time.

use std::collections::VecDeque;

use portway_proto::intake::v1 as intake;
use sqlx::{AssertSqlSafe, PgPool};
use tonic::Status;

use crate::harness::{Gateway, Order, World};
use crate::inbound::{ACCOUNT_NUMBER, PIN, request};

const OUR_PIN: &str = "pin-20406080";
const OUR_ACCOUNT_NUMBER: &str = "acct-90807060";
const OUR_TAX_ID: &str = "tax-11335577";

/// The tables with a row in which a secret can be read, as text, within JSON, or as bytes.
async fn tables_with_secrets(pool: &PgPool) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'gateway'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert!(tables.len() > 8, "{tables:?}");
    let mut found = Vec::new();
    for table in tables {
        for secret in [PIN, ACCOUNT_NUMBER, OUR_PIN, OUR_ACCOUNT_NUMBER, OUR_TAX_ID] {
            // A row as text shows bytea columns in hexadecimal.
            let sql = format!("SELECT count(*) FROM {table} AS t WHERE t::text LIKE $1 OR t::text LIKE $2");
            let rows: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
                .bind(format!("%{secret}%"))
                .bind(format!("%{}%", hex::encode(secret)))
                .fetch_one(pool)
                .await
                .unwrap();
            if rows > 0 {
                found.push(format!("{table}: {secret}"));
            }
        }
    }
    found
}

async fn assert_no_secret(gateway: &Gateway) {
    assert_eq!(
        tables_with_secrets(&gateway.serving.pool).await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn no_secret_can_be_read_in_any_table_before_during_or_after() {
    let world = World::new("secrets").await;
    world.intake.state().package = intake::GetSubmissionResponse {
        numbers: vec![intake::SubmissionNumber {
            tn: "+12015550123".to_owned(),
            pin: OUR_PIN.to_owned(),
        }],
        account_number: OUR_ACCOUNT_NUMBER.to_owned(),
        tax_id: OUR_TAX_ID.to_owned(),
        ..intake::GetSubmissionResponse::default()
    };
    let careless = format!("PIN {OUR_PIN} and account {OUR_ACCOUNT_NUMBER} do not go together");
    world.partner.state().refusals =
        VecDeque::from([Status::unavailable(&careless), Status::invalid_argument(careless)]);
    // Nothing can be delivered at first, so the request waits in the table.
    world.intake.state().inbound_refusals = (0..3)
        .map(|_| Status::unavailable(format!("cannot take {PIN} now")))
        .collect();
    world.partner.announce(request("W-1", 1));
    let gateway = world.start().await;
    Order::new(1).submit(&gateway, 1).await;
    let waiting = "SELECT count(*) FROM inbound WHERE pin IS NOT NULL AND account_number IS NOT NULL
                      AND last_error IS NOT NULL";
    testkit::eventually(crate::harness::BOUND, "the request to wait", async || {
        gateway.count(waiting).await == 1
    })
    .await;
    assert_no_secret(&gateway).await;
    gateway.settle().await;
    assert_eq!(world.intake.state().received[0].pin, PIN);
    let refused = "SELECT count(*) FROM command
                    WHERE refusal = 'PIN •••• and account •••• do not go together'";
    assert_eq!(gateway.count(refused).await, 1);
    assert_no_secret(&gateway).await;
}
