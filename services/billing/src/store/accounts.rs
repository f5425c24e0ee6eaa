//! The copy of intake's accounts.

use billing_domain::{BilledAccount, time_zone};
use jiff::tz::TimeZone;
use pg::StoreError;
use sqlx::PgConnection;
use types::AccountId;

#[derive(sqlx::FromRow)]
struct AccountRow {
    name: String,
    time_zone: String,
    currency: String,
}

/// The account, if it has been announced.
pub(crate) async fn find(
    conn: &mut PgConnection,
    id: AccountId,
) -> Result<Option<BilledAccount>, StoreError> {
    let row: Option<AccountRow> =
        sqlx::query_as("SELECT name, time_zone, currency FROM account WHERE account_id = $1")
            .bind(id.as_uuid())
            .fetch_optional(conn)
            .await?;
    row.map(|row| {
        Ok(BilledAccount {
            id,
            time_zone: time_zone(&row.time_zone)
                .map_err(|error| StoreError::corrupt("account", &id, &error))?,
            currency: row
                .currency
                .parse()
                .map_err(|error| StoreError::corrupt("account", &id, &error))?,
            name: row.name,
        })
    })
    .transpose()
}

/// Writes the account as it is now.
pub(crate) async fn put(conn: &mut PgConnection, account: &BilledAccount) -> Result<(), StoreError> {
    let zone = account.time_zone.iana_name().ok_or(StoreError::corrupt(
        "account",
        &account.id,
        &"a time zone without a name",
    ))?;
    let written = sqlx::query(
        "INSERT INTO account (account_id, name, time_zone, currency) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id) DO UPDATE
            SET name = excluded.name, time_zone = excluded.time_zone, currency = excluded.currency",
    )
    .bind(account.id.as_uuid())
    .bind(&account.name)
    .bind(zone)
    .bind(account.currency.code())
    .execute(conn)
    .await?
    .rows_affected();
    if written == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the account"))
    }
}

/// The time zones in which there are accounts: at most as many as the world has.
pub(crate) async fn list_time_zones(conn: &mut PgConnection) -> Result<Vec<TimeZone>, StoreError> {
    let names: Vec<String> = sqlx::query_scalar("SELECT DISTINCT time_zone FROM account")
        .fetch_all(conn)
        .await?;
    names
        .iter()
        .map(|name| time_zone(name).map_err(|error| StoreError::corrupt("account", name, &error)))
        .collect()
}
