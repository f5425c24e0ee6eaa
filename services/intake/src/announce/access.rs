//! Facts about sets of permissions and groups as events. Their subject is the account, so that they are heard in order.

use std::collections::BTreeMap;

use events::NewEvent;
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use prost::{Message, Name};
use sqlx::PgConnection;
use types::{AccountId, Subject};

use crate::store::access::groups::Group;
use crate::store::access::sets::OwnSet;
use crate::store::access::{Holder, SetRef};

/// A set is now, or was last, as `set` says.
pub(crate) async fn set_changed(
    conn: &mut PgConnection,
    account: AccountId,
    set: &OwnSet,
    deleted: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let changed = v1::PermissionSetChanged {
        account_id: account.to_string(),
        permission_set: Some(set_to_proto(set)),
        deleted,
    };
    append(conn, account, now, &changed).await
}

/// What became of a group.
pub(crate) struct GroupChange<'a> {
    /// The group as it is now, or was last.
    pub(crate) group: &'a Group,
    pub(crate) added: Vec<String>,
    pub(crate) removed: Vec<String>,
    pub(crate) deleted: bool,
}

/// A group was made, changed or removed.
pub(crate) async fn group_changed(
    conn: &mut PgConnection,
    account: AccountId,
    change: GroupChange<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let changed = v1::UserGroupChanged {
        account_id: account.to_string(),
        user_group: Some(group_to_proto(change.group, std::iter::empty())),
        subjects_added: change.added,
        subjects_removed: change.removed,
        deleted: change.deleted,
    };
    append(conn, account, now, &changed).await
}

/// A set was given to a holder, or taken back.
pub(crate) async fn set_given(
    conn: &mut PgConnection,
    account: AccountId,
    set: SetRef,
    holder: &Holder,
    revoked: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let changed = v1::PermissionSetGrantChanged {
        account_id: account.to_string(),
        permission_set_id: set.to_string(),
        holder: Some(holder_to_proto(holder)),
        revoked,
    };
    append(conn, account, now, &changed).await
}

/// What these subjects may do from now on.
pub(crate) async fn grants_changed(
    conn: &mut PgConnection,
    account: AccountId,
    grants: &BTreeMap<String, Vec<String>>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let events: Vec<NewEvent> = grants
        .iter()
        .map(|(subject, permissions)| {
            let changed = v1::GrantChanged {
                account_id: account.to_string(),
                grant: Some(v1::Grant {
                    subject: subject.clone(),
                    permissions: permissions.clone(),
                }),
            };
            NewEvent::new(account, account.as_uuid(), now, &changed)
        })
        .collect();
    events::append_all(conn, &events).await
}

async fn append<M: Message + Name>(
    conn: &mut PgConnection,
    account: AccountId,
    now: Timestamp,
    payload: &M,
) -> Result<(), StoreError> {
    let event = NewEvent::new(account, account.as_uuid(), now, payload);
    events::append(conn, &event).await.map(drop)
}

/// A set as callers and listeners see it.
pub(crate) fn set_to_proto(set: &OwnSet) -> v1::PermissionSet {
    v1::PermissionSet {
        permission_set_id: set.id.to_string(),
        name: set.name.to_string(),
        permissions: set.permissions.clone(),
        etag: set.version.to_string(),
        ready_made: false,
    }
}

/// A group as callers and listeners see it.
pub(crate) fn group_to_proto<'a>(
    group: &Group,
    subjects: impl Iterator<Item = &'a Subject>,
) -> v1::UserGroup {
    v1::UserGroup {
        user_group_id: group.id.to_string(),
        name: group.name.to_string(),
        subjects: subjects.map(Subject::to_string).collect(),
        subject_count: i32::try_from(group.subject_count).unwrap_or(i32::MAX),
        etag: group.version.to_string(),
    }
}

/// A holder as callers and listeners see it.
pub(crate) fn holder_to_proto(holder: &Holder) -> v1::Holder {
    let holder = match holder {
        Holder::Subject(subject) => v1::holder::Holder::Subject(subject.to_string()),
        Holder::Group(id) => v1::holder::Holder::UserGroupId(id.to_string()),
    };
    v1::Holder { holder: Some(holder) }
}
