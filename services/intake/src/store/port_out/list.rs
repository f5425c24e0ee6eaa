//! The list of an account's cases.

use intake_domain::port_out::PortOut;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, Tn};

use super::case::select_cases;
use super::numbers::with_numbers;
use super::row::Row;

/// Which cases; filters that are set must all match.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Whether they have ended.
    pub(crate) has_ended: Option<bool>,
    /// A number among theirs.
    pub(crate) tn: Option<Tn>,
}

/// A page of an account's cases, newest first: those numbered below `before`.
pub(crate) async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<PortOut>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(select_cases!(
        "WHERE account_id = $1
           AND ($2::boolean IS NULL OR (ended_at IS NOT NULL) = $2)
           AND ($3::text IS NULL OR EXISTS (
                   SELECT FROM port_out_number
                    WHERE port_out_number.port_out_id = port_out.port_out_id AND port_out_number.tn = $3))
           AND request_number < $4
         ORDER BY request_number DESC LIMIT $5"
    ))
    .bind(account.as_uuid())
    .bind(filter.has_ended)
    .bind(filter.tn.map(|tn| tn.to_string()))
    .bind(before.unwrap_or(i64::MAX))
    .bind(limit)
    .fetch_all(&mut *conn)
    .await?;
    with_numbers(conn, rows).await
}
