//! What is the same in comments on orders and on port-outs: how they are read from a request, and shown.

use grpc::Faults;
use intake_domain::port_in::{Comment, Court, Side, Task, Visibility};
use jiff::Timestamp;
use portway_proto::intake::v1::CommentVisibility;
use portway_proto::types::v1;
use prost_types::Timestamp as ProtoTimestamp;
use service::stamp;

use super::port_in::read_instant;
use crate::announce::comments::asked;
use crate::announce::port_in::court;
use crate::ops::comments::NewComment;
use crate::ops::port_in::Requester;

/// Comments of a page, where nothing is said.
pub(super) const PAGE: i64 = 100;
/// The most that a page has.
pub(super) const PAGE_MAX: i64 = 500;
/// What the account sees of whoever wrote or did something at the platform.
const PLATFORM: &str = "platform";

/// A comment as a request has it.
#[derive(Debug)]
pub(super) struct Written<'r> {
    pub(super) visibility: i32,
    pub(super) text: &'r str,
    pub(super) action_by: i32,
    pub(super) done_by: Option<&'r ProtoTimestamp>,
}

impl Written<'_> {
    /// Reads it, with all its faults.
    pub(super) fn read(
        &self,
        faults: &mut Faults,
        requester: &Requester,
        now: Timestamp,
    ) -> Option<NewComment> {
        let visibility = read_visibility(faults, self.visibility, requester);
        let text = faults.required("text", self.text);
        let task = read_task(faults, (self.action_by, self.done_by), now);
        visibility.zip(text).map(|(visibility, text)| NewComment {
            visibility,
            text,
            task,
        })
    }
}

/// Reads who can read a comment; it is shared where nothing is said.
fn read_visibility(faults: &mut Faults, number: i32, requester: &Requester) -> Option<Visibility> {
    match CommentVisibility::try_from(number) {
        Ok(CommentVisibility::Unspecified | CommentVisibility::Shared) => Some(Visibility::Shared),
        Ok(CommentVisibility::Private) if requester.is_platform => Some(Visibility::Private),
        Ok(CommentVisibility::Private) => {
            faults.add(
                "visibility",
                "INVALID",
                "only the platform writes private comments",
            );
            None
        }
        Err(_) => {
            faults.add("visibility", "INVALID", "is not a visibility of comments");
            None
        }
    }
}

/// Reads who is asked to act, and by when.
fn read_task(
    faults: &mut Faults,
    (action_by, given): (i32, Option<&ProtoTimestamp>),
    now: Timestamp,
) -> Option<Task> {
    let done_by = read_instant(faults, "done_by", given);
    if done_by.is_some_and(|done_by| done_by <= now) {
        faults.add("done_by", "OUT_OF_RANGE", "must be later than now");
    }
    let asked = v1::Court::try_from(action_by).ok();
    if asked == Some(v1::Court::Unspecified) {
        if given.is_some() {
            faults.add("action_by", "MISSING", "must say who is to act by then");
        }
        return None;
    }
    let action_by = Court::ALL.into_iter().find(|known| asked == Some(court(*known)));
    if action_by.is_none() {
        faults.add("action_by", "INVALID", "is nobody who could act");
    }
    action_by.map(|action_by| Task { action_by, done_by })
}

/// What replies say of a comment, but for what it is on.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) comment_id: String,
    pub(super) visibility: i32,
    pub(super) text: String,
    pub(super) author: String,
    pub(super) by_platform: bool,
    pub(super) created_at: Option<ProtoTimestamp>,
    pub(super) action_by: i32,
    pub(super) done_by: Option<ProtoTimestamp>,
    pub(super) resolved_at: Option<ProtoTimestamp>,
    pub(super) resolved_by: String,
}

impl Shown {
    /// A comment as the requester sees it.
    pub(super) fn of<On>(comment: &Comment<On>, requester: &Requester) -> Self {
        let visibility = match comment.visibility {
            Visibility::Private => CommentVisibility::Private,
            Visibility::Shared => CommentVisibility::Shared,
        };
        let (action_by, done_by) = asked(comment);
        let resolution = comment.resolution.as_ref();
        Self {
            comment_id: comment.id.to_string(),
            visibility: visibility.into(),
            text: comment.text.to_string(),
            author: seen_name(&comment.author, comment.side, requester),
            by_platform: comment.side == Side::Platform,
            created_at: Some(stamp::to_proto(comment.created_at)),
            action_by: action_by.into(),
            done_by,
            resolved_at: resolution.map(|resolution| stamp::to_proto(resolution.at)),
            resolved_by: resolution
                .map(|resolution| seen_name(&resolution.by, resolution.side, requester))
                .unwrap_or_default(),
        }
    }
}

/// To the account, the platform is one.
pub(super) fn seen_name(name: &str, side: Side, requester: &Requester) -> String {
    match side {
        Side::Platform if !requester.is_platform => PLATFORM.to_owned(),
        Side::Platform | Side::Account => name.to_owned(),
    }
}
