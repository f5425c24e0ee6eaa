//! Orders to which something happens by the business clock.

use clock::Backlog;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, OrderId};
use uuid::Uuid;

/// What [`claim`] asks: `$1` is now.
pub(super) const FIRST_DUE: &str = "SELECT order_id, account_id FROM port_order
      WHERE due_at <= $1 AND (retry_at IS NULL OR retry_at <= now())
      ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED";

/// Locks the order that is due first and that no other replica works on.
pub(crate) async fn claim(
    conn: &mut PgConnection,
    now: Timestamp,
) -> Result<Option<(OrderId, AccountId)>, StoreError> {
    let row: Option<(Uuid, Uuid)> = sqlx::query_as(FIRST_DUE)
        .bind(now.to_sqlx())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(order, account)| (OrderId::from_uuid(order), AccountId::from_uuid(account))))
}

/// Lets an order wait for which what was due failed, so that the others do not.
pub(crate) async fn postpone(conn: &mut PgConnection, order: OrderId) -> Result<(), StoreError> {
    let updated =
        sqlx::query("UPDATE port_order SET retry_at = now() + interval '1 minute' WHERE order_id = $1")
            .bind(order.as_uuid())
            .execute(conn)
            .await?
            .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the order"))
    }
}

/// How many orders are due, and when the next is.
pub(crate) async fn backlog(conn: &mut PgConnection, now: Timestamp) -> Result<Backlog, StoreError> {
    let (due_now, next_due): (i64, Option<jiff_sqlx::Timestamp>) = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE due_at <= $1), min(due_at) FILTER (WHERE due_at > $1)
           FROM port_order WHERE due_at IS NOT NULL",
    )
    .bind(now.to_sqlx())
    .fetch_one(conn)
    .await?;
    Ok(Backlog {
        due_now: u64::try_from(due_now).unwrap_or_default(),
        next_due: next_due.map(jiff_sqlx::Timestamp::to_jiff),
    })
}
