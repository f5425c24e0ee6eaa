//! Erasing what orders kept secret, some time after their end.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use uuid::Uuid;

/// What [`erase`] asks for first: orders that ended so long ago, those that no other replica erases.
pub(super) const ENDED: &str = "SELECT order_id FROM port_order
      WHERE ended_at <= $1 AND secrets_erased_at IS NULL ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED";

/// The word for it in the history.
const ACTION: &str = "secrets_erased";

/// Erases the secrets of up to `limit` orders that had ended by `ended_by`, and says so in the history of those that had
/// any: account numbers, tax ids, PINs, what papers say, and what unfinished imports hold. Returns of how many.
pub(crate) async fn erase(
    conn: &mut PgConnection,
    ended_by: Timestamp,
    now: Timestamp,
    limit: i64,
) -> Result<usize, StoreError> {
    let orders: Vec<Uuid> = sqlx::query_scalar(ENDED)
        .bind(ended_by.to_sqlx())
        .bind(limit)
        .fetch_all(&mut *conn)
        .await?;
    if orders.is_empty() {
        return Ok(0);
    }
    for statement in [
        "DELETE FROM document_record
          WHERE document_id IN (SELECT document_id FROM document WHERE order_id = ANY($1))",
        "UPDATE number_import_line SET sealed = NULL
          WHERE sealed IS NOT NULL AND import_id IN (SELECT import_id FROM number_import WHERE order_id = ANY($1))",
    ] {
        sqlx::query(statement).bind(&orders).execute(&mut *conn).await?;
    }
    sqlx::query(
        "WITH emptied AS (
             UPDATE port_number
                SET pin_sealed = NULL, pin_masked = NULL, own_account_sealed = NULL, own_account_masked = NULL
              WHERE order_id = ANY($1) AND (pin_sealed IS NOT NULL OR own_account_sealed IS NOT NULL)
          RETURNING order_id),
         erased AS (
             UPDATE port_order
                SET account_number_sealed = NULL, account_number_masked = NULL, tax_id_sealed = NULL,
                    tax_id_masked = NULL, secrets_erased_at = $2
               FROM (SELECT order_id, num_nonnulls(account_number_sealed, tax_id_sealed) > 0 AS kept_any
                       FROM port_order WHERE order_id = ANY($1)) AS before
              WHERE port_order.order_id = before.order_id
          RETURNING port_order.order_id, port_order.state, port_order.ver, before.kept_any)
         INSERT INTO order_timeline (order_id, at, actor, action, from_state, to_state, ver, note)
         SELECT order_id, $2, 'service:intake', $3, state, state, ver, ''
           FROM erased WHERE kept_any OR order_id IN (SELECT order_id FROM emptied)",
    )
    .bind(&orders)
    .bind(now.to_sqlx())
    .bind(ACTION)
    .execute(conn)
    .await?;
    Ok(orders.len())
}

/// How many orders that had ended by `ended_by` keep their secrets, and when the first of the others ended.
pub(crate) async fn backlog(
    conn: &mut PgConnection,
    ended_by: Timestamp,
) -> Result<(i64, Option<Timestamp>), StoreError> {
    let (due, next): (i64, Option<jiff_sqlx::Timestamp>) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM port_order WHERE ended_at <= $1 AND secrets_erased_at IS NULL),
                (SELECT min(ended_at) FROM port_order WHERE ended_at > $1 AND secrets_erased_at IS NULL)",
    )
    .bind(ended_by.to_sqlx())
    .fetch_one(conn)
    .await?;
    Ok((due, next.map(jiff_sqlx::Timestamp::to_jiff)))
}
