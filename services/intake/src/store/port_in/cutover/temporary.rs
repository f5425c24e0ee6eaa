//! Numbers that stand in for others until these are active.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, Tn};

use super::texts;

/// Puts a number in another's place. False: it stands in for a number already that is still to come.
pub(crate) async fn attach(
    conn: &mut PgConnection,
    order: OrderId,
    tn: Tn,
    temporary: Tn,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // One that stood in for a number which never came is free again.
    sqlx::query(
        "DELETE FROM temporary_number AS stale
          WHERE temporary_tn = $1 AND swapped_at IS NULL
            AND NOT EXISTS (SELECT FROM port_number AS number
                             WHERE number.order_id = stale.order_id AND number.tn = stale.tn
                               AND number.state NOT IN ('FAILED', 'RELEASED', 'RETURNED'))",
    )
    .bind(temporary.to_string())
    .execute(&mut *conn)
    .await?;
    let written = sqlx::query(
        "INSERT INTO temporary_number AS known (order_id, tn, temporary_tn, attached_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (temporary_tn) WHERE swapped_at IS NULL DO UPDATE SET attached_at = known.attached_at
          WHERE known.order_id = excluded.order_id AND known.tn = excluded.tn",
    )
    .bind(order.as_uuid())
    .bind(tn.to_string())
    .bind(temporary.to_string())
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Takes the number in another's place out of it. False: there is none.
pub(crate) async fn detach(conn: &mut PgConnection, order: OrderId, tn: Tn) -> Result<bool, StoreError> {
    let deleted =
        sqlx::query("DELETE FROM temporary_number WHERE order_id = $1 AND tn = $2 AND swapped_at IS NULL")
            .bind(order.as_uuid())
            .bind(tn.to_string())
            .execute(conn)
            .await?;
    Ok(deleted.rows_affected() == 1)
}

/// The numbers in the place of some numbers of an order: each with its stand-in.
pub(crate) async fn list(
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
) -> Result<BTreeMap<Tn, Tn>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT tn, temporary_tn FROM temporary_number
          WHERE order_id = $1 AND tn = ANY($2) AND swapped_at IS NULL ORDER BY temporary_tn",
    )
    .bind(order.as_uuid())
    .bind(texts(tns))
    .fetch_all(conn)
    .await?;
    let read = |tn: &str| {
        let corrupt = |error| StoreError::corrupt("temporary_number", &order, &error);
        tn.parse().map_err(corrupt)
    };
    rows.into_iter()
        .map(|(tn, temporary)| Ok((read(&tn)?, read(&temporary)?)))
        .collect()
}

/// Says that a number has taken over.
pub(crate) async fn mark_swapped(
    conn: &mut PgConnection,
    order: OrderId,
    tn: Tn,
    now: Timestamp,
) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE temporary_number SET swapped_at = $3 WHERE order_id = $1 AND tn = $2 AND swapped_at IS NULL",
    )
    .bind(order.as_uuid())
    .bind(tn.to_string())
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    if updated.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the temporary number"))
    }
}
