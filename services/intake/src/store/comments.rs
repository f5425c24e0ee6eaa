//! What people write on orders and on port-outs: the same, in a table for each.

use intake_domain::port_in::{Comment, Court, Resolution, Side, Task, Visibility};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use types::{CommentId, OrderId, PortOutId};
use uuid::Uuid;

/// What comments are on.
pub(crate) trait Commented: Copy {
    /// Where they are kept.
    const TABLE: &'static str;
    /// What is asked of that table.
    const STATEMENTS: Statements;

    fn uuid(self) -> Uuid;
    fn of(uuid: Uuid) -> Self;
}

/// What is asked of a table of comments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statements {
    insert: &'static str,
    resolve: &'static str,
    find: &'static str,
    /// `$1` what they are on, `$2` whether private ones too, `$3` and `$4` where the page starts, `$5` its size.
    pub(crate) list: &'static str,
    /// The same, of those that are open.
    pub(crate) list_open: &'static str,
    count: &'static str,
}

macro_rules! select {
    ($table:literal, $on:literal) => {
        concat!(
            "SELECT comment_id, ",
            $on,
            " AS \"on\", visibility, text, author, is_by_platform, created_at, action_by,
                    done_by, resolved_at, resolved_by, is_resolved_by_platform
               FROM ",
            $table,
            " WHERE ",
            $on,
            " = $1 AND ($2 OR visibility = 'SHARED')"
        )
    };
}

macro_rules! statements {
    ($table:literal, $on:literal) => {
        Statements {
            insert: concat!(
                "INSERT INTO ", $table, " (comment_id, ", $on, ", visibility, text, author, is_by_platform, created_at,
                                           action_by, done_by)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            ),
            resolve: concat!(
                "UPDATE ", $table, " SET resolved_at = $2, resolved_by = $3, is_resolved_by_platform = $4
                  WHERE comment_id = $1 AND resolved_at IS NULL"
            ),
            find: concat!(
                select!($table, $on),
                " AND comment_id = $3 FOR UPDATE"
            ),
            list: concat!(
                select!($table, $on),
                " AND (created_at, comment_id) > (coalesce($3, '-infinity'), $4)
                ORDER BY created_at, comment_id LIMIT $5"
            ),
            list_open: concat!(
                select!($table, $on),
                " AND (created_at, comment_id) > (coalesce($3, '-infinity'), $4)
                  AND action_by IS NOT NULL AND resolved_at IS NULL
                ORDER BY created_at, comment_id LIMIT $5"
            ),
            count: concat!(
                "SELECT ", $on, " AS \"on\", count(*) AS comments,
                        count(*) FILTER (WHERE action_by IS NOT NULL AND resolved_at IS NULL) AS open_actions
                   FROM ", $table, " WHERE ", $on, " = ANY($1) AND visibility = 'SHARED' GROUP BY ", $on
            ),
        }
    };
}

impl Commented for OrderId {
    const TABLE: &'static str = "order_comment";
    const STATEMENTS: Statements = statements!("order_comment", "order_id");

    fn uuid(self) -> Uuid {
        self.as_uuid()
    }

    fn of(uuid: Uuid) -> Self {
        Self::from_uuid(uuid)
    }
}

impl Commented for PortOutId {
    const TABLE: &'static str = "port_out_comment";
    const STATEMENTS: Statements = statements!("port_out_comment", "port_out_id");

    fn uuid(self) -> Uuid {
        self.as_uuid()
    }

    fn of(uuid: Uuid) -> Self {
        Self::from_uuid(uuid)
    }
}

/// Which comments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CommentFilter<On> {
    pub(crate) on: On,
    /// Those that only the platform sees as well.
    pub(crate) with_private: bool,
    /// Only those that ask somebody to act and are not resolved.
    pub(crate) open_actions: bool,
}

/// How many comments the account can see.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CommentCounts {
    pub(crate) comments: i64,
    /// Those of them that ask somebody to act and are open.
    pub(crate) open_actions: i64,
}

/// The last comment of the page before.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct CommentCursor(pub(crate) Timestamp, pub(crate) CommentId);

#[derive(sqlx::FromRow)]
struct Row {
    comment_id: Uuid,
    on: Uuid,
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

impl<On: Commented> TryFrom<Row> for Comment<On> {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(On::TABLE, &row.comment_id, why);
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
            on: On::of(row.on),
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

/// On whose behalf somebody of the platform, or somebody else, does something.
pub(crate) const fn side(is_platform: bool) -> Side {
    if is_platform {
        Side::Platform
    } else {
        Side::Account
    }
}

/// Adds a comment.
pub(crate) async fn insert<On: Commented>(
    conn: &mut PgConnection,
    comment: &Comment<On>,
) -> Result<(), StoreError> {
    sqlx::query(On::STATEMENTS.insert)
        .bind(comment.id.as_uuid())
        .bind(comment.on.uuid())
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

/// Keeps the resolution of a comment that has one now and had none.
pub(crate) async fn save_resolution<On: Commented>(
    conn: &mut PgConnection,
    comment: &Comment<On>,
) -> Result<(), StoreError> {
    let Some(resolution) = &comment.resolution else {
        return Ok(());
    };
    let updated = sqlx::query(On::STATEMENTS.resolve)
        .bind(comment.id.as_uuid())
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

/// The comment, locked until the transaction ends, if it is one of those that may be seen.
pub(crate) async fn find_to_change<On: Commented>(
    conn: &mut PgConnection,
    on: On,
    comment: CommentId,
    with_private: bool,
) -> Result<Option<Comment<On>>, StoreError> {
    let row: Option<Row> = sqlx::query_as(On::STATEMENTS.find)
        .bind(on.uuid())
        .bind(with_private)
        .bind(comment.as_uuid())
        .fetch_optional(conn)
        .await?;
    row.map(Comment::try_from).transpose()
}

/// A page of comments, oldest first.
pub(crate) async fn list<On: Commented>(
    conn: &mut PgConnection,
    filter: CommentFilter<On>,
    after: Option<CommentCursor>,
    limit: i64,
) -> Result<Vec<Comment<On>>, StoreError> {
    let statement = if filter.open_actions {
        On::STATEMENTS.list_open
    } else {
        On::STATEMENTS.list
    };
    let rows: Vec<Row> = sqlx::query_as(statement)
        .bind(filter.on.uuid())
        .bind(filter.with_private)
        .bind(after.map(|CommentCursor(at, _)| at.to_sqlx()))
        .bind(after.map_or(Uuid::nil(), |CommentCursor(_, id)| id.as_uuid()))
        .bind(limit)
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Comment::try_from).collect()
}

/// How many comments there are that the account can see, in one statement for all; what has none is not there.
pub(crate) async fn count<On: Commented>(
    conn: &mut PgConnection,
    on: &[On],
) -> Result<Vec<(On, CommentCounts)>, StoreError> {
    let ids: Vec<Uuid> = on.iter().map(|one| one.uuid()).collect();
    let rows: Vec<(Uuid, i64, i64)> = sqlx::query_as(On::STATEMENTS.count)
        .bind(ids)
        .fetch_all(conn)
        .await?;
    let read = |(on, comments, open_actions)| {
        let counts = CommentCounts {
            comments,
            open_actions,
        };
        (On::of(on), counts)
    };
    Ok(rows.into_iter().map(read).collect())
}
