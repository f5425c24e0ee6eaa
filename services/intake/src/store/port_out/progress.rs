//! Reports of what became of port-outs: each is acted on once.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{Pon, Spid};

/// A report, by the carrier partner's own id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report<'a> {
    pub(crate) progress_id: &'a str,
    pub(crate) winning_spid: &'a Spid,
    pub(crate) pon: &'a Pon,
    pub(crate) news: &'static str,
    pub(crate) occurred_at: Timestamp,
}

/// Puts a report on record. False: it is there already, and was acted on.
pub(crate) async fn insert_report(conn: &mut PgConnection, report: Report<'_>) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO port_out_progress (progress_id, winning_spid, pon, news, occurred_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (progress_id) DO NOTHING",
    )
    .bind(report.progress_id)
    .bind(report.winning_spid.as_str())
    .bind(report.pon.as_str())
    .bind(report.news)
    .bind(report.occurred_at.to_sqlx())
    .execute(conn)
    .await?
    .rows_affected();
    Ok(inserted == 1)
}
