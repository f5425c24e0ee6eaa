//! Wishes to undo ports.

use std::collections::BTreeMap;

use intake_domain::port_in::cutover::{Asked, SnapbackAnswers, SnapbackState};
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
    /// The numbers, and what the carrier has said of them.
    pub(crate) answers: SnapbackAnswers,
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

impl Row {
    fn read(self, given: BTreeMap<Tn, Option<String>>) -> Result<Snapback, StoreError> {
        let row = self;
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("snapback", &row.snapback_id, why);
        let state = SnapbackState::ALL
            .into_iter()
            .find(|state| state.code() == row.state);
        let tns: Result<Vec<Tn>, _> = row.tns.iter().map(|tn| tn.parse()).collect();
        let tns = tns.map_err(|error| corrupt(&error))?;
        Ok(Snapback {
            id: SnapbackId::from_uuid(row.snapback_id),
            order: OrderId::from_uuid(row.order_id),
            answers: SnapbackAnswers::new(tns, given),
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
    .bind(texts(snapback.answers.asked_for()))
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
    .fetch_optional(&mut *conn)
    .await?;
    Ok(with_answers(conn, row.into_iter().collect()).await?.pop())
}

/// Keeps what the carrier says of these numbers, of which it has not spoken: why they stay, or that they are back.
pub(crate) async fn answer(
    conn: &mut PgConnection,
    id: SnapbackId,
    tns: &[Tn],
    refusal: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO snapback_number (snapback_id, tn, refusal) SELECT $1, UNNEST($2::text[]), $3")
        .bind(id.as_uuid())
        .bind(texts(tns))
        .bind(refusal)
        .execute(conn)
        .await?;
    Ok(())
}

async fn with_answers(conn: &mut PgConnection, rows: Vec<Row>) -> Result<Vec<Snapback>, StoreError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.snapback_id).collect();
    let lines: Vec<(Uuid, String, Option<String>)> =
        sqlx::query_as("SELECT snapback_id, tn, refusal FROM snapback_number WHERE snapback_id = ANY($1)")
            .bind(ids)
            .fetch_all(conn)
            .await?;
    let mut given: BTreeMap<Uuid, BTreeMap<Tn, Option<String>>> = BTreeMap::new();
    for (id, tn, refusal) in lines {
        let tn = tn
            .parse()
            .map_err(|error| StoreError::corrupt("snapback_number", &id, &error))?;
        given.entry(id).or_default().insert(tn, refusal);
    }
    rows.into_iter()
        .map(|row| {
            let given = given.remove(&row.snapback_id).unwrap_or_default();
            row.read(given)
        })
        .collect()
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
    .fetch_all(&mut *conn)
    .await?;
    with_answers(conn, rows).await
}
