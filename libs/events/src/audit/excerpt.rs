//! The part of an account's trail that is about a few subjects.

use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::AccountId;
use uuid::Uuid;

/// An entry of the trail, without what was announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Its number in the account's chain.
    pub number: i64,
    /// The event.
    pub event: Uuid,
    /// What it is about.
    pub subject: Uuid,
    /// What happened: the full name of the event's message.
    pub type_name: String,
    /// When it happened, by the business clock.
    pub occurred_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who caused it.
    pub actor: String,
    /// The hash that chains it to the entry before.
    pub hash: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    event_id: Uuid,
    subject_id: Uuid,
    r#type: String,
    occurred_at: jiff_sqlx::Timestamp,
    recorded_at: jiff_sqlx::Timestamp,
    actor: String,
    hash: Vec<u8>,
}

/// The entries about these subjects of an account, oldest first, at most `limit`.
pub async fn excerpt(
    conn: &mut PgConnection,
    account: AccountId,
    subjects: &[Uuid],
    limit: i64,
) -> Result<Vec<Excerpt>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT number, event_id, subject_id, type, occurred_at, recorded_at, actor, hash
           FROM audit_entry WHERE account_id = $1 AND subject_id = ANY($2) ORDER BY number LIMIT $3",
    )
    .bind(account.as_uuid())
    .bind(subjects)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let entry = |row: Row| Excerpt {
        number: row.number,
        event: row.event_id,
        subject: row.subject_id,
        type_name: row.r#type,
        occurred_at: row.occurred_at.to_jiff(),
        recorded_at: row.recorded_at.to_jiff(),
        actor: row.actor,
        hash: row.hash,
    };
    Ok(rows.into_iter().map(entry).collect())
}
