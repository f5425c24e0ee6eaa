//! Parents and their children. A parent stands where its children stand together; the database computes it from all of
//! them under the parent's lock, so that children that change at the same time are all counted.
//!
//! **Invariant:** a child is locked before its parent, never the other way about.

use intake_domain::port_in::{Court, StateName};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, RequestKind, RequestNumber};
use uuid::Uuid;

/// A child, as its parent shows it.
#[derive(Debug, Clone)]
pub(crate) struct ListedChild {
    pub(crate) id: OrderId,
    pub(crate) request_number: RequestNumber,
    pub(crate) state: StateName,
    pub(crate) number_count: i32,
    pub(crate) losing_carrier: String,
}

/// How many children of a parent are in one state.
#[derive(Debug, Clone)]
pub(crate) struct ChildCount {
    pub(crate) parent: OrderId,
    pub(crate) state: StateName,
    pub(crate) orders: i64,
    pub(crate) numbers: i64,
}

/// Sums the children of a parent up anew. The caller has changed one of them in this transaction.
pub(crate) async fn sum_up(
    conn: &mut PgConnection,
    parent: OrderId,
    now: Timestamp,
) -> Result<(), StoreError> {
    // The sum is a statement of its own, so that it sees what others committed while the lock was waited for. NO KEY:
    // whoever has written a child twice shares the parent's key (by its foreign key), and would wait for the others.
    sqlx::query("SELECT FROM port_order WHERE order_id = $1 FOR NO KEY UPDATE")
        .bind(parent.as_uuid())
        .execute(&mut *conn)
        .await?;
    let states = StateName::LEAST_ADVANCED_FIRST;
    let codes: Vec<&str> = states.iter().map(|state| state.code()).collect();
    let ends: Vec<bool> = states.iter().map(|state| state.is_final()).collect();
    let courts = Court::MOST_URGENT_FIRST.map(Court::code);
    sqlx::query(
        "UPDATE port_order
            SET version = port_order.version + 1, state = ($3::text[])[children.place],
                since = CASE port_order.state WHEN ($3::text[])[children.place] THEN port_order.since ELSE $2 END,
                updated_at = $2, court = ($4::text[])[children.court_place],
                court_due_at = children.court_due_at,
                ended_at = CASE WHEN ($5::boolean[])[children.place] THEN $2 END
           FROM (SELECT min(array_position($3::text[], state)) AS place, min(court_due_at) AS court_due_at,
                        min(array_position($4::text[], court)) FILTER (WHERE ended_at IS NULL) AS court_place
                   FROM port_order WHERE parent_order_id = $1) AS children
          WHERE order_id = $1 AND is_parent
            AND (port_order.state <> ($3::text[])[children.place]
                 OR port_order.court IS DISTINCT FROM ($4::text[])[children.court_place]
                 OR port_order.court_due_at IS DISTINCT FROM children.court_due_at)",
    )
    .bind(parent.as_uuid())
    .bind(now.to_sqlx())
    .bind(codes)
    .bind(courts.as_slice())
    .bind(ends)
    .execute(conn)
    .await?;
    Ok(())
}

/// The children of a parent, in the order in which they were made; 200 at most.
pub(crate) async fn list(conn: &mut PgConnection, parent: OrderId) -> Result<Vec<ListedChild>, StoreError> {
    let rows: Vec<(Uuid, i64, String, i32, Option<String>)> = sqlx::query_as(
        "SELECT order_id, request_number, state, number_count, losing_carrier FROM port_order
          WHERE parent_order_id = $1 ORDER BY request_number",
    )
    .bind(parent.as_uuid())
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(id, number, code, number_count, losing_carrier)| {
            let number =
                u64::try_from(number).map_err(|error| StoreError::corrupt("port_order", &id, &error))?;
            Ok(ListedChild {
                id: OrderId::from_uuid(id),
                request_number: RequestNumber::new(RequestKind::PortIn, number),
                state: state(id, &code)?,
                number_count,
                losing_carrier: losing_carrier.unwrap_or_default(),
            })
        })
        .collect()
}

/// The children of these parents, counted by state, least advanced first.
pub(crate) async fn counts(
    conn: &mut PgConnection,
    parents: &[OrderId],
) -> Result<Vec<ChildCount>, StoreError> {
    if parents.is_empty() {
        return Ok(Vec::new());
    }
    let least_advanced_first: Vec<&str> = StateName::LEAST_ADVANCED_FIRST
        .iter()
        .map(|state| state.code())
        .collect();
    let rows: Vec<(Uuid, String, i64, i64)> = sqlx::query_as(
        "SELECT parent_order_id, state, count(*), sum(number_count) FROM port_order
          WHERE parent_order_id = ANY($1) GROUP BY parent_order_id, state ORDER BY array_position($2::text[], state)",
    )
    .bind(parents.iter().map(|parent| parent.as_uuid()).collect::<Vec<_>>())
    .bind(least_advanced_first)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(parent, code, orders, numbers)| {
            Ok(ChildCount {
                parent: OrderId::from_uuid(parent),
                state: state(parent, &code)?,
                orders,
                numbers,
            })
        })
        .collect()
}

/// The ids of a parent's children, each locked until the transaction ends, in the order of ids.
pub(crate) async fn lock_children(
    conn: &mut PgConnection,
    parent: OrderId,
) -> Result<Vec<OrderId>, StoreError> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "SELECT order_id FROM port_order WHERE parent_order_id = $1 ORDER BY order_id FOR UPDATE",
    )
    .bind(parent.as_uuid())
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(OrderId::from_uuid).collect())
}

fn state(id: Uuid, code: &str) -> Result<StateName, StoreError> {
    let found = StateName::ALL.into_iter().find(|name| name.code() == code);
    found.ok_or_else(|| StoreError::corrupt("port_order", &id, &"unknown state"))
}
