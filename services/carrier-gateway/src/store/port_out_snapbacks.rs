//! Table `port_out_snapback_answer`: what winning carriers say to our wishes to have numbers back, each answer once.

use carrier_gateway_domain::PortOutSnapbackAnswer;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::Tn;

use super::at;

/// Records an answer. False: it was delivered before.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    connection: &str,
    answer: &PortOutSnapbackAnswer,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO port_out_snapback_answer (connection, answer_id, request_id, confirmed, tns, refusal, answered_at,
                recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT ON CONSTRAINT port_out_snapback_answer_pkey DO NOTHING",
    )
    .bind(connection)
    .bind(&answer.answer_id)
    .bind(answer.request_id.as_uuid())
    .bind(answer.confirmed)
    .bind(answer.tns.iter().map(Tn::to_string).collect::<Vec<_>>())
    .bind(&answer.refusal)
    .bind(at(answer.answered_at))
    .bind(at(now))
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}
