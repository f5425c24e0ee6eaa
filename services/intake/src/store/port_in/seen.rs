//! What lists of orders are filtered and sorted by, beside what an order is.

use intake_domain::port_in::Order;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::OrderId;
use uuid::Uuid;

/// What is kept of an order for whoever looks at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) updated_at: Timestamp,
    /// By when whoever's turn it is has to act.
    pub(crate) court_due_at: Option<Timestamp>,
    /// When something happens by itself.
    pub(crate) timer_at: Option<Timestamp>,
    /// The cut-over instant last committed to.
    pub(crate) last_foc_at: Option<Timestamp>,
    /// Comments that the account can see, and those of them that ask somebody to act and are open.
    pub(crate) comments: i64,
    pub(crate) open_actions: i64,
}

/// The columns of [`SeenRow`], for statements that read `port_order`.
macro_rules! seen_columns {
    () => {
        "port_order.updated_at, port_order.court_due_at, port_order.due_at AS timer_at, port_order.last_foc_at,
         (SELECT count(*) FROM order_comment
           WHERE order_comment.order_id = port_order.order_id AND visibility = 'SHARED') AS comments,
         (SELECT count(*) FROM order_comment
           WHERE order_comment.order_id = port_order.order_id AND visibility = 'SHARED' AND action_by IS NOT NULL
             AND resolved_at IS NULL) AS open_actions"
    };
}
pub(super) use seen_columns;

#[derive(sqlx::FromRow)]
pub(super) struct SeenRow {
    updated_at: jiff_sqlx::Timestamp,
    court_due_at: Option<jiff_sqlx::Timestamp>,
    timer_at: Option<jiff_sqlx::Timestamp>,
    last_foc_at: Option<jiff_sqlx::Timestamp>,
    comments: i64,
    open_actions: i64,
}

impl From<SeenRow> for Seen {
    fn from(row: SeenRow) -> Self {
        Self {
            updated_at: row.updated_at.to_jiff(),
            court_due_at: row.court_due_at.map(jiff_sqlx::Timestamp::to_jiff),
            timer_at: row.timer_at.map(jiff_sqlx::Timestamp::to_jiff),
            last_foc_at: row.last_foc_at.map(jiff_sqlx::Timestamp::to_jiff),
            comments: row.comments,
            open_actions: row.open_actions,
        }
    }
}

/// What is kept of an order.
pub(crate) async fn find(conn: &mut PgConnection, order: OrderId) -> Result<Seen, StoreError> {
    const FIND: &str = concat!("SELECT ", seen_columns!(), " FROM port_order WHERE order_id = $1");
    let row: SeenRow = sqlx::query_as(FIND).bind(order.as_uuid()).fetch_one(conn).await?;
    Ok(row.into())
}

/// Keeps it, of an order that this transaction has just written. The last commitment outlives the order's end, and
/// nothing else.
pub(crate) async fn save(
    conn: &mut PgConnection,
    order: &Order,
    court_due_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let record = order.record();
    let id: Uuid = record.id.as_uuid();
    let updated = sqlx::query(
        "UPDATE port_order
            SET updated_at = $2, court = $3, court_due_at = $4, ended_at = $5,
                last_foc_at = CASE WHEN $5::timestamptz IS NULL THEN $6 ELSE coalesce($6, last_foc_at) END
          WHERE order_id = $1",
    )
    .bind(id)
    .bind(now.to_sqlx())
    .bind(record.court().map(intake_domain::port_in::Court::code))
    .bind(court_due_at.map(ToSqlx::to_sqlx))
    .bind(record.ended_at().map(ToSqlx::to_sqlx))
    .bind(record.state.foc_at().map(ToSqlx::to_sqlx))
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the order"))
    }
}
