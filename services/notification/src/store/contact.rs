//! Contacts.

use notification_domain::{Contact, EmailAddress};
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, ContactId};
use uuid::Uuid;

/// Refuses a second contact of an account with the same address.
pub(crate) const EMAIL_ONCE: &str = "contact_email_once";

#[derive(sqlx::FromRow)]
struct ContactRow {
    contact_id: Uuid,
    email: String,
    steps: Vec<String>,
}

impl TryFrom<ContactRow> for Contact {
    type Error = StoreError;

    fn try_from(row: ContactRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: ContactId::from_uuid(row.contact_id),
            email: email_of(row.contact_id, &row.email)?,
            filter: super::filter_of("contact", &row.contact_id, &row.steps)?,
        })
    }
}

fn email_of(id: Uuid, email: &str) -> Result<EmailAddress, StoreError> {
    email
        .parse()
        .map_err(|error| StoreError::corrupt("contact", &id, &error))
}

/// Adds one.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    account: AccountId,
    contact: &Contact,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO contact (account_id, contact_id, email, steps) VALUES ($1, $2, $3, $4)")
        .bind(account.as_uuid())
        .bind(contact.id.as_uuid())
        .bind(contact.email.as_str())
        .bind(super::filter_texts(&contact.filter))
        .execute(conn)
        .await?;
    Ok(())
}

/// The account's first `limit`, oldest first.
pub(crate) async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    limit: i64,
) -> Result<Vec<Contact>, StoreError> {
    let rows: Vec<ContactRow> = sqlx::query_as(
        "SELECT contact_id, email, steps FROM contact WHERE account_id = $1 ORDER BY contact_id LIMIT $2",
    )
    .bind(account.as_uuid())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Contact::try_from).collect()
}

/// How many the account has.
pub(crate) async fn count(conn: &mut PgConnection, account: AccountId) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT count(*) FROM contact WHERE account_id = $1")
            .bind(account.as_uuid())
            .fetch_one(conn)
            .await?,
    )
}

/// Removes it and says which address it was; `None`: the account has no such contact.
pub(crate) async fn delete(
    conn: &mut PgConnection,
    account: AccountId,
    id: ContactId,
) -> Result<Option<EmailAddress>, StoreError> {
    let email: Option<String> =
        sqlx::query_scalar("DELETE FROM contact WHERE account_id = $1 AND contact_id = $2 RETURNING email")
            .bind(account.as_uuid())
            .bind(id.as_uuid())
            .fetch_optional(conn)
            .await?;
    email.map(|email| email_of(id.as_uuid(), &email)).transpose()
}
