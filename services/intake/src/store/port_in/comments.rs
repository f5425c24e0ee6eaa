//! What people write on orders.

use intake_domain::port_in::{Comment, Court, Resolution, Side, Task, Visibility};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use types::{CommentId, OrderId};
use uuid::Uuid;

const TABLE: &str = "order_comment";

/// Which comments of an order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CommentFilter {
    pub(crate) order: OrderId,
    /// Those that only the platform sees as well.
    pub(crate) with_private: bool,
    /// Only those that ask somebody to act and are not resolved.
    pub(crate) open_actions: bool,
}

/// The last comment of the page before.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct CommentCursor(pub(crate) Timestamp, pub(crate) CommentId);

#[derive(sqlx::FromRow)]
struct Row {
    comment_id: Uuid,
    order_id: Uuid,
    visibility: String,
    text: String,
    author: String,
    is_by_platform: bool,
    created_at: jiff_sqlx::Timestamp,
    action_by: Option<String>,
    done_by: Option<jiff_sqlx::Timestamp>,
    resolved_at: Option<jiff_sqlx::Timestamp>,
    resolved_by: Option<String>,
    is_resolved_by_platform: Option<bool>,
}

impl TryFrom<Row> for Comment {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(TABLE, &row.comment_id, why);
        let visibility = [Visibility::Private, Visibility::Shared]
            .into_iter()
            .find(|visibility| visibility.code() == row.visibility);
        let action_by = row.action_by.as_deref().map(|code| {
            let mut all = Court::ALL.into_iter();
            all.find(|court| court.code() == code)
                .ok_or_else(|| corrupt(&"unknown court"))
        });
        let resolution = match (row.resolved_at, row.resolved_by, row.is_resolved_by_platform) {
            (Some(at), Some(by), Some(by_platform)) => Some(Resolution {
                at: at.to_jiff(),
                by,
                side: side(by_platform),
            }),
            (None, None, None) => None,
            (Some(_) | None, _, _) => return Err(corrupt(&"half a resolution")),
        };
        Ok(Self {
            id: CommentId::from_uuid(row.comment_id),
            order: OrderId::from_uuid(row.order_id),
            visibility: visibility.ok_or_else(|| corrupt(&"unknown visibility"))?,
            text: row.text.parse().map_err(|error| corrupt(&error))?,
            side: side(row.is_by_platform),
            created_at: row.created_at.to_jiff(),
            task: action_by.transpose()?.map(|action_by| Task {
                action_by,
                done_by: row.done_by.map(jiff_sqlx::Timestamp::to_jiff),
            }),
            resolution,
            author: row.author,
        })
    }
}

const fn side(is_platform: bool) -> Side {
    if is_platform {
        Side::Platform
    } else {
        Side::Account
    }
}

/// Adds a comment.
pub(crate) async fn insert(conn: &mut PgConnection, comment: &Comment) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO order_comment (comment_id, order_id, visibility, text, author, is_by_platform, created_at,
                                    action_by, done_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(comment.id.as_uuid())
    .bind(comment.order.as_uuid())
    .bind(comment.visibility.code())
    .bind(comment.text.as_str())
    .bind(&comment.author)
    .bind(comment.side == Side::Platform)
    .bind(comment.created_at.to_sqlx())
    .bind(comment.task.map(|task| task.action_by.code()))
    .bind(comment.task.and_then(|task| task.done_by).map(ToSqlx::to_sqlx))
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps a comment's resolution, unless it has one.
pub(crate) async fn save_resolution(
    conn: &mut PgConnection,
    comment: CommentId,
    resolution: &Resolution,
) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE order_comment SET resolved_at = $2, resolved_by = $3, is_resolved_by_platform = $4
          WHERE comment_id = $1 AND resolved_at IS NULL",
    )
    .bind(comment.as_uuid())
    .bind(resolution.at.to_sqlx())
    .bind(&resolution.by)
    .bind(resolution.side == Side::Platform)
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the comment"))
    }
}

/// The comment, locked until the transaction ends, if it is one of that order's that may be seen.
pub(crate) async fn find_to_change(
    conn: &mut PgConnection,
    order: OrderId,
    comment: CommentId,
    with_private: bool,
) -> Result<Option<Comment>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT comment_id, order_id, visibility, text, author, is_by_platform, created_at, action_by, done_by,
                resolved_at, resolved_by, is_resolved_by_platform
           FROM order_comment
          WHERE comment_id = $1 AND order_id = $2 AND ($3 OR visibility = 'SHARED') FOR UPDATE",
    )
    .bind(comment.as_uuid())
    .bind(order.as_uuid())
    .bind(with_private)
    .fetch_optional(conn)
    .await?;
    row.map(Comment::try_from).transpose()
}

/// What [`list`] asks: `$1` the order, `$2` whether private ones too, `$3` and `$4` where the page starts, `$5` its size.
pub(super) const LIST: &str =
    "SELECT comment_id, order_id, visibility, text, author, is_by_platform, created_at,
            action_by, done_by, resolved_at, resolved_by, is_resolved_by_platform
       FROM order_comment
      WHERE order_id = $1 AND ($2 OR visibility = 'SHARED')
        AND (created_at, comment_id) > (coalesce($3, '-infinity'), $4)
      ORDER BY created_at, comment_id LIMIT $5";
/// The same, of those that are open.
pub(super) const LIST_OPEN: &str =
    "SELECT comment_id, order_id, visibility, text, author, is_by_platform, created_at,
            action_by, done_by, resolved_at, resolved_by, is_resolved_by_platform
       FROM order_comment
      WHERE order_id = $1 AND ($2 OR visibility = 'SHARED')
        AND (created_at, comment_id) > (coalesce($3, '-infinity'), $4)
        AND action_by IS NOT NULL AND resolved_at IS NULL
      ORDER BY created_at, comment_id LIMIT $5";

/// A page of an order's comments, oldest first.
pub(crate) async fn list(
    conn: &mut PgConnection,
    filter: CommentFilter,
    after: Option<CommentCursor>,
    limit: i64,
) -> Result<Vec<Comment>, StoreError> {
    let statement = if filter.open_actions { LIST_OPEN } else { LIST };
    let rows: Vec<Row> = sqlx::query_as(statement)
        .bind(filter.order.as_uuid())
        .bind(filter.with_private)
        .bind(after.map(|CommentCursor(at, _)| at.to_sqlx()))
        .bind(after.map_or(Uuid::nil(), |CommentCursor(_, id)| id.as_uuid()))
        .bind(limit)
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Comment::try_from).collect()
}
