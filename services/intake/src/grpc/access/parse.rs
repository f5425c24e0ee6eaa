//! Reads what requests say of sets, groups and holders: every fault at once.

use std::collections::BTreeSet;

use grpc::Faults;
use intake_domain::port_in::ShortText;
use portway_proto::intake::v1;
use tonic::Status;
use types::{AccountId, PermissionSetId, Subject};

use super::super::accounts::PERMISSIONS_MAX;
use super::status::refused;
use crate::ops::access::{AccessError, Holder, SUBJECTS_MAX, SetContents, SetRef};

/// A set: an account's own by its id, or a ready-made one by its name.
pub(super) fn set_ref(faults: &mut Faults, raw: &str) -> Option<SetRef> {
    match raw.parse::<PermissionSetId>() {
        Ok(id) => Some(SetRef::Own(id)),
        Err(_) => faults.required("permission_set_id", raw).map(SetRef::ReadyMade),
    }
}

/// A set that can be changed.
pub(super) fn own_set(raw: &str) -> Result<PermissionSetId, Status> {
    let mut faults = Faults::new();
    let set = set_ref(&mut faults, raw);
    match faults.finish(set)? {
        SetRef::Own(id) => Ok(id),
        SetRef::ReadyMade(_) => Err(refused(&AccessError::ReadyMade)),
    }
}

/// Name and permissions of a set.
pub(super) fn contents(
    account: AccountId,
    name: &str,
    permissions: &[String],
) -> Result<SetContents, Status> {
    let mut faults = Faults::new();
    let parsed: Option<ShortText> = faults.required("name", name);
    if SetContents::is_named_as_ready_made(name) {
        faults.add("name", "INVALID", "is the name of a ready-made set");
    }
    if permissions.is_empty() {
        faults.add("permissions", "MISSING", "must name at least one");
    }
    if permissions.len() > PERMISSIONS_MAX {
        faults.add(
            "permissions",
            "TOO_MANY",
            format!("must be at most {PERMISSIONS_MAX}"),
        );
        return faults.finish(None);
    }
    // A name that is wrong must not hide permissions that are.
    let stand_in = "unknown".parse().ok();
    let contents = parsed
        .or(stand_in)
        .map(|name| SetContents::new(account, name, permissions.to_vec()));
    let contents = match contents {
        Some(Ok(contents)) => Some(contents),
        Some(Err(refused)) => {
            for fault in refused {
                faults.add(
                    format!("permissions[{}]", fault.index),
                    "UNKNOWN",
                    fault.to_string(),
                );
            }
            None
        }
        None => None,
    };
    faults.finish(contents)
}

/// Set and holder of a grant.
pub(super) fn grant(set: &str, holder: Option<&v1::Holder>) -> Result<(SetRef, Holder), Status> {
    use v1::holder::Holder as Raw;
    let mut faults = Faults::new();
    let set = set_ref(&mut faults, set);
    let holder = match holder.and_then(|holder| holder.holder.as_ref()) {
        Some(Raw::Subject(subject)) => faults.required("holder.subject", subject).map(Holder::Subject),
        Some(Raw::UserGroupId(id)) => faults.required("holder.user_group_id", id).map(Holder::Group),
        None => {
            faults.add("holder", "MISSING", "must be a subject or a group");
            None
        }
    };
    faults.finish(set.zip(holder))
}

/// Who is in a group.
pub(super) fn subjects(faults: &mut Faults, raw: &[String]) -> BTreeSet<Subject> {
    if raw.len() > SUBJECTS_MAX {
        faults.add("subjects", "TOO_MANY", format!("must be at most {SUBJECTS_MAX}"));
        return BTreeSet::new();
    }
    raw.iter()
        .enumerate()
        .filter_map(|(index, subject)| faults.required(&format!("subjects[{index}]"), subject))
        .collect()
}
