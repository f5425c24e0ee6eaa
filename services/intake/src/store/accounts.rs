//! Accounts.

use intake_domain::account::Account;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::AccountId;
use uuid::Uuid;

const TABLE: &str = "account";

#[derive(sqlx::FromRow)]
struct Row {
    account_id: Uuid,
    name: String,
    owner: String,
    owner_email: String,
    time_zone: String,
    currency: String,
    country: String,
}

impl TryFrom<Row> for Account {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |error| StoreError::corrupt(TABLE, &row.account_id, &error);
        Ok(Self {
            id: AccountId::from_uuid(row.account_id),
            name: row.name.parse().map_err(corrupt)?,
            owner: row.owner.parse().map_err(corrupt)?,
            owner_email: row.owner_email.parse().map_err(corrupt)?,
            time_zone: row.time_zone.parse().map_err(corrupt)?,
            currency: row.currency.parse().map_err(corrupt)?,
            country: row.country.parse().map_err(corrupt)?,
        })
    }
}

/// Adds an account. False: its id is taken, and nothing was added.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    account: &Account,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO account (account_id, name, owner, owner_email, time_zone, currency, country, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (account_id) DO NOTHING",
    )
    .bind(account.id.as_uuid())
    .bind(account.name.as_str())
    .bind(account.owner.as_str())
    .bind(account.owner_email.as_str())
    .bind(account.time_zone.as_str())
    .bind(account.currency.code())
    .bind(account.country.code())
    .bind(now.to_sqlx())
    .execute(conn)
    .await?
    .rows_affected();
    Ok(inserted == 1)
}

/// Replaces what is known of an account that was locked before.
pub(crate) async fn update(conn: &mut PgConnection, account: &Account) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE account SET name = $2, owner = $3, owner_email = $4, time_zone = $5, currency = $6, country = $7
          WHERE account_id = $1",
    )
    .bind(account.id.as_uuid())
    .bind(account.name.as_str())
    .bind(account.owner.as_str())
    .bind(account.owner_email.as_str())
    .bind(account.time_zone.as_str())
    .bind(account.currency.code())
    .bind(account.country.code())
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the account"))
    }
}

/// An account.
pub(crate) async fn find(conn: &mut PgConnection, account: AccountId) -> Result<Option<Account>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT account_id, name, owner, owner_email, time_zone, currency, country
           FROM account WHERE account_id = $1",
    )
    .bind(account.as_uuid())
    .fetch_optional(conn)
    .await?;
    row.map(Account::try_from).transpose()
}

/// Locks an account until the transaction ends, so that what is announced of it is announced in order. False: there is
/// no such account. The platform's own, which has no row, is always there.
pub(crate) async fn lock(conn: &mut PgConnection, account: AccountId) -> Result<bool, StoreError> {
    if account.is_platform() {
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('intake.account.platform', 0))")
            .execute(conn)
            .await?;
        return Ok(true);
    }
    let found = sqlx::query("SELECT FROM account WHERE account_id = $1 FOR UPDATE")
        .bind(account.as_uuid())
        .fetch_optional(conn)
        .await?;
    Ok(found.is_some())
}
