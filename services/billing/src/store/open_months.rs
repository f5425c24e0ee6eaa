//! The months of accounts that have charges on no invoice: what is to be closed, when, and the lock on it.

use billing_domain::Month;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::AccountId;
use uuid::Uuid;

/// Open months of one account that are looked at when its time zone changes: ten years of them.
const MONTHS_MAX: i64 = 120;

/// One account's month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccountMonth {
    pub(crate) account: AccountId,
    pub(crate) month: Month,
}

/// What to do while somebody else holds the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contention {
    /// Wait for them.
    Wait,
    /// Leave it to them.
    Skip,
}

#[derive(sqlx::FromRow)]
struct OpenMonthRow {
    account_id: Uuid,
    month: jiff_sqlx::Date,
}

impl From<OpenMonthRow> for AccountMonth {
    fn from(row: OpenMonthRow) -> Self {
        Self {
            account: AccountId::from_uuid(row.account_id),
            month: Month::containing(row.month.to_jiff()),
        }
    }
}

/// Opens the month unless it is open, and holds its lock until the transaction ends.
pub(crate) async fn open(
    conn: &mut PgConnection,
    key: AccountMonth,
    closes_at: Timestamp,
) -> Result<(), StoreError> {
    // The update changes nothing: it takes the lock.
    sqlx::query(
        "INSERT INTO open_month (account_id, month, closes_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, month) DO UPDATE SET closes_at = open_month.closes_at",
    )
    .bind(key.account.as_uuid())
    .bind(key.month.first_day().to_sqlx())
    .bind(closes_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the month's lock until the transaction ends. False: it is not open, or skipped.
pub(crate) async fn lock(
    conn: &mut PgConnection,
    key: AccountMonth,
    contention: Contention,
) -> Result<bool, StoreError> {
    let statement = match contention {
        Contention::Wait => "SELECT 1 FROM open_month WHERE account_id = $1 AND month = $2 FOR UPDATE",
        Contention::Skip => {
            "SELECT 1 FROM open_month WHERE account_id = $1 AND month = $2 FOR UPDATE SKIP LOCKED"
        }
    };
    let found: Option<i32> = sqlx::query_scalar(statement)
        .bind(key.account.as_uuid())
        .bind(key.month.first_day().to_sqlx())
        .fetch_optional(conn)
        .await?;
    Ok(found.is_some())
}

/// Notes that nothing of the month is open any more. Hold its lock.
pub(crate) async fn close(conn: &mut PgConnection, key: AccountMonth) -> Result<(), StoreError> {
    let deleted = sqlx::query("DELETE FROM open_month WHERE account_id = $1 AND month = $2")
        .bind(key.account.as_uuid())
        .bind(key.month.first_day().to_sqlx())
        .execute(conn)
        .await?
        .rows_affected();
    if deleted == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the month"))
    }
}

/// What is due to be closed, longest overdue first.
pub(crate) async fn list_due(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<AccountMonth>, StoreError> {
    let rows: Vec<OpenMonthRow> = sqlx::query_as(
        "SELECT account_id, month FROM open_month WHERE closes_at <= $1 ORDER BY closes_at LIMIT $2",
    )
    .bind(now.to_sqlx())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(AccountMonth::from).collect())
}

/// A page of the accounts in which the month is open, by id after `after`.
pub(crate) async fn list_accounts(
    conn: &mut PgConnection,
    month: Month,
    after: AccountId,
    limit: i64,
) -> Result<Vec<AccountMonth>, StoreError> {
    let rows: Vec<OpenMonthRow> = sqlx::query_as(
        "SELECT account_id, month FROM open_month WHERE month = $1 AND account_id > $2
          ORDER BY account_id LIMIT $3",
    )
    .bind(month.first_day().to_sqlx())
    .bind(after.as_uuid())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(AccountMonth::from).collect())
}

/// The open months of one account.
pub(crate) async fn list_of_account(
    conn: &mut PgConnection,
    account: AccountId,
) -> Result<Vec<AccountMonth>, StoreError> {
    let rows: Vec<OpenMonthRow> = sqlx::query_as(
        "SELECT account_id, month FROM open_month WHERE account_id = $1 ORDER BY month DESC LIMIT $2",
    )
    .bind(account.as_uuid())
    .bind(MONTHS_MAX)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(AccountMonth::from).collect())
}

/// Sets when an open month closes. One that was closed meanwhile stays closed.
pub(crate) async fn set_closing(
    conn: &mut PgConnection,
    key: AccountMonth,
    closes_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE open_month SET closes_at = $3 WHERE account_id = $1 AND month = $2")
        .bind(key.account.as_uuid())
        .bind(key.month.first_day().to_sqlx())
        .bind(closes_at.to_sqlx())
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes the month due at once in every account in which it is still open.
pub(crate) async fn make_due(
    conn: &mut PgConnection,
    month: Month,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE open_month SET closes_at = $2 WHERE month = $1 AND closes_at > $2")
        .bind(month.first_day().to_sqlx())
        .bind(now.to_sqlx())
        .execute(conn)
        .await?;
    Ok(())
}

/// How many are due, and when the next falls due.
pub(crate) async fn backlog(
    conn: &mut PgConnection,
    now: Timestamp,
) -> Result<(i64, Option<Timestamp>), StoreError> {
    let (due_now, next_due): (i64, Option<jiff_sqlx::Timestamp>) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM open_month WHERE closes_at <= $1),
                (SELECT min(closes_at) FROM open_month WHERE closes_at > $1)",
    )
    .bind(now.to_sqlx())
    .fetch_one(conn)
    .await?;
    Ok((due_now, next_due.map(jiff_sqlx::Timestamp::to_jiff)))
}
