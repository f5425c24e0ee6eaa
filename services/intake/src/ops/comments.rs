//! What is the same in comments on orders and on port-outs.

use intake_domain::port_in::{Comment, CommentText, Side, Task, Visibility};
use jiff::Timestamp;
use types::CommentId;

use super::port_in::Requester;

/// What is to be written.
#[derive(Debug)]
pub(crate) struct NewComment {
    /// Private ones come from the platform alone.
    pub(crate) visibility: Visibility,
    pub(crate) text: CommentText,
    pub(crate) task: Option<Task>,
}

impl NewComment {
    /// The comment that it becomes.
    pub(crate) fn written<On>(self, on: On, requester: &Requester, now: Timestamp) -> Comment<On> {
        Comment {
            id: CommentId::generate(),
            on,
            visibility: self.visibility,
            text: self.text,
            author: requester.name.clone(),
            side: side(requester),
            created_at: now,
            task: self.task,
            resolution: None,
        }
    }
}

/// On whose behalf a requester writes.
pub(crate) const fn side(requester: &Requester) -> Side {
    if requester.is_platform {
        Side::Platform
    } else {
        Side::Account
    }
}
