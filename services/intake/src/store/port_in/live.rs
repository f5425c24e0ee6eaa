//! The numbers that are in a live order. One order at a time has a number, whosever it is.

use std::collections::BTreeSet;

use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, Tn};

/// Takes numbers for an order. Returns those that another live order has; then the caller rolls back. Waits for
/// another order that is about to take one of them; all take in the order of numbers, so none wait for each other.
pub(crate) async fn take(conn: &mut PgConnection, order: OrderId, tns: &[Tn]) -> Result<Vec<Tn>, StoreError> {
    let taken: Vec<String> = sqlx::query_scalar(
        "INSERT INTO live_tn (tn, order_id)
         SELECT given.tn, $1 FROM UNNEST($2::text[]) AS given (tn) ORDER BY given.tn
         ON CONFLICT (tn) DO NOTHING RETURNING tn",
    )
    .bind(order.as_uuid())
    .bind(tns.iter().map(Tn::to_string).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    let taken: std::collections::HashSet<String> = taken.into_iter().collect();
    Ok(tns
        .iter()
        .copied()
        .filter(|tn| !taken.contains(&tn.to_string()))
        .collect())
}

/// Those of these numbers that a live order has, whosever it is.
pub(crate) async fn among(conn: &mut PgConnection, tns: &[Tn]) -> Result<BTreeSet<Tn>, StoreError> {
    let live: Vec<String> = sqlx::query_scalar("SELECT tn FROM live_tn WHERE tn = ANY($1)")
        .bind(tns.iter().map(Tn::to_string).collect::<Vec<_>>())
        .fetch_all(conn)
        .await?;
    let read = |tn: String| {
        tn.parse()
            .map_err(|error| StoreError::corrupt("live_tn", &tn, &error))
    };
    live.into_iter().map(read).collect()
}

/// Frees numbers of an order that nothing can become of in it any more.
pub(crate) async fn free(conn: &mut PgConnection, order: OrderId, tns: &[Tn]) -> Result<(), StoreError> {
    let freed = sqlx::query("DELETE FROM live_tn WHERE order_id = $1 AND tn = ANY($2)")
        .bind(order.as_uuid())
        .bind(tns.iter().map(Tn::to_string).collect::<Vec<_>>())
        .execute(conn)
        .await?
        .rows_affected();
    if u64::try_from(tns.len()).is_ok_and(|expected| freed == expected) {
        Ok(())
    } else {
        Err(StoreError::corrupt(
            "live_tn",
            &order,
            &"a number of a live order is not on record",
        ))
    }
}
