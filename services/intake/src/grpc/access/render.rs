//! Sets, holders and sources as callers see them.

use portway_proto::intake::v1;
use types::Subject;

use crate::announce::access::{group_to_proto, holder_to_proto, set_to_proto};
use crate::ops::access::{GroupView, SetGrant, SetView, Source, SubjectAccess};

pub(super) fn set(set: &SetView) -> v1::PermissionSet {
    match set {
        SetView::Own(set) => set_to_proto(set),
        SetView::ReadyMade(set, permissions) => v1::PermissionSet {
            permission_set_id: set.to_string(),
            name: set.to_string(),
            permissions: permissions.iter().map(ToString::to_string).collect(),
            etag: String::new(),
            ready_made: true,
        },
    }
}

pub(super) fn group(view: &GroupView) -> v1::UserGroup {
    group_to_proto(&view.group, view.subjects.iter())
}

pub(super) fn given(grant: &SetGrant) -> v1::PermissionSetGrant {
    v1::PermissionSetGrant {
        permission_set_id: grant.set.to_string(),
        holder: Some(holder_to_proto(&grant.holder)),
        permission_set_name: grant.set_name.clone(),
        user_group_name: grant.group_name.clone(),
    }
}

pub(super) fn access(subject: &Subject, access: &SubjectAccess) -> v1::SubjectPermissions {
    v1::SubjectPermissions {
        subject: subject.to_string(),
        permissions: access.permissions.iter().cloned().collect(),
        sources: access.sources.iter().map(source).collect(),
    }
}

fn source(source: &Source) -> v1::PermissionSource {
    let (user_group_id, user_group_name) = match &source.group {
        Some((id, name)) => (id.to_string(), name.clone()),
        None => (String::new(), String::new()),
    };
    v1::PermissionSource {
        permission_set_id: source.set.map(|set| set.to_string()).unwrap_or_default(),
        permission_set_name: source.set_name.clone(),
        user_group_id,
        user_group_name,
        permissions: source.permissions.clone(),
    }
}
