//! Groups of users.

use std::collections::BTreeSet;

use intake_domain::port_in::ShortText;
use jiff::Timestamp;
use sqlx::{PgConnection, PgPool};
use types::{AccountId, Subject, UserGroupId};

use super::{AccessError, GROUPS_MAX, Group, check_etag, flatten, lock};
use crate::announce;
use crate::announce::access::GroupChange;
use crate::store::access::{grants, groups as store};

/// A group and its users.
#[derive(Debug)]
pub(crate) struct GroupView {
    pub(crate) group: Group,
    pub(crate) subjects: BTreeSet<Subject>,
}

/// Makes a group of these users.
pub(crate) async fn create_group(
    conn: &mut PgConnection,
    account: AccountId,
    name: &ShortText,
    subjects: BTreeSet<Subject>,
    now: Timestamp,
) -> Result<GroupView, AccessError> {
    lock(conn, account).await?;
    if store::count(conn, account).await? >= GROUPS_MAX {
        return Err(AccessError::TooMany("groups"));
    }
    let id = UserGroupId::generate();
    store::insert(conn, account, id, name).await?;
    let added = texts(subjects.iter());
    store::change_subjects(conn, account, id, &added, &[]).await?;
    let group = find(conn, account, id).await?;
    let change = GroupChange {
        group: &group,
        added,
        removed: Vec::new(),
        deleted: false,
    };
    announce::access::group_changed(conn, account, change, now).await?;
    Ok(GroupView { group, subjects })
}

/// Gives a group another name.
pub(crate) async fn rename_group(
    conn: &mut PgConnection,
    account: AccountId,
    id: UserGroupId,
    name: &ShortText,
    etag: Option<&str>,
    now: Timestamp,
) -> Result<GroupView, AccessError> {
    lock(conn, account).await?;
    let was = find(conn, account, id).await?;
    check_etag(etag, was.version)?;
    let subjects = store::subjects(conn, account, id).await?;
    if was.name == *name {
        return Ok(GroupView { group: was, subjects });
    }
    store::update(conn, account, &was, name).await?;
    let group = find(conn, account, id).await?;
    let change = GroupChange {
        group: &group,
        added: Vec::new(),
        removed: Vec::new(),
        deleted: false,
    };
    announce::access::group_changed(conn, account, change, now).await?;
    Ok(GroupView { group, subjects })
}

/// Says who is in a group; who comes gains what it holds, who goes loses it.
pub(crate) async fn set_subjects(
    conn: &mut PgConnection,
    account: AccountId,
    id: UserGroupId,
    subjects: BTreeSet<Subject>,
    etag: Option<&str>,
    now: Timestamp,
) -> Result<GroupView, AccessError> {
    lock(conn, account).await?;
    let was = find(conn, account, id).await?;
    check_etag(etag, was.version)?;
    let before = store::subjects(conn, account, id).await?;
    if before == subjects {
        return Ok(GroupView { group: was, subjects });
    }
    let added = texts(subjects.difference(&before));
    let removed = texts(before.difference(&subjects));
    let had_owner = grants::has_owner(conn, account).await?;
    store::update(conn, account, &was, &was.name).await?;
    store::change_subjects(conn, account, id, &added, &removed).await?;
    keep_owner(conn, account, had_owner).await?;
    let group = find(conn, account, id).await?;
    let touched: Vec<String> = added.iter().chain(&removed).cloned().collect();
    let change = GroupChange {
        group: &group,
        added,
        removed,
        deleted: false,
    };
    announce::access::group_changed(conn, account, change, now).await?;
    flatten(conn, account, &touched, now).await?;
    Ok(GroupView { group, subjects })
}

/// Removes a group; its users lose what they hold through it.
pub(crate) async fn delete_group(
    conn: &mut PgConnection,
    account: AccountId,
    id: UserGroupId,
    etag: Option<&str>,
    now: Timestamp,
) -> Result<(), AccessError> {
    lock(conn, account).await?;
    let group = find(conn, account, id).await?;
    check_etag(etag, group.version)?;
    let removed = texts(store::subjects(conn, account, id).await?.iter());
    let had_owner = grants::has_owner(conn, account).await?;
    store::delete(conn, account, id).await?;
    keep_owner(conn, account, had_owner).await?;
    let change = GroupChange {
        group: &group,
        added: Vec::new(),
        removed: removed.clone(),
        deleted: true,
    };
    announce::access::group_changed(conn, account, change, now).await?;
    flatten(conn, account, &removed, now).await?;
    Ok(())
}

/// Refuses a change after which nobody owns the account that somebody owned before.
async fn keep_owner(conn: &mut PgConnection, account: AccountId, had_owner: bool) -> Result<(), AccessError> {
    if had_owner && !grants::has_owner(conn, account).await? {
        return Err(AccessError::LastOwner);
    }
    Ok(())
}

async fn find(conn: &mut PgConnection, account: AccountId, id: UserGroupId) -> Result<Group, AccessError> {
    store::find(conn, account, id).await?.ok_or(AccessError::NoGroup)
}

fn texts<'a>(subjects: impl Iterator<Item = &'a Subject>) -> Vec<String> {
    subjects.map(Subject::to_string).collect()
}

/// A group with its users.
pub(crate) async fn get_group(
    pool: &PgPool,
    account: AccountId,
    id: UserGroupId,
) -> Result<GroupView, AccessError> {
    let mut tx = pool.begin().await?;
    let group = find(&mut tx, account, id).await?;
    let subjects = store::subjects(&mut tx, account, id).await?;
    Ok(GroupView { group, subjects })
}

/// All groups of an account, by name.
pub(crate) async fn list_groups(pool: &PgPool, account: AccountId) -> Result<Vec<Group>, AccessError> {
    let mut conn = pool.acquire().await?;
    Ok(store::list(&mut conn, account, GROUPS_MAX).await?)
}
