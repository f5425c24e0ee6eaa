//! The copies of accounts.

use notification_domain::Account;
use pg::StoreError;
use sqlx::PgConnection;
use types::AccountId;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct AccountRow {
    account_id: Uuid,
    name: String,
    owner_email: String,
    time_zone: String,
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        let owner_email = row
            .owner_email
            .parse()
            .map_err(|error| StoreError::corrupt("account", &row.account_id, &error))?;
        Ok(Self {
            id: AccountId::from_uuid(row.account_id),
            name: row.name,
            owner_email,
            time_zone: row.time_zone,
        })
    }
}

/// Makes or replaces a copy.
pub(crate) async fn put(conn: &mut PgConnection, account: &Account) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO account (account_id, name, owner_email, time_zone) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id) DO UPDATE
            SET name = excluded.name, owner_email = excluded.owner_email, time_zone = excluded.time_zone",
    )
    .bind(account.id.as_uuid())
    .bind(&account.name)
    .bind(account.owner_email.as_str())
    .bind(&account.time_zone)
    .execute(conn)
    .await?;
    Ok(())
}

/// The copy, if there is one.
pub(crate) async fn find(conn: &mut PgConnection, id: AccountId) -> Result<Option<Account>, StoreError> {
    let row: Option<AccountRow> =
        sqlx::query_as("SELECT account_id, name, owner_email, time_zone FROM account WHERE account_id = $1")
            .bind(id.as_uuid())
            .fetch_optional(conn)
            .await?;
    row.map(Account::try_from).transpose()
}

/// Locks the copy, so that changes of one account's receivers come one after another. False: there is none.
pub(crate) async fn lock(conn: &mut PgConnection, id: AccountId) -> Result<bool, StoreError> {
    let found: Option<i32> = sqlx::query_scalar("SELECT 1 FROM account WHERE account_id = $1 FOR UPDATE")
        .bind(id.as_uuid())
        .fetch_optional(conn)
        .await?;
    Ok(found.is_some())
}
