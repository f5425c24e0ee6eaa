//! The list of disputes.

use intake_domain::dispute::{Direction, Dispute, StateName};
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, Tn};

use super::case::with_numbers;
use super::row::{Row, columns};

/// Which disputes; filters that are set must all match.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Only this account's.
    pub(crate) account: Option<AccountId>,
    /// In one of these states; none: in any.
    pub(crate) states: Vec<StateName>,
    pub(crate) direction: Option<Direction>,
    /// A number among theirs.
    pub(crate) tn: Option<Tn>,
    /// Only those with a clock that runs and has run out.
    pub(crate) is_overdue: bool,
}

/// A page of disputes, newest first: those numbered below `before`.
pub(crate) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Dispute>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM dispute
          WHERE ($1::uuid IS NULL OR account_id = $1)
            AND (cardinality($2::text[]) = 0 OR state = ANY($2))
            AND ($3::text IS NULL OR direction = $3)
            AND ($4::text IS NULL OR dispute_id IN (SELECT dispute_id FROM dispute_number WHERE tn = $4))
            AND (NOT $5 OR (state <> 'SETTLED' AND (resolution_missed_at IS NOT NULL OR answer_missed_at IS NOT NULL)
                            AND (resolution_missed_at IS NOT NULL OR state = 'OPEN')))
            AND request_number < $6
          ORDER BY request_number DESC LIMIT $7"
    ))
    .bind(filter.account.map(AccountId::as_uuid))
    .bind(filter.states.iter().map(|state| state.code()).collect::<Vec<_>>())
    .bind(filter.direction.map(Direction::code))
    .bind(filter.tn.map(|tn| tn.to_string()))
    .bind(filter.is_overdue)
    .bind(before.unwrap_or(i64::MAX))
    .bind(limit)
    .fetch_all(&mut *conn)
    .await?;
    with_numbers(conn, rows).await
}
