//! Who holds which sets, what was granted directly, and what comes of both for each subject.

use auth::ReadyMade;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, PermissionSetId, Subject, UserGroupId};
use uuid::Uuid;

use super::{Holder, SetRef, is_one};

const TABLE: &str = "permission_set_grant";

/// That a holder holds a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SetGrant {
    pub(crate) set: SetRef,
    pub(crate) set_name: String,
    pub(crate) holder: Holder,
    /// Empty when it is no group.
    pub(crate) group_name: String,
}

/// Where some of a subject's permissions come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) subject: String,
    /// None: granted directly.
    pub(crate) set: Option<SetRef>,
    pub(crate) set_name: String,
    /// The group through which the set is held, and its name.
    pub(crate) group: Option<(UserGroupId, String)>,
    pub(crate) permissions: Vec<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    subject: Option<String>,
    permission_set_id: Option<Uuid>,
    ready_made: Option<String>,
    set_name: Option<String>,
    user_group_id: Option<Uuid>,
    group_name: Option<String>,
    permissions: Option<Vec<String>>,
}

impl Row {
    fn set(&self) -> Result<Option<SetRef>, StoreError> {
        match (self.permission_set_id, &self.ready_made) {
            (Some(id), _) => Ok(Some(SetRef::Own(PermissionSetId::from_uuid(id)))),
            (None, Some(name)) => name
                .parse()
                .map(|set| Some(SetRef::ReadyMade(set)))
                .map_err(|error| StoreError::corrupt(TABLE, name, &error)),
            (None, None) => Ok(None),
        }
    }

    fn set_name(&self) -> String {
        let ready_made = self.ready_made.clone();
        self.set_name.clone().or(ready_made).unwrap_or_default()
    }

    fn into_source(self, account: AccountId) -> Result<Source, StoreError> {
        let set = self.set()?;
        let permissions = match set {
            Some(SetRef::ReadyMade(set)) => own(set.permissions(account.is_platform())),
            Some(SetRef::Own(_)) | None => self.permissions.clone().unwrap_or_default(),
        };
        Ok(Source {
            set,
            set_name: self.set_name(),
            group: self
                .user_group_id
                .map(UserGroupId::from_uuid)
                .zip(self.group_name),
            subject: self.subject.unwrap_or_default(),
            permissions,
        })
    }

    fn into_grant(self) -> Result<SetGrant, StoreError> {
        let broken = || StoreError::corrupt(TABLE, &self.set_name(), &"a grant without set or holder");
        let holder = match (&self.subject, self.user_group_id) {
            (Some(subject), _) => Holder::Subject(
                subject
                    .parse()
                    .map_err(|error| StoreError::corrupt(TABLE, subject, &error))?,
            ),
            (None, Some(id)) => Holder::Group(UserGroupId::from_uuid(id)),
            (None, None) => return Err(broken()),
        };
        Ok(SetGrant {
            set: self.set()?.ok_or_else(broken)?,
            set_name: self.set_name(),
            holder,
            group_name: self.group_name.unwrap_or_default(),
        })
    }
}

fn own(permissions: Vec<&'static str>) -> Vec<String> {
    permissions.into_iter().map(str::to_owned).collect()
}

/// Gives a set to a holder. False: it held it already.
pub(crate) async fn give(
    conn: &mut PgConnection,
    account: AccountId,
    set: SetRef,
    holder: &Holder,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO permission_set_grant (account_id, subject, user_group_id, permission_set_id, ready_made)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(account.as_uuid())
    .bind(holder.subject())
    .bind(holder.group())
    .bind(set.own())
    .bind(set.ready_made())
    .execute(conn)
    .await?
    .rows_affected();
    Ok(is_one(inserted))
}

/// Takes a set from a holder. False: it did not hold it.
pub(crate) async fn take(
    conn: &mut PgConnection,
    account: AccountId,
    set: SetRef,
    holder: &Holder,
) -> Result<bool, StoreError> {
    let deleted = sqlx::query(
        "DELETE FROM permission_set_grant
          WHERE account_id = $1 AND (subject = $2 OR user_group_id = $3)
            AND (permission_set_id = $4 OR ready_made = $5)",
    )
    .bind(account.as_uuid())
    .bind(holder.subject())
    .bind(holder.group())
    .bind(set.own())
    .bind(set.ready_made())
    .execute(conn)
    .await?
    .rows_affected();
    Ok(is_one(deleted))
}

/// Who holds which sets, by set, then by holder.
pub(crate) async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    limit: i64,
) -> Result<Vec<SetGrant>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT h.subject, h.permission_set_id, h.ready_made, s.name AS set_name, h.user_group_id,
                g.name AS group_name, NULL::text[] AS permissions
           FROM permission_set_grant h
           LEFT JOIN permission_set s ON s.account_id = h.account_id AND s.permission_set_id = h.permission_set_id
           LEFT JOIN user_group g ON g.account_id = h.account_id AND g.user_group_id = h.user_group_id
          WHERE h.account_id = $1
          ORDER BY coalesce(s.name, h.ready_made), h.permission_set_id, h.user_group_id, h.subject
          LIMIT $2",
    )
    .bind(account.as_uuid())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_grant).collect()
}

/// How many sets are held by how many holders, each pair counted.
pub(crate) async fn count(conn: &mut PgConnection, account: AccountId) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT count(*) FROM permission_set_grant WHERE account_id = $1")
            .bind(account.as_uuid())
            .fetch_one(conn)
            .await?,
    )
}

/// Every subject that holds a set, by itself or through a group.
pub(crate) async fn holders_of(
    conn: &mut PgConnection,
    account: AccountId,
    set: SetRef,
) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT h.subject FROM permission_set_grant h
          WHERE h.account_id = $1 AND h.subject IS NOT NULL AND (h.permission_set_id = $2 OR h.ready_made = $3)
         UNION
         SELECT m.subject FROM permission_set_grant h
           JOIN user_group_subject m ON m.account_id = h.account_id AND m.user_group_id = h.user_group_id
          WHERE h.account_id = $1 AND (h.permission_set_id = $2 OR h.ready_made = $3)",
    )
    .bind(account.as_uuid())
    .bind(set.own())
    .bind(set.ready_made())
    .fetch_all(conn)
    .await?)
}

/// Whether any holder, be it an empty group, holds an account's own set.
pub(crate) async fn is_held(
    conn: &mut PgConnection,
    account: AccountId,
    id: PermissionSetId,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM permission_set_grant WHERE account_id = $1 AND permission_set_id = $2)",
    )
    .bind(account.as_uuid())
    .bind(id.as_uuid())
    .fetch_one(conn)
    .await?)
}

/// Whether somebody, a subject and not an empty group, owns the account.
pub(crate) async fn has_owner(conn: &mut PgConnection, account: AccountId) -> Result<bool, StoreError> {
    let owners = holders_of(conn, account, SetRef::ReadyMade(ReadyMade::Owner)).await?;
    Ok(!owners.is_empty())
}

/// Replaces what a subject was granted directly. No permissions: the row goes.
pub(crate) async fn put_direct(
    conn: &mut PgConnection,
    account: AccountId,
    subject: &Subject,
    permissions: &[String],
) -> Result<(), StoreError> {
    let query = if permissions.is_empty() {
        sqlx::query("DELETE FROM direct_grant WHERE account_id = $1 AND subject = $2")
            .bind(account.as_uuid())
            .bind(subject.as_str())
    } else {
        sqlx::query(
            "INSERT INTO direct_grant (account_id, subject, permissions) VALUES ($1, $2, $3)
             ON CONFLICT (account_id, subject) DO UPDATE SET permissions = excluded.permissions",
        )
        .bind(account.as_uuid())
        .bind(subject.as_str())
        .bind(permissions)
    };
    query.execute(conn).await?;
    Ok(())
}

/// Where the permissions of `subjects` come from: what was granted directly, what they hold, what their groups hold.
pub(crate) async fn sources(
    conn: &mut PgConnection,
    account: AccountId,
    subjects: &[String],
) -> Result<Vec<Source>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT subject, NULL::uuid AS permission_set_id, NULL::text AS ready_made, NULL::text AS set_name,
                NULL::uuid AS user_group_id, NULL::text AS group_name, permissions
           FROM direct_grant WHERE account_id = $1 AND subject = ANY ($2)
         UNION ALL
         SELECT h.subject, h.permission_set_id, h.ready_made, s.name, NULL, NULL, s.permissions
           FROM permission_set_grant h
           LEFT JOIN permission_set s ON s.account_id = h.account_id AND s.permission_set_id = h.permission_set_id
          WHERE h.account_id = $1 AND h.subject = ANY ($2)
         UNION ALL
         SELECT m.subject, h.permission_set_id, h.ready_made, s.name, g.user_group_id, g.name, s.permissions
           FROM user_group_subject m
           JOIN user_group g ON g.account_id = m.account_id AND g.user_group_id = m.user_group_id
           JOIN permission_set_grant h ON h.account_id = m.account_id AND h.user_group_id = m.user_group_id
           LEFT JOIN permission_set s ON s.account_id = h.account_id AND s.permission_set_id = h.permission_set_id
          WHERE m.account_id = $1 AND m.subject = ANY ($2)
          ORDER BY 1, 6 NULLS FIRST, 3 NULLS LAST, 4",
    )
    .bind(account.as_uuid())
    .bind(subjects)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.into_source(account)).collect()
}

/// Which contents of the ready-made sets the grants were last made from.
pub(crate) async fn ready_made_digest(conn: &mut PgConnection) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar("SELECT digest FROM ready_made_sets")
        .fetch_optional(conn)
        .await?)
}

/// Says that the grants of every account are made from these contents.
pub(crate) async fn put_ready_made_digest(conn: &mut PgConnection, digest: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO ready_made_sets (digest) VALUES ($1) ON CONFLICT (singleton) DO UPDATE SET digest = excluded.digest",
    )
    .bind(digest)
    .execute(conn)
    .await?;
    Ok(())
}

/// Accounts in which somebody holds a ready-made set, after this one, in order.
pub(crate) async fn accounts_with_ready_made(
    conn: &mut PgConnection,
    after: Option<AccountId>,
    limit: i64,
) -> Result<Vec<AccountId>, StoreError> {
    let found: Vec<Uuid> = sqlx::query_scalar(
        "SELECT DISTINCT account_id FROM permission_set_grant
          WHERE ready_made IS NOT NULL AND ($1::uuid IS NULL OR account_id > $1)
          ORDER BY account_id LIMIT $2",
    )
    .bind(after.map(AccountId::as_uuid))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().map(AccountId::from_uuid).collect())
}

/// Every subject of an account that holds a ready-made set, by itself or through a group.
pub(crate) async fn holders_of_ready_made(
    conn: &mut PgConnection,
    account: AccountId,
) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT h.subject FROM permission_set_grant h
          WHERE h.account_id = $1 AND h.subject IS NOT NULL AND h.ready_made IS NOT NULL
         UNION
         SELECT m.subject FROM permission_set_grant h
           JOIN user_group_subject m ON m.account_id = h.account_id AND m.user_group_id = h.user_group_id
          WHERE h.account_id = $1 AND h.ready_made IS NOT NULL",
    )
    .bind(account.as_uuid())
    .fetch_all(conn)
    .await?)
}
