//! What the simulated carriers were asked and told.

use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::Pon;

use super::parsed;
use super::port_request::read_ver;
use crate::call::{Call, Rpc};

#[derive(sqlx::FromRow)]
struct CallRow {
    call_id: i64,
    called_at: jiff_sqlx::Timestamp,
    rpc: String,
    pon: String,
    ver: Option<i32>,
    detail: String,
}

/// Notes a call.
pub(crate) async fn insert(conn: &mut PgConnection, call: &Call) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO call (called_at, rpc, pon, ver, detail) VALUES ($1, $2, $3, $4, $5)")
        .bind(call.called_at.to_sqlx())
        .bind(call.rpc.name())
        .bind(call.pon.as_str())
        .bind(call.ver.map(i32::from))
        .bind(&call.detail)
        .execute(conn)
        .await?;
    Ok(())
}

/// The first calls, oldest first, of one request or of all.
pub(crate) async fn list(
    conn: &mut PgConnection,
    pon: Option<&Pon>,
    limit: i64,
) -> Result<Vec<Call>, StoreError> {
    let rows: Vec<CallRow> = sqlx::query_as(
        "SELECT call_id, called_at, rpc, pon, ver, detail FROM call
          WHERE $1::text IS NULL OR pon = $1 ORDER BY call_id LIMIT $2",
    )
    .bind(pon.map(Pon::as_str))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Call::try_from).collect()
}

impl TryFrom<CallRow> for Call {
    type Error = StoreError;

    fn try_from(row: CallRow) -> Result<Self, Self::Error> {
        let id = row.call_id;
        let ver = row.ver.map(|ver| read_ver("call", &id, ver));
        Ok(Self {
            called_at: row.called_at.to_jiff(),
            rpc: Rpc::of(&row.rpc).ok_or_else(|| StoreError::corrupt("call", &id, &row.rpc))?,
            pon: parsed("call", &id, &row.pon)?,
            ver: ver.transpose()?,
            detail: row.detail,
        })
    }
}
