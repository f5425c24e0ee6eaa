//! Wishes to undo ports.

use intake_domain::port_in::cutover::{Asked, SnapbackState};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, SnapbackId, Tn};
use uuid::Uuid;

use super::texts;

/// The snapbacks of an order that are listed.
const LISTED_MAX: i64 = 200;

/// A wish to undo the port of some numbers.
#[derive(Debug, Clone)]
pub(crate) struct Snapback {
    pub(crate) id: SnapbackId,
    pub(crate) order: OrderId,
    pub(crate) tns: Vec<Tn>,
    pub(crate) asked: Asked,
    pub(crate) state: SnapbackState,
    pub(crate) requested_by: String,
    pub(crate) requested_at: Timestamp,
    pub(crate) since: Timestamp,
    pub(crate) refusal: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    snapback_id: Uuid,
    order_id: Uuid,
    tns: Vec<String>,
    reason: String,
    statement: Option<String>,
    state: String,
    requested_by: String,
    requested_at: jiff_sqlx::Timestamp,
    since: jiff_sqlx::Timestamp,
    refusal: String,
}

impl TryFrom<Row> for Snapback {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("snapback", &row.snapback_id, why);
        let state = SnapbackState::ALL
            .into_iter()
            .find(|state| state.code() == row.state);
        let tns: Result<Vec<Tn>, _> = row.tns.iter().map(|tn| tn.parse()).collect();
        Ok(Self {
            id: SnapbackId::from_uuid(row.snapback_id),
            order: OrderId::from_uuid(row.order_id),
            tns: tns.map_err(|error| corrupt(&error))?,
            state: state.ok_or_else(|| corrupt(&"unknown state"))?,
            asked: Asked {
                reason: row.reason,
                inadvertent: row.statement,
            },
            requested_by: row.requested_by,
            requested_at: row.requested_at.to_jiff(),
            since: row.since.to_jiff(),
            refusal: row.refusal,
        })
    }
}

/// Writes a new one. The order, which this transaction has locked, has no other under way.
pub(crate) async fn insert(conn: &mut PgConnection, snapback: &Snapback) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO snapback (snapback_id, order_id, tns, reason, statement, state, requested_by, requested_at, since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
    )
    .bind(snapback.id.as_uuid())
    .bind(snapback.order.as_uuid())
    .bind(texts(&snapback.tns))
    .bind(&snapback.asked.reason)
    .bind(snapback.asked.inadvertent.as_deref())
    .bind(snapback.state.code())
    .bind(&snapback.requested_by)
    .bind(snapback.requested_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// The one of an order that is under way.
pub(crate) async fn find_open(
    conn: &mut PgConnection,
    order: OrderId,
) -> Result<Option<Snapback>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT snapback_id, order_id, tns, reason, statement, state, requested_by, requested_at, since, refusal
           FROM snapback WHERE order_id = $1 AND state IN ('REQUESTED', 'SENT', 'ACKNOWLEDGED') FOR UPDATE",
    )
    .bind(order.as_uuid())
    .fetch_optional(conn)
    .await?;
    row.map(Snapback::try_from).transpose()
}

/// Says how far the one that is under way has come.
pub(crate) async fn advance(
    conn: &mut PgConnection,
    id: SnapbackId,
    state: SnapbackState,
    refusal: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE snapback SET state = $2, refusal = $3, since = $4
          WHERE snapback_id = $1 AND state IN ('REQUESTED', 'SENT', 'ACKNOWLEDGED')",
    )
    .bind(id.as_uuid())
    .bind(state.code())
    .bind(refusal)
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    if updated.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the snapback"))
    }
}

/// The latest of an order, newest first.
pub(crate) async fn list(conn: &mut PgConnection, order: OrderId) -> Result<Vec<Snapback>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT snapback_id, order_id, tns, reason, statement, state, requested_by, requested_at, since, refusal
           FROM snapback WHERE order_id = $1 ORDER BY requested_at DESC, snapback_id DESC LIMIT $2",
    )
    .bind(order.as_uuid())
    .bind(LISTED_MAX)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Snapback::try_from).collect()
}
