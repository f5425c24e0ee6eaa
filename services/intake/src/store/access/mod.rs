//! Where grants come from: sets of permissions, groups of users, who holds which sets, and what was granted directly.
//!
//! Whoever writes here has locked the account, which is what keeps these tables and `access_grant` in step.

pub(crate) mod grants;
pub(crate) mod groups;
pub(crate) mod sets;

use std::fmt;

use auth::ReadyMade;
use types::{PermissionSetId, Subject, UserGroupId};
use uuid::Uuid;

/// A set of permissions: an account's own, or one that is there in every account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SetRef {
    Own(PermissionSetId),
    ReadyMade(ReadyMade),
}

impl SetRef {
    fn own(self) -> Option<Uuid> {
        match self {
            Self::Own(id) => Some(id.as_uuid()),
            Self::ReadyMade(_) => None,
        }
    }

    fn ready_made(self) -> Option<&'static str> {
        match self {
            Self::Own(_) => None,
            Self::ReadyMade(set) => Some(set.name()),
        }
    }
}

impl fmt::Display for SetRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(id) => id.fmt(f),
            Self::ReadyMade(set) => set.fmt(f),
        }
    }
}

/// Who holds a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holder {
    Subject(Subject),
    Group(UserGroupId),
}

impl Holder {
    fn subject(&self) -> Option<&str> {
        match self {
            Self::Subject(subject) => Some(subject.as_str()),
            Self::Group(_) => None,
        }
    }

    fn group(&self) -> Option<Uuid> {
        match self {
            Self::Subject(_) => None,
            Self::Group(id) => Some(id.as_uuid()),
        }
    }
}

/// Whether a guarded write found its row.
fn is_one(rows: u64) -> bool {
    rows == 1
}
