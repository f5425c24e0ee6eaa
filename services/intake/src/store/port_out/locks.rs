//! Locks against porting, and lines that were separated from their account.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, Subject, Tn};

use super::subscribers::{texts, tn};

/// Who changes something, when and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) at: Timestamp,
    pub(crate) note: &'a str,
}

/// A change of a lock, on record.
#[derive(Debug, Clone)]
pub(crate) struct LockChange {
    /// Its place in the list.
    pub(crate) seq: i64,
    pub(crate) locked: bool,
    pub(crate) by: String,
    pub(crate) at: Timestamp,
    pub(crate) note: String,
}

/// Locks numbers of the account or lifts their locks, and puts it on record. Returns those that were otherwise before.
pub(crate) async fn set_locked(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
    locked: bool,
    by: By<'_>,
) -> Result<Vec<Tn>, StoreError> {
    let changed: Vec<String> = sqlx::query_scalar(
        "WITH changed AS (
             UPDATE inventory_number SET locked = $3
              WHERE account_id = $1 AND tn = ANY($2) AND locked <> $3 RETURNING tn),
         noted AS (
             INSERT INTO number_lock_change (account_id, tn, locked, changed_by, changed_at, note)
             SELECT $1, tn, $3, $4, $5, $6 FROM changed)
         SELECT tn FROM changed ORDER BY tn",
    )
    .bind(account.as_uuid())
    .bind(texts(tns))
    .bind(locked)
    .bind(by.subject.as_str())
    .bind(by.at.to_sqlx())
    .bind(by.note)
    .fetch_all(conn)
    .await?;
    changed.iter().map(|text| tn(text)).collect()
}

/// Those of these numbers of the account whose lock holds them; a separated line is held by none.
pub(crate) async fn locked_of(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
) -> Result<Vec<Tn>, StoreError> {
    let locked: Vec<String> = sqlx::query_scalar(
        "SELECT tn FROM inventory_number
          WHERE account_id = $1 AND tn = ANY($2) AND locked
            AND NOT EXISTS (SELECT FROM line_separation
                             WHERE line_separation.account_id = inventory_number.account_id
                               AND line_separation.tn = inventory_number.tn)
          ORDER BY tn",
    )
    .bind(account.as_uuid())
    .bind(texts(tns))
    .fetch_all(conn)
    .await?;
    locked.iter().map(|text| tn(text)).collect()
}

/// Those of these numbers of the account that were separated from it.
pub(crate) async fn separated_of(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
) -> Result<Vec<Tn>, StoreError> {
    let separated: Vec<String> = sqlx::query_scalar(
        "SELECT tn FROM line_separation WHERE account_id = $1 AND tn = ANY($2) ORDER BY tn",
    )
    .bind(account.as_uuid())
    .bind(texts(tns))
    .fetch_all(conn)
    .await?;
    separated.iter().map(|text| tn(text)).collect()
}

/// A page of the changes of a number's lock while it was the account's, newest first: those before `before`.
pub(crate) async fn list_lock_changes(
    conn: &mut PgConnection,
    account: AccountId,
    number: Tn,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<LockChange>, StoreError> {
    let rows: Vec<(i64, bool, String, jiff_sqlx::Timestamp, String)> = sqlx::query_as(
        "SELECT seq, locked, changed_by, changed_at, note FROM number_lock_change
          WHERE account_id = $1 AND tn = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4",
    )
    .bind(account.as_uuid())
    .bind(number.to_string())
    .bind(before.unwrap_or(i64::MAX))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let change =
        |(seq, locked, by, at, note): (i64, bool, String, jiff_sqlx::Timestamp, String)| LockChange {
            seq,
            locked,
            by,
            at: at.to_jiff(),
            note,
        };
    Ok(rows.into_iter().map(change).collect())
}

/// Puts on record that lines were separated from the account; one that was stays as it was recorded first.
pub(crate) async fn record_separations(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
    by: By<'_>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO line_separation (account_id, tn, reference, recorded_by, recorded_at)
         SELECT $1, given.tn, $3, $4, $5 FROM UNNEST($2::text[]) AS given (tn)
         ON CONFLICT (account_id, tn) DO NOTHING",
    )
    .bind(account.as_uuid())
    .bind(texts(tns))
    .bind(by.note)
    .bind(by.subject.as_str())
    .bind(by.at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) const REFERENCES: &str =
    "SELECT DISTINCT reference FROM line_separation WHERE tn = ANY($1) ORDER BY reference";

/// The references under which these lines were separated, whatever account they were of.
pub(crate) async fn separation_references(
    conn: &mut PgConnection,
    tns: &[Tn],
) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(REFERENCES)
        .bind(texts(tns))
        .fetch_all(conn)
        .await?)
}
