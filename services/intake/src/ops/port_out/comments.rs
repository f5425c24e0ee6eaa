//! Writing on a port-out, and saying that what was asked for is done.

use intake_domain::port_in::{Comment, Visibility};
use intake_domain::port_out::PortOut;
use jiff::Timestamp;
use sqlx::PgConnection;
use types::{CommentId, PortOutId};

use super::records::{RecordError, find, note};
use crate::announce;
use crate::app::Intake;
use crate::ops::comments::{NewComment, side};
use crate::ops::port_in::{CommentCursor, Requester};
use crate::store::comments::{self as store, CommentFilter};
use crate::store::port_out::{PortOutName, lock_request};

/// A comment on a port-out.
pub(crate) type PortOutComment = Comment<PortOutId>;

/// Writes a comment. What the account can see is announced, without what it says, and stands in the history.
pub(crate) async fn add_comment(
    conn: &mut PgConnection,
    requester: &Requester,
    name: PortOutName,
    new: NewComment,
    now: Timestamp,
) -> Result<PortOutComment, RecordError> {
    let case = find_to_write(conn, requester, name).await?;
    let comment = new.written(case.id, requester, now);
    store::insert(conn, &comment).await?;
    if comment.visibility == Visibility::Shared {
        note(conn, &case, requester, "COMMENTED", String::new(), now).await?;
        announce::comments::port_out_commented(conn, &case, &comment, now).await?;
    }
    Ok(comment)
}

/// Says that what a comment asks for is done.
pub(crate) async fn resolve_comment(
    conn: &mut PgConnection,
    requester: &Requester,
    name: PortOutName,
    id: CommentId,
    now: Timestamp,
) -> Result<PortOutComment, RecordError> {
    let case = find_to_write(conn, requester, name).await?;
    let found = store::find_to_change(conn, case.id, id, requester.is_platform).await?;
    let comment = found.ok_or(RecordError::CommentNotFound)?;
    let comment = comment.resolve(requester.name.clone(), side(requester), now)?;
    store::save_resolution(conn, &comment).await?;
    if comment.visibility == Visibility::Shared {
        note(conn, &case, requester, "COMMENT_RESOLVED", String::new(), now).await?;
    }
    Ok(comment)
}

/// A page of a port-out's comments that the requester can see.
pub(crate) async fn comments(
    intake: &Intake,
    requester: &Requester,
    name: PortOutName,
    open_actions: bool,
    after: Option<CommentCursor>,
    limit: i64,
) -> Result<Vec<PortOutComment>, RecordError> {
    let mut conn = intake.base.pool.acquire().await?;
    let filter = CommentFilter {
        on: find(&mut conn, requester, name).await?.id,
        with_private: requester.is_platform,
        open_actions,
    };
    Ok(store::list(&mut conn, filter, after, limit).await?)
}

/// The case, as it stands once nobody else can change it: events of a port-out follow each other under that lock.
async fn find_to_write(
    conn: &mut PgConnection,
    requester: &Requester,
    name: PortOutName,
) -> Result<PortOut, RecordError> {
    let key = find(conn, requester, name).await?.request.key;
    lock_request(conn, &key).await?;
    find(conn, requester, name).await
}
