//! Which documents an account's orders must have.

use intake_domain::document_policy::DocumentPolicy;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use types::AccountId;

use crate::store::{accounts, document_policies as store};

pub(crate) use crate::store::document_policies::PolicyVersion;

/// Why there is no such policy, or why it was not set.
#[derive(Debug, Error)]
pub(crate) enum PolicyError {
    /// There is no such account.
    #[error("there is no such account")]
    NoAccount,
    /// The account's policy never had this version.
    #[error("there is no such version of the policy")]
    NoVersion,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for PolicyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A version of an account's policy, or the one that holds. `None`: nothing was ever set, and the default holds.
pub(crate) async fn find(
    pool: &PgPool,
    account: AccountId,
    version: Option<i32>,
) -> Result<Option<PolicyVersion>, PolicyError> {
    let mut conn = pool.acquire().await?;
    let found = store::find(&mut conn, account, version).await?;
    if found.is_none() && version.is_some() {
        return Err(PolicyError::NoVersion);
    }
    Ok(found)
}

/// The policy that holds for an account's orders.
pub(crate) async fn in_force(
    conn: &mut PgConnection,
    account: AccountId,
) -> Result<DocumentPolicy, StoreError> {
    let found = store::find(conn, account, None).await?;
    Ok(found.map(|found| found.policy).unwrap_or_default())
}

/// Sets the next version of an account's policy. `seen`: the latest that the caller knows of.
pub(crate) async fn set(
    conn: &mut PgConnection,
    account: AccountId,
    policy: DocumentPolicy,
    seen: i32,
    by: String,
    now: Timestamp,
) -> Result<PolicyVersion, PolicyError> {
    if !accounts::lock(conn, account).await? {
        return Err(PolicyError::NoAccount);
    }
    let latest = store::find(conn, account, None).await?;
    if latest.map_or(0, |latest| latest.version) != seen {
        return Err(StoreError::Stale("the policy").into());
    }
    let new = PolicyVersion {
        account,
        version: seen.saturating_add(1),
        policy,
        set_by: by,
        set_at: now,
    };
    if store::insert(conn, &new).await? {
        Ok(new)
    } else {
        Err(StoreError::Stale("the policy").into())
    }
}
