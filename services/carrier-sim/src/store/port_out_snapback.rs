//! What winning carriers say to wishes for numbers back.

use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;

use super::{parsed_tns, tn_texts};
use crate::port_out::SnapbackAnswer;

#[derive(sqlx::FromRow)]
struct Row {
    request_id: String,
    tns: Vec<String>,
    refusal: Option<String>,
    answered_at: jiff_sqlx::Timestamp,
}

/// Writes an answer; false when the wish was taken in before.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    port_out: i64,
    answer: &SnapbackAnswer,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO port_out_snapback (request_id, port_out_id, tns, refusal, answered_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (request_id) DO NOTHING",
    )
    .bind(&answer.request_id)
    .bind(port_out)
    .bind(tn_texts(&answer.tns))
    .bind(&answer.refusal)
    .bind(answer.answered_at.to_sqlx())
    .execute(conn)
    .await?
    .rows_affected();
    Ok(inserted == 1)
}

/// The answers to these wishes.
pub(crate) async fn list_by_id(
    conn: &mut PgConnection,
    ids: &[String],
) -> Result<Vec<SnapbackAnswer>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT request_id, tns, refusal, answered_at FROM port_out_snapback WHERE request_id = ANY($1)",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let answer = |row: Row| {
        Ok(SnapbackAnswer {
            tns: parsed_tns("port_out_snapback", &row.request_id, &row.tns)?,
            request_id: row.request_id,
            refusal: row.refusal,
            answered_at: row.answered_at.to_jiff(),
        })
    };
    rows.into_iter().map(answer).collect()
}
