//! Clocks that have run out.

use intake_domain::dispute::Dispute;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::DisputeId;

use super::case::with_numbers;
use super::row::{Row, columns};

/// Locks the dispute whose clock ran out first and was not noted, passing over those that another replica deals with and
/// those that rest (see [`postpone`]).
pub(crate) async fn lock_due(conn: &mut PgConnection, now: Timestamp) -> Result<Option<Dispute>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM dispute WHERE due_at <= $1 AND (retry_at IS NULL OR retry_at <= now())
          ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED"
    ))
    .bind(now.to_sqlx())
    .fetch_all(&mut *conn)
    .await?;
    Ok(with_numbers(conn, rows).await?.pop())
}

/// Lets a dispute rest whose clock could not be noted, so that the others are not held up.
pub(crate) async fn postpone(conn: &mut PgConnection, id: DisputeId) -> Result<(), StoreError> {
    sqlx::query("UPDATE dispute SET retry_at = now() + interval '1 minute' WHERE dispute_id = $1")
        .bind(id.as_uuid())
        .execute(conn)
        .await?;
    Ok(())
}

/// How many disputes have a clock that ran out and was not noted, and when the next one runs out.
pub(crate) async fn due_counts(
    conn: &mut PgConnection,
    now: Timestamp,
) -> Result<(i64, Option<Timestamp>), StoreError> {
    let (due, next): (i64, Option<jiff_sqlx::Timestamp>) = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE due_at <= $1), min(due_at) FILTER (WHERE due_at > $1)
           FROM dispute WHERE due_at IS NOT NULL",
    )
    .bind(now.to_sqlx())
    .fetch_one(conn)
    .await?;
    Ok((due, next.map(jiff_sqlx::Timestamp::to_jiff)))
}
