//! What a carrier gave as reasons: why action is required, what we look at, or why it takes longer.

use intake_domain::port_in::OrderReason;
use pg::StoreError;
use reasons::Reason;
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    tn: Option<String>,
    reason: String,
    raw_code: String,
    raw_text: String,
}

/// The reasons of an order, in the carrier's order.
pub(super) async fn list(conn: &mut PgConnection, order: Uuid) -> Result<Vec<OrderReason>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT tn, reason, raw_code, raw_text FROM order_reason WHERE order_id = $1 ORDER BY position",
    )
    .bind(order)
    .fetch_all(conn)
    .await?;
    let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("order_reason", &order, why);
    rows.into_iter()
        .map(|row| {
            Ok(OrderReason {
                tn: row
                    .tn
                    .map(|tn| tn.parse())
                    .transpose()
                    .map_err(|error| corrupt(&error))?,
                reason: row.reason.parse::<Reason>().map_err(|error| corrupt(&error))?,
                raw_code: row.raw_code,
                raw_text: row.raw_text,
            })
        })
        .collect()
}

/// Replaces the reasons of an order, which this transaction has locked.
pub(super) async fn replace(
    conn: &mut PgConnection,
    order: Uuid,
    reasons: &[OrderReason],
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM order_reason WHERE order_id = $1")
        .bind(order)
        .execute(&mut *conn)
        .await?;
    let tns: Vec<Option<String>> = reasons
        .iter()
        .map(|reason| reason.tn.map(|tn| tn.to_string()))
        .collect();
    let codes: Vec<&str> = reasons.iter().map(|reason| reason.reason.code()).collect();
    let raw_codes: Vec<&str> = reasons.iter().map(|reason| reason.raw_code.as_str()).collect();
    let raw_texts: Vec<&str> = reasons.iter().map(|reason| reason.raw_text.as_str()).collect();
    sqlx::query(
        "INSERT INTO order_reason (order_id, position, tn, reason, raw_code, raw_text)
         SELECT $1, given.position, given.tn, given.reason, given.raw_code, given.raw_text
           FROM UNNEST($2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
                AS given (tn, reason, raw_code, raw_text, position)",
    )
    .bind(order)
    .bind(tns)
    .bind(codes)
    .bind(raw_codes)
    .bind(raw_texts)
    .execute(conn)
    .await?;
    Ok(())
}
