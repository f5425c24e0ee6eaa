//! Our answers to winning carriers.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::Tn;

use crate::port_out::Decision;

/// Whether the request was answered before, and then whether in the same way: `None` when it was not.
pub(crate) async fn find_same(
    conn: &mut PgConnection,
    port_out_id: i64,
    decision: &Decision,
) -> Result<Option<bool>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT authorized = $2 AND denied = $3 FROM port_out_answer WHERE port_out_id = $1",
    )
    .bind(port_out_id)
    .bind(decision.is_authorized())
    .bind(denied(decision))
    .fetch_optional(conn)
    .await?)
}

fn denied(decision: &Decision) -> Vec<String> {
    decision.denied_tns().iter().map(Tn::to_string).collect()
}

/// Writes the answer to a request that the caller has locked and found without one.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    port_out_id: i64,
    decision: &Decision,
    answered_at: Timestamp,
) -> Result<(), StoreError> {
    let foc_at = match decision {
        Decision::Authorized { foc_at, .. } => *foc_at,
        Decision::Rejected(_) => None,
    };
    sqlx::query(
        "INSERT INTO port_out_answer (port_out_id, authorized, foc_at, denied, answered_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(port_out_id)
    .bind(decision.is_authorized())
    .bind(foc_at.map(ToSqlx::to_sqlx))
    .bind(denied(decision))
    .bind(answered_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}
