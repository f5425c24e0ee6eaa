//! What was said in disputes, and the wishes to have ports undone.

use intake_domain::dispute::AskedBack;
use intake_domain::port_in::cutover::SnapbackState;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{DisputeId, SnapbackId};
use uuid::Uuid;

use crate::store::inventory::text_of;

/// What somebody said.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) author: String,
    pub(crate) by_platform: bool,
    pub(crate) stated_at: Timestamp,
    pub(crate) text: String,
    pub(crate) is_answer: bool,
}

#[derive(sqlx::FromRow)]
struct StatementRow {
    author: String,
    by_platform: bool,
    stated_at: jiff_sqlx::Timestamp,
    body: String,
    is_answer: bool,
}

/// Puts a statement on record, in a dispute that this transaction has locked.
pub(crate) async fn add_statement(
    conn: &mut PgConnection,
    dispute: DisputeId,
    statement: &Statement,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO dispute_statement (dispute_id, author, by_platform, stated_at, body, is_answer)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(dispute.as_uuid())
    .bind(&statement.author)
    .bind(statement.by_platform)
    .bind(statement.stated_at.to_sqlx())
    .bind(&statement.text)
    .bind(statement.is_answer)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many statements a dispute has.
pub(crate) async fn count_statements(conn: &mut PgConnection, dispute: DisputeId) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT count(*) FROM dispute_statement WHERE dispute_id = $1")
            .bind(dispute.as_uuid())
            .fetch_one(conn)
            .await?,
    )
}

/// What was said, oldest first. Its number is bounded where statements are added.
pub(crate) async fn list_statements(
    conn: &mut PgConnection,
    dispute: DisputeId,
) -> Result<Vec<Statement>, StoreError> {
    let rows: Vec<StatementRow> = sqlx::query_as(
        "SELECT author, by_platform, stated_at, body, is_answer FROM dispute_statement
          WHERE dispute_id = $1 ORDER BY seq",
    )
    .bind(dispute.as_uuid())
    .fetch_all(conn)
    .await?;
    let statement = |row: StatementRow| Statement {
        author: row.author,
        by_platform: row.by_platform,
        stated_at: row.stated_at.to_jiff(),
        text: row.body,
        is_answer: row.is_answer,
    };
    Ok(rows.into_iter().map(statement).collect())
}

/// Puts a wish on record. `follows_order`: how far it has come stands with the order's snapback of the same id.
pub(crate) async fn add_snapback(
    conn: &mut PgConnection,
    dispute: DisputeId,
    asked: &AskedBack,
    follows_order: bool,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO dispute_snapback (snapback_id, dispute_id, tns, reason, requested_by, requested_at, state, since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $6)",
    )
    .bind(asked.id.as_uuid())
    .bind(dispute.as_uuid())
    .bind(text_of(&asked.tns))
    .bind(&asked.reason)
    .bind(&asked.requested_by)
    .bind(asked.requested_at.to_sqlx())
    .bind((!follows_order).then_some(asked.state.code()))
    .execute(conn)
    .await?;
    Ok(())
}

/// Says how far a wish has come that is not an order's. One that has ended, or has come further, stays as it is.
pub(crate) async fn advance_snapback(
    conn: &mut PgConnection,
    id: SnapbackId,
    state: SnapbackState,
    refusal: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let not_before: &[&str] = match state {
        SnapbackState::Requested => &[],
        SnapbackState::Sent => &["REQUESTED"],
        SnapbackState::Acknowledged => &["REQUESTED", "SENT"],
        SnapbackState::Confirmed | SnapbackState::Refused => &["REQUESTED", "SENT", "ACKNOWLEDGED"],
    };
    sqlx::query(
        "UPDATE dispute_snapback SET state = $2, refusal = $3, since = $4
          WHERE snapback_id = $1 AND state = ANY($5)",
    )
    .bind(id.as_uuid())
    .bind(state.code())
    .bind(refusal)
    .bind(now.to_sqlx())
    .bind(not_before)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct SnapbackRow {
    snapback_id: Uuid,
    tns: Vec<String>,
    reason: String,
    state: Option<String>,
    refusal: String,
    requested_by: String,
    requested_at: jiff_sqlx::Timestamp,
    since: jiff_sqlx::Timestamp,
    is_ended_by_record: bool,
    late_answer: Option<String>,
    late_answer_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<SnapbackRow> for AskedBack {
    type Error = StoreError;

    fn try_from(row: SnapbackRow) -> Result<Self, StoreError> {
        let corrupt =
            |why: &dyn std::fmt::Display| StoreError::corrupt("dispute_snapback", &row.snapback_id, why);
        let state_of = |code: Option<&str>| {
            let mut all = SnapbackState::ALL.into_iter();
            all.find(|state| Some(state.code()) == code)
        };
        let state = state_of(row.state.as_deref());
        let late_answer = state_of(row.late_answer.as_deref())
            .zip(row.late_answer_at)
            .map(|(answer, at)| (answer, at.to_jiff()));
        let tns: Result<_, _> = row.tns.iter().map(|tn| tn.parse()).collect();
        Ok(Self {
            id: SnapbackId::from_uuid(row.snapback_id),
            tns: tns.map_err(|error: types::InvalidValue| corrupt(&error))?,
            state: state.ok_or_else(|| corrupt(&"unknown state"))?,
            reason: row.reason,
            refusal: row.refusal,
            requested_by: row.requested_by,
            requested_at: row.requested_at.to_jiff(),
            since: row.since.to_jiff(),
            is_ended_by_record: row.is_ended_by_record,
            late_answer,
        })
    }
}

/// The wishes of a dispute, oldest first.
pub(crate) async fn list_snapbacks(
    conn: &mut PgConnection,
    dispute: DisputeId,
) -> Result<Vec<AskedBack>, StoreError> {
    let rows: Vec<SnapbackRow> = sqlx::query_as(
        "SELECT asked.snapback_id, asked.tns, asked.reason, coalesce(asked.state, of_order.state) AS state,
                coalesce(of_order.refusal, asked.refusal) AS refusal, asked.requested_by, asked.requested_at,
                coalesce(of_order.since, asked.since) AS since, asked.is_ended_by_record, asked.late_answer,
                asked.late_answer_at
           FROM dispute_snapback AS asked LEFT JOIN snapback AS of_order USING (snapback_id)
          WHERE dispute_id = $1 ORDER BY asked.requested_at, asked.snapback_id LIMIT 200",
    )
    .bind(dispute.as_uuid())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(AskedBack::try_from).collect()
}
