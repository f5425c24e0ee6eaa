//! Numbers that left by port-outs, as the inventory had them when they did: one that comes back is as it was.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{PortOutId, Tn};

use super::inventory::text_of;

/// Those of the account's numbers that left by `port_out` and have not come back, by number.
pub(crate) async fn departed(conn: &mut PgConnection, port_out: PortOutId) -> Result<Vec<Tn>, StoreError> {
    let tns: Vec<String> =
        sqlx::query_scalar("SELECT tn FROM departed_number WHERE port_out_id = $1 ORDER BY tn")
            .bind(port_out.as_uuid())
            .fetch_all(conn)
            .await?;
    let read = |tn: String| {
        tn.parse()
            .map_err(|error| StoreError::corrupt("departed_number", &tn, &error))
    };
    tns.into_iter().map(read).collect()
}

/// Puts numbers that left by `port_out` and are back in service again, as they were. One that somebody holds by now stays
/// as it is. Returns those that are back.
pub(crate) async fn take_back(
    conn: &mut PgConnection,
    port_out: PortOutId,
    tns: &[Tn],
    now: Timestamp,
) -> Result<Vec<Tn>, StoreError> {
    let back: Vec<String> = sqlx::query_scalar(
        "WITH back AS (
            DELETE FROM departed_number WHERE port_out_id = $1 AND tn = ANY($2) RETURNING record)
         INSERT INTO inventory_number
         SELECT was.* FROM back, jsonb_populate_record(NULL::inventory_number,
                                                       record || jsonb_build_object('since', $3::timestamptz)) AS was
         ON CONFLICT (tn) DO NOTHING
         RETURNING tn",
    )
    .bind(port_out.as_uuid())
    .bind(text_of(tns))
    .bind(now.to_sqlx())
    .fetch_all(conn)
    .await?;
    Ok(tns
        .iter()
        .filter(|tn| back.contains(&tn.to_string()))
        .copied()
        .collect())
}
