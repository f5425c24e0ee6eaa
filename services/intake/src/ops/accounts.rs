//! Accounts, and who may do what in them.
//!
//! Every change locks the account first, so that listeners hear of its changes in the order in which they were made.

use auth::permissions;
use intake_domain::account::Account;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use types::{AccountId, Subject};

use super::access;
use crate::announce;
use crate::store;

/// Why an account was not created.
#[derive(Debug, Error)]
pub(crate) enum CreateAccountError {
    /// Its id is in use.
    #[error("an account with this id exists")]
    Exists,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an account, or what is in it, was not to be had.
#[derive(Debug, Error)]
pub(crate) enum AccountError {
    /// The caller knows no such account.
    #[error("there is no such account")]
    NotFound,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for AccountError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What one subject is granted directly. Invariant: the permissions exist, may be granted in that kind of account, and are listed
/// once, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    subject: Subject,
    permissions: Vec<String>,
}

/// A permission that cannot be granted there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("is not a permission that can be granted in this account; docs/permissions.md lists them")]
pub(crate) struct NotGrantable {
    /// Which of the permissions.
    pub(crate) index: usize,
}

impl Grant {
    /// Checks the permissions for the account; every one that cannot be granted is named.
    pub(crate) fn new(
        account: AccountId,
        subject: Subject,
        permissions: Vec<String>,
    ) -> Result<Self, Vec<NotGrantable>> {
        let permissions = grantable(account, permissions)?;
        Ok(Self { subject, permissions })
    }

    /// The token's subject.
    pub(crate) fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What it may do.
    pub(crate) fn permissions(&self) -> &[String] {
        &self.permissions
    }
}

/// The permissions once each and in order, or which of them cannot be granted in that account.
pub(super) fn grantable(
    account: AccountId,
    mut permissions: Vec<String>,
) -> Result<Vec<String>, Vec<NotGrantable>> {
    let faults: Vec<_> = permissions
        .iter()
        .enumerate()
        .filter(|(_, permission)| !permissions::may_be_granted(permission, account.is_platform()))
        .map(|(index, _)| NotGrantable { index })
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    permissions.sort_unstable();
    permissions.dedup();
    Ok(permissions)
}

/// Creates an account; its owner holds every customer permission from the start.
pub(crate) async fn create_account(
    conn: &mut PgConnection,
    account: &Account,
    now: Timestamp,
) -> Result<(), CreateAccountError> {
    if !store::accounts::insert(conn, account, now).await? {
        return Err(CreateAccountError::Exists);
    }
    announce::accounts::account_changed(conn, account, now).await?;
    access::give_owner(conn, account.id, &account.owner, now).await?;
    Ok(())
}

/// An account.
pub(crate) async fn get_account(pool: &PgPool, account: AccountId) -> Result<Account, AccountError> {
    let mut conn = pool.acquire().await?;
    store::accounts::find(&mut conn, account)
        .await?
        .ok_or(AccountError::NotFound)
}

/// Replaces what a subject was granted directly in an account; what it holds by sets stays.
pub(crate) async fn set_grant(
    conn: &mut PgConnection,
    account: AccountId,
    grant: &Grant,
    now: Timestamp,
) -> Result<(), AccountError> {
    if !store::accounts::lock(conn, account).await? {
        return Err(AccountError::NotFound);
    }
    write_grant(conn, account, grant, now).await?;
    Ok(())
}

/// Writes what a subject was granted directly, and announces what it may do if that is not what it was. The account must
/// be locked.
pub(super) async fn write_grant(
    conn: &mut PgConnection,
    account: AccountId,
    grant: &Grant,
    now: Timestamp,
) -> Result<(), StoreError> {
    store::access::grants::put_direct(conn, account, grant.subject(), grant.permissions()).await?;
    access::flatten(conn, account, &[grant.subject().to_string()], now).await
}

/// A page of an account's grants, by subject, after `after`.
pub(crate) async fn list_grants(
    pool: &PgPool,
    account: AccountId,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, Vec<String>)>, AccountError> {
    let mut conn = pool.acquire().await?;
    Ok(auth::grants::list(&mut conn, account, after, limit).await?)
}
