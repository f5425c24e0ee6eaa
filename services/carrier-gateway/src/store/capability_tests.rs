//! Table `capability_test`: how tests of numbers ended, each once.

use carrier_gateway_domain::CapabilityTest;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::OrderId;

use super::at;

/// Records a test. False: it was delivered before.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    connection: &str,
    test: &CapabilityTest,
    order: Option<OrderId>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO capability_test (connection, test_id, pon, order_id, tn, capability, passed, detail, tested_at,
                recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT ON CONSTRAINT capability_test_pkey DO NOTHING",
    )
    .bind(connection)
    .bind(&test.test_id)
    .bind(test.pon.as_str())
    .bind(order.map(OrderId::as_uuid))
    .bind(test.tn.to_string())
    .bind(test.capability.code())
    .bind(test.passed)
    .bind(&test.detail)
    .bind(at(test.tested_at))
    .bind(at(now))
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}
