//! Conflicts over winning carriers' requests.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{ConflictId, Tn};

use super::{parsed_tns, tn_texts};

/// Whether this conflict was accepted before.
pub(crate) async fn is_accepted(conn: &mut PgConnection, id: ConflictId) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar("SELECT EXISTS (SELECT FROM port_out_conflict WHERE conflict_id = $1)");
    Ok(found.bind(id.as_uuid()).fetch_one(conn).await?)
}

/// The numbers of a request that were authorized and over which no conflict was accepted; `None`: it was not authorized.
pub(crate) async fn numbers_to_go(
    conn: &mut PgConnection,
    port_out_id: i64,
) -> Result<Option<Vec<Tn>>, StoreError> {
    let to_go: Option<Vec<String>> = sqlx::query_scalar(
        "SELECT ARRAY(SELECT tn FROM unnest(port_out.tns) AS asked (tn)
                       WHERE tn <> ALL (port_out_answer.denied)
                         AND NOT EXISTS (SELECT FROM port_out_conflict
                                          WHERE port_out_conflict.port_out_id = port_out.port_out_id
                                            AND asked.tn = ANY (port_out_conflict.tns)))
           FROM port_out JOIN port_out_answer USING (port_out_id)
          WHERE port_out_id = $1 AND authorized",
    )
    .bind(port_out_id)
    .fetch_optional(conn)
    .await?;
    to_go
        .map(|tns| parsed_tns("port_out", &port_out_id, &tns))
        .transpose()
}

/// Writes a conflict that was accepted: these numbers stay.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    port_out_id: i64,
    id: ConflictId,
    tns: &[Tn],
    accepted_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO port_out_conflict (conflict_id, port_out_id, tns, accepted_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(id.as_uuid())
    .bind(port_out_id)
    .bind(tn_texts(tns))
    .bind(accepted_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}
