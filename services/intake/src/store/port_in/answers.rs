//! The answers of carriers, each once.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{CarrierId, OrderId, Ver};

use super::order::ver;

/// An answer, as far as it is kept beside what it changed.
#[derive(Debug, Clone)]
pub(crate) struct HeardAnswer<'a> {
    pub(crate) order: OrderId,
    pub(crate) answer_id: &'a str,
    pub(crate) carrier: &'a CarrierId,
    pub(crate) ver: Ver,
    pub(crate) says: &'static str,
    pub(crate) answered_at: Timestamp,
    pub(crate) heard_at: Timestamp,
}

/// Keeps an answer. False: it was heard before.
pub(crate) async fn insert(conn: &mut PgConnection, answer: &HeardAnswer<'_>) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO carrier_answer (order_id, answer_id, carrier, ver, says, answered_at, heard_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (order_id, answer_id) DO NOTHING",
    )
    .bind(answer.order.as_uuid())
    .bind(answer.answer_id)
    .bind(answer.carrier.as_str())
    .bind(ver(answer.ver))
    .bind(answer.says)
    .bind(answer.answered_at.to_sqlx())
    .bind(answer.heard_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}
