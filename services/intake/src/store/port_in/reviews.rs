//! Reviews that are pending, and which orders are reviewed.

use intake_domain::port_in::ReviewPolicy;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use types::{AccountId, OrderId};

use super::list::{ListedOrder, ListedRow};
use super::row::order_columns;
use super::seen::seen_columns;

/// A page of orders that wait for a review, longest waiting first.
pub(crate) async fn list(
    conn: &mut PgConnection,
    account: Option<AccountId>,
    after: Option<(Timestamp, OrderId)>,
    limit: i64,
) -> Result<Vec<ListedOrder>, StoreError> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(concat!(
        "SELECT ",
        order_columns!(),
        ", ",
        seen_columns!(),
        " FROM port_order WHERE review_causes IS NOT NULL"
    ));
    if let Some(account) = account {
        query.push(" AND account_id = ").push_bind(account.as_uuid());
    }
    if let Some((since, id)) = after {
        query
            .push(" AND (since, order_id) > (")
            .push_bind(since.to_sqlx());
        query.push(", ").push_bind(id.as_uuid()).push(")");
    }
    query.push(" ORDER BY since, order_id LIMIT ").push_bind(limit);
    let rows: Vec<ListedRow> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(ListedOrder::read).collect()
}

/// Whether an order of the account has been sent to a carrier.
pub(crate) async fn has_sent(conn: &mut PgConnection, account: AccountId) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM port_order JOIN carrier_command USING (order_id)
                         WHERE account_id = $1 AND kind = 'submit')",
    )
    .bind(account.as_uuid())
    .fetch_one(conn)
    .await?)
}

/// A version of a policy.
#[derive(Debug, Clone)]
pub(crate) struct PutPolicy {
    /// The platform's own: of all accounts without one.
    pub(crate) account: AccountId,
    pub(crate) version: i32,
    pub(crate) policy: ReviewPolicy,
    pub(crate) put_by: String,
    pub(crate) put_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    account_id: uuid::Uuid,
    version: i32,
    every_order: bool,
    numbers_over: Option<i32>,
    first_order: bool,
    warnings: bool,
    put_by: String,
    put_at: jiff_sqlx::Timestamp,
}

/// The policy that holds for an account: its own latest, or else that of accounts without one.
pub(crate) async fn policy_of(
    conn: &mut PgConnection,
    account: AccountId,
) -> Result<Option<PutPolicy>, StoreError> {
    match policy(conn, account).await? {
        Some(own) => Ok(Some(own)),
        None => policy(conn, AccountId::PLATFORM).await,
    }
}

/// The latest policy of exactly this account.
pub(crate) async fn policy(
    conn: &mut PgConnection,
    account: AccountId,
) -> Result<Option<PutPolicy>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT account_id, version, every_order, numbers_over, first_order, warnings, put_by, put_at
           FROM review_policy WHERE account_id = $1 ORDER BY version DESC LIMIT 1",
    )
    .bind(account.as_uuid())
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| PutPolicy {
        account: AccountId::from_uuid(row.account_id),
        version: row.version,
        policy: ReviewPolicy {
            every_order: row.every_order,
            numbers_over: row.numbers_over.and_then(|most| u32::try_from(most).ok()),
            first_order: row.first_order,
            warnings: row.warnings,
        },
        put_by: row.put_by,
        put_at: row.put_at.to_jiff(),
    }))
}

/// Writes a version of a policy, unless somebody else wrote it first.
pub(crate) async fn insert_policy(conn: &mut PgConnection, put: &PutPolicy) -> Result<(), StoreError> {
    let numbers_over = put.policy.numbers_over.and_then(|most| i32::try_from(most).ok());
    let inserted = sqlx::query(
        "INSERT INTO review_policy (account_id, version, every_order, numbers_over, first_order, warnings, put_by, put_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account_id, version) DO NOTHING",
    )
    .bind(put.account.as_uuid())
    .bind(put.version)
    .bind(put.policy.every_order)
    .bind(numbers_over)
    .bind(put.policy.first_order)
    .bind(put.policy.warnings)
    .bind(&put.put_by)
    .bind(put.put_at.to_sqlx())
    .execute(conn)
    .await?
    .rows_affected();
    if inserted == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the review policy"))
    }
}
