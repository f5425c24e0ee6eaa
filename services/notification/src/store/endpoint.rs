//! Webhook endpoints.

use jiff_sqlx::ToSqlx;
use notification_domain::Endpoint;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, EndpointId};
use uuid::Uuid;
use vault::Sealed;

/// Refuses a second endpoint of an account at the same URL.
pub(crate) const URL_ONCE: &str = "webhook_endpoint_url_once";

#[derive(sqlx::FromRow)]
struct EndpointRow {
    endpoint_id: Uuid,
    url: String,
    steps: Vec<String>,
    created_at: jiff_sqlx::Timestamp,
}

impl TryFrom<EndpointRow> for Endpoint {
    type Error = StoreError;

    fn try_from(row: EndpointRow) -> Result<Self, StoreError> {
        let url = row
            .url
            .parse()
            .map_err(|error| StoreError::corrupt("webhook_endpoint", &row.endpoint_id, &error))?;
        Ok(Self {
            id: EndpointId::from_uuid(row.endpoint_id),
            url,
            filter: super::filter_of("webhook_endpoint", &row.endpoint_id, &row.steps)?,
            created_at: row.created_at.to_jiff(),
        })
    }
}

/// Adds one.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    account: AccountId,
    endpoint: &Endpoint,
    secret: &Sealed,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO webhook_endpoint (account_id, endpoint_id, url, steps, secret, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(account.as_uuid())
    .bind(endpoint.id.as_uuid())
    .bind(endpoint.url.as_str())
    .bind(super::filter_texts(&endpoint.filter))
    .bind(secret.as_bytes())
    .bind(endpoint.created_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// The account's first `limit`, oldest first.
pub(crate) async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    limit: i64,
) -> Result<Vec<Endpoint>, StoreError> {
    let rows: Vec<EndpointRow> = sqlx::query_as(
        "SELECT endpoint_id, url, steps, created_at FROM webhook_endpoint
          WHERE account_id = $1 ORDER BY endpoint_id LIMIT $2",
    )
    .bind(account.as_uuid())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Endpoint::try_from).collect()
}

/// How many the account has.
pub(crate) async fn count(conn: &mut PgConnection, account: AccountId) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT count(*) FROM webhook_endpoint WHERE account_id = $1")
            .bind(account.as_uuid())
            .fetch_one(conn)
            .await?,
    )
}

/// Whether the account still has it.
pub(crate) async fn exists(
    conn: &mut PgConnection,
    account: AccountId,
    id: EndpointId,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM webhook_endpoint WHERE account_id = $1 AND endpoint_id = $2)",
    )
    .bind(account.as_uuid())
    .bind(id.as_uuid())
    .fetch_one(conn)
    .await?)
}

/// Removes it. False: the account has no such endpoint.
pub(crate) async fn delete(
    conn: &mut PgConnection,
    account: AccountId,
    id: EndpointId,
) -> Result<bool, StoreError> {
    let deleted = sqlx::query("DELETE FROM webhook_endpoint WHERE account_id = $1 AND endpoint_id = $2")
        .bind(account.as_uuid())
        .bind(id.as_uuid())
        .execute(conn)
        .await?;
    Ok(deleted.rows_affected() == 1)
}
