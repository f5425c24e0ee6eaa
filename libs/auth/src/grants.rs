//! What each subject may do: a table in every service's schema, read through a cache that is at most half a second old.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use types::{AccountId, Subject};

/// A grant that was set holds everywhere within a second: event delivery takes its part, this cache the rest.
const CACHE_TTL: Duration = Duration::from_millis(500);
const CACHED_SUBJECTS_MAX: u64 = 100_000;

type Permissions = Arc<BTreeSet<String>>;

/// Reads grants.
#[derive(Clone, Debug)]
pub struct Grants {
    pool: PgPool,
    cache: Cache<(AccountId, Subject), Permissions>,
}

impl Grants {
    /// Reads the grants of the pool's schema.
    pub fn new(pool: PgPool) -> Self {
        let cache = Cache::builder()
            .time_to_live(CACHE_TTL)
            .max_capacity(CACHED_SUBJECTS_MAX)
            .build();
        Self { pool, cache }
    }

    /// Whether `subject` holds `permission` in `account`.
    pub async fn allow(
        &self,
        account: AccountId,
        subject: &Subject,
        permission: &str,
    ) -> Result<bool, Arc<StoreError>> {
        let key = (account, subject.clone());
        let load = async { find(&self.pool, account, subject).await };
        Ok(self.cache.try_get_with(key, load).await?.contains(permission))
    }
}

async fn find(pool: &PgPool, account: AccountId, subject: &Subject) -> Result<Permissions, StoreError> {
    let permissions: Option<Vec<String>> =
        sqlx::query_scalar("SELECT permissions FROM access_grant WHERE account_id = $1 AND subject = $2")
            .bind(account.as_uuid())
            .bind(subject.as_str())
            .fetch_optional(pool)
            .await?;
    Ok(Arc::new(permissions.unwrap_or_default().into_iter().collect()))
}

/// Replaces what `subject` may do in `account`. No permissions: the row goes.
pub async fn put(
    conn: &mut PgConnection,
    account: AccountId,
    subject: &Subject,
    permissions: &[String],
) -> Result<(), StoreError> {
    if permissions.is_empty() {
        sqlx::query("DELETE FROM access_grant WHERE account_id = $1 AND subject = $2")
            .bind(account.as_uuid())
            .bind(subject.as_str())
            .execute(conn)
            .await?;
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO access_grant (account_id, subject, permissions) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, subject) DO UPDATE SET permissions = excluded.permissions",
    )
    .bind(account.as_uuid())
    .bind(subject.as_str())
    .bind(permissions)
    .execute(conn)
    .await?;
    Ok(())
}

/// A page of an account's grants by subject, starting after `after`.
pub async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT subject, permissions FROM access_grant WHERE account_id = $1 AND subject > $2
          ORDER BY subject LIMIT $3",
    )
    .bind(account.as_uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// What each of `subjects` may do in `account`; who may do nothing is left out.
pub async fn find_all(
    conn: &mut PgConnection,
    account: AccountId,
    subjects: &[String],
) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
    let found: Vec<(String, Vec<String>)> = sqlx::query_as(
        "SELECT subject, permissions FROM access_grant WHERE account_id = $1 AND subject = ANY ($2)",
    )
    .bind(account.as_uuid())
    .bind(subjects)
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().collect())
}

/// Replaces what several subjects may do in `account`, as [`put`] does for one.
pub async fn put_all(
    conn: &mut PgConnection,
    account: AccountId,
    grants: &BTreeMap<String, Vec<String>>,
) -> Result<(), StoreError> {
    let gone: Vec<&str> = grants
        .iter()
        .filter(|(_, permissions)| permissions.is_empty())
        .map(|(subject, _)| subject.as_str())
        .collect();
    if !gone.is_empty() {
        sqlx::query("DELETE FROM access_grant WHERE account_id = $1 AND subject = ANY ($2)")
            .bind(account.as_uuid())
            .bind(gone)
            .execute(&mut *conn)
            .await?;
    }
    let (subjects, permissions): (Vec<&str>, Vec<&str>) = grants
        .iter()
        .flat_map(|(subject, permissions)| {
            permissions
                .iter()
                .map(|permission| (subject.as_str(), permission.as_str()))
        })
        .unzip();
    if subjects.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO access_grant (account_id, subject, permissions)
         SELECT $1, line.subject, array_agg(line.permission ORDER BY line.nth)
           FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS line (subject, permission, nth)
          GROUP BY line.subject
         ON CONFLICT (account_id, subject) DO UPDATE SET permissions = excluded.permissions",
    )
    .bind(account.as_uuid())
    .bind(subjects)
    .bind(permissions)
    .execute(conn)
    .await?;
    Ok(())
}
