//! The numbers that are in a live order. One order at a time has a number, whosever it is.

use std::collections::BTreeSet;

use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, Tn};
use uuid::Uuid;

/// Takes numbers, each for its order. Returns those that another live order has; then the caller rolls back. Waits for
/// another order that is about to take one of them; all take in the order of numbers, so none wait for each other.
pub(crate) async fn take(conn: &mut PgConnection, wanted: &[(Tn, OrderId)]) -> Result<Vec<Tn>, StoreError> {
    let (tns, orders) = columns(wanted);
    let taken: Vec<String> = sqlx::query_scalar(
        "INSERT INTO live_tn (tn, order_id)
         SELECT given.tn, given.order_id FROM UNNEST($1::text[], $2::uuid[]) AS given (tn, order_id) ORDER BY given.tn
         ON CONFLICT (tn) DO NOTHING RETURNING tn",
    )
    .bind(tns)
    .bind(orders)
    .fetch_all(conn)
    .await?;
    let taken: std::collections::HashSet<String> = taken.into_iter().collect();
    let in_flight = wanted.iter().map(|(tn, _)| *tn);
    Ok(in_flight.filter(|tn| !taken.contains(&tn.to_string())).collect())
}

/// Hands numbers of a live order on to its children. Nobody can take them in between.
pub(crate) async fn pass_on(
    conn: &mut PgConnection,
    from: OrderId,
    to: &[(Tn, OrderId)],
) -> Result<(), StoreError> {
    let (tns, orders) = columns(to);
    let passed = sqlx::query(
        "UPDATE live_tn SET order_id = given.order_id
           FROM UNNEST($2::text[], $3::uuid[]) AS given (tn, order_id)
          WHERE live_tn.tn = given.tn AND live_tn.order_id = $1",
    )
    .bind(from.as_uuid())
    .bind(tns)
    .bind(orders)
    .execute(conn)
    .await?
    .rows_affected();
    require(passed, to.len(), from)
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
    require(freed, tns.len(), order)
}

fn columns(pairs: &[(Tn, OrderId)]) -> (Vec<String>, Vec<Uuid>) {
    pairs
        .iter()
        .map(|(tn, order)| (tn.to_string(), order.as_uuid()))
        .unzip()
}

fn require(changed: u64, expected: usize, order: OrderId) -> Result<(), StoreError> {
    if u64::try_from(expected).is_ok_and(|expected| changed == expected) {
        return Ok(());
    }
    let why = "a number of a live order is not on record";
    Err(StoreError::corrupt("live_tn", &order, &why))
}
