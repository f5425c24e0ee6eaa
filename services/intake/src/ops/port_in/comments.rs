//! Writing on an order, and saying that what was asked for is done.

use intake_domain::port_in::{Comment, Order, ResolveRefusal, Visibility};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::CommentId;

use super::settle::settle;
use super::{Occasion, OrderName, ReadError, Requester, find_to_change, read};
use crate::announce;
use crate::app::Intake;
use crate::ops::comments::{NewComment, side};
use crate::store::comments::{self as store, CommentCursor, CommentFilter};

/// Why a comment was not written or resolved.
#[derive(Debug, Error)]
pub(crate) enum CommentError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    OrderNotFound,
    /// There is no such comment on the order, or it is not for the requester to see.
    #[error("there is no such comment")]
    NotFound,
    /// It cannot be resolved, or not by the requester.
    #[error(transparent)]
    Refused(#[from] ResolveRefusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a comment. What the account can see is announced, without what it says, and stands in the history.
pub(crate) async fn add_comment(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    new: NewComment,
) -> Result<Comment, CommentError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(CommentError::OrderNotFound)?;
    let comment = new.written(order.record().id, requester, occasion.now);
    store::insert(conn, &comment).await?;
    if comment.visibility == Visibility::Shared {
        note(intake, conn, &order, "commented", occasion).await?;
        announce::comments::commented(conn, &order, &comment, occasion.now).await?;
    }
    Ok(comment)
}

/// Says that what a comment asks for is done.
pub(crate) async fn resolve_comment(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    id: CommentId,
) -> Result<Comment, CommentError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(CommentError::OrderNotFound)?;
    let comment = store::find_to_change(conn, order.record().id, id, requester.is_platform)
        .await?
        .ok_or(CommentError::NotFound)?;
    let comment = comment.resolve(requester.name.clone(), side(requester), occasion.now)?;
    store::save_resolution(conn, &comment).await?;
    if comment.visibility == Visibility::Shared {
        note(intake, conn, &order, "comment_resolved", occasion).await?;
    }
    Ok(comment)
}

/// A page of an order's comments that the requester can see.
pub(crate) async fn list_comments(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
    open_actions: bool,
    after: Option<CommentCursor>,
    limit: i64,
) -> Result<Vec<Comment>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = read::find(&mut conn, requester, name).await?;
    let filter = CommentFilter {
        on: order.record().id,
        with_private: requester.is_platform,
        open_actions,
    };
    Ok(store::list(&mut conn, filter, after, limit).await?)
}

async fn note(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
    action: &'static str,
    occasion: Occasion<'_>,
) -> Result<(), StoreError> {
    let remark = order.clone().remark(action, String::new());
    settle(intake, conn, order, remark, occasion).await.map(drop)
}
