//! Groups of an account's users.

use std::collections::BTreeSet;

use intake_domain::port_in::ShortText;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, Subject, UserGroupId};
use uuid::Uuid;

use super::is_one;

const TABLE: &str = "user_group";

/// A group, without its users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) id: UserGroupId,
    pub(crate) name: ShortText,
    pub(crate) version: i64,
    pub(crate) subject_count: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    user_group_id: Uuid,
    name: String,
    version: i64,
    subject_count: i64,
}

impl TryFrom<Row> for Group {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |error| StoreError::corrupt(TABLE, &row.user_group_id, &error);
        Ok(Self {
            id: UserGroupId::from_uuid(row.user_group_id),
            name: row.name.parse().map_err(corrupt)?,
            version: row.version,
            subject_count: row.subject_count,
        })
    }
}

/// Adds an empty group.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    account: AccountId,
    id: UserGroupId,
    name: &ShortText,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO user_group (account_id, user_group_id, name) VALUES ($1, $2, $3)")
        .bind(account.as_uuid())
        .bind(id.as_uuid())
        .bind(name.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives the group a name, and a new version, if it still has the version it was read with.
pub(crate) async fn update(
    conn: &mut PgConnection,
    account: AccountId,
    group: &Group,
    name: &ShortText,
) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE user_group SET name = $4, version = version + 1
          WHERE account_id = $1 AND user_group_id = $2 AND version = $3",
    )
    .bind(account.as_uuid())
    .bind(group.id.as_uuid())
    .bind(group.version)
    .bind(name.as_str())
    .execute(conn)
    .await?
    .rows_affected();
    if is_one(updated) {
        Ok(())
    } else {
        Err(StoreError::Stale("the group"))
    }
}

/// Puts users into a group that are not in it, and takes others out.
pub(crate) async fn change_subjects(
    conn: &mut PgConnection,
    account: AccountId,
    id: UserGroupId,
    added: &[String],
    removed: &[String],
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO user_group_subject (account_id, user_group_id, subject)
         SELECT $1, $2, subject FROM unnest($3::text[]) AS added (subject)",
    )
    .bind(account.as_uuid())
    .bind(id.as_uuid())
    .bind(added)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "DELETE FROM user_group_subject WHERE account_id = $1 AND user_group_id = $2 AND subject = ANY ($3)",
    )
    .bind(account.as_uuid())
    .bind(id.as_uuid())
    .bind(removed)
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes a group; its users and what it holds go with it.
pub(crate) async fn delete(
    conn: &mut PgConnection,
    account: AccountId,
    id: UserGroupId,
) -> Result<(), StoreError> {
    let deleted = sqlx::query("DELETE FROM user_group WHERE account_id = $1 AND user_group_id = $2")
        .bind(account.as_uuid())
        .bind(id.as_uuid())
        .execute(conn)
        .await?
        .rows_affected();
    if is_one(deleted) {
        Ok(())
    } else {
        Err(StoreError::Stale("the group"))
    }
}

/// One group.
pub(crate) async fn find(
    conn: &mut PgConnection,
    account: AccountId,
    id: UserGroupId,
) -> Result<Option<Group>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT g.user_group_id, g.name, g.version,
                (SELECT count(*) FROM user_group_subject s
                  WHERE s.account_id = g.account_id AND s.user_group_id = g.user_group_id) AS subject_count
           FROM user_group g WHERE g.account_id = $1 AND g.user_group_id = $2",
    )
    .bind(account.as_uuid())
    .bind(id.as_uuid())
    .fetch_optional(conn)
    .await?;
    row.map(Group::try_from).transpose()
}

/// All groups of an account, by name.
pub(crate) async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    limit: i64,
) -> Result<Vec<Group>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT g.user_group_id, g.name, g.version, count(s.subject) AS subject_count
           FROM user_group g
           LEFT JOIN user_group_subject s ON s.account_id = g.account_id AND s.user_group_id = g.user_group_id
          WHERE g.account_id = $1
          GROUP BY g.user_group_id, g.name, g.version
          ORDER BY g.name LIMIT $2",
    )
    .bind(account.as_uuid())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Group::try_from).collect()
}

/// The users of a group, in order. A group has a bounded number of them.
pub(crate) async fn subjects(
    conn: &mut PgConnection,
    account: AccountId,
    id: UserGroupId,
) -> Result<BTreeSet<Subject>, StoreError> {
    let subjects: Vec<String> = sqlx::query_scalar(
        "SELECT subject FROM user_group_subject WHERE account_id = $1 AND user_group_id = $2",
    )
    .bind(account.as_uuid())
    .bind(id.as_uuid())
    .fetch_all(conn)
    .await?;
    let parse = |subject: String| {
        let parsed = subject.parse();
        parsed.map_err(|error| StoreError::corrupt("user_group_subject", &id, &error))
    };
    subjects.into_iter().map(parse).collect()
}

/// How many groups the account has.
pub(crate) async fn count(conn: &mut PgConnection, account: AccountId) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT count(*) FROM user_group WHERE account_id = $1")
            .bind(account.as_uuid())
            .fetch_one(conn)
            .await?,
    )
}
