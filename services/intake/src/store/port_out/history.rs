//! What happened to a case, for whoever has to explain it later. Written with every change, never changed.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::PortOutId;

/// One thing that happened.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    /// A subject, or what of ours acted.
    pub(crate) actor: String,
    /// The state it led to, or the kind of news.
    pub(crate) what: &'static str,
    /// In words; never a secret.
    pub(crate) detail: String,
    /// Whether a person should look.
    pub(crate) is_warning: bool,
}

/// Adds to the history of a case that this transaction changes.
pub(crate) async fn add_entry(
    conn: &mut PgConnection,
    case: PortOutId,
    entry: &Entry,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO port_out_history (port_out_id, at, actor, what, detail, is_warning)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(case.as_uuid())
    .bind(entry.at.to_sqlx())
    .bind(&entry.actor)
    .bind(entry.what)
    .bind(&entry.detail)
    .bind(entry.is_warning)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    at: jiff_sqlx::Timestamp,
    actor: String,
    what: String,
    detail: String,
    is_warning: bool,
}

/// Something that happened, as it is listed.
#[derive(Debug, Clone)]
pub(crate) struct Happened {
    /// Its place in the list.
    pub(crate) seq: i64,
    pub(crate) at: Timestamp,
    pub(crate) actor: String,
    pub(crate) what: String,
    pub(crate) detail: String,
    pub(crate) is_warning: bool,
}

/// A page of what happened to a case, oldest first: what came after `after`.
pub(crate) async fn list_entries(
    conn: &mut PgConnection,
    case: PortOutId,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<Happened>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT seq, at, actor, what, detail, is_warning FROM port_out_history
          WHERE port_out_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    )
    .bind(case.as_uuid())
    .bind(after.unwrap_or(0))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let happened = |row: Row| Happened {
        seq: row.seq,
        at: row.at.to_jiff(),
        actor: row.actor,
        what: row.what,
        detail: row.detail,
        is_warning: row.is_warning,
    };
    Ok(rows.into_iter().map(happened).collect())
}
