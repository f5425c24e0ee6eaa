//! Sets of permissions, groups of users, and what comes of them for each subject.
//!
//! Every change locks the account, changes where grants come from, and makes the grants of the subjects it reaches anew,
//! all in one transaction: what others keep a copy of is never behind what it is made from. Only grants that come out
//! different are announced.

mod catch_up;
mod flatten;
mod groups;
mod sets;

pub(crate) use self::catch_up::catch_up;
pub(super) use self::flatten::flatten;
pub(crate) use self::flatten::{SubjectAccess, subject_access};
pub(crate) use self::groups::{
    GroupView, create_group, delete_group, get_group, list_groups, rename_group, set_subjects,
};
pub(super) use self::sets::give_owner;
pub(crate) use self::sets::{
    SetContents, SetView, create_set, delete_set, get_set, give_set, list_given, list_sets, take_set,
    update_set,
};
pub(crate) use crate::store::access::grants::{SetGrant, Source};
pub(crate) use crate::store::access::groups::Group;
pub(crate) use crate::store::access::sets::OwnSet;
pub(crate) use crate::store::access::{Holder, SetRef};

use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::AccountId;

use crate::store;

/// An account has at most this many sets of its own, and as many groups.
const SETS_MAX: i64 = 200;
const GROUPS_MAX: i64 = 200;
/// A group has at most this many users.
pub(crate) const SUBJECTS_MAX: usize = 500;
/// Sets are held by at most this many holders in an account, each pair counted.
const GIVEN_MAX: i64 = 2_000;

/// Why sets or groups were not changed, or not to be had.
#[derive(Debug, Error)]
pub(crate) enum AccessError {
    /// The caller knows no such account.
    #[error("there is no such account")]
    NoAccount,
    /// The account has no such set.
    #[error("there is no such permission set")]
    NoSet,
    /// The account has no such group.
    #[error("there is no such group")]
    NoGroup,
    /// It comes with the program.
    #[error("a ready-made permission set cannot be changed")]
    ReadyMade,
    /// Another set, or group, has the name.
    #[error("another one of the account has this name")]
    NameTaken,
    /// There are as many as there may be.
    #[error("the account has as many {0} as it may have")]
    TooMany(&'static str),
    /// The set is still held by somebody.
    #[error("the permission set is held by a subject or a group; revoke it first")]
    Held,
    /// Nobody would own the account any more.
    #[error("nobody would hold `owner` any more; give it to somebody else first")]
    LastOwner,
    /// It was changed since the caller read it.
    #[error("it was changed since this etag; read it again")]
    Stale,
    /// The database.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for AccessError {
    fn from(error: StoreError) -> Self {
        match error.constraint() {
            Some("permission_set_name" | "user_group_name") => Self::NameTaken,
            Some(_) | None => Self::Store(error),
        }
    }
}

impl From<sqlx::Error> for AccessError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Locks the account. Everything that grants are made from is changed under this lock alone.
async fn lock(conn: &mut PgConnection, account: AccountId) -> Result<(), AccessError> {
    if store::accounts::lock(conn, account).await? {
        Ok(())
    } else {
        Err(AccessError::NoAccount)
    }
}

/// Refuses what was asked for on the ground of another version.
fn check_etag(etag: Option<&str>, version: i64) -> Result<(), AccessError> {
    match etag {
        Some(etag) if etag != version.to_string() => Err(AccessError::Stale),
        Some(_) | None => Ok(()),
    }
}
