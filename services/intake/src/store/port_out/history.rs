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
