//! Requests that had to give a PIN. The PIN itself is kept nowhere.

use intake_domain::port_out::{FieldMatch, RequestKey};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, Spid, Tn};

use super::row::ver_column;
use super::subscribers::{texts, tn};

/// An attempt on record.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// Its place in the list.
    pub(crate) seq: i64,
    pub(crate) tn: Tn,
    pub(crate) result: FieldMatch,
    pub(crate) at: Timestamp,
    pub(crate) winning_spid: Spid,
    pub(crate) pon: String,
    pub(crate) ver: i16,
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    tn: String,
    result: String,
    at: jiff_sqlx::Timestamp,
    winning_spid: String,
    pon: String,
    ver: i16,
}

impl TryFrom<Row> for Attempt {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("pin_attempt", &row.seq, why);
        Ok(Self {
            seq: row.seq,
            tn: tn(&row.tn)?,
            result: FieldMatch::from_code(&row.result).ok_or_else(|| corrupt(&"unknown result"))?,
            at: row.at.to_jiff(),
            winning_spid: row.winning_spid.parse().map_err(|error| corrupt(&error))?,
            pon: row.pon,
            ver: row.ver,
        })
    }
}

/// Puts the attempts of one request on numbers of one account on record.
pub(crate) async fn insert_attempts(
    conn: &mut PgConnection,
    account: AccountId,
    key: &RequestKey,
    tried: &[(Tn, FieldMatch)],
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO pin_attempt (account_id, tn, result, at, winning_spid, pon, ver)
         SELECT $1, given.tn, given.result, $4, $5, $6, $7
           FROM UNNEST($2::text[], $3::text[]) AS given (tn, result)",
    )
    .bind(account.as_uuid())
    .bind(tried.iter().map(|(tn, _)| tn.to_string()).collect::<Vec<_>>())
    .bind(tried.iter().map(|(_, result)| result.code()).collect::<Vec<_>>())
    .bind(now.to_sqlx())
    .bind(key.winning_spid.as_str())
    .bind(key.pon.as_str())
    .bind(ver_column(key.ver))
    .execute(conn)
    .await?;
    Ok(())
}

/// How many wrong PINs each of these numbers has met since `since`; numbers without one are left out.
pub(crate) async fn count_wrong(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
    since: Timestamp,
) -> Result<Vec<(Tn, u32)>, StoreError> {
    let counts: Vec<(String, i64)> = sqlx::query_as(
        "SELECT tn, count(*) FROM pin_attempt
          WHERE account_id = $1 AND tn = ANY($2) AND at > $3 AND result = 'NOT_MATCHED' GROUP BY tn ORDER BY tn",
    )
    .bind(account.as_uuid())
    .bind(texts(tns))
    .bind(since.to_sqlx())
    .fetch_all(conn)
    .await?;
    counts
        .iter()
        .map(|(text, count)| Ok((tn(text)?, u32::try_from(*count).unwrap_or(u32::MAX))))
        .collect()
}

/// How many requests have brought a wrong PIN for a number of the account since `since`. Counted by one transaction at a
/// time, so that each request finds a number of its own.
pub(crate) async fn count_wrong_requests(
    conn: &mut PgConnection,
    account: AccountId,
    since: Timestamp,
) -> Result<u32, StoreError> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 2))")
        .bind(account.to_string())
        .execute(&mut *conn)
        .await?;
    let count: i64 = sqlx::query_scalar(
        "SELECT count(DISTINCT (winning_spid, pon, ver)) FROM pin_attempt
          WHERE account_id = $1 AND at > $2 AND result = 'NOT_MATCHED'",
    )
    .bind(account.as_uuid())
    .bind(since.to_sqlx())
    .fetch_one(conn)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// A page of attempts on the account's numbers, or one of them, newest first: those before `before`.
pub(crate) async fn list_attempts(
    conn: &mut PgConnection,
    account: AccountId,
    number: Option<Tn>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT seq, tn, result, at, winning_spid, pon, ver FROM pin_attempt
          WHERE account_id = $1 AND ($2::text IS NULL OR tn = $2) AND seq < $3 ORDER BY seq DESC LIMIT $4",
    )
    .bind(account.as_uuid())
    .bind(number.map(|tn| tn.to_string()))
    .bind(before.unwrap_or(i64::MAX))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Attempt::try_from).collect()
}
