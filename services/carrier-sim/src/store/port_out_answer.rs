//! Our answers to winning carriers.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;

use crate::port_out::Decision;

/// Whether the request was answered, and then with a yes or a no.
pub(crate) async fn find(conn: &mut PgConnection, port_out_id: i64) -> Result<Option<bool>, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT authorized FROM port_out_answer WHERE port_out_id = $1")
            .bind(port_out_id)
            .fetch_optional(conn)
            .await?,
    )
}

/// Writes the answer to a request that the caller has locked and found without one.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    port_out_id: i64,
    decision: &Decision,
    answered_at: Timestamp,
) -> Result<(), StoreError> {
    let foc_at = match decision {
        Decision::Authorized(foc_at) => *foc_at,
        Decision::Rejected(_) => None,
    };
    sqlx::query(
        "INSERT INTO port_out_answer (port_out_id, authorized, foc_at, answered_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(port_out_id)
    .bind(decision.is_authorized())
    .bind(foc_at.map(ToSqlx::to_sqlx))
    .bind(answered_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}
