//! How long losing carriers took, and the legs that are being timed.

use intake_domain::port_in::{Histogram, Leg, PacedKind};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{CarrierId, OrderId};

/// Starts timing a leg, whatever the order was on before.
pub(crate) async fn start(
    conn: &mut PgConnection,
    order: OrderId,
    leg: Leg,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO order_leg (order_id, leg, started_at) VALUES ($1, $2, $3)
         ON CONFLICT (order_id) DO UPDATE SET leg = excluded.leg, started_at = excluded.started_at",
    )
    .bind(order.as_uuid())
    .bind(leg.code())
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// Stops timing a leg. Returns when it started, if it is the one that was timed.
pub(crate) async fn finish(
    conn: &mut PgConnection,
    order: OrderId,
    leg: Leg,
) -> Result<Option<Timestamp>, StoreError> {
    let started: Option<jiff_sqlx::Timestamp> =
        sqlx::query_scalar("DELETE FROM order_leg WHERE order_id = $1 AND leg = $2 RETURNING started_at")
            .bind(order.as_uuid())
            .bind(leg.code())
            .fetch_optional(conn)
            .await?;
    Ok(started.map(jiff_sqlx::Timestamp::to_jiff))
}

/// Stops timing whatever was timed.
pub(crate) async fn break_off(conn: &mut PgConnection, order: OrderId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM order_leg WHERE order_id = $1")
        .bind(order.as_uuid())
        .execute(conn)
        .await?;
    Ok(())
}

/// Since when the order is on this leg.
pub(crate) async fn started(
    conn: &mut PgConnection,
    order: OrderId,
    leg: Leg,
) -> Result<Option<Timestamp>, StoreError> {
    let started: Option<jiff_sqlx::Timestamp> =
        sqlx::query_scalar("SELECT started_at FROM order_leg WHERE order_id = $1 AND leg = $2")
            .bind(order.as_uuid())
            .bind(leg.code())
            .fetch_optional(conn)
            .await?;
    Ok(started.map(jiff_sqlx::Timestamp::to_jiff))
}

/// Counts an order whose leg took so many business days.
pub(crate) async fn count(
    conn: &mut PgConnection,
    carrier: &CarrierId,
    kind: PacedKind,
    leg: Leg,
    business_days: u16,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO carrier_pace AS known (losing_carrier, number_kind, leg, business_days, orders)
         VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (losing_carrier, number_kind, leg, business_days) DO UPDATE SET orders = known.orders + 1",
    )
    .bind(carrier.as_str())
    .bind(kind.code())
    .bind(leg.code())
    .bind(i16::try_from(business_days).unwrap_or(i16::MAX))
    .execute(conn)
    .await?;
    Ok(())
}

/// How long a leg took a carrier with numbers of this kind.
pub(crate) async fn histogram(
    conn: &mut PgConnection,
    carrier: &CarrierId,
    kind: PacedKind,
    leg: Leg,
) -> Result<Histogram, StoreError> {
    let rows: Vec<(i16, i64)> = sqlx::query_as(
        "SELECT business_days, orders FROM carrier_pace
          WHERE losing_carrier = $1 AND number_kind = $2 AND leg = $3",
    )
    .bind(carrier.as_str())
    .bind(kind.code())
    .bind(leg.code())
    .fetch_all(conn)
    .await?;
    let counted = |(days, orders): (i16, i64)| Some((u16::try_from(days).ok()?, u64::try_from(orders).ok()?));
    Ok(rows.into_iter().filter_map(counted).collect())
}
