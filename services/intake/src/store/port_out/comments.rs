//! What people write on cases.

use intake_domain::port_in::{CommentText, Side, Visibility};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{CommentId, PortOutId};
use uuid::Uuid;

use crate::store::port_in::comments::CommentCursor;

/// A comment on a case.
#[derive(Debug, Clone)]
pub(crate) struct PortOutComment {
    pub(crate) id: CommentId,
    pub(crate) case: PortOutId,
    /// The account's own comments are shared.
    pub(crate) visibility: Visibility,
    pub(crate) text: CommentText,
    pub(crate) author: String,
    pub(crate) side: Side,
    pub(crate) created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    comment_id: Uuid,
    port_out_id: Uuid,
    visibility: String,
    text: String,
    author: String,
    is_by_platform: bool,
    created_at: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for PortOutComment {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt =
            |why: &dyn std::fmt::Display| StoreError::corrupt("port_out_comment", &row.comment_id, why);
        let visibility = [Visibility::Private, Visibility::Shared]
            .into_iter()
            .find(|visibility| visibility.code() == row.visibility);
        Ok(Self {
            id: CommentId::from_uuid(row.comment_id),
            case: PortOutId::from_uuid(row.port_out_id),
            visibility: visibility.ok_or_else(|| corrupt(&"unknown visibility"))?,
            text: row.text.parse().map_err(|error| corrupt(&error))?,
            author: row.author,
            side: side(row.is_by_platform),
            created_at: row.created_at.to_jiff(),
        })
    }
}

pub(super) const fn side(is_platform: bool) -> Side {
    if is_platform {
        Side::Platform
    } else {
        Side::Account
    }
}

/// Adds a comment.
pub(crate) async fn insert_comment(
    conn: &mut PgConnection,
    comment: &PortOutComment,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO port_out_comment (comment_id, port_out_id, visibility, text, author, is_by_platform, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(comment.id.as_uuid())
    .bind(comment.case.as_uuid())
    .bind(comment.visibility.code())
    .bind(comment.text.as_str())
    .bind(&comment.author)
    .bind(comment.side == Side::Platform)
    .bind(comment.created_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// A page of a case's comments, oldest first. `with_private`: those that only the platform sees as well.
pub(crate) async fn list_comments(
    conn: &mut PgConnection,
    case: PortOutId,
    with_private: bool,
    after: Option<CommentCursor>,
    limit: i64,
) -> Result<Vec<PortOutComment>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT comment_id, port_out_id, visibility, text, author, is_by_platform, created_at
           FROM port_out_comment
          WHERE port_out_id = $1 AND ($2 OR visibility = 'SHARED')
            AND (created_at, comment_id) > (coalesce($3, '-infinity'), $4)
          ORDER BY created_at, comment_id LIMIT $5",
    )
    .bind(case.as_uuid())
    .bind(with_private)
    .bind(after.map(|CommentCursor(at, _)| at.to_sqlx()))
    .bind(after.map_or(Uuid::nil(), |CommentCursor(_, id)| id.as_uuid()))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(PortOutComment::try_from).collect()
}
