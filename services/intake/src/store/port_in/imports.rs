//! Imports of numbers; what is on their lines is in `import_lines`.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, OrderId};
use uuid::Uuid;

const TABLE: &str = "number_import";

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImportState {
    Receiving,
    Added,
    Refused,
}

impl ImportState {
    const ALL: [Self; 3] = [Self::Receiving, Self::Added, Self::Refused];

    const fn code(self) -> &'static str {
        match self {
            Self::Receiving => "RECEIVING",
            Self::Added => "ADDED",
            Self::Refused => "REFUSED",
        }
    }
}

/// An import.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    pub(crate) id: Uuid,
    pub(crate) account: AccountId,
    pub(crate) order: OrderId,
    pub(crate) state: ImportState,
    pub(crate) take_good_lines: bool,
    /// Every line before it is kept.
    pub(crate) next_line: i32,
    pub(crate) lines: i32,
    pub(crate) added: i32,
    pub(crate) created_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    import_id: Uuid,
    account_id: Uuid,
    order_id: Uuid,
    state: String,
    take_good_lines: bool,
    next_line: i32,
    lines: i32,
    added: i32,
    created_at: jiff_sqlx::Timestamp,
    finished_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<Row> for Import {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = ImportState::ALL
            .into_iter()
            .find(|state| state.code() == row.state);
        Ok(Self {
            id: row.import_id,
            account: AccountId::from_uuid(row.account_id),
            order: OrderId::from_uuid(row.order_id),
            state: state.ok_or_else(|| StoreError::corrupt(TABLE, &row.import_id, &"unknown state"))?,
            take_good_lines: row.take_good_lines,
            next_line: row.next_line,
            lines: row.lines,
            added: row.added,
            created_at: row.created_at.to_jiff(),
            finished_at: row.finished_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

/// Makes an import, unless there is one of this id.
pub(crate) async fn insert(conn: &mut PgConnection, import: &Import) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO number_import (import_id, account_id, order_id, state, take_good_lines, next_line, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (import_id) DO NOTHING",
    )
    .bind(import.id)
    .bind(import.account.as_uuid())
    .bind(import.order.as_uuid())
    .bind(import.state.code())
    .bind(import.take_good_lines)
    .bind(import.next_line)
    .bind(import.created_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// An import, if the account has it; `None` for the account: whosever it is.
pub(crate) async fn find(
    conn: &mut PgConnection,
    id: Uuid,
    account: Option<AccountId>,
) -> Result<Option<Import>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT import_id, account_id, order_id, state, take_good_lines, next_line, lines, added, created_at,
                finished_at
           FROM number_import WHERE import_id = $1 AND ($2::uuid IS NULL OR account_id = $2)",
    )
    .bind(id)
    .bind(account.map(AccountId::as_uuid))
    .fetch_optional(conn)
    .await?;
    row.map(Import::try_from).transpose()
}

/// The same, locked until the transaction ends.
pub(crate) async fn lock(
    conn: &mut PgConnection,
    id: Uuid,
    account: Option<AccountId>,
) -> Result<Option<Import>, StoreError> {
    sqlx::query("SELECT FROM number_import WHERE import_id = $1 FOR UPDATE")
        .bind(id)
        .execute(&mut *conn)
        .await?;
    find(conn, id, account).await
}

/// Ends an import: what its lines said is kept in the order, or not at all.
pub(crate) async fn finish(
    conn: &mut PgConnection,
    id: Uuid,
    state: ImportState,
    added: usize,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE number_import_line
            SET sealed = NULL, outcome = CASE WHEN outcome = 'GOOD' AND $2 THEN 'HELD_BACK' ELSE outcome END
          WHERE import_id = $1 AND sealed IS NOT NULL",
    )
    .bind(id)
    .bind(state == ImportState::Refused)
    .execute(&mut *conn)
    .await?;
    let updated = sqlx::query(
        "UPDATE number_import SET state = $2, added = $3, finished_at = $4
          WHERE import_id = $1 AND state = 'RECEIVING'",
    )
    .bind(id)
    .bind(state.code())
    .bind(i32::try_from(added).unwrap_or(i32::MAX))
    .bind(now.to_sqlx())
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the import"))
    }
}

/// Ends what was still coming in for an order that takes no numbers any more: its lines say nothing from now on.
pub(crate) async fn close(conn: &mut PgConnection, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    let closed: Vec<Uuid> = sqlx::query_scalar(
        "UPDATE number_import SET state = 'REFUSED', finished_at = $2
          WHERE order_id = $1 AND state = 'RECEIVING' RETURNING import_id",
    )
    .bind(order.as_uuid())
    .bind(now.to_sqlx())
    .fetch_all(&mut *conn)
    .await?;
    if closed.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE number_import_line SET sealed = NULL, outcome = 'HELD_BACK'
          WHERE import_id = ANY($1) AND outcome = 'GOOD'",
    )
    .bind(closed)
    .execute(conn)
    .await?;
    Ok(())
}
