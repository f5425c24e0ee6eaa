//! Numbers that operations put on record as being back, and what carriers said afterwards.

use intake_domain::port_in::cutover::SnapbackState;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{DisputeId, SnapbackId, Tn};
use uuid::Uuid;

use crate::store::inventory::text_of;

/// How many records of a dispute are listed: each has a number of its own at least, and a dispute has at most so many.
const LISTED_MAX: i64 = 1_000;

/// That numbers are back.
#[derive(Debug, Clone)]
pub(crate) struct Return {
    pub(crate) tns: Vec<Tn>,
    /// How it is known.
    pub(crate) explanation: String,
    /// One of the platform.
    pub(crate) recorded_by: String,
    pub(crate) recorded_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    tns: Vec<String>,
    explanation: String,
    recorded_by: String,
    recorded_at: jiff_sqlx::Timestamp,
}

/// Keeps that numbers are back, of a dispute that this transaction has locked.
pub(crate) async fn add_return(
    conn: &mut PgConnection,
    dispute: DisputeId,
    recorded: &Return,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO dispute_return (dispute_id, tns, explanation, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(dispute.as_uuid())
    .bind(text_of(&recorded.tns))
    .bind(&recorded.explanation)
    .bind(&recorded.recorded_by)
    .bind(recorded.recorded_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// What was recorded of a dispute, oldest first.
pub(crate) async fn list_returns(
    conn: &mut PgConnection,
    dispute: DisputeId,
) -> Result<Vec<Return>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT tns, explanation, recorded_by, recorded_at FROM dispute_return
          WHERE dispute_id = $1 ORDER BY seq LIMIT $2",
    )
    .bind(dispute.as_uuid())
    .bind(LISTED_MAX)
    .fetch_all(conn)
    .await?;
    let read = |row: Row| {
        let tns: Result<_, _> = row.tns.iter().map(|tn| tn.parse()).collect();
        let tns = tns.map_err(|error: types::InvalidValue| {
            StoreError::corrupt("dispute_return", &dispute.as_uuid(), &error)
        })?;
        Ok(Return {
            tns,
            explanation: row.explanation,
            recorded_by: row.recorded_by,
            recorded_at: row.recorded_at.to_jiff(),
        })
    };
    rows.into_iter().map(read).collect()
}

/// Ends a wish whose numbers were recorded as being back. How far one of an order has come stands with the order's.
pub(crate) async fn end_by_record(
    conn: &mut PgConnection,
    id: SnapbackId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE dispute_snapback
            SET is_ended_by_record = true, since = $3, state = CASE WHEN state IS NULL THEN NULL ELSE $2 END
          WHERE snapback_id = $1 AND NOT is_ended_by_record",
    )
    .bind(id.as_uuid())
    .bind(SnapbackState::Confirmed.code())
    .bind(now.to_sqlx())
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the snapback"))
    }
}

/// Keeps what a carrier says to a wish that was ended so, the first time. Returns the dispute of that wish; `None`: there is
/// no such wish, or it has spoken before.
pub(crate) async fn note_late_answer(
    conn: &mut PgConnection,
    id: SnapbackId,
    answer: SnapbackState,
    now: Timestamp,
) -> Result<Option<DisputeId>, StoreError> {
    let dispute: Option<Uuid> = sqlx::query_scalar(
        "UPDATE dispute_snapback SET late_answer = $2, late_answer_at = $3
          WHERE snapback_id = $1 AND is_ended_by_record AND late_answer IS NULL
        RETURNING dispute_id",
    )
    .bind(id.as_uuid())
    .bind(answer.code())
    .bind(now.to_sqlx())
    .fetch_optional(conn)
    .await?;
    Ok(dispute.map(DisputeId::from_uuid))
}
