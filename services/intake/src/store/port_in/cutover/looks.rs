//! Orders that are held back and about which it is to be decided again.

use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, OrderId};
use uuid::Uuid;

/// Something of this order changed: whoever is held back and may depend on it, the order itself too.
pub(crate) async fn add(conn: &mut PgConnection, changed: OrderId) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO cutover_look (order_id)
         SELECT held.order_id FROM port_order AS held
          WHERE held.held_since IS NOT NULL
            AND held.order_id IN (
                SELECT $1
                 UNION
                SELECT other.order_id
                  FROM cutover_group_member AS mine
                  JOIN cutover_group_member AS other ON other.group_id = mine.group_id
                 WHERE mine.order_id = $1 AND mine.is_open)",
    )
    .bind(changed.as_uuid())
    .execute(conn)
    .await?;
    Ok(())
}

/// These are looked at again, if they are held back.
pub(crate) async fn add_these(conn: &mut PgConnection, orders: &[OrderId]) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO cutover_look (order_id)
         SELECT order_id FROM port_order WHERE order_id = ANY($1) AND held_since IS NOT NULL",
    )
    .bind(orders.iter().map(|order| order.as_uuid()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// All orders of an account that are held back.
pub(crate) async fn add_account(conn: &mut PgConnection, account: AccountId) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO cutover_look (order_id)
         SELECT order_id FROM port_order WHERE account_id = $1 AND held_since IS NOT NULL",
    )
    .bind(account.as_uuid())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a look that no other replica works on; it is gone with the transaction. Returns its id and its order.
pub(crate) async fn claim(conn: &mut PgConnection) -> Result<Option<(i64, OrderId)>, StoreError> {
    let row: Option<(i64, Uuid)> = sqlx::query_as(
        "DELETE FROM cutover_look WHERE look_id = (
            SELECT look_id FROM cutover_look WHERE retry_at IS NULL OR retry_at <= now()
             ORDER BY look_id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING look_id, order_id",
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(look, order)| (look, OrderId::from_uuid(order))))
}

/// Lets a look wait that failed, so that the others do not. Another replica may have done it meanwhile.
pub(crate) async fn postpone(conn: &mut PgConnection, look: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE cutover_look SET retry_at = now() + interval '1 minute' WHERE look_id = $1")
        .bind(look)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many are to be done.
pub(crate) async fn count(conn: &mut PgConnection) -> Result<u64, StoreError> {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM cutover_look")
        .fetch_one(conn)
        .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}
