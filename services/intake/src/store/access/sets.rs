//! An account's own sets of permissions.

use intake_domain::port_in::ShortText;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, PermissionSetId};
use uuid::Uuid;

use super::is_one;

const TABLE: &str = "permission_set";

/// A set of an account's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnSet {
    pub(crate) id: PermissionSetId,
    pub(crate) name: ShortText,
    pub(crate) permissions: Vec<String>,
    pub(crate) version: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    permission_set_id: Uuid,
    name: String,
    permissions: Vec<String>,
    version: i64,
}

impl TryFrom<Row> for OwnSet {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |error| StoreError::corrupt(TABLE, &row.permission_set_id, &error);
        Ok(Self {
            id: PermissionSetId::from_uuid(row.permission_set_id),
            name: row.name.parse().map_err(corrupt)?,
            permissions: row.permissions,
            version: row.version,
        })
    }
}

/// Adds a set.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    account: AccountId,
    set: &OwnSet,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO permission_set (account_id, permission_set_id, name, permissions, version)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(account.as_uuid())
    .bind(set.id.as_uuid())
    .bind(set.name.as_str())
    .bind(&set.permissions)
    .bind(set.version)
    .execute(conn)
    .await?;
    Ok(())
}

/// Replaces a set that was read with the version before this one's.
pub(crate) async fn update(
    conn: &mut PgConnection,
    account: AccountId,
    set: &OwnSet,
) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE permission_set SET name = $3, permissions = $4, version = $5
          WHERE account_id = $1 AND permission_set_id = $2 AND version = $5 - 1",
    )
    .bind(account.as_uuid())
    .bind(set.id.as_uuid())
    .bind(set.name.as_str())
    .bind(&set.permissions)
    .bind(set.version)
    .execute(conn)
    .await?
    .rows_affected();
    if is_one(updated) {
        Ok(())
    } else {
        Err(StoreError::Stale("the permission set"))
    }
}

/// Removes a set that nobody holds.
pub(crate) async fn delete(
    conn: &mut PgConnection,
    account: AccountId,
    id: PermissionSetId,
) -> Result<(), StoreError> {
    let deleted = sqlx::query("DELETE FROM permission_set WHERE account_id = $1 AND permission_set_id = $2")
        .bind(account.as_uuid())
        .bind(id.as_uuid())
        .execute(conn)
        .await?
        .rows_affected();
    if is_one(deleted) {
        Ok(())
    } else {
        Err(StoreError::Stale("the permission set"))
    }
}

/// One set.
pub(crate) async fn find(
    conn: &mut PgConnection,
    account: AccountId,
    id: PermissionSetId,
) -> Result<Option<OwnSet>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT permission_set_id, name, permissions, version FROM permission_set
          WHERE account_id = $1 AND permission_set_id = $2",
    )
    .bind(account.as_uuid())
    .bind(id.as_uuid())
    .fetch_optional(conn)
    .await?;
    row.map(OwnSet::try_from).transpose()
}

/// All sets of an account, by name.
pub(crate) async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    limit: i64,
) -> Result<Vec<OwnSet>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT permission_set_id, name, permissions, version FROM permission_set
          WHERE account_id = $1 ORDER BY name LIMIT $2",
    )
    .bind(account.as_uuid())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(OwnSet::try_from).collect()
}

/// How many sets the account has.
pub(crate) async fn count(conn: &mut PgConnection, account: AccountId) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT count(*) FROM permission_set WHERE account_id = $1")
            .bind(account.as_uuid())
            .fetch_one(conn)
            .await?,
    )
}
